import fs from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PartialFile } from '../../../server/src/platform/partialFile';
import { download } from '../../../server/src/download/download';
import { DownloadError } from '../../../server/src/download/request';
import type { DownloadProgress, DownloadRequest, DownloadResult, DownloadWorld } from '../../../server/src/download/request';
import { corrupt, cutting, digest, head, honest, limited, randomBytes, serve, status } from '../../faults/servers';
import type { Behaviour, FaultServer } from '../../faults/servers';
import { pieces, requestFor, temporaryFolder, testWorld } from './world';

const mebibyte = 1024 * 1024;
const data = randomBytes(4 * mebibyte + 99);
let folder: string;
let servers: FaultServer[];

beforeEach(() => {
  folder = temporaryFolder();
  servers = [];
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(servers.map((server) => server.close()));
  fs.rmSync(folder, { recursive: true, force: true });
});

async function from(behaviour: Behaviour, bytes = data): Promise<FaultServer> {
  const server = await serve(bytes, behaviour, { host: `127.0.0.${servers.length + 1}` });
  servers.push(server);
  return server;
}
const part = (): string => path.join(folder, '.file.sif.part');
const written = (): Buffer => fs.readFileSync(path.join(folder, 'file.sif'));
const bytesAsked = ({ requests }: FaultServer): number => requests.reduce((sum, { from: first, last }) => sum + last + 1 - first, 0);

/** Downloads until about half is there, then cancels. */
async function half(request: DownloadRequest, world: DownloadWorld = testWorld()): Promise<void> {
  const controller = new AbortController();
  const onProgress = ({ bytes }: DownloadProgress): void => {
    if (bytes > 2 * mebibyte) controller.abort();
  };
  await expect(download(request, world, { signal: controller.signal, onProgress })).rejects.toMatchObject({ failure: 'cancelled' });
}

describe('resume', () => {
  test.each([true, false])('what is there is not fetched again (pieces: %s)', async (hasPieces) => {
    const slow = await from(limited(5 * mebibyte));
    const more = hasPieces ? { pieces: pieces(data, 256 * 1024) } : {};
    await half(requestFor(data, [slow.url], folder, more));
    expect(fs.existsSync(part())).toBe(true);
    const before = slow.requests.length;
    const result = await download(requestFor(data, [slow.url], folder, more), testWorld());
    // Pieces of the earlier run were not compared by this one, the whole file was.
    expect([result.pieces, result.digests['sha-256']]).toEqual([undefined, digest(data)]);
    expect(written().equals(data)).toBe(true);
    expect(slow.requests.length).toBe(before + 1);
    expect(slow.requests.at(-1)?.from).toBeGreaterThan(1.5 * mebibyte);
    expect(fs.readdirSync(folder)).toEqual(['file.sif']);
  });
  test('without hashes the same strong ETag goes on', async () => {
    const slow = await from(limited(5 * mebibyte));
    await half(requestFor(data, [slow.url], folder, { hashes: [] }));
    await download(requestFor(data, [slow.url], folder, { hashes: [] }), testWorld());
    expect(written().equals(data)).toBe(true);
    expect(slow.requests.at(-1)?.headers).toMatchObject({ 'if-range': `"${digest(data, 'md5')}"` });
    expect(slow.requests.at(-1)?.from).toBeGreaterThan(mebibyte);
  });
  test.each([true, false])('without a declared size too (whole hash: %s)', async (hasHash) => {
    const slow = await from(limited(5 * mebibyte));
    const request = requestFor(data, [slow.url], folder, hasHash ? {} : { hashes: [] });
    Reflect.deleteProperty(request, 'size');
    await half(request);
    await download(request, testWorld());
    expect(written().equals(data)).toBe(true);
    expect(slow.requests.at(-1)?.from).toBeGreaterThan(mebibyte);
  });
  test('without hashes another ETag starts over', async () => {
    const changed = randomBytes(data.length, 'changed');
    let bytes = data;
    const server = await from((request, socket) => limited(8 * mebibyte)(request, socket, bytes));
    await half(requestFor(data, [server.url], folder, { hashes: [] }));
    bytes = changed;
    const world = testWorld();
    await download(requestFor(data, [server.url], folder, { hashes: [] }), world);
    expect(written().equals(changed)).toBe(true);
    expect(world.lines.join('\n')).toMatch(/has changed|belong together/);
  });
  test('without hashes and ETags nothing is put together', async () => {
    const first = randomBytes(mebibyte, 'one');
    let isFirst = true;
    const server = await from((request, socket, bytes) => {
      if (!isFirst) return honest({ etag: null })(request, socket, bytes);
      isFirst = false;
      const { from: start, last } = request;
      socket.write(head(206, { 'Content-Length': String(last + 1 - start), 'Content-Range': `bytes ${start}-${last}/${bytes.length}` }));
      socket.write(first, () => socket.destroy());
    });
    await download(requestFor(data, [server.url], folder, { hashes: [] }), testWorld());
    expect(written().equals(data)).toBe(true);
  });
  test('with a whole hash, what a changed mirror gave before is fetched again', async () => {
    let bytes = randomBytes(data.length, 'old');
    const server = await from((request, socket) => limited(8 * mebibyte)(request, socket, bytes));
    await half(requestFor(data, [server.url], folder));
    bytes = data;
    await download(requestFor(data, [server.url], folder), testWorld());
    expect(written().equals(data)).toBe(true);
  });
  test('another expectation under the same name starts over', async () => {
    const slow = await from(limited(5 * mebibyte), randomBytes(data.length, 'other'));
    await half(requestFor(randomBytes(data.length, 'other'), [slow.url], folder));
    const good = await from(honest());
    await download(requestFor(data, [good.url], folder), testWorld());
    expect(written().equals(data)).toBe(true);
  });
  test.each(['', 'x', `${'0'.repeat(64)} {}`, '{"version":1}'])('a damaged journal (%j) is no journal', async (text) => {
    const good = await from(honest());
    fs.writeFileSync(part(), randomBytes(data.length, 'junk'));
    fs.writeFileSync(`${part()}.journal`, text);
    await download(requestFor(data, [good.url], folder), testWorld());
    expect(written().equals(data)).toBe(true);
  });
  test.each([true, false])('a partial file that was damaged is repaired (pieces: %s)', async (hasPieces) => {
    const slow = await from(limited(5 * mebibyte));
    const more = hasPieces ? { pieces: pieces(data, 256 * 1024) } : {};
    await half(requestFor(data, [slow.url], folder, more));
    const handle = fs.openSync(part(), 'r+');
    fs.writeSync(handle, Buffer.from('damage'), 0, 6, 1000);
    fs.closeSync(handle);
    const good = await from(honest());
    await download(requestFor(data, [good.url], folder, more), testWorld());
    expect(written().equals(data)).toBe(true);
    if (hasPieces) expect(bytesAsked(good)).toBeLessThan(3 * mebibyte);
  });
  test('a partial file that was cut short is filled up', async () => {
    const slow = await from(limited(5 * mebibyte));
    await half(requestFor(data, [slow.url], folder));
    fs.truncateSync(part(), mebibyte);
    await download(requestFor(data, [slow.url], folder), testWorld());
    expect(written().equals(data)).toBe(true);
  });
});

