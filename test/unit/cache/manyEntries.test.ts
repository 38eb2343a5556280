import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CacheLocation } from '../../../server/src/cache/find';
import { hasEntries, listKind } from '../../../server/src/cache/list';
import { readInThreads } from '../../../server/src/platform/folderThreads';

const count = 2500;
let folder: string;
let net: string;
let cache: CacheLocation;
const nameOf = (number: number) => number.toString(16).padStart(64, '0');

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'many-'));
  cache = { engine: 'apptainer', parent: folder, root: path.join(folder, 'cache'), source: 'setting', shared: false };
  net = path.join(cache.root, 'net');
  fs.mkdirSync(net, { recursive: true });
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Folders of more than a thousand names are looked at by threads; what they say is what few names get said. */
describe('a folder of many entries', () => {
  beforeEach(() => {
    for (let number = 0; number < count; number++) fs.writeFileSync(path.join(net, nameOf(number)), 'image');
  });

  test('is listed with everything odd in it', async () => {
    fs.mkdirSync(path.join(net, 'folder'));
    fs.symlinkSync('nowhere', path.join(net, 'f'.repeat(64)));
    fs.symlinkSync(nameOf(7), path.join(net, 'e'.repeat(64)));
    fs.writeFileSync(path.join(net, 'a\nb'), '');
    fs.writeFileSync(Buffer.concat([Buffer.from(`${net}/`), Buffer.from([0xff])]), 'xyz');
    const sparse = path.join(net, 'd'.repeat(64));
    fs.writeFileSync(sparse, 'x');
    fs.truncateSync(sparse, 100e9);
    const entries = await listKind(cache, 'net');
    expect(entries).toHaveLength(count + 6);
    expect(entries.filter(({ oddity }) => oddity === undefined)).toHaveLength(count + 2);
    const odd = entries.filter(({ oddity }) => oddity !== undefined).map(({ name, oddity }) => `${name.slice(0, 6)} ${oddity ?? ''}`);
    expect(odd.sort()).toEqual(['a\nb foreign', 'ffffff broken-link', 'folder foreign', '\uFFFD foreign'].sort());
    expect(entries.find(({ name }) => name === 'e'.repeat(64))).toMatchObject({ bytes: 0, linkTo: nameOf(7) });
    expect(entries.find(({ name }) => name === 'd'.repeat(64))).toMatchObject({ bytes: 100e9 });
    expect(entries[0]).toMatchObject({ name: nameOf(0), bytes: 5, frees: 5, kind: 'net', engine: 'apptainer' });
    expect(entries.map(({ name }) => name)).toEqual([...entries.map(({ name }) => name)].sort());
  });

  test('comes bit by bit, and ends when it is not wanted any more', async () => {
    const sizes: number[] = [];
    const controller = new AbortController();
    const listing = listKind(cache, 'net', {
      signal: controller.signal,
      onFound: (found) => {
        sizes.push(found.length);
        controller.abort();
      },
    });
    await expect(listing).rejects.toThrow(/abort/i);
    expect(sizes).toHaveLength(1);
    expect(sizes[0]).toBeLessThan(count);
  });

  test('to know that there is something, one name is read', async () => {
    const lstat = vi.spyOn(fs, 'lstat');
    expect(await hasEntries(cache, 'net')).toBe(true);
    expect(await hasEntries(cache, 'oras')).toBe(false);
    expect(lstat).not.toHaveBeenCalled();
    lstat.mockRestore();
  });
});

describe('threads that read a folder', () => {
  const read = async (place: string, signal?: AbortSignal) => {
    const all = [];
    for await (const seen of readInThreads(place, signal)) all.push(...seen);
    return all;
  };

  test('tell what stands under each name', async () => {
    fs.writeFileSync(path.join(net, 'a'), 'abc');
    fs.symlinkSync('a', path.join(net, 'link'));
    fs.mkdirSync(path.join(net, 'folder'));
    const seen = (await read(net)).map(({ name, stat }) => [name, typeof stat === 'string' ? stat : `${stat.kind} ${stat.size > 0}`]);
    expect(seen.sort()).toEqual([
      ['a', 'file true'],
      ['folder', 'folder true'],
      ['link', 'link true'],
    ]);
  });

  test('an empty folder, a folder that is not there, an aborted reading', async () => {
    expect(await read(net)).toEqual([]);
    await expect(read(path.join(net, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(read(net, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});
