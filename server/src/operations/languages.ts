import { checkMetalink } from '../metalink/diagnostics';
import type { MetalinkContext } from '../metalink/context';
import { parseMetalink } from '../metalink/parse';
import type { XmlProblem } from '../metalink/xml/tree';
import type { RecipeContext } from '../recipe/context';
import { checkRecipe } from '../recipe/diagnostics';
import { checkRecipeLabels } from '../recipe/labels';
import { parseRecipe } from '../recipe/parse';
import type { Settings } from '../settings';
import type { Finding, Severity } from '../text/finding';
import type { SourceText } from '../text/sourceText';
import type { LanguageName } from './language';
import type { WorkspaceRules } from './workspaceRules';

/** What a check depends on besides the text. */
export interface CheckSurroundings {
  readonly settings: Settings;
  readonly workspace: WorkspaceRules;
  readonly buildArguments?: ReadonlyMap<string, string>;
  /** Name or URI of the file, for what depends on its ending. */
  readonly fileName?: string;
  /** What `decodeText` had against the bytes. */
  readonly decoding?: readonly XmlProblem[];
}

export function createRecipeContext(source: SourceText, surroundings: CheckSurroundings): RecipeContext {
  const { settings, workspace } = surroundings;
  return {
    source,
    parsed: parseRecipe(source.text),
    options: {
      engine: settings['engine.kind'],
      rules: severities(settings, workspace),
      buildArguments: surroundings.buildArguments ?? new Map(),
      requiredLabels: [...workspace.requiredLabels, ...settings['labels.required']],
      labelSchemas: workspace.labelSchemas,
    },
  };
}

export function recipeFindings(context: RecipeContext): Finding[] {
  return [...checkRecipe(context.source, context.parsed, context.options), ...checkRecipeLabels(context)];
}

export function createMetalinkContext(source: SourceText, surroundings: CheckSurroundings): MetalinkContext {
  const { fileName, decoding } = surroundings;
  const rules = severities(surroundings.settings, surroundings.workspace);
  return {
    source,
    parsed: parseMetalink(source.text),
    options: { rules, ...(fileName !== undefined && { fileName }), ...(decoding && { decoding }) },
  };
}

export function metalinkFindings(context: MetalinkContext): Finding[] {
  return checkMetalink(context.source, context.parsed, context.options);
}

/** All findings of a text, for the command line; in the order of the text. */
export function checkText(language: LanguageName, source: SourceText, surroundings: CheckSurroundings): Finding[] {
  const findings =
    language === 'recipe'
      ? recipeFindings(createRecipeContext(source, surroundings))
      : metalinkFindings(createMetalinkContext(source, surroundings));
  return findings.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

const severityNames: ReadonlySet<string> = new Set(['error', 'warning', 'information', 'hint', 'off']);

/** The user's severities over those of the workspace file. */
function severities(settings: Settings, workspace: WorkspaceRules): Readonly<Record<string, Severity | 'off'>> {
  const merged = { ...workspace.rules, ...settings.rules };
  return Object.fromEntries(
    Object.entries(merged).filter((e): e is [string, Severity | 'off'] => typeof e[1] === 'string' && severityNames.has(e[1])),
  );
}
