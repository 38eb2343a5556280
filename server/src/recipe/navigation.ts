import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { nameAt } from './names';
import type { Name, Occurrence } from './names';

/**
 * Where the name at an offset gets its meaning: the `Stage:` header, the `%arguments` lines of its own stage, the first section of the
 * app. Empty where there is no name, or nothing defines it.
 */
export function defineRecipe(context: RecipeContext, offset: number): readonly TextRange[] {
  const hit = nameAt(context, offset);
  return hit ? definitionsOf(hit.name, hit.at).map(({ range }) => range) : [];
}

/** All places of the name at an offset, in the order of the text. */
export function referencesRecipe(context: RecipeContext, offset: number, includeDeclaration = true): readonly TextRange[] {
  const occurrences = nameAt(context, offset)?.name.occurrences ?? [];
  return occurrences.filter(({ defines }) => includeDeclaration || !defines).map(({ range }) => range);
}

/** The places to highlight for an offset; `write` where the name gets its meaning. */
export function highlightRecipe(context: RecipeContext, offset: number): readonly { readonly range: TextRange; readonly write: boolean }[] {
  const occurrences = nameAt(context, offset)?.name.occurrences ?? [];
  return occurrences.map(({ range, defines }) => ({ range, write: defines }));
}

function definitionsOf(name: Name, at: Occurrence): readonly Occurrence[] {
  const definitions = name.occurrences.filter(({ defines }) => defines);
  // The engines take the first of two stages with one name, and defaults hold in their own stage only.
  if (name.kind === 'stage') return definitions.slice(0, 1);
  return definitions.filter(({ stage }) => stage === at.stage);
}
