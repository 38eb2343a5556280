import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildScript } from '../../../client/src/buildScript';
import type { BuildScript } from '../../../client/src/buildScript';
import { defaultImage, targetOfBuild } from '../../../client/src/buildTarget';

let root = '';
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'build-'));
  fs.writeFileSync(path.join(root, 'tool.def'), 'Bootstrap: docker\n');
  fs.mkdirSync(path.join(root, 'below'));
  fs.writeFileSync(path.join(root, 'below/Singularity'), 'Bootstrap: docker\n');
  fs.symlinkSync('tool.def', path.join(root, 'link.sif'));
  // An engine that shows its words, one a line, complains, and ends as its last word but one says.
  fs.writeFileSync(path.join(root, 'engine'), '#!/bin/bash\nprintf "<%s>\\n" "$@"\necho complaint >&2\n[[ "$*" != *fails* ]]\n', {
    mode: 0o755,
  });
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const texts = {
  replace: 'replace it?',
  yes: 'ja',
  exists: 'it stays',
  recipe: 'it is the recipe',
  question: (name: string) => `${name}?`,
};

function run(
  { ask = [], replace = false, ...build }: Partial<BuildScript['build']> & { ask?: string[]; replace?: boolean } = {},
  input = '',
) {
  const script = buildScript({
    engine: { program: path.join(root, 'engine') },
    build: { recipe: 'tool.def', image: 'tool.sif', ...build },
    ask,
    replace,
    log: path.join(root, 'build log'),
    texts,
  });
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: root, input, encoding: 'utf8' });
  return { status, stderr, words: [...stdout.matchAll(/^<(.*)>$/gm)].map((match) => match[1]), shown: stdout.split('\n')[0] };
}

describe('the script of a build', () => {
  test('the engine gets image and recipe, and the command is shown', () => {
    const { status, words, shown } = run();
    expect({ status, words }).toEqual({ status: 0, words: ['build', 'tool.sif', 'tool.def'] });
    expect(shown).toBe(`$ ${root}/engine build tool.sif tool.def `);
  });
  test('every option has its word', () => {
    const { words } = run({
      sandbox: true,
      fakeroot: true,
      sections: ['post', 'test'],
      buildArguments: { flavour: "van'illa sweet" },
      options: ['--nv'],
    });
    expect(words.slice(1, -2).join(' ')).toBe("--sandbox --fakeroot --section post --section test --build-arg flavour=van'illa sweet --nv");
  });
  test('an argument without value is asked for', () => {
    const { words } = run({ ask: ['flavour', 'size'] }, 'a "b" $c\n\n');
    expect(words.slice(1, -2)).toEqual(['--build-arg', 'flavour=a "b" $c', '--build-arg', 'size=']);
  });
  test('a question that is not answered ends it', () => expect(run({ ask: ['flavour'] })).toMatchObject({ status: 1, words: [] }));
  test('what the engine complains of is shown and kept', () => {
    expect(run({ image: 'fails.sif' })).toMatchObject({ status: 1, stderr: 'complaint\n' });
    expect(fs.readFileSync(path.join(root, 'build log'), 'utf8')).toBe('complaint\n');
  });
  test.each(['y\n', 'Yes\n', 'j\n', 'JA\n'])('an image that is there is replaced when the answer is %j', (answer) => {
    fs.writeFileSync(path.join(root, 'tool.sif'), '');
    expect(run({}, answer).words).toEqual(['build', '--force', 'tool.sif', 'tool.def']);
  });
  test.each(['', '\n', 'n\n', 'yet\n', 'y'])('an image that is there stays when the answer is %j', (answer) => {
    fs.writeFileSync(path.join(root, 'tool.sif'), '');
    expect(run({}, answer)).toMatchObject({ status: 1, words: [], stderr: 'it stays\n' });
  });
  test('so does a link that leads nowhere', () => {
    fs.symlinkSync('gone', path.join(root, 'tool.sif'));
    expect(run()).toMatchObject({ status: 1, words: [], stderr: 'it stays\n' });
  });
  test('the questions follow each other', () => {
    fs.mkdirSync(path.join(root, 'tool.sif'));
    expect(run({ ask: ['flavour'] }, 'y\nvanilla\n').words).toEqual([
      'build',
      '--force',
      '--build-arg',
      'flavour=vanilla',
      'tool.sif',
      'tool.def',
    ]);
  });
  test('nobody is asked who has agreed already', () => {
    fs.writeFileSync(path.join(root, 'tool.sif'), '');
    expect(run({ replace: true }).words).toEqual(['build', '--force', 'tool.sif', 'tool.def']);
  });
  test.each([
    ['tool.def', 'tool.def'],
    ['./tool.def', 'tool.def'],
    ['link.sif', 'tool.def'],
    ['below', 'below/Singularity'],
    ['.', 'tool.def'],
    ['below/..', 'tool.def'],
    ['/', 'tool.def'],
  ])('%s is the recipe %s or holds it, whoever agreed to replace it', (image, recipe) => {
    expect(run({ image, recipe, replace: true })).toMatchObject({ status: 1, words: [], stderr: 'it is the recipe\n' });
    expect(run({ image, recipe }, 'y\n')).toMatchObject({ status: 1, words: [], stderr: 'it is the recipe\n' });
  });
  test('a name with blanks and quotes stays one word', () => expect(run({ image: `my 'tool'.sif` }).words.at(-2)).toBe(`my 'tool'.sif`));
});

describe('where an image is built to', () => {
  test.each([
    ['tool.def', false, 'tool.sif'],
    ['below/tool.def', true, 'below/tool'],
    ['Singularity', false, 'singularity.sif'],
    ['Singularity', true, 'singularity.sandbox'],
    ['Singularity.tool', false, 'tool.sif'],
    ['Apptainer.tool', true, 'tool'],
  ])('%s, sandbox %s: %s', (recipe, sandbox, image) => expect(defaultImage({ recipe, sandbox })).toBe(image));

  test.each([
    ['new.sif', 'tool.def', 'free'],
    ['engine', 'tool.def', 'taken'],
    ['tool.def', 'tool.def', 'forbidden'],
    ['below/../tool.def', 'tool.def', 'forbidden'],
    ['link.sif', 'tool.def', 'forbidden'],
    ['below', 'below/Singularity', 'forbidden'],
    ['below', 'tool.def', 'taken'],
    ['.', 'tool.def', 'forbidden'],
    ['..', 'tool.def', 'forbidden'],
    ['/', 'tool.def', 'forbidden'],
  ])('%s for %s is %s', async (image, recipe, state) => expect(await targetOfBuild(image, recipe, root)).toBe(state));
});
