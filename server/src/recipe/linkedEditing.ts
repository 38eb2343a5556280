import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { nameAt } from './names';

/** Places that change together while one types in one of them: a stage, a build argument or an app that stands more than once. */
export function linkedEditingRecipe(
  context: RecipeContext,
  offset: number,
): { readonly ranges: readonly TextRange[]; readonly wordPattern: string } | undefined {
  const hit = nameAt(context, offset);
  if (!hit || hit.name.occurrences.length < 2) return undefined;
  return { ranges: hit.name.occurrences.map(({ range }) => range), wordPattern: hit.name.kind === 'argument' ? '\\w+' : '[^\\s#\\\\]+' };
}
