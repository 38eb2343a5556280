import type { LabelSchema } from '../labels/label';

/**
 * What a workspace file `.container-metalink.json` says: severities that hold for everybody who works in the folder, and what is not
 * looked at. Its JSON Schema is schemas/container-metalink.schema.json.
 */
export interface WorkspaceRules {
  /** Severity by rule; a trailing `*` matches many. The user's own settings win. */
  readonly rules: Readonly<Record<string, string>>;
  /** Globs of files that have no findings: `check` passes over them in folders, editors show none. */
  readonly ignore: readonly string[];
  /** Labels that every recipe must set. */
  readonly requiredLabels: readonly string[];
  /** JSON Schemas for labels, read and compiled. */
  readonly labelSchemas: readonly LabelSchema[];
  /** Why the file was not taken, for people. */
  readonly problem?: string;
}

export const noWorkspaceRules: WorkspaceRules = { rules: {}, ignore: [], requiredLabels: [], labelSchemas: [] };
