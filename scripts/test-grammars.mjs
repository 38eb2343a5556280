// Runs the grammar tests (test/grammar/*.test.*) with VS Code's own TextMate engine. Ends with `grammars: N passed, N failed`.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'test', 'grammar');
const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => /\.test\.[^.]+$/.test(name)) : [];
const grammars = fs.readdirSync(path.join(root, 'syntaxes')).filter((name) => name.endsWith('.tmLanguage.json'));

let failed = 0;
for (const file of files) {
  const args = [
    path.join(root, 'node_modules/vscode-tmgrammar-test/dist/unit.js'),
    ...grammars.flatMap((grammar) => ['-g', path.join(root, 'syntaxes', grammar)]),
    path.join(folder, file),
  ];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status === 0) continue;
  failed++;
  console.log(`${file}:\n${result.stdout}${result.stderr}`);
}
console.log(
  `grammars: ${files.length - failed} passed, ${failed} failed${files.length === 0 ? ', 1 skipped (test/grammar is empty)' : ''}`,
);
process.exitCode = failed === 0 ? 0 : 1;
