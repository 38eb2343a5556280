// `npm test`: everything from a fresh clone, one line a step, one summary line at the end.
//   node scripts/test.mjs [--only unit,ui]
// VSCODE_TEST_RUNTIME=desktop runs the extension host tests in desktop VS Code (found by VSCODE_EXECUTABLE, else downloaded).
import { ensureDependencies } from './ensure-dependencies.mjs';
import fs from 'node:fs';
import path from 'node:path';
import { check, counted, run, runSteps } from './steps.mjs';

const root = path.resolve(import.meta.dirname, '..');
const node = process.execPath;
const tool = (name, file) => path.join(root, 'node_modules', name, file);
const script = (name) => path.join(root, 'scripts', name);

const desktop = process.env.VSCODE_TEST_RUNTIME === 'desktop';

// `runtime` installs VS Code for the browser; some unit tests read its grammars.
const steps = [
  { name: 'manifest', run: check(node, [script('manifest.mjs'), '--check']) },
  { name: 'translations', run: check(node, [script('l10n.mjs'), '--check']) },
  { name: 'links', run: check(node, [script('links.mjs')]) },
  { name: 'circles', run: check(node, [script('circles.mjs')]) },
  { name: 'types', run: check(node, [tool('typescript', 'bin/tsc'), '--noEmit']) },
  { name: 'lint', run: check(node, [tool('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0']) },
  { name: 'format', run: check(node, [tool('prettier', 'bin/prettier.cjs'), '--check', '.']) },
  { name: 'dead-code', run: check(node, [tool('knip', 'bin/knip.js')]) },
  { name: 'build', run: check(node, [script('build.mjs')]) },
  ...(desktop
    ? []
    : [{ name: 'runtime', run: check(node, ['-e', "import('./test/runtime/install.mjs').then((m) => m.ensureCodeServer())"]) }]),
  { name: 'unit', needs: ['build'], run: vitest },
  { name: 'package', needs: ['build'], run: check(node, [script('package.mjs'), '--built']) },
  { name: 'vscode', needs: ['build'], run: counted(node, [script('test-vscode.mjs')], { timeout: 600_000 }) },
  { name: 'ui', needs: ['package'], run: counted(node, [script('test-ui.mjs')], { timeout: 1_800_000 }) },
];

const only = argument('--only')?.split(',');
const unknown = only?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. Steps: ${steps.map((step) => step.name).join(', ')}`);
  process.exit(64);
}
ensureDependencies();
const chosen = only === undefined ? steps : steps.filter((step) => only.includes(step.name));
const sum = await runSteps(chosen.map((step) => ({ ...step, needs: step.needs?.filter((n) => chosen.some((c) => c.name === n)) })));
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;

/** Unit and protocol tests; the counts are vitest's own, a file that does not load is one failure. */
async function vitest(log) {
  const report = path.join(root, 'out', 'vitest.json');
  fs.rmSync(report, { force: true });
  const code = await run(
    node,
    [tool('vitest', 'vitest.mjs'), 'run', '--passWithNoTests', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`],
    { log, timeout: 900_000 },
  );
  if (!fs.existsSync(report)) return { passed: 0, failed: 1, reason: `vitest exited with ${code} and wrote no report` };
  const result = JSON.parse(fs.readFileSync(report, 'utf8'));
  const unloadable = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = result.numFailedTests + unloadable;
  return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: result.numPendingTests };
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? process.argv.find((a) => a.startsWith(`${name}=`))?.slice(name.length + 1) : process.argv[at + 1];
}
