import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheDetails, listCaches, surveyCaches } from '../../../server/src/operations/caches';
import { cleanCaches } from '../../../server/src/operations/cleanCaches';
import { verifyCaches } from '../../../server/src/operations/verifyCaches';
import { createWorld } from '../../../server/src/operations/world';
import type { World } from '../../../server/src/operations/world';
import { defaultSettings } from '../../../server/src/settings';

const images = path.resolve(import.meta.dirname, '../../hub/images');
const { signal } = new AbortController();
let folder: string;
let root: string;
let worlds: World[];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'caches-'));
  root = path.join(folder, 'apptainer', 'cache');
  worlds = [];
});
afterEach(async () => {
  for (const world of worlds) await world.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** What a process sees: started anew, with only the disk to remember by. */
function world(shared: readonly string[] = []): World {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
  const made = createWorld({
    settings: {
      ...defaultSettings,
      'cache.apptainer': path.join(folder, 'apptainer'),
      'cache.singularity': path.join(folder, 'singularity'),
      'cache.shared': [...shared],
    },
    environment: { HOME: folder },
    log,
    storage: path.join(folder, 'storage'),
    isTrusted: () => true,
    http: {},
  });
  worlds.push(made);
  return made;
}

const sha256 = (file: string) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');
function put(kind: string, name: string, image: string, cache = root): string {
  const file = path.join(cache, kind, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.copyFileSync(path.join(images, image), file);
  return file;
}
const library = (image: string, cache = root) => put('library', `sha256.${sha256(path.join(images, image))}`, image, cache);
const verify = (caches: World, paths?: readonly string[]) => verifyCaches(caches, paths, { signal, onProgress: () => undefined });

describe('listing', () => {
  test('caches with totals and leftovers, entries by what is inside', async () => {
    library('tool-1.4.sif');
    put('shub', 'c'.repeat(40), 'hello-world.simg');
    const left = put('oras', 'tmp_1', 'tool-1.3.sif');
    fs.utimesSync(left, 1, 1);
    const { caches } = await listCaches(world(), {}, signal);
    expect(caches.map(({ engine, kinds, leftovers }) => [engine, kinds.map((k) => `${k.title} ${k.count}`), leftovers?.count])).toEqual([
      ['apptainer', ['library 1', 'oras 1', 'shub 1'], 1],
      ['singularity', [], undefined],
    ]);
    const { entries } = await listCaches(world(), { root, kind: 'library' }, signal);
    expect(entries.map((entry) => entry.title)).toEqual(['tool 1.4 · amd64']);
  });

  test('titles are remembered, and read again when the memory is lost', async () => {
    const file = library('tool-1.4.sif');
    const titles = async () => (await listCaches(world(), { root, kind: 'library' }, signal)).entries.map((entry) => entry.title);
    expect(await titles()).toEqual(['tool 1.4 · amd64']);
    expect(fs.readFileSync(path.join(folder, 'storage', 'cache-index.json'), 'utf8')).toContain(file);
    fs.writeFileSync(path.join(folder, 'storage', 'cache-index.json'), 'broken');
    expect(await titles()).toEqual(['tool 1.4 · amd64']);
  });

  test('at most so many, the newest', async () => {
    for (const [number, name] of ['a', 'b', 'c'].entries()) fs.utimesSync(put('net', name.repeat(64), 'tool-1.3.sif'), number, number);
    const result = await listCaches(world(), { root, kind: 'net', limit: 2 }, signal);
    expect([result.entries.map((entry) => path.basename(entry.path)[0]), result.more]).toEqual([['c', 'b'], 1]);
  });

  test('a kind that cannot be read is told, the others are listed', async () => {
    library('tool-1.4.sif');
    fs.symlinkSync(folder, path.join(root, 'net'));
    const [cache] = (await listCaches(world(), {}, signal)).caches;
    expect(cache?.kinds).toHaveLength(1);
    expect(cache?.problem).toMatch(/net is a link: it is not followed/);
  });

  test('an aborted list ends', async () => {
    library('tool-1.4.sif');
    await expect(surveyCaches(world(), AbortSignal.abort(), {}).next()).rejects.toThrow();
  });
});

describe('details', () => {
  test('of one entry', async () => {
    const { entry, contents } = await cacheDetails(world(), library('tool-1.4.sif'), signal);
    expect(entry).toMatchObject({ kind: 'library', title: 'tool 1.4 · amd64', root });
    expect(contents?.architecture).toBe('amd64');
  });
  test('of a damaged one, of none', async () => {
    const file = put('oci-tmp', 'a'.repeat(64), 'tool-1.4.sif');
    fs.truncateSync(file, 100);
    expect((await cacheDetails(world(), file, signal)).problem).toBeTruthy();
    await expect(cacheDetails(world(), path.join(root, 'net', 'none'), signal)).rejects.toThrow(/not in a cache any more/);
    await expect(cacheDetails(world(), '/etc/passwd', signal)).rejects.toThrow(/not in a cache any more/);
  });
});

describe('verifying', () => {
  test('all: the name, the structure; the verdicts are remembered', async () => {
    library('tool-1.4.sif');
    put('oras', `sha256:${'0'.repeat(64)}`, 'tool-1.3.sif');
    fs.truncateSync(put('oci-tmp', 'a'.repeat(64), 'tool-1.4.sif'), 300_000);
    fs.writeFileSync(put('oci-tmp', 'b'.repeat(64), 'tool-1.4.sif'), '');
    put('net', 'd'.repeat(64), 'tool-1.3.sif');
    const { entries, problems } = await verify(world());
    expect(problems).toBeUndefined();
    expect(entries.map((e) => [e.kind, e.verdict, e.orphan, e.problem !== undefined])).toEqual([
      ['library', 'intact', undefined, false],
      ['oras', 'failed', 'name-mismatch', true],
      ['net', 'unverified', undefined, false],
      ['oci-tmp', 'failed', undefined, true],
      ['oci-tmp', 'failed', undefined, true],
    ]);
    const later = await listCaches(world(), { root, kind: 'oras' }, signal);
    expect(later.entries[0]).toMatchObject({ verdict: 'failed', orphan: 'name-mismatch' });
    const cleaned = await cleanCaches(world(), { waste: ['damaged'], dryRun: true }, signal);
    expect(cleaned.removed.map((row) => row.reason)).toEqual([
      'its content is not what its name says',
      'verification failed',
      'verification failed',
    ]);
  });

  test('a changed entry is forgotten, not believed', async () => {
    const file = library('tool-1.4.sif');
    await verify(world());
    fs.appendFileSync(file, 'x');
    expect((await listCaches(world(), { root, kind: 'library' }, signal)).entries[0]?.verdict).toBeUndefined();
    expect((await verify(world())).entries[0]?.verdict).toBe('failed');
  });

  test('some; what is no entry is told', async () => {
    const file = library('tool-1.4.sif');
    library('tool-1.3.sif');
    const { entries, problems } = await verify(world(), [file, path.join(root, 'net', 'none')]);
    expect(entries.map((entry) => entry.path)).toEqual([file]);
    expect(problems).toEqual([{ path: path.join(root, 'net', 'none'), problem: 'it is no entry of a cache that can be verified' }]);
  });

  test('an entry that vanishes meanwhile is left out; when aborted, what was found is kept', async () => {
    const [first, second] = [library('tool-1.3.sif'), library('tool-1.4.sif')];
    const gone = await verifyCaches(world(), undefined, {
      signal,
      onProgress: () => undefined,
      onEntry: () => fs.rmSync(second, { force: true }),
    });
    expect(gone.entries.map((entry) => entry.path)).toEqual([first]);
    library('tool-1.4.sif');
    const controller = new AbortController();
    const aborted = verifyCaches(world(), undefined, {
      signal: controller.signal,
      onProgress: () => undefined,
      onEntry: () => controller.abort(),
    });
    await expect(aborted).rejects.toThrow();
    expect((await listCaches(world(), { root, kind: 'library' }, signal)).entries.filter((e) => e.verdict === 'intact')).toHaveLength(1);
  });
});

describe('cleaning', () => {
  test('a dry run removes nothing; the same without removes it', async () => {
    const file = library('tool-1.4.sif');
    const dry = await cleanCaches(world(), { kinds: ['library'], dryRun: true }, signal);
    expect([dry.removed.map((row) => row.path), fs.existsSync(file)]).toEqual([[file], true]);
    const done = await cleanCaches(world(), { kinds: ['library'], dryRun: false }, signal);
    expect([done.bytes, fs.existsSync(file)]).toEqual([dry.bytes, false]);
  });

  test('what a shared cache has; the shared one stays', async () => {
    const own = library('tool-1.4.sif');
    const site = path.join(folder, 'site', 'cache');
    const shared = library('tool-1.4.sif', site);
    const result = await cleanCaches(world([path.join(folder, 'site')]), { duplicatesOnly: true, dryRun: false }, signal);
    expect(result.removed.map((row) => row.path)).toEqual([own]);
    const asked = await cleanCaches(world([path.join(folder, 'site')]), { paths: [shared], dryRun: false }, signal);
    expect([asked.removed, asked.kept.length, fs.existsSync(shared)]).toEqual([[], 1, true]);
  });
});
