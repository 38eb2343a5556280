// Installs the packaged .vsix into a fresh VS Code in the browser and uses it as a person would: test/ui/*.ui.mjs, with pictures in
// out/screenshots. When all files ran, every command of package.json must have been used. Ends with `ui: N passed, N failed`.
//   node scripts/test-ui.mjs [NAME…]     only files whose name holds one of the names
//   TRACE=1                              says what had to be done again, and where
//   ATTEMPTS=1                           tells the first failure at once (else a file may run three times)
//   KEEP=1                               leaves the playground's folder for a look at it
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from '../test/runtime/browser.mjs';
import { installExtension, startCodeServer } from '../test/runtime/codeServer.mjs';
import { ensureCodeServer, root } from '../test/runtime/install.mjs';
import { calledCommands, unusedCommands } from '../test/ui/usedCommands.mjs';
import { openWorkbench, themed } from '../test/ui/workbench.mjs';
import { createPlayground } from './playground.mjs';

const wanted = process.argv.slice(2);
const folder = path.join(root, 'test/ui');
const files = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith('.ui.mjs') && (wanted.length === 0 || wanted.some((text) => name.includes(text))))
  .sort();
const screenshots = path.join(root, 'out', 'screenshots');
const vsix = path.join(root, 'out/container-metalink.vsix');
const codeServer = ensureCodeServer();
const attempts = Number(process.env.ATTEMPTS ?? 3);
const called = new Set();
const browser = await launchBrowser();
let passed = 0;
let failed = 0;
for (const file of files) {
  // A browser on a busy machine may lose a click. What is broken stays broken: the file runs again from a fresh window, and what follows
  // a failure (in a window that is not as it should be) is waited for in the last attempt only.
  let result;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    result = await runFile(file, attempt < attempts);
    if (result.failed > 0 && attempt < attempts) console.log(`${file}: once more from a fresh window`);
    else if (result.failed === 0 && attempt > 1) console.log(`${file}: passed at attempt ${attempt}`);
    if (result.failed === 0) break;
  }
  passed += result.passed;
  failed += result.failed;
}
await browser.close();
if (wanted.length === 0) judgeCommands();
console.log(`ui: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** One test more: every command of the manifest was used by one of the others. */
function judgeCommands() {
  const { contributes } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const problems = unusedCommands(
    contributes.commands.map(({ command }) => command),
    called,
  );
  for (const problem of problems) console.log(`✗ ${problem}`);
  if (problems.length === 0) console.log(`✓ every command of package.json was used (${contributes.commands.length})`);
  if (problems.length === 0) passed++;
  else failed++;
}

/**
 * One file: a playground and a profile of its own; its tests follow each other in one window, to the first failure alone where that is
 * wished. Gives how many passed and failed.
 */
async function runFile(file, endsAtFailure) {
  const result = { passed: 0, failed: 0 };
  const { tests, settings, workspaceTrust, locale, prepare } = await import(pathToFileURL(path.join(folder, file)).href);
  const playground = await createPlayground();
  Object.assign(playground.profile.settings, themed, typeof settings === 'function' ? settings(playground) : settings);
  await prepare?.(playground);
  let server;
  let workbench;
  try {
    installExtension(codeServer, vsix, playground.profile);
    server = await startCodeServer(codeServer, { ...playground.profile, workspaceTrust });
    workbench = await openWorkbench(browser, { origin: server.origin, folder: playground.workspace, screenshots, locale });
    for (const [name, test] of Object.entries(tests)) {
      const good = await runTest(file, name, () => test(workbench, playground), workbench);
      result[good ? 'passed' : 'failed']++;
      if (!good && endsAtFailure) break;
    }
  } catch (error) {
    result.failed++;
    console.log(`✗ ${file}: ${error.stack ?? error}\n${server?.log().slice(-2000) ?? ''}`);
  } finally {
    await workbench?.close();
    await server?.stop();
    for (const command of calledCommands(playground.profile.userDataDir)) called.add(command);
    if (process.env.KEEP) console.log(`kept: ${playground.folder}`);
    else await playground.close();
  }
  return result;
}

/** Whether one test passed; a picture is kept of a window in which one did not. */
async function runTest(file, name, run, workbench) {
  const started = performance.now();
  try {
    await run();
    console.log(`✓ ${file}: ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    console.log(`✗ ${file}: ${name}\n${error.stack ?? error}`);
    await workbench.picture(`failed-${file.replace('.ui.mjs', '')}-${name.replace(/\W+/g, '-')}`);
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Escape');
    return false;
  }
}
