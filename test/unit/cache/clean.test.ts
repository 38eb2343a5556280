import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { markUnusedBlobs, readLayoutUse } from '../../../server/src/cache/blobs';
import type { LayoutUse } from '../../../server/src/cache/blobs';
import { planClean } from '../../../server/src/cache/clean';
import type { CleanCriteria, CleanPlan } from '../../../server/src/cache/clean';
import type { CacheLocation } from '../../../server/src/cache/find';
import { listCache } from '../../../server/src/cache/list';
import type { CacheEntry } from '../../../server/src/cache/entry';
import { removePlanned } from '../../../server/src/cache/remove';
import { isLock, tryLock } from '../../../server/src/platform/fileLock';

const allWaste = ['leftovers', 'unused', 'damaged', 'outdated'] as const;
const hex = (c: string) => c.repeat(64);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
let folder: string;
let cache: CacheLocation;
let caches: CacheLocation[];

function put(name: string, content = 'x', ageDays = 10, root = cache.root): string {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  const time = Date.now() / 1000 - ageDays * 86_400;
  fs.utimesSync(file, time, time);
  return file;
}

/** An image in the layout: a config and layers; returns the manifest's sha-256. */
function image(layers: readonly string[], ageDays = 10): string {
  const blob = (content: string) => path.basename(put(`blob/blobs/sha256/${sha256(content)}`, content, ageDays));
  const descriptor = (content: string, kind: string) => ({
    mediaType: `application/vnd.oci.image.${kind}`,
    digest: `sha256:${blob(content)}`,
  });
  const manifest = JSON.stringify({
    config: descriptor(`config of ${layers.join()}`, 'config.v1+json'),
    layers: layers.map((layer) => descriptor(layer, 'layer.v1.tar+gzip')),
  });
  const digest = `sha256:${blob(manifest)}`;
  const file = path.join(cache.root, 'blob/index.json');
  const index = fs.existsSync(file)
    ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { manifests: unknown[] })
    : { schemaVersion: 2, annotations: { kept: 'yes' }, manifests: [] as unknown[] };
  index.manifests.push({ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest });
  fs.writeFileSync(file, JSON.stringify(index));
  return digest.slice(7);
}

