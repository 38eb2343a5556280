import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { HubWorld } from '../../../server/src/hub/hub';
import { HubError } from '../../../server/src/hub/hub';
import { createIpfsHub } from '../../../server/src/hub/ipfs';
import { formatCid, readUnixFs } from '../../../server/src/hub/ipfsBlocks';
import { parseReference } from '../../../server/src/image/reference';
import { createHttpClient } from '../../../server/src/platform/http';
import { readIpfsGateway } from '../../../server/src/platform/ipfsGateway';
import { createIpfsBlocks } from '../../hub/ipfs';
import type { IpfsBlock } from '../../hub/ipfs';

const { blocks, raw, node, file, folder } = createIpfsBlocks();
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const asked: string[] = [];

const content = Buffer.alloc(10 * 1024 + 77, 'container');
const chunkSize = 1024;
const chunks = Array.from({ length: 11 }, (_, index) => content.subarray(index * chunkSize, (index + 1) * chunkSize));
/** Two levels: 4, 4 and 3 chunks. */
const image = file([file(chunks.slice(0, 4).map(raw)), file(chunks.slice(4, 8).map(raw)), file(chunks.slice(8).map(raw))]);

let server: http.Server;
let gateway: string;
let wrong: ((cid: string, bytes: Uint8Array) => Uint8Array) | undefined;
beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    const url = new URL(request.url ?? '', 'http://gateway');
    const name = url.pathname.replace('/ipfs/', '');
    const bytes = url.searchParams.get('format') === 'raw' ? blocks.get(name)?.bytes : undefined;
    if (bytes === undefined) response.writeHead(404).end();
    else response.end(wrong ? wrong(name, bytes) : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
afterEach(() => {
  wrong = undefined;
  asked.length = 0;
});

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
const client = createHttpClient({ userAgent: 'test', log: silent, environment: {}, settings: {} });
afterAll(() => client.close());
const world: HubWorld = {
  http: client,
  credentials: { find: () => Promise.resolve(undefined) },
  platform: () => ({ os: 'linux', architecture: 'amd64' }),
  log: silent,
  now: () => Date.now(),
  plainHttp: () => true,
};
const hub = createIpfsHub(world, { gateway: () => Promise.resolve(gateway) });
const reference = (text: string) => parseReference(`ipfs://${text}`).reference!;
const failure = async (text: string): Promise<string> => {
  const error: unknown = await hub.open(reference(text), {}).catch((cause: unknown) => cause);
  return error instanceof HubError ? `${error.kind}: ${error.message}` : 'opened';
};

describe('blocks that are known elsewhere', () => {
  test('the empty folder', () => {
    const block = Uint8Array.from([0x0a, 2, 8, 1]);
    const hex = sha256(block).toString('hex');
    expect(formatCid({ codec: 'dag-pb', hex })).toBe('bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354');
    expect(readUnixFs(block)).toEqual({ kind: 'folder', entries: [] });
  });
  test('"hello world" of every introduction (QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o)', () => {
    const block = Uint8Array.from([0x0a, 0x12, 8, 2, 0x12, 12, ...Buffer.from('hello world\n'), 0x18, 12]);
    expect(sha256(block).toString('hex')).toBe('46d44814b9c5af141c3aaab7c05dc5e844ead5f91f12858b021eba45768b4c0e');
    expect(readUnixFs(block)).toMatchObject({ kind: 'file', size: 12, parts: [] });
  });
  test('CIDs print as they parse (Apptainer client/ipfs/util_test.go)', () => {
    const hex = '4dfa372740668fc766c6d899a1ccdf1f0752f52331a9d9d657c13247bd599b87';
    const cid = 'bafybeicn7i3soqdgr7dwnrwytgq4zxy7a5jpkizrvhm5mv6bgjd32wm3q4';
    expect(formatCid({ codec: 'dag-pb', hex })).toBe(cid);
    expect(reference(cid)).toMatchObject({ digest: { algorithm: 'sha256', hex } });
  });
  test.each([[[0xff]], [[0x0a, 200]], [[0x0a, 2, 8]], [[0x12, 1, 0x0a]], [[0x0d, 1, 2, 3, 4]]])('malformed: %j', (bytes) => {
    expect(readUnixFs(Uint8Array.from(bytes))).toBeUndefined();
  });
});

describe('a file', () => {
  test('its chunks are the pieces that a download must match, and none of them is fetched for it', async () => {
    const { files: opened, identity } = await hub.open(reference(image.cid), {});
    expect(opened).toMatchObject([
      {
        size: content.length,
        expected: [],
        sources: [{ url: `${gateway}/ipfs/${image.cid}` }],
        pieces: { type: 'sha-256', length: chunkSize, hashes: chunks.map((chunk) => sha256(chunk).toString('hex')) },
      },
    ]);
    expect(identity).toEqual({ kind: 'ipfs', digest: { algorithm: 'sha256', hex: sha256(image.bytes).toString('hex') } });
    expect(asked).toHaveLength(4);
  });
  test('in a folder: found by name; its entry in the cache is the folder’s only where it is alone', async () => {
    const alone = folder({ 'tool 1.sif': image });
    const both = folder({ 'tool 1.sif': image, 'README.md': raw(Buffer.from('read me')) });
    const [first, second] = [
      await hub.open(reference(`${alone.cid}/tool%201.sif`), {}),
      await hub.open(reference(`${both.cid}/tool%201.sif`), {}),
    ];
    const hexOf = (made: IpfsBlock): string => sha256(made.bytes).toString('hex');
    expect(first).toMatchObject({ files: [{ name: 'tool%201.sif', size: content.length }], identity: { digest: { hex: hexOf(alone) } } });
    expect(second).toMatchObject({ identity: { digest: { hex: hexOf(image) } } });
    expect(first.files[0]?.sources[0]?.url).toBe(`${gateway}/ipfs/${alone.cid}/tool%201.sif`);
    const small = await hub.open(reference(`${both.cid}/README.md`), {});
    expect(small.files[0]?.expected[0]?.digest.hex).toBe(sha256(Buffer.from('read me')).toString('hex'));
    expect(small.identity).toBeUndefined();
  });
  test('small and in one block: its hash is known whole', async () => {
    const { files: opened } = await hub.open(reference(file([], Buffer.from('hello world\n')).cid), {});
    expect(opened[0]?.expected).toMatchObject([{ digest: { hex: sha256(Buffer.from('hello world\n')).toString('hex') }, channel: 'user' }]);
  });
  test('of wrapped or uneven chunks: it is said that nothing can be compared', async () => {
    const wrapped = file([file([], chunks[0]), file([], chunks[1])]);
    const uneven = file([raw(chunks[10]!), raw(chunks[0]!)]);
    for (const made of [wrapped, uneven]) {
      const { files: opened, notes } = await hub.open(reference(made.cid), {});
      expect(opened[0]).not.toHaveProperty('pieces');
      expect(notes?.join()).toMatch(/--raw-leaves/);
    }
  });
  test('what a hover tells', async () => {
    expect(await hub.manifest(reference(image.cid), {})).toMatchObject({
      kind: 'file',
      size: content.length,
      notes: [expect.stringContaining('11 chunks')],
    });
    expect(await hub.resolve(reference(image.cid), {})).toMatchObject({ size: content.length });
  });
});

describe('a gateway that lies or has nothing', () => {
  test('a changed block', async () => {
    wrong = (_, bytes) => Buffer.concat([bytes, Buffer.from([0])]);
    expect(await failure(image.cid)).toMatch(/^wrong-answer: .*something else for bafy/);
  });
  test('the file in the place of its block', async () => {
    wrong = () => content;
    expect(await failure(image.cid)).toMatch(/^wrong-answer:/);
  });
  test('a node that contradicts its parent, or itself', async () => {
    const short = file(chunks.slice(0, 2).map(raw));
    expect(await failure(node(2, [short], { sizes: [short.size + 1] }).cid)).toMatch(/^wrong-answer: .*no node of a file/);
    expect(await failure(node(2, [short], { sizes: [] }).cid)).toMatch(/^wrong-answer: .*no node of a file/);
  });
  test('an endless block', async () => {
    wrong = () => Buffer.alloc(3 * 1024 * 1024);
    expect(await failure(image.cid)).toMatch(/^wrong-answer:/);
  });
  test('a folder, a sharded folder, a name that is not there, a CID that is not there', async () => {
    expect(await failure(folder({ 'a.sif': image }).cid)).toMatch(/^not-found: .*is a folder.*`a\.sif`/);
    expect(await failure(node(5, []).cid)).toMatch(/^unsupported:/);
    expect(await failure(`${folder({ 'a.sif': image }).cid}/b.sif`)).toMatch(/^not-found:/);
    expect(await failure(`${image.cid}/b.sif`)).toMatch(/^not-found:/);
    expect(await failure('bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi')).toMatch(/^not-found:/);
  });
  test('none configured: the engine’s words, and what to do', async () => {
    const error: unknown = await createIpfsHub(world)
      .open(reference(image.cid), {})
      .catch((cause: unknown) => cause);
    expect(String(error)).toMatch(/no IPFS gateway found.*IPFS_GATEWAY/);
  });
});

test('the gateway is the engine’s: the variable, then the files', async () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'ipfs-'));
  try {
    expect(await readIpfsGateway({ HOME: home, IPFS_GATEWAY: 'http://127.0.0.1:8080/' })).toBe('http://127.0.0.1:8080');
    fs.mkdirSync(path.join(home, '.ipfs'));
    fs.writeFileSync(path.join(home, '.ipfs', 'gateway'), 'https://gateway.example\n');
    expect(await readIpfsGateway({ HOME: home })).toBe('https://gateway.example');
    fs.writeFileSync(path.join(home, '.ipfs', 'gateway'), 'file:///etc/passwd');
    expect(await readIpfsGateway({ HOME: home })).toBeUndefined();
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
});
