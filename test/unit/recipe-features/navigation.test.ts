import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../../server/src/recipe/format';
import { linkedEditingRecipe } from '../../../server/src/recipe/linkedEditing';
import { defineRecipe, highlightRecipe, referencesRecipe } from '../../../server/src/recipe/navigation';
import { pathAt, referenceAt } from '../../../server/src/recipe/reference';
import { prepareRenameRecipe, renameRecipe } from '../../../server/src/recipe/rename';
import type { TextRange } from '../../../server/src/text/range';
import { contextOf, withCursor } from './recipes';

const recipe = `Bootstrap: docker
From: a
Stage: build

%arguments
    V=1

%post
    echo {{ V }} # {{ V }}

Bootstrap: docker
From: b:{{ V }}

%files from build
    /x

%appinstall tool
    true

%apprun tool
    true
`;

/** Lines (from 1) of ranges when asked at the first place of `needle`, moved by `shift`. */
function ask(answer: (context: ReturnType<typeof contextOf>, offset: number) => readonly TextRange[], needle: string, shift = 0): number[] {
  const context = contextOf(recipe);
  return answer(context, recipe.indexOf(needle) + shift).map(({ start }) => context.source.positionAt(start).line + 1);
}

test.each<[string, number, number[], number[]]>([
  ['Stage: build', 8, [3], [3, 14]],
  ['from build', 6, [3], [3, 14]],
  ['{{ V }} #', 3, [6], [6, 9, 12]],
  ['b:{{ V }}', 6, [], [6, 9, 12]],
  ['%apprun tool', 9, [17], [17, 20]],
  ['echo', 1, [], []],
])('%s', (needle, shift, definitions, references) => {
  expect(ask(defineRecipe, needle, shift)).toEqual(definitions);
  expect(ask((context, offset) => referencesRecipe(context, offset), needle, shift)).toEqual(references);
});

test('highlights tell where a name is written', () => {
  expect(highlightRecipe(contextOf(recipe), recipe.indexOf('Stage: build') + 8).map(({ write }) => write)).toEqual([true, false]);
});

describe('rename', () => {
  test.each<[string, number, string, string[]]>([
    ['from build', 6, 'compile', ['Stage: compile', '%files from compile']],
    ['V=1', 0, 'RELEASE', ['RELEASE=1', 'echo {{ RELEASE }} # {{ V }}', 'b:{{ RELEASE }}']],
    ['%apprun tool', 9, 'other', ['%appinstall other', '%apprun other']],
  ])('%s', (needle, shift, name, expected) => {
    const renamed = renameRecipe(contextOf(recipe), recipe.indexOf(needle) + shift, name);
    const text = 'edits' in renamed ? applyEdits(recipe, renamed.edits) : renamed.problem;
    for (const line of expected) expect(text).toContain(line);
  });

  test.each<[string, number, string]>([
    ['from build', 6, 'two words'],
    ['V=1', 0, 'with-dash'],
    ['%apprun tool', 9, 'a/b'],
    ['echo', 1, 'x'],
  ])('%s to %s cannot be', (needle, shift, name) => {
    expect(renameRecipe(contextOf(recipe), recipe.indexOf(needle) + shift, name)).toHaveProperty('problem');
  });

  test('tells what would be renamed', () => {
    expect(prepareRenameRecipe(contextOf(recipe), recipe.indexOf('Stage: build') + 8)?.placeholder).toBe('build');
    expect(prepareRenameRecipe(contextOf(recipe), 0)).toBeUndefined();
  });
});

test('linked editing', () => {
  expect(linkedEditingRecipe(contextOf(recipe), recipe.indexOf('Stage: build') + 8)?.ranges).toHaveLength(2);
  expect(linkedEditingRecipe(contextOf('Bootstrap: docker\nStage: one\n'), 26)).toBeUndefined();
});

test.each<[string, string | undefined]>([
  ['Bootstrap: docker\nFrom: ubu|ntu\n', 'docker ubuntu'],
  ['Bootstrap: docker\nFrom: |\n', 'docker '],
  ['Bootstrap: docker\nFrom:|\n', 'docker '],
  ['Bootstrap: oras\nFrom: ghcr.io/|\n', 'oras ghcr.io/'],
  ['Bootstrap: localimage\nFrom: a|\n', undefined],
  ['Bootstrap: doc|ker\nFrom: a\n', undefined],
])('reference at %j', (marked, expected) => {
  const { text, offset } = withCursor(marked);
  const place = referenceAt(contextOf(text), offset);
  expect(place && `${place.agent} ${place.text}`).toBe(expected);
});

test.each<[string, string | undefined]>([
  ['Bootstrap: localimage\nFrom: a/b|.sif\n', 'image a/b.sif'],
  ['Bootstrap: docker-archive\nFrom: |\n', 'archive '],
  ['Bootstrap: docker\nFrom: a|\n', undefined],
  ['Bootstrap: docker\n%files\n  a/|b c\n', 'copied-file a/b'],
  ['Bootstrap: docker\n%files\n  "a |b" c\n', 'copied-file a b'],
  ['Bootstrap: docker\n%files\n  |\n', 'copied-file '],
  ['Bootstrap: docker\n%files\n  a c|\n', undefined],
  ['Bootstrap: docker\n%files from x\n  a|\n', undefined],
  ['Bootstrap: docker\n%appfiles x\n  a|\n', 'copied-file a'],
])('path at %j', (marked, expected) => {
  const { text, offset } = withCursor(marked);
  const place = pathAt(contextOf(text), offset);
  expect(place && `${place.purpose} ${place.path}`).toBe(expected);
});
