// What the extension costs VS Code: the packaged .vsix in a fresh profile, woken by the first recipe; read from "Show Running Extensions"
// (loading of the bundle and the call of `activate`, as the extension host measures them), beside VS Code's own extension for JSON, which
// is of the same kind: a client that starts a language server: node test/bench/run.mjs --only activation
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createPlayground } from '../../scripts/playground.mjs';
import { launchBrowser } from '../runtime/browser.mjs';
import { installExtension, startCodeServer } from '../runtime/codeServer.mjs';
import { ensureCodeServer } from '../runtime/install.mjs';
import { openWorkbench } from '../ui/workbench.mjs';

export const name = 'activation';

const root = path.resolve(import.meta.dirname, '../..');

export async function run(report) {
  execFileSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { stdio: 'ignore' });
  const browser = await launchBrowser();
  const times = { ours: [], theirs: [] };
  try {
    for (let round = 0; round < (report.quick ? 1 : 3); round++) {
      const { ours, theirs } = await oneStart(browser);
      times.ours.push(ours);
      times.theirs.push(theirs);
    }
  } finally {
    await browser.close();
  }
  report.row({
    what: 'activation in the extension host',
    ours: median(times.ours),
    theirs: median(times.theirs),
    unit: 'ms',
    versus: "VS Code's JSON",
    budget: '< 50 ms on an idle machine',
  });
}

/** Milliseconds that a fresh window tells for us and for JSON. */
async function oneStart(browser) {
  const codeServer = ensureCodeServer();
  const playground = await createPlayground({ misbehave: false });
  fs.writeFileSync(path.join(playground.workspace, 'plain.json'), '{}\n');
  let server;
  let workbench;
  try {
    installExtension(codeServer, path.join(root, 'out/container-metalink.vsix'), playground.profile);
    server = await startCodeServer(codeServer, playground.profile);
    const screenshots = path.join(root, 'out/screenshots');
    workbench = await openWorkbench(browser, { origin: server.origin, folder: playground.workspace, screenshots });
    await workbench.open('tool.def', 'Bootstrap');
    await workbench.codeLens('Verify').first().waitFor();
    await workbench.open('plain.json');
    await workbench.command('Developer: Show Running Extensions');
    return { ours: await timeOf(workbench, 'Container Metalink'), theirs: await timeOf(workbench, 'JSON Language Features') };
  } finally {
    await workbench?.close();
    await server?.stop();
    await playground.close();
  }
}

async function timeOf(workbench, extension) {
  const row = workbench.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: extension });
  const time = row.locator('.activation-time');
  await time.filter({ hasText: /\d+\s*ms/ }).waitFor();
  return Number(/(\d+)\s*ms/.exec(await time.innerText())?.[1]);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
