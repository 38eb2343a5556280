import type { LabelSchema } from '../labels/label';
import type { Severity } from '../text/finding';
import type { Engine } from './vocabulary';

/**
 * What can be set about the checks of a recipe. The settings and a workspace's `.container-metalink.json` (described by
 * schemas/container-metalink.schema.json) are read elsewhere; here is what they come to.
 */
export interface RecipeOptions {
  /** Whose rules hold where the engines differ. */
  readonly engine: Engine;
  /** Severity by rule id; a trailing `*` stands for many. The longest entry that fits wins. */
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
  /** Values given by `--build-arg`. */
  readonly buildArguments: ReadonlyMap<string, string>;
  /** Labels that every recipe has to set. */
  readonly requiredLabels: readonly string[];
  /** Schemas of the user for labels, besides our own vocabularies. */
  readonly labelSchemas: readonly LabelSchema[];
}

export const defaultRecipeOptions: RecipeOptions = {
  engine: 'apptainer',
  rules: {},
  buildArguments: new Map(),
  requiredLabels: [],
  labelSchemas: [],
};