async function plan(criteria: CleanCriteria, change: (entry: CacheEntry) => CacheEntry = (entry) => entry): Promise<CleanPlan> {
  const entries: CacheEntry[] = [];
  const layouts = new Map<string, LayoutUse>();
  for (const each of caches) {
    for (const entry of await markUnusedBlobs(each, await listCache(each))) entries.push(change(entry));
    const use = await readLayoutUse(each);
    if (use) layouts.set(each.root, use);
  }
  return planClean({ caches, entries, layouts, now: Date.now() }, criteria);
}
const names = (cleanPlan: CleanPlan) => cleanPlan.planned.map(({ entry }) => path.relative(cache.root, entry.path));
const left = () => fs.readdirSync(path.join(cache.root, 'blob/blobs/sha256')).sort();
const indexed = () =>
  (JSON.parse(fs.readFileSync(path.join(cache.root, 'blob/index.json'), 'utf8')) as { manifests: { digest: string }[] }).manifests.map(
    (m) => m.digest.slice(7),
  );

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cache-'));
  cache = { engine: 'apptainer', parent: folder, root: path.join(folder, 'cache'), source: 'setting', shared: false };
  caches = [cache];
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('what a clean removes', () => {
  test('by age, size, kind, leftovers; never what no engine made', async () => {
    put(`net/${hex('a')}`, 'xx', 40);
    put(`oras/sha256:${hex('b')}`, 'xxxx', 1);
    put('library/tmp_1', 'x', 2);
    put('net/notes.txt', 'x', 400);
    put('oras/tmp_2', 'x', 0);
    expect(names(await plan({}))).toEqual(['library/tmp_1', `oras/sha256:${hex('b')}`, `net/${hex('a')}`]);
    expect(names(await plan({ olderThanDays: 30 }))).toEqual([`net/${hex('a')}`]);
    expect(names(await plan({ largerThanBytes: 3 }))).toEqual([`oras/sha256:${hex('b')}`]);
    expect(names(await plan({ kinds: ['net'] }))).toEqual([`net/${hex('a')}`]);
    expect(names(await plan({ waste: allWaste }))).toEqual(['library/tmp_1']);
  });

  // A damaged entry is no leftover: it may be repaired, and is only offered when it is asked for.
  const wastes: [CleanCriteria['waste'], string][] = [
    [['leftovers'], 'tmp_1'],
    [['unused'], hex('f')],
    [['damaged'], hex('d')],
    [['outdated'], `sha256.${hex('0')} ${hex('b')}`],
    [['leftovers', 'unused'], `tmp_1 ${hex('f')}`],
    [[], ''],
  ];
  test.each(wastes)('%s and nothing else', async (waste, expected) => {
    put('library/tmp_1', 'x', 2);
    image(['a']);
    put(`blob/blobs/sha256/${hex('f')}`);
    put(`net/${hex('d')}`);
    put(`net/${hex('e')}`);
    put(`library/sha256.${hex('0')}/alpine.sif`);
    fs.symlinkSync(path.join(folder, 'nowhere'), path.join(cache.root, 'net', hex('b')));
    const cleaning = await plan({ ...(waste && { waste }) }, (entry) =>
      entry.name === hex('d') ? { ...entry, oddity: 'damaged' } : entry,
    );
    expect(new Set(cleaning.planned.map(({ entry }) => entry.name))).toEqual(new Set(expected.split(' ').filter((name) => name !== '')));
  });

  test('each with its reason', async () => {
    put(`net/${hex('a')}`, 'x'.repeat(2000), 40);
    const reasons = async (criteria: CleanCriteria) => (await plan(criteria)).planned.map(({ reason }) => reason);
    expect(await reasons({ olderThanDays: 30 })).toEqual(['older than 30 days']);
    expect(await reasons({ largerThanBytes: 1000 })).toEqual(['larger than 1.0 kB']);
    expect(await reasons({})).toEqual(['as asked']);
  });

  test('what is asked for by its path and stays is told with the reason', async () => {
    const paths = [put('net/notes.txt'), put('oras/tmp_2', 'x', 0), path.join(cache.root, 'net', hex('0')), '/etc/passwd'];
    const { planned, kept } = await plan({ paths });
    expect(planned).toEqual([]);
    expect(kept.map((k) => k.problem)).toEqual([
      'a download may be under way',
      'no engine made it',
      'it is no entry of a cache',
      'it is no entry of a cache',
    ]);
  });

  test('a shared cache is never cleaned; what it has is a duplicate elsewhere', async () => {
    const site: CacheLocation = { ...cache, root: path.join(folder, 'site'), shared: true };
    caches = [cache, site];
    put(`library/sha256.${hex('a')}`);
    put(`library/sha256.${hex('b')}`);
    put(`library/sha256.${hex('a')}`, 'x', 10, site.root);
    put(`library/sha256.${hex('c')}`, 'x', 10, site.root);
    expect(names(await plan({}))).toEqual([`library/sha256.${hex('a')}`, `library/sha256.${hex('b')}`]);
    expect(names(await plan({ duplicatesOnly: true }))).toEqual([`library/sha256.${hex('a')}`]);
  });

  test('copies within one cache are no duplicates: each is found by another reference', async () => {
    put(`library/sha256.${hex('a')}`);
    put(`oras/sha256:${hex('a')}`);
    expect(names(await plan({ duplicatesOnly: true }))).toEqual([]);
  });
});

describe('layers go with the images that use them', () => {
  test('an old image: what another one shares stays, the index is rewritten with everything else in it', async () => {
    const old = image(['base', 'old'], 40);
    const young = image(['base', 'young'], 1);
    const cleaning = await plan({ olderThanDays: 30 });
    expect(new Set(names(cleaning).map((name) => path.basename(name)))).toEqual(
      new Set([old, sha256('old'), sha256('config of base,old')]),
    );
    const result = await removePlanned(caches, cleaning);
    expect(result.kept).toEqual([]);
    expect(left()).toEqual([young, sha256('base'), sha256('young'), sha256('config of base,young')].sort());
    expect(indexed()).toEqual([young]);
    expect(fs.readFileSync(path.join(cache.root, 'blob/index.json'), 'utf8')).toContain('"kept":"yes"');
    expect(fs.readdirSync(path.join(cache.root, 'blob')).sort()).toEqual(['blobs', 'index.json']);
  });

  test('all of them', async () => {
    image(['a']);
    image(['b']);
    await removePlanned(caches, await plan({ kinds: ['blob'] }));
    expect(left()).toEqual([]);
    expect(indexed()).toEqual([]);
  });

  test('other kinds leave the layout alone', async () => {
    image(['a']);
    put(`net/${hex('a')}`);
    const cleaning = await plan({ kinds: ['net'] });
    expect(names(cleaning)).toEqual([`net/${hex('a')}`]);
    expect(cleaning.images.size).toBe(0);
  });

  test('a single layer stays, its image may go', async () => {
    const manifest = image(['a']);
    const blob = (name: string) => path.join(cache.root, 'blob/blobs/sha256', name);
    const single = await plan({ paths: [blob(sha256('a'))] });
    expect(single.planned).toEqual([]);
    expect(single.kept[0]?.problem).toBe('an image in the cache uses it; delete the image (its manifest) instead');
    expect(names(await plan({ paths: [blob(manifest)] }))).toHaveLength(3);
  });

  test('a damaged layer goes with its images', async () => {
    image(['a', 'damaged']);
    const other = image(['a']);
    const cleaning = await plan({ waste: ['damaged'] }, (entry) =>
      entry.name === sha256('damaged') ? { ...entry, oddity: 'name-mismatch' } : entry,
    );
    await removePlanned(caches, cleaning);
    expect(indexed()).toEqual([other]);
    expect(left()).toContain(sha256('a'));
    expect(left()).not.toContain(sha256('damaged'));
  });

  test('unused blobs are orphans', async () => {
    image(['a']);
    put(`blob/blobs/sha256/${hex('f')}`);
    expect(names(await plan({ waste: allWaste }))).toEqual([`blob/blobs/sha256/${hex('f')}`]);
  });

  test('an image that was put meanwhile keeps its layers', async () => {
    image(['a']);
    put(`blob/blobs/sha256/${sha256('late')}`, 'late');
    const cleaning = await plan({ waste: allWaste });
    image(['late']);
    const result = await removePlanned(caches, cleaning);
    expect(result.removed).toEqual([]);
    expect(result.kept[0]?.problem).toBe('an image uses it now');
  });

  test('a layout whose index is broken is not cleaned by age', async () => {
    image(['a'], 100);
    fs.writeFileSync(path.join(cache.root, 'blob/index.json'), '{');
    expect(names(await plan({ olderThanDays: 1 }))).toEqual([]);
    expect(names(await plan({ waste: allWaste }))).toEqual([]);
    expect(names(await plan({ kinds: ['blob'] }))).toHaveLength(3);
  });
});

