// Start of the processes: the language server up to its answer to `initialize`, `check` of one recipe; beside Node itself doing
// nothing and a server of the same protocol library that can do nothing: node test/bench/run.mjs --only startup
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { startClient } from './lspClient.mjs';

export const name = 'startup';

const root = path.resolve(import.meta.dirname, '../..');

export async function run(report) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-startup-'));
  try {
    execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--out', path.join(folder, 'dist')], { stdio: 'ignore' });
    const cli = path.join(folder, 'dist/cli.js');
    const empty = await buildEmptyServer(folder);
    const recipe = path.join(folder, 'a.def');
    fs.writeFileSync(recipe, 'Bootstrap: docker\nFrom: alpine:3.20\n\n%post\n  true\n');
    const times = { node: [], empty: [], server: [], check: [], version: [] };
    for (let round = 0; round < (report.quick ? 5 : 15); round++) {
      times.node.push(await runToEnd(['-e', '0']));
      times.empty.push(await answerTime([empty, '--stdio']));
      times.server.push(await answerTime([cli, 'lsp', '--stdio']));
      times.version.push(await runToEnd([cli, '--version']));
      times.check.push(await runToEnd([cli, 'check', recipe]));
    }
    const node = median(times.node);
    const beside = { theirs: node, unit: 'ms', versus: '`node -e 0`' };
    report.row({ what: 'an empty server answers initialize', ours: median(times.empty), ...beside });
    report.row({ what: 'the server answers initialize', ours: median(times.server), ...beside, budget: '≤ 250 ms on an idle machine' });
    report.row({ what: '--version', ours: median(times.version), ...beside });
    report.row({ what: 'check of one recipe', ours: median(times.check), ...beside });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function answerTime(words) {
  const started = performance.now();
  const client = startClient(words);
  await client.request('initialize', { processId: null, rootUri: null, capabilities: {} });
  const took = performance.now() - started;
  client.kill();
  return took;
}

async function runToEnd(words) {
  const started = performance.now();
  await new Promise((resolve) => spawn(process.execPath, words, { stdio: 'ignore' }).on('exit', resolve));
  return performance.now() - started;
}

async function buildEmptyServer(folder) {
  const contents = [
    "import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';",
    'const connection = createConnection(ProposedFeatures.all);',
    'connection.onInitialize(() => ({ capabilities: {} }));',
    'connection.listen();',
  ].join('\n');
  const outfile = path.join(folder, 'empty.cjs');
  const stdin = { contents, resolveDir: root };
  await esbuild.build({ stdin, bundle: true, platform: 'node', format: 'cjs', minify: true, mainFields: ['module', 'main'], outfile });
  return outfile;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
