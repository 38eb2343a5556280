import type { SourceText } from '../text/sourceText';
import type { RecipeOptions } from './options';
import type { ParsedRecipe } from './syntax';

/** What every feature of the recipe language is asked about: one version of a text, its tree and what is set for it. */
export interface RecipeContext {
  readonly source: SourceText;
  readonly parsed: ParsedRecipe;
  readonly options: RecipeOptions;
}
