// Runs test/vscode inside a real VS Code's extension host. Ends with `vscode: N passed, N failed`.
//   VSCODE_TEST_RUNTIME=code-server (default)   VS Code's server with a headless browser, installed from npm
//   VSCODE_TEST_RUNTIME=desktop                 desktop VS Code: VSCODE_EXECUTABLE, else downloaded by @vscode/test-electron
//   MOCHA_GREP=…                                only tests whose title matches
import { runTests } from '@vscode/test-electron';
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const runtime = process.env.VSCODE_TEST_RUNTIME ?? 'code-server';
if (!['desktop', 'code-server'].includes(runtime)) throw new Error(`VSCODE_TEST_RUNTIME must be desktop or code-server, not ${runtime}`);

const suites = fs.readdirSync(path.join(root, 'test/vscode')).filter((name) => name.endsWith('.test.ts'));
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['test/vscode/runner.ts', ...suites.map((name) => `test/vscode/${name}`)],
  outdir: 'out/vscode',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  external: ['vscode', 'mocha'],
  sourcemap: 'inline',
  logLevel: 'warning',
});

let failed = false;
const sum = { passed: 0, failed: 0, skipped: 0 };
// @vscode/test-electron cannot open desktop VS Code in Restricted Mode.
for (const mode of runtime === 'desktop' ? ['trusted', 'virtual'] : ['trusted', 'restricted', 'virtual']) await runMode(mode);
console.log(`vscode: ${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exitCode = failed || sum.failed > 0 ? 1 : 0;

/** One window: a trusted folder, a folder in Restricted Mode (for the suites `*.restricted.test.ts`), or one on no disk (`*.virtual.test.ts`). */
async function runMode(mode) {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'vst-'));
  const workspace = path.join(temporary, 'workspace');
  fs.cpSync(path.join(root, 'test/fixtures/workspace'), workspace, { recursive: true });
  const virtual = path.join(temporary, 'virtual.code-workspace');
  fs.writeFileSync(virtual, JSON.stringify({ folders: [{ uri: 'virtual-test:/samples' }] }));
  const results = path.join(temporary, 'results.json');
  try {
    await runTests({
      ...(runtime === 'code-server'
        ? { vscodeExecutablePath: path.join(root, 'test/runtime/code.mjs') }
        : { vscodeExecutablePath: process.env.VSCODE_EXECUTABLE, version: process.env.VSCODE_VERSION ?? 'stable' }),
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(root, 'out/vscode/runner.js'),
      extensionTestsEnv: {
        VSCODE_TEST_RESULTS: results,
        VSCODE_TEST_MODE: mode,
        // Caches, key rings and sign-ins of the person who runs the tests are none of theirs.
        HOME: temporary,
        APPTAINER_CACHEDIR: path.join(temporary, 'apptainer'),
        SINGULARITY_CACHEDIR: path.join(temporary, 'singularity'),
      },
      launchArgs: [
        mode === 'virtual' ? virtual : workspace,
        `--user-data-dir=${path.join(temporary, 'u')}`,
        `--extensions-dir=${path.join(temporary, 'e')}`,
        '--disable-extensions',
      ],
    });
  } catch (error) {
    console.error(error.message);
    failed = true;
  }
  // Exit code 0 alone proves nothing: the workbench in the browser also reports 0 when the extension host was killed.
  const counts = fs.existsSync(results) ? JSON.parse(fs.readFileSync(results, 'utf8')) : undefined;
  if (counts === undefined || counts.passed + counts.failed === 0) {
    console.error(`The suite did not finish (${mode}): it wrote no results.`);
    sum.failed++;
  }
  for (const key of Object.keys(sum)) sum[key] += counts?.[key] ?? 0;
  fs.rmSync(temporary, { recursive: true, force: true });
}