describe('cancel', () => {
  test('deletes when that is wished', async () => {
    const slow = await from(limited(5 * mebibyte));
    await half(requestFor(data, [slow.url], folder, { onCancel: 'delete' }));
    expect(fs.readdirSync(folder)).toEqual([]);
  });
  test('before the beginning', async () => {
    const { url } = await from(honest());
    await expect(download(requestFor(data, [url], folder), testWorld(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      failure: 'cancelled',
    });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
  test('while a server is silent', async () => {
    const { url } = await from(() => undefined);
    const world = testWorld({ timing: { head: 60_000 } });
    const began = Date.now();
    await expect(download(requestFor(data, [url], folder), world, { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
      failure: 'cancelled',
    });
    expect(Date.now() - began).toBeLessThan(5000);
  });
});

describe('one download for many', () => {
  test('calls in one process share it, and one of them may leave', async () => {
    const server = await from(limited(6 * mebibyte));
    const request = requestFor(data, [server.url], folder);
    const world = testWorld();
    const leaving = new AbortController();
    const calls = [download(request, world), download(request, world), download(request, world, { signal: leaving.signal })];
    setTimeout(() => leaving.abort(), 100);
    const [one, two, three] = await Promise.allSettled(calls);
    expect([one?.status, two?.status, three?.status]).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(server.requests).toHaveLength(1);
  });
  test('other contents for the same name at the same time are refused', async () => {
    const server = await from(limited(6 * mebibyte));
    const first = download(requestFor(data, [server.url], folder), testWorld());
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = download(requestFor(randomBytes(5), [server.url], folder), testWorld());
    await expect(second).rejects.toMatchObject({ failure: 'busy' });
    await first;
  });
  test('hand-over keeps the name reserved until it is released', async () => {
    const { url } = await from(honest());
    const result = await download(requestFor(data, [url], folder, { finish: 'hand-over' }), testWorld());
    expect(fs.readFileSync(result.path).equals(data)).toBe(true);
    expect(fs.readdirSync(folder)).toContain('.file.sif.part.lock');
    fs.renameSync(result.path, path.join(folder, 'elsewhere'));
    await result.release();
    expect(fs.readdirSync(folder)).toEqual(['elsewhere']);
  });
  test('the lock of a process that is gone is taken over', async () => {
    const { url } = await from(honest());
    const gone = { pid: 2 ** 22 - 1, host: (await import('node:os')).hostname(), started: 'x', token: 'x', purpose: '' };
    fs.writeFileSync(`${part()}.lock`, JSON.stringify(gone));
    await download(requestFor(data, [url], folder), testWorld());
    expect(fs.readdirSync(folder)).toEqual(['file.sif']);
  });
});

describe('what is on this disk', () => {
  test('a copy is used before the network, after its hash agreed', async () => {
    const copy = path.join(folder, 'copy');
    fs.writeFileSync(copy, data);
    const { url, requests } = await from(status(500));
    const { outcome } = await download(requestFor(data, [url], folder, { candidates: () => Promise.resolve([copy]) }), testWorld());
    expect([outcome, requests.length, written().equals(data)]).toEqual(['copied', 0, true]);
  });
  test.each(['wrong bytes', 'nothing'])('a candidate with %s does no harm', async (what) => {
    const copy = path.join(folder, 'copy');
    if (what !== 'nothing') fs.writeFileSync(copy, randomBytes(data.length, 'x'));
    const { url } = await from(honest());
    const { outcome } = await download(requestFor(data, [url], folder, { candidates: () => Promise.resolve([copy]) }), testWorld());
    expect([outcome, written().equals(data)]).toEqual(['downloaded', true]);
  });
  test('of an unfinished copy the right pieces are taken', async () => {
    const copy = path.join(folder, 'copy');
    fs.writeFileSync(copy, data.subarray(0, 3 * mebibyte + 5));
    const server = await from(honest());
    await download(
      requestFor(data, [server.url], folder, { candidates: () => Promise.resolve([copy]), pieces: pieces(data, mebibyte) }),
      testWorld(),
    );
    expect(written().equals(data)).toBe(true);
    expect(bytesAsked(server)).toBeLessThan(1.2 * mebibyte);
  });
  test('file: sources only within allowed folders, links resolved', async () => {
    const [allowed, secret] = [path.join(folder, 'allowed'), path.join(folder, 'secret')];
    fs.mkdirSync(allowed);
    fs.writeFileSync(secret, data);
    fs.symlinkSync(secret, path.join(allowed, 'link'));
    fs.writeFileSync(path.join(allowed, 'real'), data);
    const world = testWorld({ allowedFolders: [allowed] });
    const urlOf = (name: string): string => `file://${path.join(allowed, name)}`;
    await expect(download(requestFor(data, [urlOf('link'), `file://${secret}`], folder), world)).rejects.toMatchObject({
      failure: 'no-source',
    });
    const { outcome } = await download(requestFor(data, [urlOf('real')], folder), world);
    expect(outcome).toBe('copied');
  });
});

describe('limits', () => {
  test('the rate limit holds', async () => {
    const { url } = await from(honest());
    const began = Date.now();
    await download(requestFor(data, [url], folder), testWorld({ rateLimit: 4 * mebibyte }));
    expect(Date.now() - began).toBeGreaterThan(700);
  });
  test('too little space is said before anything is fetched', async () => {
    const { url, requests } = await from(honest());
    const size = 2n ** 52n;
    await expect(download(requestFor(data, [url], folder, { size }), testWorld())).rejects.toMatchObject({ failure: 'no-space' });
    expect(requests).toEqual([]);
  });
  test.each([
    ['ENOSPC', 'no-space', /disk .* is full\. What has come is kept/],
    ['EDQUOT', 'no-space', /quota .* What has come is kept/],
    ['EFBIG', 'no-space', /cannot hold a file of this size/],
    ['EACCES', 'permission', /cannot be written to/],
    ['EIO', 'disk', /EIO/],
  ])('%s while writing is %s, and the next attempt goes on', async (code, failure, words) => {
    const server = await from(limited(16 * mebibyte));
    const real = fs.write.bind(fs) as (...parameters: unknown[]) => void;
    let writes = 0;
    vi.spyOn(fs, 'write').mockImplementation((...parameters: unknown[]) => {
      const callback = parameters.at(-1) as (error: Error) => void;
      if (++writes > 2) setImmediate(() => callback(Object.assign(new Error(code), { code })));
      else real(...parameters);
    });
    const outcome = await download(requestFor(data, [server.url], folder), testWorld()).catch((error: unknown) => error as DownloadResult);
    expect(outcome).toBeInstanceOf(DownloadError);
    expect(outcome).toMatchObject({ failure, message: expect.stringMatching(words) as string });
    expect(fs.readdirSync(folder)).not.toContain('file.sif');
    vi.restoreAllMocks();
    await download(requestFor(data, [server.url], folder), testWorld());
    expect(written().equals(data)).toBe(true);
  });
  test('offsets beyond 4 GiB', async () => {
    const file = await PartialFile.open(part());
    const offset = 2 ** 32 + 5;
    const block = Buffer.from('beyond');
    await new Promise<void>((resolve) => file.write(block, block.length, offset, resolve));
    const found = Buffer.alloc(6);
    expect([await file.read(found, 6, offset), found.toString(), await file.size()]).toEqual([6, 'beyond', offset + 6]);
    await file.close();
  });
});

describe('on the worker thread', () => {
  const quiet = { proxyFor: () => undefined };

  /** The worker as it is built, with `more` behind it. */
  async function workerFile(more = ''): Promise<string> {
    const worker = path.join(folder, `worker${more.length}.cjs`);
    await esbuild.build({
      entryPoints: [path.resolve(import.meta.dirname, '../../../server/src/download/worker.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: worker,
      logLevel: 'silent',
      footer: { js: more },
    });
    return worker;
  }

  function emptyTarget(): string {
    const target = path.join(folder, 'target');
    fs.mkdirSync(target);
    return target;
  }

  test('the same results, questions answered, cancel understood', async () => {
    const worker = await workerFile();
    const target = emptyTarget();
    const server = await from(limited(6 * mebibyte));
    const world = testWorld({}, { worker, proxies: quiet, refuse: () => Promise.resolve(undefined) });
    const sources = [{ url: server.url, priority: 1, headers: () => Promise.resolve({ 'X-Asked': 'yes' }) }];
    const request = { ...requestFor(data, [], target), sources };
    await expect(download(request, world, { signal: AbortSignal.timeout(500) })).rejects.toMatchObject({ failure: 'cancelled' });
    const states = new Set<string>();
    const result = await download(request, world, { onProgress: ({ state }) => states.add(state) });
    expect(result).toMatchObject({ outcome: 'downloaded', verifiedBy: { type: 'sha-256' } });
    expect(fs.readFileSync(result.path).equals(data)).toBe(true);
    expect(server.requests[0]?.headers).toMatchObject({ 'x-asked': 'yes' });
    expect([...states]).toEqual(expect.arrayContaining(['downloading', 'verifying', 'finishing']));
    const bad = await from(corrupt(() => true));
    await expect(download({ ...requestFor(data, [bad.url], target), name: 'other' }, world)).rejects.toMatchObject({ failure: 'mismatch' });
    const cut = await from(cutting(() => 300_000));
    await download({ ...requestFor(data, [cut.url], target), name: 'third' }, world);
  });

  test('a file that is handed over stays locked until it is released, and others wait for it', async () => {
    const world = testWorld({}, { worker: await workerFile(), proxies: quiet });
    const target = emptyTarget();
    const server = await from(honest());
    const request: DownloadRequest = {
      ...requestFor(data, [server.url], target),
      finish: 'hand-over',
      candidates: () => Promise.resolve([path.join(folder, 'no-such-copy')]),
    };
    const partials: string[] = [];
    const first = await download(request, world, { onPartial: (file) => partials.push(file) });
    expect([first.path, partials]).toEqual([path.join(target, '.file.sif.part'), [first.path]]);
    expect(fs.readFileSync(first.path).equals(data)).toBe(true);
    let isReleased = false;
    const second = download(request, world, {
      onProgress: ({ state }) => {
        if (state !== 'waiting' || isReleased) return;
        isReleased = true;
        void first.release();
      },
    });
    await (await second).release();
    expect(isReleased).toBe(true);
    await first.release();
    expect(fs.readdirSync(target)).toEqual([]);
  });

  test('a thread that dies leaves no lock behind: what it had goes on with the next', async () => {
    const dying = testWorld({}, { worker: await workerFile('setTimeout(() => process.exit(1), 600);'), proxies: quiet });
    const target = emptyTarget();
    const server = await from(limited(4 * mebibyte));
    const request = requestFor(data, [server.url], target, { pieces: pieces(data, 256 * 1024) });
    await expect(download(request, dying)).rejects.toMatchObject({ failure: 'disk', message: expect.stringContaining('thread') as string });
    const result = await download(request, testWorld({}, { worker: await workerFile(), proxies: quiet }));
    expect(result.outcome).toBe('downloaded');
    expect(fs.readdirSync(target)).toEqual(['file.sif']);
  });
});