describe('removing', () => {
  test('what was planned and nothing that changed meanwhile', async () => {
    const first = put(`net/${hex('a')}`);
    const second = put(`net/${hex('b')}`);
    const cleaning = await plan({});
    fs.writeFileSync(second, 'another image');
    const result = await removePlanned(caches, cleaning);
    expect(fs.existsSync(first)).toBe(false);
    expect(fs.readFileSync(second, 'utf8')).toBe('another image');
    expect(result).toMatchObject({ bytes: 1, kept: [{ path: second, problem: 'it changed since it was listed' }] });
  });

  test('does not follow a folder that became a link', async () => {
    put(`net/${hex('a')}`);
    const cleaning = await plan({});
    const elsewhere = path.join(folder, 'elsewhere');
    fs.renameSync(path.join(cache.root, 'net'), elsewhere);
    fs.symlinkSync(elsewhere, path.join(cache.root, 'net'));
    const result = await removePlanned(caches, cleaning);
    expect(result.removed).toEqual([]);
    expect(result.kept[0]?.problem).toBe('a link leads out of the cache');
    expect(fs.existsSync(path.join(elsewhere, hex('a')))).toBe(true);
  });

  test('a link that is an entry goes, what it leads to stays', async () => {
    const outside = path.join(folder, 'outside');
    fs.writeFileSync(outside, 'image');
    fs.mkdirSync(path.join(cache.root, 'net'), { recursive: true });
    fs.symlinkSync(outside, path.join(cache.root, 'net', hex('a')));
    expect((await removePlanned(caches, await plan({}))).removed).toHaveLength(1);
    expect(fs.readFileSync(outside, 'utf8')).toBe('image');
  });

  test('folders of the old layout, with links in them', async () => {
    const outside = path.join(folder, 'outside');
    fs.mkdirSync(outside);
    fs.writeFileSync(path.join(outside, 'kept'), '');
    put(`library/sha256.${hex('a')}/alpine.sif`);
    fs.symlinkSync(outside, path.join(cache.root, `library/sha256.${hex('a')}/link`));
    await removePlanned(caches, await plan({ waste: allWaste }));
    expect(fs.readdirSync(path.join(cache.root, 'library'))).toEqual([]);
    expect(fs.existsSync(path.join(outside, 'kept'))).toBe(true);
  });

  test('what is gone already is told; an aborted clean ends', async () => {
    const file = put(`net/${hex('a')}`);
    const cleaning = await plan({});
    fs.unlinkSync(file);
    expect((await removePlanned(caches, cleaning)).kept[0]?.problem).toBe('it was gone already');
    put(`net/${hex('a')}`);
    expect((await removePlanned(caches, await plan({}), { signal: AbortSignal.abort() })).removed).toEqual([]);
  });

  test('our interrupted downloads with journal; not one whose lock is held', async () => {
    const staging = path.join(folder, 'container-metalink');
    fs.mkdirSync(staging);
    for (const name of ['.a.part', '.a.part.journal', '.b.part', 'notes']) fs.writeFileSync(path.join(staging, name), 'abc');
    const cleaning = await plan({ waste: allWaste });
    const lock = await tryLock(path.join(staging, '.b.part.lock'), 'test');
    const result = await removePlanned(caches, cleaning);
    if (isLock(lock)) await lock.release();
    expect(result.kept[0]?.problem).toMatch(/being downloaded by process/);
    expect(fs.readdirSync(staging).sort()).toEqual(['.b.part', 'notes']);
  });
});
