// Drives Neovim against `container-metalink lsp --stdio`: another editor than VS Code gets diagnostics, hover, completion, symbols.
// Ends with `neovim: N passed, M failed`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { runEditorChecks } from '../runtime/editorChecks.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const checks = {
  'a recipe gets diagnostics': ({ recipeDiagnostics }) => assert.ok(recipeDiagnostics.some(({ code }) => code === 'parse/unknown-section')),
  'their messages quote the engine': ({ recipeDiagnostics }) =>
    assert.ok(recipeDiagnostics.some(({ message }) => message.includes('invalid section(s) specified'))),
  'a recipe has symbols': ({ symbols }) => assert.ok(symbols.length > 0),
  'a hover tells what the hub says': ({ hover }) => assert.match(JSON.stringify(hover), /sha256:[0-9a-f]{4}/),
  'completion offers sections': ({ completion }) => {
    const labels = (completion.items ?? completion).map(({ label }) => label);
    assert.ok(
      labels.some((label) => label.includes('runscript')),
      labels.join(', '),
    );
  },
  'a metalink gets diagnostics': ({ metalinkDiagnostics }) => assert.ok(metalinkDiagnostics.some(({ code }) => /^M4-\d+$/.test(code))),
};

await runEditorChecks({
  name: 'neovim',
  program: 'nvim',
  missing: 'Neovim is missing: install it (Debian: apt-get install neovim).',
  drive,
  checks,
});

/** Runs Neovim without a screen; the hub answers in this process meanwhile. */
async function drive({ folder, workspace, home }) {
  const file = path.join(folder, 'neovim.json');
  const child = spawn('nvim', ['--headless', '-u', 'NONE', '-n', '-i', 'NONE', '-S', path.join(import.meta.dirname, 'init.lua')], {
    env: {
      ...process.env,
      HOME: home,
      CONTAINER_METALINK_COMMAND: JSON.stringify([process.execPath, path.join(root, 'dist/cli.js'), 'lsp', '--stdio']),
      CONTAINER_METALINK_FOLDER: workspace,
      CONTAINER_METALINK_RESULT: file,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (data) => (output += data));
  const timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
  await new Promise((resolve) => child.on('exit', resolve));
  clearTimeout(timer);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : { error: `Neovim wrote no result. ${output}` };
}
