import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { requireAll } from '../corpus';
import { grammarFiles, installedShellGrammar, standInShellGrammar } from './grammars';

const root = path.resolve(import.meta.dirname, '../../..');

const shellGrammars: [string, string][] = [['a stand-in', standInShellGrammar]];
const installed = installedShellGrammar();
if (installed === undefined) {
  const reason = 'the shell grammar of VS Code is not installed below .vscode-test/';
  if (requireAll) test('the cases hold with VS Code’s shell grammar', () => expect.fail(reason));
  else console.log(`Skipped: the cases with VS Code’s own shell grammar: ${reason}.`);
} else shellGrammars.push(['VS Code’s', installed]);

test.each(shellGrammars)('the cases of test/grammar hold with %s shell grammar', (_title, shell) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'grammar-'));
  const configuration = path.join(folder, 'empty.json');
  fs.writeFileSync(configuration, '{}');
  const grammars = [...grammarFiles().filter(({ scopeName }) => scopeName !== 'source.shell'), { path: shell }];
  const run = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/vscode-tmgrammar-test/dist/unit.js'),
      ...['--config', configuration],
      ...grammars.flatMap((grammar) => ['-g', grammar.path]),
      path.join(root, 'test/grammar/{recipe,metalink}/*.*'),
    ],
    { encoding: 'utf8' },
  );
  fs.rmSync(folder, { recursive: true });
  expect(run.stdout.split('\n').filter((line) => line.startsWith('✖'))).toEqual([]);
  expect(run.stdout.match(/^✓/gm)).toHaveLength(4);
  expect(run.status).toBe(0);
});
