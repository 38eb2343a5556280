// Drives Emacs with Eglot against `container-metalink lsp --stdio`, as docs/editors.md tells its users.
// Ends with `emacs: N passed, M failed`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { runEditorChecks } from '../runtime/editorChecks.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const checks = {
  'a recipe has its mode': ({ mode }) => assert.equal(mode, 'singularity-mode'),
  'a recipe gets diagnostics that quote the engine': ({ recipeDiagnostics }) =>
    assert.ok(recipeDiagnostics.some((message) => message.includes('invalid section(s) specified'))),
  'a recipe has symbols': ({ symbols }) => assert.ok(symbols.length > 0),
  'a hover tells what the hub says': ({ hover }) => assert.match(JSON.stringify(hover), /sha256:[0-9a-f]{4}/),
  'completion offers sections': ({ completion }) =>
    assert.ok((completion.items ?? completion).some(({ label }) => label.includes('runscript'))),
  'a metalink gets diagnostics': ({ metalinkDiagnostics }) => assert.ok(metalinkDiagnostics.length > 3),
};

await runEditorChecks({
  name: 'emacs',
  program: 'emacs',
  missing: 'Emacs is missing: install it (Debian: apt-get install emacs-nox elpa-eglot).',
  drive,
  checks,
});

/** Runs Emacs without a screen; the hub answers in this process meanwhile. */
async function drive({ folder, workspace, home }) {
  const file = path.join(folder, 'emacs.json');
  // `--quick` would leave out the packages of the system, and Eglot with them in Emacs before 29.
  const child = spawn(
    'emacs',
    ['--batch', '--no-init-file', '--eval', '(package-initialize)', '--load', path.join(import.meta.dirname, 'run.el')],
    {
      env: {
        ...process.env,
        HOME: home,
        CONTAINER_METALINK_COMMAND: JSON.stringify([process.execPath, path.join(root, 'dist/cli.js'), 'lsp', '--stdio']),
        CONTAINER_METALINK_FOLDER: workspace,
        CONTAINER_METALINK_RESULT: file,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let output = '';
  child.stderr.on('data', (data) => (output += data));
  const timer = setTimeout(() => child.kill('SIGKILL'), 240_000);
  await new Promise((resolve) => child.on('exit', resolve));
  clearTimeout(timer);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : { error: `Emacs wrote no result. ${output}` };
}
