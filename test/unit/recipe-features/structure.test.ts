import type { DocumentSymbol, SelectionRange } from 'vscode-languageserver-types';
import { describe, expect, test } from 'vitest';
import { fixAllEdits } from '../../../server/src/lsp/codeActions';
import { codeActionsRecipe } from '../../../server/src/recipe/codeActions';
import { codeLensRecipe } from '../../../server/src/recipe/codeLens';
import { foldingRecipe } from '../../../server/src/recipe/folding';
import { applyEdits } from '../../../server/src/recipe/format';
import { inlayHintsRecipe } from '../../../server/src/recipe/inlayHints';
import { checkRecipeLabels } from '../../../server/src/recipe/labels';
import { linksRecipe } from '../../../server/src/recipe/links';
import { selectionRecipe } from '../../../server/src/recipe/selection';
import { semanticTokensLegend, semanticTokensRecipe } from '../../../server/src/recipe/semanticTokens';
import { symbolsRecipe } from '../../../server/src/recipe/symbols';
import type { Finding } from '../../../server/src/text/finding';
import { contextOf, withCursor } from './recipes';

const outline = (symbols: readonly DocumentSymbol[]): string =>
  symbols.map(({ name, children }) => name + (children ? `(${outline(children)})` : '')).join(' ');

test.each<[string, string]>([
  ['Bootstrap: docker\nFrom: a\n%labels\n A b\n%post\n x\n', 'Bootstrap From %labels(A) %post'],
  [
    'Bootstrap: docker\nFrom: a\nStage: one\n%post\n x\nBootstrap: docker\nFrom: b\n%files\n c d\n',
    'one(Bootstrap From Stage %post) b(Bootstrap From %files(c))',
  ],
  ['Bootstrap: docker\n%arguments\n A=1\n B\n%apprun tool\n x\n', 'Bootstrap %arguments(A) %apprun'],
  ['', ''],
])('symbols of %j', (text, expected) => expect(outline(symbolsRecipe(contextOf(text)))).toBe(expected));

test.each<[string, string[]]>([
  ['Bootstrap: docker\nFrom: a\n\n%post\n  if x; then\n    y\n    z\n  fi\n\n%test\n x\n', ['3-7', '4-6', '9-10']],
  ['# a\n# b\n# c\nBootstrap: docker\n', ['0-2']],
  ['Bootstrap: docker\n%post\n # region x\n y\n # endregion\n', ['1-4', '2-4']],
  ['Bootstrap: a\n%post\n x\nBootstrap: b\n%post\n x\n', ['0-2', '1-2', '3-5', '4-5']],
  ['', []],
])('folds of %j', (text, expected) =>
  expect(foldingRecipe(contextOf(text)).map(({ startLine, endLine }) => `${startLine}-${endLine}`)).toEqual(expected),
);

test('selection grows from the word to the text', () => {
  const { text, offset } = withCursor('Bootstrap: docker\n\n%labels\n  Author Jane D|oe\n');
  const context = contextOf(text);
  const steps: string[] = [];
  for (let step: SelectionRange | undefined = selectionRecipe(context, offset); step; step = step.parent)
    steps.push(text.slice(context.source.offsetAt(step.range.start), context.source.offsetAt(step.range.end)));
  expect(steps.slice(0, 3)).toEqual(['Doe', 'Jane Doe', 'Author Jane Doe']);
  expect(steps.at(-1)).toBe(text);
});

test('semantic tokens', () => {
  const text = 'Bootstrap: docker\nFrom: a:{{ V }}\n\n%files from one\n%apprun tool\n%labels\n A b\n';
  const data = semanticTokensRecipe(contextOf(text));
  const found: string[] = [];
  const lines = text.split('\n');
  for (let i = 0, line = 0, character = 0; i < data.length; i += 5) {
    line += data[i] ?? 0;
    character = (data[i] === 0 ? character : 0) + (data[i + 1] ?? 0);
    found.push(
      `${semanticTokensLegend.tokenTypes[data[i + 3] ?? 0] ?? ''} ${lines[line]?.slice(character, character + (data[i + 2] ?? 0)) ?? ''}`,
    );
  }
  expect(found).toEqual([
    'property Bootstrap',
    'enumMember docker',
    'property From',
    'operator {{',
    'parameter V',
    'operator }}',
    'keyword %files',
    'namespace one',
    'keyword %apprun',
    'class tool',
    'keyword %labels',
    'property A',
  ]);
});

test.each<[string, string[]]>([
  ['Bootstrap: docker\nFrom: ubuntu:22.04\n', ['https://hub.docker.com/_/ubuntu']],
  ['Bootstrap: docker\nFrom: quay.io/a/b:1\n', ['https://quay.io/repository/a/b?tab=tags']],
  ['Bootstrap: oras\nFrom: ghcr.io/a/b:1\n', ['https://ghcr.io/a/b']],
  ['Bootstrap: localimage\nFrom: base.sif\n', ['base.sif']],
  ['Bootstrap: docker\nFrom: a:{{ V }}\n', []],
  [
    'Bootstrap: yum\nMirrorURL: http://a.org/b\n%files\n x.txt /y\n *.c /z\n%labels\n u https://c.org\n',
    ['http://a.org/b', 'x.txt', 'https://c.org'],
  ],
])('links of %j', (text, expected) =>
  expect(linksRecipe(contextOf(text)).map((link) => ('url' in link ? link.url : link.path))).toEqual(expected),
);

