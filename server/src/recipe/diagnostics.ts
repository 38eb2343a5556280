import type { Finding } from '../text/finding';
import type { SourceText } from '../text/sourceText';
import { checkAgents } from './checks/agents';
import { checkArguments } from './checks/arguments';
import { createCheckContext } from './checks/context';
import { checkFiles } from './checks/files';
import { checkHeaders } from './checks/headers';
import { checkReferences } from './checks/references';
import { checkRefusals } from './checks/refusals';
import { checkScripts } from './checks/scripts';
import { checkSections } from './checks/sections';
import { checkStages } from './checks/stages';
import type { RecipeOptions } from './options';
import { applySettings } from './severity';
import type { ParsedRecipe } from './syntax';

/**
 * Everything that the rules of the recipe language (rules.ts, without those about labels) say about a text, in its order, with the
 * severities of the settings and without what its comments ignore. `parse/…` errors are there exactly when the engine's parser refuses
 * the text. Linear in the length of the text; never throws.
 */
export function checkRecipe(source: SourceText, parsed: ParsedRecipe, options: RecipeOptions): Finding[] {
  const findings: Finding[] = [];
  const context = createCheckContext(parsed, options, findings);
  for (const check of checks) check(context);
  const settled = applySettings(source.text, findings, options);
  return settled.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

const checks = [
  checkRefusals,
  checkHeaders,
  checkAgents,
  checkReferences,
  checkStages,
  checkSections,
  checkFiles,
  checkArguments,
  checkScripts,
];
