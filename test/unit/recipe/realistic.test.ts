import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkRecipe } from '../../../server/src/recipe/diagnostics';
import { checkRecipeLabels } from '../../../server/src/recipe/labels';
import { defaultRecipeOptions } from '../../../server/src/recipe/options';
import { parseRecipe } from '../../../server/src/recipe/parse';
import { createSourceText } from '../../../server/src/text/sourceText';

// Recipes as scientists write them, read one by one: what is said about each, and nothing else. Hints about digests are left out.

const folder = path.resolve(import.meta.dirname, '../../fixtures/recipes');

/** `line rule`, by file; a file that is not here has nothing to say about it. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'alphafold-multi.def': ['13 lint/apt-lists', '22 build/undefined-argument'],
  'archives.def': ['15 lint/unused-stage'],
  'files-mistakes.def': [
    '5 lint/files-quotes',
    '6 lint/files-quotes',
    '7 lint/files-ignored-words',
    '8 lint/files-comment',
    '9 lint/files-quotes',
  ],
  'heredoc-percent.def': [
    '7 parse/unknown-section',
    '10 parse/header-without-value',
    '11 parse/header-without-value',
    '12 parse/header-without-value',
  ],
  'indented-sections.def': ['4 parse/indented-section', '8 parse/indented-section'],
  'label-mistakes.def': [
    '5 lint/label-separator',
    '6 lint/label-quotes',
    '7 lint/label-separator',
    '8 lint/label-automatic',
    '9 lint/label-automatic',
    '9 lint/label-value',
    '10 lint/label-value',
    '11 lint/label-continuation',
    '12 lint/label-empty',
    '14 lint/label-duplicate',
  ],
  'library-quay-mix.def': ['7 lint/apt-lists'],
  'matlab-runtime.def': ['5 lint/apt-lists', '11 lint/export-in-post'],
  'nextflow-helper.def': ['2 build/registry-twice', '9 lint/install-asks', '11 lint/script-shell'],
  'qiime-conda.def': ['5 lint/bash-command', '8 lint/bash-command'],
  'r-operator-at-line-start.def': ['8 parse/unknown-section'],
  'ros-gazebo.def': ['6 lint/apt-lists'],
  'samtools-conda.def': ['16 lint/deprecated-variable'],
  'shub-old.def': ['1 lint/deprecated-agent', '5 lint/apt-lists'],
  'singularity-only.def': ['6 lint/deprecated-variable', '10 lint/deprecated-variable', '11 lint/deprecated-variable'],
  'stage-mistakes.def': [
    '1 build/no-bootstrap',
    '2 lint/unused-stage',
    '11 lint/lost-section',
    '14 lint/lost-section',
    '20 build/unknown-stage',
    '22 lint/ignored-files',
    '24 lint/files-from-word',
  ],
  'tab-and-typos.def': [
    '1 build/unknown-agent',
    '3 parse/unknown-header',
    '5 parse/unknown-section',
    '8 parse/unknown-section',
    '11 parse/section-name-space',
  ],
  'ubuntu-sudo.def': ['5 lint/sudo', '6 lint/sudo', '7 lint/sudo'],
};

test.each(fs.readdirSync(folder))('%s', (file) => {
  const text = fs.readFileSync(path.join(folder, file), 'utf8');
  const context = { source: createSourceText(text), parsed: parseRecipe(text), options: defaultRecipeOptions };
  const said = [...checkRecipe(context.source, context.parsed, context.options), ...checkRecipeLabels(context)]
    .filter(({ code }) => code !== 'lint/missing-digest')
    .map(({ code, range }) => `${context.source.positionAt(range.start).line + 1} ${code}`)
    .sort((a, b) => parseInt(a) - parseInt(b));
  expect(said).toEqual(expected[file] ?? []);
});

test('every expectation has its recipe', () => {
  expect(Object.keys(expected).filter((file) => !fs.existsSync(path.join(folder, file)))).toEqual([]);
});
