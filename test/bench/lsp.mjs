// The language server over the wire: from a keystroke in a recipe of 2,000 lines to its published diagnostics, alone and while a pull
// runs; resident memory after ten files. The wait that the server makes on purpose (20 ms or three checks) is part of what is shown;
// beside it stands the same exchange without it, a pulled diagnosis: node test/bench/run.mjs --only lsp
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startClient } from './lspClient.mjs';
import { metalinkWithPieces } from './metalink.mjs';
import { freePorts, hasNginx, startNginx } from './nginx.mjs';

export const name = 'lsp';

const root = path.resolve(import.meta.dirname, '../..');
const lines = 2000;

export async function run(report) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-lsp-'));
  const edits = report.quick ? 30 : 150;
  const clients = [];
  try {
    execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--out', path.join(folder, 'dist')], { stdio: 'ignore' });
    const server = path.join(folder, 'dist/cli.js');

    const pushed = await connect(server, false);
    clients.push(pushed);
    const memory = await openTen(pushed);
    if (memory !== undefined) report.row({ what: 'memory after ten files', ours: memory, unit: 'MB', budget: '< 80 MB' });
    report.row({ what: 'keystroke to published diagnostics, with the wait, p95', ours: p95(await pushedTimes(pushed, edits)), unit: 'ms' });
    pushed.kill();

    const pulled = await connect(server, true);
    clients.push(pulled);
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
    if (!hasNginx()) {
      report.note('keystrokes while a pull runs: not measured, nginx is not installed');
      return;
    }
    const size = report.quick ? 256 << 20 : 1 << 30;
    const during = [];
    for (let round = 0; round < (report.quick ? 1 : 3); round++)
      during.push(...(await whilePulling(pulled, size, (running) => pulledTimes(pulled, Infinity, recipe, running))));
    report.row({
      what: `the same while ${size >> 20} MiB are pulled from two mirrors (${during.length} keystrokes), p95`,
      ours: p95(during),
      theirs: alone,
      unit: 'ms',
      versus: 'alone',
      budget: '< 30 ms on an idle machine',
    });
  } finally {
    for (const client of clients) client.kill();
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

/** Pulls scenario (a) of the downloads' benchmark while `work` goes on: two mirrors (nginx), sha-256 and pieces. */
async function whilePulling(client, size, work) {
  const source = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'bench-lsp-pull-'));
  const ports = await freePorts(2);
  const stop = startNginx(
    source,
    ports.map((port, index) => `server { listen 127.0.0.${index + 1}:${port}; root ${source}; }`),
  );
  try {
    const file = path.join(source, 'bench.meta4');
    fs.writeFileSync(file, metalinkOf(path.join(source, 'bench.sif'), size, ports));
    let running = true;
    const pull = client
      .request('containerMetalink/pull', {
        target: { kind: 'document', uri: pathToFileURL(file).href },
        destination: { kind: 'folder', path: path.join(source, 'out') },
      })
      .finally(() => (running = false));
    const found = await work(() => running);
    const [{ outcome }] = (await pull).items;
    if (outcome !== 'pulled') throw new Error(`the pull ended with ${outcome}`);
    return found;
  } finally {
    stop();
    fs.rmSync(source, { recursive: true, force: true });
  }
}

/** Writes a file of random bytes and gives its metalink. */
function metalinkOf(file, size, ports) {
  const pieceLength = 4 << 20;
  const whole = createHash('sha256');
  const pieces = [];
  for (let at = 0; at < size; at += pieceLength) {
    const bytes = randomBytes(pieceLength);
    fs.appendFileSync(file, bytes);
    whole.update(bytes);
    pieces.push(createHash('sha256').update(bytes).digest('hex'));
  }
  return `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="bench.sif"><size>${size}</size><hash type="sha-256">${whole.digest('hex')}</hash>
<pieces type="sha-256" length="${pieceLength}">${pieces.map((hex) => `<hash>${hex}</hash>`).join('')}</pieces>
${ports.map((port, index) => `<url>http://127.0.0.${index + 1}:${port}/bench.sif</url>`).join('')}</file></metalink>`;
}

function p95(values) {
  if (values.length === 0) throw new Error('nothing was measured');
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)];
}
