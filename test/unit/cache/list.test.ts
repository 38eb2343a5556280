import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { markUnusedBlobs } from '../../../server/src/cache/blobs';
import type { CacheLocation } from '../../../server/src/cache/find';
import { isLock, tryLock } from '../../../server/src/platform/fileLock';
import { openCacheIndex } from '../../../server/src/cache/index';
import { findEntry, listCache, listKind, totals } from '../../../server/src/cache/list';

const hex = (c: string) => c.repeat(64);
let folder: string;
let cache: CacheLocation;
const put = (name: string, content = 'x', ageDays = 10) => {
  const file = path.join(cache.root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  const time = Date.now() / 1000 - ageDays * 86_400;
  fs.utimesSync(file, time, time);
  return file;
};

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cache-'));
  cache = { engine: 'apptainer', parent: folder, root: path.join(folder, 'cache'), source: 'setting', shared: false };
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('listing', () => {
  const rows: [string, string, string | undefined][] = [
    ['library', `library/sha256.${hex('a')}`, undefined],
    ['oras', `oras/sha256:${hex('a')}`, undefined],
    ['shub', `shub/${'c'.repeat(40)}`, undefined],
    ['net', `net/${hex('d')}`, undefined],
    ['converted, current', `oci-tmp/${hex('e')}`, undefined],
    ['converted, SingularityCE 4', `oci-tmp/sha256:${hex('e')}`, undefined],
    ['left by a crash', 'library/tmp_123456', 'temporary'],
    ['somebody’s notes', 'net/README', 'foreign'],
    ['upper case is no hash', `net/${hex('D')}`, 'foreign'],
    ['a name with a newline', 'net/a\nb', 'foreign'],
  ];
  test.each(rows)('%s', async (_, name, oddity) => {
    put(name);
    const [entry, ...more] = await listCache(cache);
    expect(more).toEqual([]);
    expect(entry?.oddity).toBe(oddity);
  });

  test('a fresh temporary file may be a download under way', async () => {
    put('oras/tmp_1', 'x', 0);
    expect((await listCache(cache))[0]?.oddity).toBe('in-progress');
  });

  test('a folder an entry is the layout of 3.5 and before', async () => {
    put(`library/sha256.${hex('a')}/alpine_latest.sif`, 'abcd');
    expect((await listCache(cache))[0]).toMatchObject({ oddity: 'old-layout', bytes: 4 });
  });

  test('links: to a file an entry without bytes, to nothing broken; a linked kind folder is not followed', async () => {
    const outside = path.join(folder, 'outside');
    fs.writeFileSync(outside, 'secret');
    fs.mkdirSync(path.join(cache.root, 'net'), { recursive: true });
    fs.symlinkSync(outside, path.join(cache.root, 'net', hex('a')));
    fs.symlinkSync(path.join(folder, 'nowhere'), path.join(cache.root, 'net', hex('b')));
    fs.symlinkSync(folder, path.join(cache.root, 'oras'));
    const problems: string[] = [];
    const entries = await listCache(cache, { onProblem: (kind, message) => problems.push(`${kind}: ${message}`) });
    expect(problems).toEqual([`oras: ${cache.root}/oras is a link: it is not followed.`]);
    expect(entries.map((e) => [e.kind, e.bytes, e.oddity])).toEqual([
      ['net', 0, undefined],
      ['net', 0, 'broken-link'],
    ]);
  });

  test('a cache that is not there is empty; an unreadable name does not stop the list', async () => {
    expect(await listCache(cache)).toEqual([]);
    fs.mkdirSync(path.join(cache.root, 'net'), { recursive: true });
    fs.writeFileSync(Buffer.concat([Buffer.from(path.join(cache.root, 'net') + '/'), Buffer.from([0xff, 0xfe])]), 'x');
    put(`net/${hex('a')}`);
    const entries = await listKind(cache, 'net');
    expect(entries.filter((e) => e.oddity === undefined)).toHaveLength(1);
  });

  test('blobs that no manifest names', async () => {
    put(
      'blob/index.json',
      JSON.stringify({ manifests: [{ digest: `sha256:${hex('a')}`, mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 1 }] }),
    );
    put(
      `blob/blobs/sha256/${hex('a')}`,
      JSON.stringify({ config: { digest: `sha256:${hex('b')}` }, layers: [{ digest: `sha256:${hex('c')}` }] }),
    );
    for (const c of ['b', 'c', 'd']) put(`blob/blobs/sha256/${hex(c)}`);
    const entries = await markUnusedBlobs(cache, await listCache(cache));
    expect(entries.map((e) => [e.name[0], e.oddity])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', undefined],
      ['d', 'unused-blob'],
    ]);
  });

  test('blobs of images that cannot be read are not called unused; fresh ones may belong to a fetch under way', async () => {
    put(
      'blob/index.json',
      JSON.stringify({ manifests: [{ digest: `sha256:${hex('a')}`, mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 1 }] }),
    );
    put(`blob/blobs/sha256/${hex('a')}`, '{"half');
    put(`blob/blobs/sha256/${hex('b')}`);
    expect((await markUnusedBlobs(cache, await listCache(cache))).map((e) => e.oddity)).toEqual([undefined, undefined]);
    put('blob/index.json', JSON.stringify({ manifests: [] }));
    put(`blob/blobs/sha256/${hex('b')}`, 'x', 0);
    expect((await markUnusedBlobs(cache, await listCache(cache))).map((e) => e.oddity)).toEqual(['unused-blob', 'in-progress']);
  });

  test('an index of a registry that SingularityCE keeps beside its image is used with it', async () => {
    const manifest = { digest: `sha256:${hex('a')}`, mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 1 };
    put('blob/index.json', JSON.stringify({ manifests: [manifest] }));
    put(`blob/blobs/sha256/${hex('a')}`, JSON.stringify({ layers: [] }));
    put(`blob/blobs/sha256/${hex('b')}`, JSON.stringify({ manifests: [manifest] }));
    put(`blob/blobs/sha256/${hex('c')}`, JSON.stringify({ manifests: [] }));
    expect((await markUnusedBlobs(cache, await listCache(cache))).map((e) => e.oddity)).toEqual([undefined, undefined, 'unused-blob']);
  });

  const strange: [string, (file: string) => void, RegExp | undefined][] = [
    ['a file in the place of a folder', (file) => fs.writeFileSync(file, ''), /is no folder/],
    ['a link to itself', (file) => fs.symlinkSync(file, file), /is a link/],
    ['a link to nothing', (file) => fs.symlinkSync(`${file}-away`, file), /is a link/],
    ['nothing', () => undefined, undefined],
  ];
  test.each(strange)('%s', async (_, make, problem) => {
    fs.mkdirSync(cache.root);
    make(path.join(cache.root, 'oras'));
    if (problem === undefined) expect(await listKind(cache, 'oras')).toEqual([]);
    else await expect(listKind(cache, 'oras')).rejects.toThrow(problem);
  });

  test('the cache itself may be a link; a file in its place is told', async () => {
    put(`net/${hex('a')}`);
    fs.renameSync(cache.root, path.join(folder, 'elsewhere'));
    fs.symlinkSync(path.join(folder, 'elsewhere'), cache.root);
    expect(await listKind(cache, 'net')).toHaveLength(1);
    fs.unlinkSync(cache.root);
    fs.writeFileSync(cache.root, '');
    await expect(listKind(cache, 'net')).rejects.toThrow(/is no folder/);
  });

  test('empty and huge sparse files, second names, sockets and pipes', async () => {
    put(`net/${hex('0')}`, '');
    const sparse = put(`net/${hex('1')}`, 'x');
    fs.truncateSync(sparse, 100e9);
    fs.linkSync(put(`net/${hex('2')}`, 'twice'), path.join(folder, 'second name'));
    const entries = await listKind(cache, 'net');
    expect(entries.map((e) => e.bytes)).toEqual([0, 100e9, 5]);
    expect(entries[1]?.frees).toBeLessThan(1e6);
    expect(entries[2]?.frees).toBe(0);
  });

  test('old layouts: blobs in "oci", folders below it', async () => {
    put(`oci/blobs/sha256/${hex('a')}`, 'abc');
    put('oci/index.json', '{}');
    put(`oci/${hex('b')}/layer`, 'abcd');
    put('oci/unknown', 'x');
    expect((await listKind(cache, 'oci')).map((e) => [e.name.slice(0, 5), e.bytes, e.oddity])).toEqual([
      ['bbbbb', 4, 'old-layout'],
      ['blobs', 3, 'old-layout'],
      ['index', 2, 'old-layout'],
      ['unkno', 1, 'foreign'],
    ]);
  });

  test('Singularity 2: layers and images by their names', async () => {
    const old: CacheLocation = { ...cache, engine: 'singularity2', root: folder, parent: folder };
    cache = { ...cache, root: folder };
    put(`docker/sha256:${hex('a')}.tar.gz`);
    put('shub/vsoch-hello-world-master-latest.simg');
    put('docker/notes');
    expect((await listCache(old)).map((e) => [e.kind, e.oddity])).toEqual([
      ['shub', undefined],
      ['docker', 'foreign'],
      ['docker', undefined],
    ]);
  });

  test('one entry is found without its kind', async () => {
    const file = put(`oras/sha256:${hex('a')}`);
    expect(await findEntry([cache], file)).toMatchObject({ path: file, kind: 'oras', contentHash: hex('a') });
    expect(await findEntry([cache], path.join(cache.root, 'oras', 'sha256:none'))).toBeUndefined();
    expect(await findEntry([cache], '/etc/passwd')).toBeUndefined();
    expect(await findEntry([cache], path.join(cache.root, 'oras', '..', '..', 'x'))).toBeUndefined();
  });

  test('entries that vanish after their names were read are left out', async () => {
    for (const c of '0123456789') put(`net/${hex(c)}`);
    const { opendir } = fs.promises;
    const spy = vi.spyOn(fs.promises, 'opendir').mockImplementation(async (...given) => {
      const names = await opendir(...given);
      const read = async function* () {
        yield* names;
        for (const c of '02468') fs.unlinkSync(path.join(cache.root, 'net', hex(c)));
      };
      return { [Symbol.asyncIterator]: read } as unknown as fs.Dir; // what is read of one
    });
    const entries = await listKind(cache, 'net');
    spy.mockRestore();
    expect(entries.map(({ name }) => name[0]).join('')).toBe('13579');
  });

  test('our own interrupted downloads, also in folders; one that is under way is protected by its lock', async () => {
    const staging = path.join(folder, 'container-metalink');
    fs.mkdirSync(path.join(staging, 'sub'), { recursive: true });
    for (const name of ['.big.sif.part', '.big.sif.part.journal', 'sub/.x.part', '.y.part', 'notes'])
      fs.writeFileSync(path.join(staging, name), 'abc');
    const lock = await tryLock(path.join(staging, '.y.part.lock'), 'test');
    expect((await listKind(cache, 'staging')).map((e) => [e.name, e.oddity])).toEqual([
      ['big.sif', 'temporary'],
      ['y', 'in-progress'],
      ['notes', 'foreign'],
      ['x', 'temporary'],
    ]);
    if (isLock(lock)) await lock.release();
    expect((await listKind(cache, 'staging')).find((e) => e.name === 'y')?.oddity).toBe('temporary');
    expect(await listKind({ ...cache, shared: true }, 'staging')).toEqual([]);
  });

  test('2,000 entries, counted and summed; an aborted list ends', async () => {
    fs.mkdirSync(path.join(cache.root, 'net'), { recursive: true });
    for (let i = 0; i < 2000; i++) fs.writeFileSync(path.join(cache.root, 'net', i.toString(16).padStart(64, '0')), 'ab');
    expect(totals(await listCache(cache))).toEqual([{ kind: 'net', count: 2000, bytes: 4000 }]);
    await expect(listCache(cache, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe('the index', () => {
  test('is a hint that goes with size and time, survives a restart, and a broken file', async () => {
    const index = await openCacheIndex(folder);
    index.remember('/c/x', 3, 1000.5, { reference: 'oras://h/x:1', verdict: 'intact' });
    await index.save();
    const again = await openCacheIndex(folder);
    expect(again.get('/c/x', 3, 1000.7)).toMatchObject({ reference: 'oras://h/x:1', verdict: 'intact' });
    expect(again.get('/c/x', 4, 1000.5)).toEqual({ reference: 'oras://h/x:1' }); // what it was pulled by repairs it
    again.remember('/c/x', 4, 1000.5, { verdict: 'failed' });
    expect(again.get('/c/x', 4, 1000.5)).toMatchObject({ reference: 'oras://h/x:1', verdict: 'failed' });
    expect(again.get('/c/y', 3, 1000.7)).toBeUndefined();
    fs.writeFileSync(path.join(folder, 'cache-index.json'), '{"half');
    expect((await openCacheIndex(folder)).get('/c/x', 3, 1000.5)).toBeUndefined();
  });

  test('a folder that cannot be written is told, and nothing fails', async () => {
    const problems: string[] = [];
    fs.writeFileSync(path.join(folder, 'file'), '');
    const index = await openCacheIndex(path.join(folder, 'file', 'below'), (message) => problems.push(message));
    index.remember('/c/x', 3, 1000, { title: 'x' });
    await index.save();
    expect(problems).toHaveLength(1);
    expect(index.get('/c/x', 3, 1000)?.title).toBe('x');
  });

  test('rows of the wrong shape are left out', async () => {
    const entries = {
      '/1': { bytes: 1, modified: 1, title: 7 },
      '/2': { bytes: 1, modified: 1, verdict: 'fine' },
      '/3': { bytes: 1, modified: 1, title: 'good' },
    };
    fs.writeFileSync(path.join(folder, 'cache-index.json'), JSON.stringify({ version: 1, entries }));
    const index = await openCacheIndex(folder);
    expect(['/1', '/2', '/3'].map((file) => index.get(file, 1, 1)?.title)).toEqual([undefined, undefined, 'good']);
  });

  test('two windows that save keep each other’s rows', async () => {
    const [one, other] = [await openCacheIndex(folder), await openCacheIndex(folder)];
    one.remember('/c/1', 1, 1, { title: 'one' });
    other.remember('/c/2', 2, 2, { title: 'two' });
    await one.save();
    await other.save();
    const both = await openCacheIndex(folder);
    expect([both.get('/c/1', 1, 1)?.title, both.get('/c/2', 2, 2)?.title]).toEqual(['one', 'two']);
  });
});
