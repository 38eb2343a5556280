// The language server over the wire: from a keystroke in a recipe of 2,000 lines to its published diagnostics, alone and while a pull
// runs; resident memory after ten files. The wait that the server makes on purpose (20 ms or three checks) is part of what is shown;
// beside it stands the same exchange without it, a pulled diagnosis: node test/bench/run.mjs --only lsp
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { startClient } from './lspClient.mjs';
import { metalinkWithPieces } from './metalink.mjs';

export const name = 'lsp';

const root = path.resolve(import.meta.dirname, '../..');
const lines = 2000;

export async function run(report) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-lsp-'));
  const edits = report.quick ? 30 : 150;
  try {
    execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--out', path.join(folder, 'dist')], { stdio: 'ignore' });
    const server = path.join(folder, 'dist/cli.js');

    const pushed = await connect(server, false);
    const memory = await openTen(pushed);
    if (memory !== undefined) report.row({ what: 'memory after ten files', ours: memory, unit: 'MB', budget: '< 80 MB' });
    report.row({ what: 'keystroke to published diagnostics, with the wait, p95', ours: p95(await pushedTimes(pushed, edits)), unit: 'ms' });
    pushed.kill();

    const pulled = await connect(server, true);
    const before = pulled.processorTime();
    const aloneTimes = await pulledTimes(pulled, edits, recipe);
    const alone = p95(aloneTimes);
    const after = pulled.processorTime();
    report.row({ what: 'keystroke to diagnostics, p95', ours: alone, unit: 'ms', budget: '< 30 ms on an idle machine' });
    if (before !== undefined && after !== undefined)
      report.row({ what: 'processor time a keystroke, mean', ours: (after - before) / aloneTimes.length, unit: 'ms' });
    report.row({
      what: 'keystroke to diagnostics in a metalink of 40,000 pieces, p95',
      ours: p95(
        await pulledTimes(pulled, edits, {
          extension: 'meta4',
          languageId: 'metalink',
          text: metalinkWithPieces(40_000),
          inside: 'tool.sif</url>',
        }),
      ),
      unit: 'ms',
    });
    const during = await whilePulling(pulled, folder, (running) => pulledTimes(pulled, edits, recipe, running));
    report.row({
      what: `the same while a pull runs (${during.length} keystrokes), p95`,
      ours: p95(during),
      theirs: alone,
      unit: 'ms',
      versus: 'alone',
      budget: '< 30 ms on an idle machine',
    });
    pulled.kill();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function connect(server, pull) {
  const client = startClient([server, 'lsp', '--stdio']);
  const capabilities = pull
    ? { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } }
    : { textDocument: { publishDiagnostics: {} } };
  await client.request('initialize', { processId: null, rootUri: null, capabilities, initializationOptions: { trusted: true } });
  await client.notify('initialized', {});
  return client;
}

const long = `Bootstrap: docker\nFrom: alpine\n\n%tests\n  true\n\n%post\n${'  echo a line of the script\n'.repeat(lines)}`;
const metalink = '<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="../x"><url>http://h/x</url></file></metalink>';

async function open(client, uri, languageId, text) {
  await client.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
}

async function openTen(client) {
  for (let n = 0; n < 10; n++) {
    const uri = `file:///bench/${n}`;
    const told = client.nextDiagnostics(uri);
    await open(client, uri, n % 2 === 0 ? 'singularity' : 'metalink', n % 2 === 0 ? long.slice(0, 4000) : metalink);
    await told;
    await client.request('textDocument/documentSymbol', { textDocument: { uri } });
  }
  return client.memory();
}

/** What is typed in: `inside` is found once in the text, and the caret stands in front of it. */
const recipe = { extension: 'def', languageId: 'singularity', text: long, inside: 'alpine' };

function placeOf({ text, inside }) {
  const before = text.slice(0, text.indexOf(inside)).split('\n');
  return { line: before.length - 1, character: before.at(-1).length };
}

const type = (client, uri, version, place) =>
  client.notify('textDocument/didChange', {
    textDocument: { uri, version },
    contentChanges: [{ range: { start: place, end: place }, text: 'x' }],
  });

async function pushedTimes(client, edits) {
  const uri = 'file:///bench/pushed.def';
  const told = client.nextDiagnostics(uri);
  await open(client, uri, 'singularity', long);
  await told;
  return times(edits, async (version) => {
    const next = client.nextDiagnostics(uri);
    await type(client, uri, version, placeOf(recipe));
    await next;
  });
}

let pulledDocuments = 0;
/** `running`: stops early when it says false. */
async function pulledTimes(client, edits, document, running = () => true) {
  const uri = `file:///bench/pulled-${++pulledDocuments}.${document.extension}`;
  const place = placeOf(document);
  await open(client, uri, document.languageId, document.text);
  return times(
    edits,
    async (version) => {
      await type(client, uri, version, place);
      await client.request('textDocument/diagnostic', { textDocument: { uri } });
    },
    running,
  );
}

async function times(edits, once, running = () => true) {
  const found = [];
  for (let version = 2; version < edits + 2 && running(); version++) {
    const started = performance.now();
    await once(version);
    found.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 30)); // nobody types without a pause
  }
  return found;
}

/** Pulls 256 MiB from a local server while `work` goes on. */
async function whilePulling(client, folder, work) {
  const size = 256 * 1024 * 1024;
  const mirror = new Worker(new URL(import.meta.url), { workerData: { size } }); // its work must not delay what is measured here
  const { port, sha256 } = await new Promise((resolve) => mirror.once('message', resolve));
  const file = path.join(folder, 'bench.meta4');
  fs.writeFileSync(
    file,
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="bench.sif"><size>${size}</size><hash type="sha-256">${sha256}</hash>` +
      `<url>http://127.0.0.1:${port}/bench.sif</url></file></metalink>`,
  );
  let running = true;
  const pull = client
    .request('containerMetalink/pull', {
      target: { kind: 'document', uri: pathToFileURL(file).href },
      destination: { kind: 'folder', path: path.join(folder, 'out') },
    })
    .finally(() => (running = false));
  try {
    const found = await work(() => running);
    await pull;
    return found;
  } finally {
    await mirror.terminate();
  }
}

if (!isMainThread) {
  const content = Buffer.alloc(workerData.size, randomBytes(65_521));
  const server = http.createServer((request, response) => serve(request, response, content));
  server.listen(0, '127.0.0.1', () => {
    parentPort.postMessage({ port: server.address().port, sha256: createHash('sha256').update(content).digest('hex') });
  });
}

function serve(request, response, content) {
  const [, first = '0', last = ''] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
  const start = Number(first);
  const end = last === '' ? content.length - 1 : Math.min(content.length - 1, Number(last));
  response.writeHead(request.headers.range === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    ...(request.headers.range !== undefined && { 'content-range': `bytes ${start}-${end}/${content.length}` }),
  });
  response.end(request.method === 'HEAD' ? undefined : content.subarray(start, end + 1));
}

function p95(values) {
  if (values.length === 0) throw new Error('nothing was measured');
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)];
}
