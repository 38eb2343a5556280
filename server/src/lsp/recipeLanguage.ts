import { pathToFileURL, fileURLToPath } from 'node:url';
import path from 'node:path';
import { createRecipeContext, recipeFindings } from '../operations/languages';
import { codeActionsRecipe } from '../recipe/codeActions';
import { codeLensRecipe } from '../recipe/codeLens';
import { completeRecipe } from '../recipe/completion';
import type { RecipeContext } from '../recipe/context';
import { foldingRecipe } from '../recipe/folding';
import { formatRecipe } from '../recipe/format';
import { hoverRecipe } from '../recipe/hover';
import { inlayHintsRecipe } from '../recipe/inlayHints';
import { linkedEditingRecipe } from '../recipe/linkedEditing';
import { linksRecipe } from '../recipe/links';
import { defineRecipe, highlightRecipe, referencesRecipe } from '../recipe/navigation';
import { prepareRenameRecipe, renameRecipe } from '../recipe/rename';
import { selectionRecipe } from '../recipe/selection';
import { semanticTokensRecipe } from '../recipe/semanticTokens';
import { signatureHelpRecipe } from '../recipe/signatureHelp';
import { symbolsRecipe } from '../recipe/symbols';
import { toTextEdit } from './codeActions';
import type { Language } from './language';

/** The definition-file language behind the protocol: offsets become positions, paths become URIs, nothing else. */
export const recipeLanguage: Language<RecipeContext> = {
  name: 'recipe',
  createContext: (source, { settings, workspace }) => createRecipeContext(source, { settings, workspace }),
  check: recipeFindings,
  completion: (context, offset, { snippets, ownSnippets }) => completeRecipe(context, offset, { snippets, wholeRecipes: !ownSnippets }),
  hover: hoverRecipe,
  symbols: symbolsRecipe,
  folding: foldingRecipe,
  selection: selectionRecipe,
  links: (context, uri) =>
    linksRecipe(context).flatMap((link) => {
      const target = 'url' in link ? link.url : localTarget(uri, link.path);
      return target === undefined
        ? []
        : [{ range: context.source.rangeOf(link.range), target, ...(link.tooltip !== undefined && { tooltip: link.tooltip }) }];
    }),
  format: (context, { tabSize, insertSpaces }, within) =>
    formatRecipe(context, { tabSize, insertSpaces }, within).map((edit) => toTextEdit(edit, context.source)),
  lenses: (context, uri) => codeLensRecipe(context, uri),
  hints: inlayHintsRecipe,
  semanticTokens: (context) => semanticTokensRecipe(context),
  prepareRename: (context, offset) => {
    const found = prepareRenameRecipe(context, offset);
    return found && { range: context.source.rangeOf(found.range), placeholder: found.placeholder };
  },
  rename: (context, offset, newName) => {
    const renamed = renameRecipe(context, offset, newName);
    return 'edits' in renamed ? { edits: renamed.edits.map((edit) => toTextEdit(edit, context.source)) } : renamed;
  },
  definition: (context, uri, offset) => defineRecipe(context, offset).map((range) => ({ uri, range: context.source.rangeOf(range) })),
  references: (context, uri, offset, includeDeclaration) =>
    referencesRecipe(context, offset, includeDeclaration).map((range) => ({ uri, range: context.source.rangeOf(range) })),
  highlights: (context, offset) =>
    highlightRecipe(context, offset).map(({ range, write }) => ({ range: context.source.rangeOf(range), kind: write ? 3 : 2 })),
  // The fixes of findings are offered for all languages alike (codeActions.ts).
  rewrites: codeActionsRecipe,
  signatureHelp: signatureHelpRecipe,
  linkedEditing: (context, offset) => {
    const found = linkedEditingRecipe(context, offset);
    return found && { ranges: found.ranges.map((range) => context.source.rangeOf(range)), wordPattern: found.wordPattern };
  },
};

/** A path of a recipe as a URI: relative to the recipe's folder, where builds are mostly started. */
function localTarget(uri: string, file: string): string | undefined {
  return uri.startsWith('file:') ? pathToFileURL(path.resolve(path.dirname(fileURLToPath(uri)), file)).href : undefined;
}
