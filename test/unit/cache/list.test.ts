import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { markUnusedBlobs } from '../../../server/src/cache/blobs';
import { planClean, removePlanned } from '../../../server/src/cache/clean';
import type { CacheLocation } from '../../../server/src/cache/find';
import { openCacheIndex } from '../../../server/src/cache/index';
import { listCache, listKind, totals } from '../../../server/src/cache/list';

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
    put(`library/${`sha256.${hex('a')}`}/alpine_latest.sif`, 'abcd');
    expect((await listCache(cache))[0]).toMatchObject({ oddity: 'old-layout', bytes: 4 });
  });

  test('links: to a file an entry without bytes, to nothing broken; a linked kind folder is not followed', async () => {
    const outside = path.join(folder, 'outside');
    fs.writeFileSync(outside, 'secret');
    fs.mkdirSync(path.join(cache.root, 'net'), { recursive: true });
    fs.symlinkSync(outside, path.join(cache.root, 'net', hex('a')));
    fs.symlinkSync(path.join(folder, 'nowhere'), path.join(cache.root, 'net', hex('b')));
    fs.symlinkSync(folder, path.join(cache.root, 'oras'));
    const entries = await listCache(cache);
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

  test('2,000 entries, counted and summed; an aborted list ends', async () => {
    fs.mkdirSync(path.join(cache.root, 'net'), { recursive: true });
    for (let i = 0; i < 2000; i++) fs.writeFileSync(path.join(cache.root, 'net', i.toString(16).padStart(64, '0')), 'ab');
    expect(totals(await listCache(cache))).toEqual([{ kind: 'net', count: 2000, bytes: 4000 }]);
    await expect(listCache(cache, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe('cleaning', () => {
  const plan = async (criteria: Parameters<typeof planClean>[2]) =>
    planClean([cache], await markUnusedBlobs(cache, await listCache(cache)), criteria, Date.now()).map((p) =>
      path.relative(cache.root, p.entry.path),
    );

  test('by age, size, kind, leftovers; never what no engine made', async () => {
    put(`net/${hex('a')}`, 'xx', 40);
    put(`oras/sha256:${hex('b')}`, 'xxxx', 1);
    put('library/tmp_1', 'x', 2);
    put('net/notes.txt', 'x', 400);
    put('oras/tmp_2', 'x', 0);
    expect(await plan({})).toEqual(['library/tmp_1', `oras/sha256:${hex('b')}`, `net/${hex('a')}`]);
    expect(await plan({ olderThanDays: 30 })).toEqual([`net/${hex('a')}`]);
    expect(await plan({ largerThanBytes: 3 })).toEqual([`oras/sha256:${hex('b')}`]);
    expect(await plan({ kinds: ['net'] })).toEqual([`net/${hex('a')}`]);
    expect(await plan({ orphansOnly: true })).toEqual(['library/tmp_1']);
  });

  test('removes what was planned and nothing that changed meanwhile', async () => {
    const first = put(`net/${hex('a')}`);
    const second = put(`net/${hex('b')}`);
    const planned = planClean([cache], await listCache(cache), {}, Date.now());
    fs.writeFileSync(second, 'another image');
    const result = await removePlanned([cache], planned);
    expect(fs.existsSync(first)).toBe(false);
    expect(fs.readFileSync(second, 'utf8')).toBe('another image');
    expect(result).toMatchObject({ bytes: 1, kept: [{ path: second, problem: 'it changed since it was listed' }] });
  });

  test('does not follow a folder that became a link', async () => {
    put(`net/${hex('a')}`);
    const planned = planClean([cache], await listCache(cache), {}, Date.now());
    const elsewhere = path.join(folder, 'elsewhere');
    fs.renameSync(path.join(cache.root, 'net'), elsewhere);
    fs.symlinkSync(elsewhere, path.join(cache.root, 'net'));
    const result = await removePlanned([cache], planned);
    expect(result.removed).toEqual([]);
    expect(fs.existsSync(path.join(elsewhere, hex('a')))).toBe(true);
  });

  test('a shared cache is never cleaned', async () => {
    put(`net/${hex('a')}`);
    const shared = { ...cache, shared: true };
    expect(planClean([shared], await listCache(shared), {}, Date.now())).toEqual([]);
  });
});

describe('the index', () => {
  test('is a hint that goes with size and time, survives a restart, and a broken file', async () => {
    const index = await openCacheIndex(folder);
    index.remember('/c/x', 3, 1000.5, { reference: 'oras://h/x:1', verdict: 'intact' });
    await index.save();
    const again = await openCacheIndex(folder);
    expect(again.get('/c/x', 3, 1000.7)).toMatchObject({ reference: 'oras://h/x:1', verdict: 'intact' });
    expect(again.get('/c/x', 4, 1000.5)).toBeUndefined();
    fs.writeFileSync(path.join(folder, 'cache-index.json'), '{"half');
    expect((await openCacheIndex(folder)).get('/c/x', 3, 1000.5)).toBeUndefined();
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
