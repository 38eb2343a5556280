import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompletionItem, CompletionList, Hover } from 'vscode-languageserver-types';
import { methods } from '../../server/src/protocol';
import type { CacheListResult, InspectResult, PinResult, PullResult, VerifyResult } from '../../server/src/protocol';
import { parseReference } from '../../server/src/image/reference';
import { startHub } from '../hub/hub';
import type { EmbeddedHub } from '../hub/hub';
import { imageCid } from '../hub/ipfs';
import { misbehaveAsSampled, writeSampleWorkspace } from '../hub/samples';
import { startSession } from './session';
import type { Session } from './session';

let hub: EmbeddedHub;
let session: Session;
let folder: string;
const saved = { ...process.env };

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'protocol-'));
  for (const name of ['APPTAINER_CACHEDIR', 'SINGULARITY_CACHEDIR', 'APPTAINER_CONFIGDIR', 'SINGULARITY_CONFIGDIR'])
    Reflect.deleteProperty(process.env, name);
  process.env.HOME = path.join(folder, 'home');
  process.env.APPTAINER_CACHEDIR = path.join(folder, 'apptainer');
  hub = await startHub();
  misbehaveAsSampled(hub);
  writeSampleWorkspace(path.join(folder, 'workspace'), hub);
  session = await startSession({
    trusted: true,
    storagePath: path.join(folder, 'storage'),
    settings: { 'verify.keyServers': [hub.origin], 'online.hosts': ['*'], 'engine.path': '/nonexistent/apptainer' },
  });
});
afterAll(async () => {
  await session.close();
  await hub.close();
  process.env = saved;
  fs.rmSync(folder, { recursive: true, force: true });
});

const host = () => new URL(hub.origin).host;
let documents = 0;
async function open(text: string, languageId = 'singularity'): Promise<string> {
  const uri = `file:///tmp/online-${++documents}.${languageId === 'metalink' ? 'meta4' : 'def'}`;
  await session.open(uri, languageId, text);
  return uri;
}
const sample = (name: string) => path.join(folder, 'workspace', name);
async function openSample(name: string): Promise<string> {
  const uri = pathToFileURL(sample(name)).href;
  await session.open(uri, name.endsWith('.def') ? 'singularity' : 'metalink', fs.readFileSync(sample(name), 'utf8'));
  return uri;
}
/** Completion at `|`. */
async function labels(marked: string): Promise<string[]> {
  const offset = marked.indexOf('|');
  const uri = await open(marked.replace('|', ''));
  const before = marked.slice(0, offset).split('\n');
  const answer = await session.request<CompletionItem[] | CompletionList>('textDocument/completion', {
    textDocument: { uri },
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  });
  return (Array.isArray(answer) ? answer : answer.items).map((item) => item.label);
}

