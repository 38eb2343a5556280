import fc from 'fast-check';
import type { Range, SelectionRange } from 'vscode-languageserver-types';
import { expect, test } from 'vitest';
import { codeActionsRecipe } from '../../../server/src/recipe/codeActions';
import { codeLensRecipe } from '../../../server/src/recipe/codeLens';
import { completeRecipe } from '../../../server/src/recipe/completion';
import type { RecipeContext } from '../../../server/src/recipe/context';
import { foldingRecipe } from '../../../server/src/recipe/folding';
import { hoverRecipe } from '../../../server/src/recipe/hover';
import { inlayHintsRecipe } from '../../../server/src/recipe/inlayHints';
import { checkRecipeLabels } from '../../../server/src/recipe/labels';
import { linkedEditingRecipe } from '../../../server/src/recipe/linkedEditing';
import { linksRecipe } from '../../../server/src/recipe/links';
import { recipeNames } from '../../../server/src/recipe/names';
import { defineRecipe, highlightRecipe, referencesRecipe } from '../../../server/src/recipe/navigation';
import { placeAt } from '../../../server/src/recipe/place';
import { pathAt, referenceAt } from '../../../server/src/recipe/reference';
import { prepareRenameRecipe, renameRecipe } from '../../../server/src/recipe/rename';
import { selectionRecipe } from '../../../server/src/recipe/selection';
import { semanticTokensLegend, semanticTokensRecipe } from '../../../server/src/recipe/semanticTokens';
import { signatureHelpRecipe } from '../../../server/src/recipe/signatureHelp';
import { symbolsRecipe } from '../../../server/src/recipe/symbols';
import { applyEdits } from '../../../server/src/recipe/format';
import { anyRecipe, contextOf } from './recipes';

/** A text and an offset in it. */
const anywhere = anyRecipe.chain((text) => fc.tuple(fc.constant(text), fc.nat({ max: text.length })));

/** Start and end of a range are on lines of the text, in order. */
function isIn({ source }: RecipeContext, { start, end }: Range): boolean {
  return source.offsetAt(start) <= source.offsetAt(end) && end.line < source.lineCount && start.character >= 0;
}

const holds = (check: (context: RecipeContext, offset: number) => void) =>
  fc.assert(
    fc.property(anywhere, ([text, offset]) => check(contextOf(text), offset)),
    { numRuns: 300 },
  );

test('completion replaces a range of one line that the cursor is in', () => {
  holds((context, offset) => {
    const cursor = context.source.positionAt(offset);
    for (const item of completeRecipe(context, offset, { snippets: true, wholeRecipes: true })) {
      const edit = item.textEdit;
      expect(edit !== undefined && 'range' in edit && isIn(context, edit.range)).toBe(true);
      if (edit === undefined || !('range' in edit)) return;
      expect(edit.range.start.line).toBe(edit.range.end.line);
      expect(edit.range.start.character).toBeLessThanOrEqual(cursor.character);
      expect(edit.range.end.character).toBeGreaterThanOrEqual(cursor.character);
    }
  });
});

test('hover, signatures, references and paths are there or not, never an error', () => {
  holds((context, offset) => {
    const hover = hoverRecipe(context, offset);
    if (hover?.range) expect(isIn(context, hover.range)).toBe(true);
    signatureHelpRecipe(context, offset);
    const reference = referenceAt(context, offset);
    if (reference) expect(reference.range.start <= offset && offset <= reference.range.end).toBe(true);
    const path = pathAt(context, offset);
    if (path) expect(path.range.start <= path.range.end && path.range.end <= context.source.text.length).toBe(true);
    const place = placeAt(context, offset);
    if ('range' in place)
      expect(place.range.start <= offset && offset <= place.range.end, JSON.stringify([place.kind, place.range, offset])).toBe(true);
  });
});

test('names are where they say', () => {
  holds((context, offset) => {
    for (const { name, occurrences } of recipeNames(context))
      for (const { range } of occurrences) expect(context.source.text.slice(range.start, range.end)).toBe(name);
    defineRecipe(context, offset);
    referencesRecipe(context, offset, false);
    highlightRecipe(context, offset);
    linkedEditingRecipe(context, offset);
    const prepared = prepareRenameRecipe(context, offset);
    const renamed = renameRecipe(context, offset, 'other');
    expect('edits' in renamed).toBe(prepared !== undefined);
    if ('edits' in renamed) applyEdits(context.source.text, renamed.edits);
  });
});

test('symbols nest', () => {
  holds((context) => {
    const check = (symbols: ReturnType<typeof symbolsRecipe>, outer?: Range) => {
      for (const symbol of symbols) {
        expect(symbol.name.length).toBeGreaterThan(0);
        expect(isIn(context, symbol.range) && isIn(context, symbol.selectionRange)).toBe(true);
        expect(contains(context, symbol.range, symbol.selectionRange)).toBe(true);
        if (outer) expect(contains(context, outer, symbol.range)).toBe(true);
        check(symbol.children ?? [], symbol.range);
      }
    };
    check(symbolsRecipe(context));
  });
});

test('selections grow outwards', () => {
  holds((context, offset) => {
    let selection: SelectionRange | undefined = selectionRecipe(context, offset);
    while (selection) {
      expect(isIn(context, selection.range)).toBe(true);
      if (selection.parent) expect(contains(context, selection.parent.range, selection.range)).toBe(true);
      selection = selection.parent;
    }
  });
});

test('folds and semantic tokens are in order and in the text', () => {
  holds((context) => {
    const folds = foldingRecipe(context);
    for (const { startLine, endLine } of folds) expect(startLine < endLine && endLine < context.source.lineCount).toBe(true);
    const data = semanticTokensRecipe(context);
    expect(data.length % 5).toBe(0);
    let line = 0;
    let character = 0;
    let previousEnd = 0;
    for (let i = 0; i < data.length; i += 5) {
      const [lines = 0, characters = 0, length = 0, type = 0] = data.slice(i, i + 5);
      line += lines;
      character = lines === 0 ? character + characters : characters;
      if (lines === 0 && i > 0) expect(character).toBeGreaterThanOrEqual(previousEnd);
      previousEnd = character + length;
      expect(length).toBeGreaterThan(0);
      expect(semanticTokensLegend.tokenTypes[type]).toBeDefined();
      const { start, end } = context.source.lineRange(line);
      expect(previousEnd).toBeLessThanOrEqual(end - start + 1);
    }
  });
});

test('labels, links, lenses, hints and actions are there or not, never an error', () => {
  holds((context, offset) => {
    const whole = { start: 0, end: context.source.text.length };
    const findings = checkRecipeLabels({ ...context, options: { ...context.options, requiredLabels: ['Author'] } });
    for (const { range, fixes } of findings) {
      expect(range.start <= range.end && range.end <= whole.end).toBe(true);
      for (const { edits } of fixes ?? []) applyEdits(context.source.text, edits);
    }
    for (const { range } of linksRecipe(context)) expect(range.start < range.end && range.end <= whole.end).toBe(true);
    for (const lens of codeLensRecipe(context, 'file:///a.def')) expect(isIn(context, lens.range)).toBe(true);
    inlayHintsRecipe(context, whole);
    for (const action of codeActionsRecipe(context, { start: offset, end: offset }, findings))
      applyEdits(context.source.text, action.edits);
  });
});

function contains({ source }: RecipeContext, outer: Range, inner: Range): boolean {
  return source.offsetAt(outer.start) <= source.offsetAt(inner.start) && source.offsetAt(inner.end) <= source.offsetAt(outer.end);
}