test.each<[string, string[]]>([
  ['Bootstrap: docker\nFrom: a:1\n', ['Build', 'Show manifest', 'Verify', 'Pull into cache', 'Pin digest']],
  [`Bootstrap: docker\nFrom: a@sha256:${'0'.repeat(64)}\n`, ['Build', 'Show manifest', 'Verify', 'Pull into cache', 'Update digest']],
  ['Bootstrap: docker\nFrom: a:{{ V }}\n', ['Build']],
  ['Bootstrap: localimage\nFrom: a.sif\n', ['Build']],
  ['text\n', []],
])('lenses of %j', (text, expected) =>
  expect(codeLensRecipe(contextOf(text), 'file:///a.def').map(({ command }) => command?.title)).toEqual(expected),
);

test.each<[string, string[]]>([
  ['Bootstrap: docker\nFrom: a:{{ V }}\n%arguments\nV=1\n', ['= 1']],
  ['Bootstrap: docker\nFrom: a:{{ V }}\n', ['= ?']],
  ['Bootstrap: docker\nFrom: a\n', [':latest']],
  ['Bootstrap: docker\nFrom: a:1\n', []],
])('hints of %j', (text, expected) =>
  expect(inlayHintsRecipe(contextOf(text), { start: 0, end: text.length }).map(({ label }) => label)).toEqual(expected),
);

describe('actions', () => {
  const finding = (start: number, end: number, newText: string, more: { fixAll?: boolean; preferred?: boolean } = {}): Finding => ({
    code: 'lint/x',
    severity: 'warning',
    message: 'm',
    range: { start, end },
    fixes: [{ title: newText, edits: [{ range: { start, end }, newText }], ...more }],
  });

  test('all findings of a rule at once, where it speaks twice', () => {
    const text = 'Bootstrap: docker\n%post\n  a b c\n';
    const twice = [finding(26, 27, 'X', { preferred: true }), finding(28, 29, 'Y', { preferred: true })];
    const actions = (findings: Finding[], at: number) => codeActionsRecipe(contextOf(text), { start: at, end: at }, findings);
    expect(actions(twice, 26).map(({ edits }) => applyEdits(text, edits))).toEqual(['Bootstrap: docker\n%post\n  X Y c\n']);
    expect(actions(twice, 30)).toEqual([]);
    expect(actions(twice.slice(0, 1), 26)).toEqual([]);
  });

  test('fix all takes what is safe, and of what overlaps the first', () => {
    const text = 'abcdef';
    const findings = [
      finding(0, 2, 'X', { fixAll: true }),
      finding(1, 3, 'Y', { fixAll: true }),
      finding(4, 5, 'Z', { fixAll: true }),
      finding(5, 6, '!'),
    ];
    expect(applyEdits(text, fixAllEdits(findings))).toBe('XcdZf');
  });

  test('a value becomes a build argument', () => {
    const { text, offset } = withCursor('Bootstrap: docker\nFrom: a:1.|2\n\n%post\n  x\n');
    const [action] = codeActionsRecipe(contextOf(text), { start: offset, end: offset }, []);
    expect(applyEdits(text, action?.edits ?? [])).toBe(
      'Bootstrap: docker\nFrom: a:{{ VERSION }}\n\n%arguments\n    VERSION=1.2\n\n%post\n  x\n',
    );
  });
});

describe('labels of a recipe', () => {
  const codes = (text: string, requiredLabels: string[] = []) =>
    checkRecipeLabels(contextOf(text, { requiredLabels })).map(
      ({ code, range }) => `${code} ${text.slice(range.start, range.end).split('\n')[0] ?? ''}`,
    );
  test.each<[string, string[], string[]]>([
    ['Bootstrap: docker\nFrom: a\n%labels\n A 1\n A 2\n', [], ['lint/label-duplicate A']],
    ['Bootstrap: docker\nFrom: a\n%labels\n A 1\n%labels\n A 2\n', [], ['lint/label-duplicate A']],
    ['Bootstrap: docker\nFrom: a\n%applabels x\n A 1\n%applabels y\n A 2\n', [], []],
    ['Bootstrap: docker\nFrom: a\n%labels\n org.label-schema.build-arch x\n', [], ['lint/label-automatic org.label-schema.build-arch']],
    [
      'Bootstrap: docker\nFrom: a\n%labels\n org.opencontainers.image.url {{ U }}\n%arguments\nU=nowhere\n',
      [],
      ['lint/label-value {{ U }}'],
    ],
    ['Bootstrap: docker\nFrom: a\n%labels\n org.opencontainers.image.url {{ U }}\n', [], []],
    ['Bootstrap: docker\nFrom: a\n%post\n x\n', ['Owner'], ['lint/label-missing Bootstrap: docker']],
    ['Bootstrap: docker\nFrom: a\n%post\n echo "Owner me" >> $APPTAINER_LABELS\n', ['Owner'], []],
    ['Bootstrap: docker\nStage: a\n%labels\n Owner x\nBootstrap: docker\n', ['Owner'], ['lint/label-missing Bootstrap: docker']],
    ['# container-metalink-ignore-file lint/label-empty\nBootstrap: docker\nFrom: a\n%labels\n A\n', [], []],
  ])('%j', (text, required, expected) => expect(codes(text, required)).toEqual(expected));

  test('a missing label is added where labels are', () => {
    const add = (text: string) =>
      applyEdits(text, checkRecipeLabels(contextOf(text, { requiredLabels: ['Owner'] }))[0]?.fixes?.[0]?.edits ?? []);
    expect(add('Bootstrap: docker\n%labels\n  A 1\n\n%post\n x\n')).toBe('Bootstrap: docker\n%labels\n  A 1\n  Owner \n\n%post\n x\n');
    expect(add('Bootstrap: docker\n%labels\n%post\n x\n')).toBe('Bootstrap: docker\n%labels\n    Owner \n%post\n x\n');
    expect(add('Bootstrap: docker\n%post\n x\n')).toBe('Bootstrap: docker\n%post\n x\n\n%labels\n    Owner \n');
  });
});
