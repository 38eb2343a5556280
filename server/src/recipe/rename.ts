import type { OffsetEdit } from '../text/finding';
import { t } from '../text/l10n';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { nameAt } from './names';
import type { Name } from './names';

/** What would be renamed at an offset; undefined where nothing can be. */
export function prepareRenameRecipe(
  context: RecipeContext,
  offset: number,
): { readonly range: TextRange; readonly placeholder: string } | undefined {
  const hit = nameAt(context, offset);
  return hit && { range: hit.at.range, placeholder: hit.name.name };
}

/** The edits that rename a stage, a build argument or an app everywhere in the recipe; or why the new name cannot be. */
export function renameRecipe(
  context: RecipeContext,
  offset: number,
  newName: string,
): { readonly edits: readonly OffsetEdit[] } | { readonly problem: string } {
  const hit = nameAt(context, offset);
  if (!hit) return { problem: t('There is no stage, build argument or app here to rename.') };
  const problem = problemWith(hit.name, newName);
  return problem === undefined ? { edits: hit.name.occurrences.map(({ range }) => ({ range, newText: newName })) } : { problem };
}

function problemWith({ kind, name }: Name, newName: string): string | undefined {
  if (newName === name) return undefined;
  if (kind === 'argument')
    return /^\w+$/.test(newName)
      ? undefined
      : t('A build argument consists of letters, digits and underscores: the engines find no other between {0}.', '`{{ }}`');
  if (newName === '' || /[\s#\\]/.test(newName))
    return kind === 'stage'
      ? t('The name of a stage is one word without `#` and backslash.')
      : t('The name of an app is one word without `#` and backslash.');
  return kind === 'app' && newName.includes('/') ? t('The name of an app becomes a folder: it has no slash.') : undefined;
}
