// Passwords in the URLs of a metalink, against servers that redirect and record: they reach their own origin and nothing else.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { methods } from '../../server/src/protocol';
import type { InspectResult, PullResult, VerifyResult } from '../../server/src/protocol';
import { startSession } from './session';

const password = 'mirror-pass-5';
const encoded = Buffer.from(`carol:${password}`).toString('base64');
const content = Buffer.alloc(300_000, 'an image, more or less');
const sha256 = createHash('sha256').update(content).digest('hex');

let folder: string;
const closers: (() => unknown)[] = [];
const saved = { ...process.env };
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secrets-'));
  process.env.HOME = path.join(folder, 'home');
  process.env.APPTAINER_CACHEDIR = path.join(folder, 'cache');
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  process.env = { ...saved };
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A server that keeps everything it is sent. */
async function record(answer: (request: http.IncomingMessage, response: http.ServerResponse) => void) {
  const wire: string[] = [];
  const server = http.createServer((request, response) => {
    wire.push(`${request.method ?? ''} ${request.url ?? ''} ${request.rawHeaders.join(' ')}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { wire, port: (server.address() as AddressInfo).port };
}

function serve(request: http.IncomingMessage, response: http.ServerResponse): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = Number(range?.[1] ?? 0);
  const to = Math.min(content.length - 1, Number(range?.[2] || content.length - 1));
  const headers = { 'content-type': 'application/octet-stream', 'content-length': to - from + 1, etag: '"1"', 'accept-ranges': 'bytes' };
  response.writeHead(range ? 206 : 200, range ? { ...headers, 'content-range': `bytes ${from}-${to}/${content.length}` } : headers);
  response.end(request.method === 'HEAD' ? undefined : content.subarray(from, to + 1));
}

function onDisk(root: string): string {
  const files = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => `${entry.name}\n${fs.readFileSync(path.join(entry.parentPath, entry.name), 'latin1')}`).join('\n');
}

describe('a password in the URL of a mirror', () => {
  test.each([
    ['to another name', 'localhost', 307],
    ['to another port', '127.0.0.1', 302],
    ['to another name for good', 'localhost', 308],
  ])('%s: the redirect is followed without it', async (_, name, status) => {
    const stranger = await record(serve);
    const mirror = await record((_request, response) =>
      response.writeHead(status, { location: `http://${name}:${stranger.port}/tool.sif` }).end(),
    );
    const storagePath = path.join(folder, 'storage');
    fs.mkdirSync(storagePath);
    const session = await startSession({ trusted: true, storagePath, settings: { 'online.hosts': ['*'], 'engine.path': '/nonexistent' } });
    closers.push(() => session.close());
    const document = path.join(folder, 'tool.meta4');
    const url = `http://carol:${password}@127.0.0.1:${mirror.port}/tool.sif`;
    const text = `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="tool.sif"><size>${content.length}</size><hash type="sha-256">${sha256}</hash><metaurl mediatype="torrent">${url}.torrent</metaurl><url>${url}</url></file></metalink>`;
    fs.writeFileSync(document, text);
    const uri = pathToFileURL(document).href;
    await session.open(uri, 'metalink', text);

    const target = { kind: 'document', uri };
    const inspected = await session.request<InspectResult>(methods.inspect, { target });
    const verified = await session.request<VerifyResult>(methods.verify, { target });
    const pulled = await session.request<PullResult>(methods.pull, {
      target,
      destination: { kind: 'folder', path: path.join(folder, 'out') },
    });
    expect(stranger.wire.length).toBeGreaterThan(0);
    expect(mirror.wire.join('\n')).toContain(encoded);
    fs.rmSync(document);
    const texts = {
      stranger: stranger.wire.join('\n'),
      answers: JSON.stringify([inspected, verified, pulled]),
      log: session.logged.join('\n'),
      told: JSON.stringify(session.notified.filter(({ method }) => method !== 'textDocument/publishDiagnostics')),
      disk: onDisk(folder),
    };
    for (const [where, said] of Object.entries(texts))
      for (const secret of [password, encoded]) expect(said.includes(secret), where).toBe(false);
  });

  test('a failure does not repeat it', async () => {
    const mirror = await record((_request, response) => response.writeHead(401).end());
    const session = await startSession({ trusted: true, settings: { 'online.hosts': ['*'], 'engine.path': '/nonexistent' } });
    closers.push(() => session.close());
    const reference = `http://carol:${password}@127.0.0.1:${mirror.port}/tool.sif`;
    const target = { kind: 'reference', reference };
    const destination = { kind: 'folder', path: path.join(folder, 'out') };
    const answers = [
      await session.request<InspectResult>(methods.inspect, { target }),
      await session.request<PullResult>(methods.pull, { target, destination }),
    ];
    expect(mirror.wire.join('\n')).toContain(encoded);
    for (const said of [JSON.stringify(answers), session.logged.join('\n')]) {
      expect(said).not.toContain(password);
      expect(said).not.toContain(encoded);
    }
  });
});