describe('what the hubs know, in the editor', () => {
  test('hover on From shows digest, platforms, size', async () => {
    const uri = await open(`Bootstrap: docker\nFrom: ${host()}/demo/docker:latest\n`);
    const hover = await session.request<Hover>('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 10 } });
    const text = JSON.stringify(hover.contents);
    expect(text).toContain('sha256:');
    expect(text).toContain('linux/amd64');
  });

  test('hover on an ORAS reference also tells what is inside the SIF', async () => {
    const uri = await open(`Bootstrap: oras\nFrom: ${host()}/demo/tool:1.4\n`);
    const hover = await session.request<Hover>('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 10 } });
    expect(JSON.stringify(hover.contents)).toContain('org.opencontainers.image.source');
  });

  test('a reference that is not there: the cause, not a stack', async () => {
    const uri = await open(`Bootstrap: oras\nFrom: ${host()}/demo/nothing:1\n`);
    const hover = await session.request<Hover>('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 10 } });
    expect(JSON.stringify(hover.contents)).toContain('demo/nothing');
    expect(JSON.stringify(hover.contents)).not.toMatch(/\bat \w+ \(/);
  });

  test('completion of tags, newest first', async () => {
    const found = await labels(`Bootstrap: docker\nFrom: ${host()}/open/base:|\n`);
    expect(found.slice(0, 4)).toEqual(['latest', '12-slim', '2.0-rc.1', '1.2']);
  });

  test('completion of hosts and repositories', async () => {
    expect(await labels(`Bootstrap: docker\nFrom: ${host()}/op|\n`)).toContain(`${host()}/open/base`);
  });

  test('diagnostics do not wait for a hub that does not answer', async () => {
    hub.misbehave('/v2/open/slow/', { kind: 'delay', milliseconds: 15_000 });
    const started = Date.now();
    const uri = await open(`Bootstrap: docker\nFrom: ${host()}/open/slow:1\n%tests\n  true\n`);
    const hovering = session.request('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 10 } });
    await session.diagnosticsUntil(uri, (d) => d.some((x) => x.code === 'parse/unknown-section'));
    expect(Date.now() - started).toBeLessThan(15_000);
    await hovering;
  });

  test('pin writes the digest and keeps the tag as Apptainer can read it; unpin gives the tag back', async () => {
    const uri = await open(`Bootstrap: docker\nFrom: ${host()}/open/base:1.1\n`);
    const before = session.edits.length;
    const pinned = await session.request<PinResult>(methods.pin, { uri, action: 'pin' });
    expect(pinned.changed).toBe(1);
    const [edit] = session.edits[before]?.changes?.[uri] ?? [];
    expect(edit?.newText).toMatch(/\/open\/base@sha256:[0-9a-f]{64} # tag: 1\.1$/);
    const again = await open(`Bootstrap: docker\nFrom: ${edit?.newText ?? ''}\n`);
    await session.request<PinResult>(methods.pin, { uri: again, action: 'unpin' });
    expect(session.edits[before + 1]?.changes?.[again]?.[0]?.newText).toBe(`${host()}/open/base:1.1`);
    expect((await session.request<PinResult>(methods.pin, { uri: again, action: 'update' })).report[0]).toContain('up to date');
  });
});

test('an image of a library is pinned by the hash in the place of its tag, and back', async () => {
  const name = `${host()}/demo/tools/tool`;
  const uri = await open(`Bootstrap: library\nFrom: ${name}:1.3\n`);
  const before = session.edits.length;
  expect(await session.request<PinResult>(methods.pin, { uri, action: 'pin' })).toMatchObject({ changed: 1 });
  const pinned = session.edits[before]?.changes?.[uri]?.[0]?.newText ?? '';
  expect(pinned).toBe(`${name}:sha256.${hub.images.image('tool-1.3.sif').sha256} # tag: 1.3`);
  const again = await open(`Bootstrap: library\nFrom: ${pinned}\n`);
  expect((await session.request<PinResult>(methods.pin, { uri: again, action: 'update' })).report[0]).toContain('up to date');
  await session.request<PinResult>(methods.pin, { uri: again, action: 'unpin' });
  expect(session.edits[before + 1]?.changes?.[again]?.[0]?.newText).toBe(`${name}:1.3`);
});

describe('verify and pull', () => {
  test('a metalink whose best mirror is damaged is pulled into the cache, whole and verified', async () => {
    const uri = await openSample('tool-1.4.meta4');
    const { items } = await session.request<PullResult>(methods.pull, {
      target: { kind: 'document', uri },
      destination: { kind: 'cache' },
    });
    expect(items).toMatchObject([{ outcome: 'pulled', title: 'tool-1.4.sif', report: { verdict: 'intact' } }]);
    const file = items[0]?.path ?? '';
    expect(path.dirname(file)).toBe(path.join(folder, 'apptainer', 'cache', 'net'));
    expect(createHash('sha256').update(fs.readFileSync(file)).digest('hex')).toBe(hub.images.image('tool-1.4.sif').sha256);
    expect((fs.statSync(file).mode & 0o777).toString(8)).toBe('700');
    expect(fs.readdirSync(path.join(folder, 'apptainer', 'container-metalink'))).toEqual([]);
    const again = await session.request<PullResult>(methods.pull, { target: { kind: 'document', uri }, destination: { kind: 'cache' } });
    expect(again.items).toMatchObject([{ outcome: 'already-there' }]);
  });

  test('an ORAS reference stands under its layer digest', async () => {
    const { items } = await session.request<PullResult>(methods.pull, {
      target: { kind: 'reference', reference: `oras://${host()}/demo/tool:1.4` },
      destination: { kind: 'cache' },
    });
    expect(items[0]?.path).toBe(path.join(folder, 'apptainer', 'cache', 'oras', `sha256:${hub.images.image('tool-1.4.sif').sha256}`));
  });

  test('a file of IPFS is verified by its CID, whatever the gateway sends, and stands under the CID’s hash', async () => {
    const cid = imageCid(hub.images, 'tool-1.4.sif');
    const reference = `ipfs://${cid}`;
    const pull = () =>
      session.request<PullResult>(methods.pull, { target: { kind: 'reference', reference }, destination: { kind: 'cache' } });
    expect((await pull()).items).toMatchObject([{ outcome: 'failed' }]);
    process.env.IPFS_GATEWAY = hub.origin;
    const behaveAgain = hub.misbehave(`/ipfs/${cid}`, { kind: 'wrong-bytes', offset: 300_000, count: 16 });
    expect((await pull()).items).toMatchObject([{ outcome: 'failed' }]);
    behaveAgain();
    const { items } = await pull();
    expect(items).toMatchObject([{ outcome: 'pulled', report: { verdict: 'intact' } }]);
    const parsed = parseReference(reference).reference;
    const name = parsed?.kind === 'ipfs' ? (parsed.digest?.hex ?? '') : '';
    expect(items[0]?.path).toBe(path.join(folder, 'apptainer', 'cache', 'ipfs', name));
    expect(
      createHash('sha256')
        .update(fs.readFileSync(items[0]?.path ?? ''))
        .digest('hex'),
    ).toBe(hub.images.image('tool-1.4.sif').sha256);
  });

  test('a Docker image becomes blobs of the layout', async () => {
    const { items } = await session.request<PullResult>(methods.pull, {
      target: { kind: 'reference', reference: `docker://${host()}/open/base:1.1` },
      destination: { kind: 'cache' },
    });
    expect(items).toMatchObject([{ outcome: 'pulled' }]);
    const index = JSON.parse(fs.readFileSync(path.join(folder, 'apptainer', 'cache', 'blob', 'index.json'), 'utf8')) as {
      manifests: unknown[];
    };
    expect(index.manifests).toHaveLength(1);
  });

  test('a file whose every source is damaged leaves nothing but a message', async () => {
    const { sha256, size } = hub.images.image('tool-1.3.sif');
    hub.misbehave('/mirror/a/tool-1.3.sif', { kind: 'wrong-bytes', offset: 5000, count: 16 });
    const uri = await open(
      `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="tool-1.3.sif"><size>${size}</size><hash type="sha-256">${sha256}</hash><url>${hub.origin}/mirror/a/tool-1.3.sif</url></file></metalink>`,
      'metalink',
    );
    const { items } = await session.request<PullResult>(methods.pull, {
      target: { kind: 'document', uri },
      destination: { kind: 'folder', path: path.join(folder, 'out') },
    });
    expect(items).toMatchObject([{ outcome: 'failed', report: { verdict: 'failed' } }]);
    expect(fs.existsSync(path.join(folder, 'out', 'tool-1.3.sif'))).toBe(false);
  });

  test('verify tells each check and the signer, whose key comes from the key server and is not trusted', async () => {
    const uri = await openSample('tool-1.4.meta4');
    const { reports } = await session.request<VerifyResult>(methods.verify, { target: { kind: 'document', uri } });
    expect(reports).toMatchObject([{ verdict: 'intact', target: 'tool-1.4.sif' }]);
    expect(reports[0]?.checks.map((c) => `${c.name} ${c.status}`)).toEqual(
      expect.arrayContaining(['sha-256 pass', 'pieces pass', 'size pass', 'structure pass']),
    );
    expect(reports[0]?.signatures[0]).toMatchObject({ status: 'valid', trust: 'fetched' });
  });

  test('with the signer’s key pinned the verdict is signed', async () => {
    await session.setSettings({
      'verify.keyServers': [hub.origin],
      'online.hosts': ['*'],
      'verify.trustedKeys': [hub.images.image('tool-1.4.sif').signer ?? ''],
    });
    const { reports } = await session.request<VerifyResult>(methods.verify, {
      target: { kind: 'reference', reference: `oras://${host()}/demo/tool:1.4` },
    });
    expect(reports).toMatchObject([{ verdict: 'signed' }]);
  });

  test('the caches list what was pulled, by what is inside', async () => {
    const { caches } = await session.request<CacheListResult>(methods.cacheList, {});
    const [cache] = caches;
    expect(cache?.kinds.map((k) => `${k.kind} ${k.count}`)).toEqual(expect.arrayContaining(['oras 1', 'net 1']));
    const { entries } = await session.request<CacheListResult>(methods.cacheList, { root: cache?.root, kind: 'oras' });
    expect(entries).toMatchObject([{ title: 'tool 1.4 · amd64', verdict: 'intact' }]);
  });

  test('inspect tells what is inside without a download', async () => {
    const before = hub.requests.length;
    const { items } = await session.request<InspectResult>(methods.inspect, {
      target: { kind: 'reference', reference: `oras://${host()}/demo/tool:1.4` },
    });
    expect(items[0]?.summary?.labels?.['org.opencontainers.image.source']).toBeDefined();
    expect(hub.requests.length - before).toBeLessThan(12);
  });
});

test('an untrusted workspace asks no host', async () => {
  const quiet = await startSession({ trusted: false });
  try {
    const before = hub.requests.length;
    const uri = 'file:///tmp/untrusted.def';
    await quiet.open(uri, 'singularity', `Bootstrap: docker\nFrom: ${host()}/open/base:1.0\n`);
    await quiet.request('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 10 } });
    await quiet.request('textDocument/completion', { textDocument: { uri }, position: { line: 1, character: 6 + host().length + 11 } });
    expect(hub.requests.length).toBe(before);
  } finally {
    await quiet.close();
  }
});

test('in a folder that is not trusted a hover tells the image and why its hub is not asked', async () => {
  const session = await startSession({ trusted: false });
  const uri = 'file:///tmp/untrusted.def';
  await session.open(uri, 'singularity', 'Bootstrap: docker\nFrom: ghcr.io/demo/base:1.0\n');
  const hover = await session.request<{ contents: { value: string } }>('textDocument/hover', {
    textDocument: { uri },
    position: { line: 1, character: 15 },
  });
  expect(hover.contents.value).toMatch(/^`docker:\/\/ghcr\.io\/demo\/base:1\.0`\n\n.*not trusted/);
  await session.close();
});
