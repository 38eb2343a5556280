import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../platform/durable';
import { t } from '../text/l10n';
import type { CacheEngine, CacheLocation } from './find';
import { contentHash, isEntryName, isTemporaryName, kindFolder, kindsOf } from './layout';
import type { CacheKind } from './layout';
import { listStaging } from './staging';
import type { CacheEntry, ListOptions } from './cacheEntry';
export type { CacheEntry } from './cacheEntry';

export interface KindTotals {
  readonly kind: CacheKind;
  readonly count: number;
  readonly bytes: number;
}

/** How many files are asked about at the same time: enough for a network disk, few enough for others on it. */
const concurrency = 64;
/** Names that are read before they are asked about: memory stays small, and the event loop gets its turn. */
const chunkLength = 2048;
export const freshFor = 3_600_000;

/**
 * The entries of one kind, by name, without opening a file: one `lstat` each. A kind that is not there has none. Rejects with a message
 * for people when the folder cannot be read or is none (a link is not followed: what is behind it is no cache of ours to read or clean),
 * and when aborted; what vanishes meanwhile is left out.
 */
export async function listKind(cache: CacheLocation, kind: CacheKind, options: ListOptions = {}): Promise<CacheEntry[]> {
  if (kind === 'staging') return listStaging(cache, options);
  const folder = kindFolder(cache, kind);
  if (!(await isThere(cache, folder))) return [];
  const now = options.now ?? Date.now();
  const entries: CacheEntry[] = [];
  let isUndecodable = false;
  for await (const names of chunksOf(folder)) {
    isUndecodable ||= names.some((name) => name.includes('\uFFFD'));
    const readable = names.filter((name) => !name.includes('\uFFFD'));
    const found = await lookAt(cache, kind, readable, now, options.signal);
    for (const entry of found) entries.push(entry);
    options.onFound?.(found);
  }
  if (isUndecodable) for (const entry of await undecodable(cache, kind, folder)) entries.push(entry);
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** One entry by its path, or undefined when there is none. Rejects as `listKind` does. */
export async function findEntry(caches: readonly CacheLocation[], file: string, now = Date.now()): Promise<CacheEntry | undefined> {
  for (const cache of caches) {
    for (const kind of kindsOf(cache.engine)) {
      if (kind === 'staging') {
        if (file.startsWith(kindFolder(cache, kind) + path.sep)) return (await listStaging(cache, { now })).find((e) => e.path === file);
      } else if (path.dirname(file) === kindFolder(cache, kind)) {
        if (!(await isThere(cache, path.dirname(file)))) return undefined;
        return (await lookAt(cache, kind, [path.basename(file)], now, undefined))[0];
      }
    }
  }
  return undefined;
}

/** All kinds of a cache, one after the other; a kind that cannot be read is told and left out. */
export async function listCache(
  cache: CacheLocation,
  options: ListOptions & { readonly onProblem?: (kind: CacheKind, message: string) => void } = {},
): Promise<CacheEntry[]> {
  const all: CacheEntry[] = [];
  for (const kind of kindsOf(cache.engine)) {
    try {
      for (const entry of await listKind(cache, kind, options)) all.push(entry);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!options.onProblem) throw error;
      options.onProblem(kind, error instanceof Error ? error.message : String(error));
    }
  }
  return all;
}

/** Count and bytes by kind; kinds without a file are left out. */
export function totals(entries: readonly CacheEntry[]): KindTotals[] {
  const byKind = new Map<CacheKind, { count: number; bytes: number }>();
  for (const { kind, bytes } of entries) {
    const sum = byKind.get(kind) ?? { count: 0, bytes: 0 };
    byKind.set(kind, { count: sum.count + 1, bytes: sum.bytes + bytes });
  }
  return [...byKind].map(([kind, sum]) => ({ kind, ...sum }));
}

async function isThere(cache: CacheLocation, folder: string): Promise<boolean> {
  const parts = path.relative(cache.root, folder).split(path.sep);
  let current = cache.root;
  for (const part of parts) {
    current = path.join(current, part);
    try {
      const stat = await fs.promises.lstat(current);
      if (stat.isSymbolicLink()) throw new Error(t('{0} is a link: it is not followed.', current));
      if (!stat.isDirectory()) throw new Error(t('{0} is no folder.', current));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw folderError(error, current);
    }
  }
  return true;
}

function folderError(error: unknown, folder: string): unknown {
  if (hasCode(error, 'EACCES', 'EPERM')) return new Error(t('You may not read {0}.', folder), { cause: error });
  if (hasCode(error, 'ENOTDIR')) return new Error(t('{0} is no folder.', path.dirname(folder)), { cause: error });
  if (hasCode(error, 'ELOOP')) return new Error(t('{0} is a link that leads to itself.', path.dirname(folder)), { cause: error });
  return error;
}

async function* chunksOf(folder: string): AsyncGenerator<string[]> {
  let names: string[] = [];
  try {
    for await (const item of await fs.promises.opendir(folder, { bufferSize: 1024 })) {
      if (names.push(item.name) < chunkLength) continue;
      yield names;
      names = [];
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return; // removed while it was listed
    throw folderError(error, folder);
  }
  if (names.length > 0) yield names;
}

/** What stands under these names. Callbacks, not promises: for 100,000 files that is half the time. */
async function lookAt(
  cache: CacheLocation,
  kind: CacheKind,
  names: readonly string[],
  now: number,
  signal: AbortSignal | undefined,
): Promise<CacheEntry[]> {
  const folder = kindFolder(cache, kind);
  const entries: CacheEntry[] = [];
  const special: { base: CacheEntry; stat: fs.Stats }[] = [];
  await new Promise<void>((resolve, reject) => {
    let next = 0;
    let running = 0;
    let failure: Error | undefined;
    const proceed = (): void => {
      while (running < concurrency && next < names.length && failure === undefined && signal?.aborted !== true) {
        const name = names[next++] ?? '';
        running++;
        fs.lstat(`${folder}${path.sep}${name}`, (error, stat: fs.Stats | undefined) => {
          running--;
          if (stat) take(name, stat);
          else if (hasCode(error, 'EACCES', 'EPERM')) failure = new Error(t('You may not read {0}.', folder), { cause: error });
          else if (!hasCode(error, 'ENOENT', 'ENOTDIR')) entries.push({ ...entryBase(cache, kind, folder, name), oddity: 'foreign' });
          proceed();
        });
      }
      if (running > 0) return;
      if (failure === undefined) resolve();
      else reject(failure);
    };
    const take = (name: string, stat: fs.Stats): void => {
      const base = entryBase(cache, kind, folder, name, stat.size, freedBy(stat), stat.mtimeMs);
      if (stat.isFile()) entries.push(fileEntry(base, cache.engine, now));
      else special.push({ base, stat });
    };
    proceed();
  });
  signal?.throwIfAborted();
  for (const { base, stat } of special) {
    signal?.throwIfAborted();
    entries.push(await specialEntry(base, stat, cache.engine));
  }
  return entries;
}

function entryBase(
  { engine, root }: CacheLocation,
  kind: CacheKind,
  folder: string,
  name: string,
  bytes = 0,
  frees = 0,
  modified = 0,
): CacheEntry {
  return { path: folder + path.sep + name, name, kind, engine, root, bytes, frees, modified };
}

/** Blocks are counted only for larger files: small ones may stand in the inode, or not be written yet. */
function freedBy(stat: fs.Stats): number {
  if (stat.nlink > 1 && !stat.isDirectory()) return 0;
  return stat.size < 1 << 20 || stat.blocks === 0 ? stat.size : Math.min(stat.size, stat.blocks * 512);
}

function fileEntry(base: CacheEntry, engine: CacheEngine, now: number): CacheEntry {
  const { kind, name } = base;
  if (isTemporaryName(name)) return { ...base, oddity: now - base.modified < freshFor ? 'in-progress' : 'temporary' };
  if (!isEntryName(engine, kind, name)) return { ...base, oddity: 'foreign' };
  if (kind === 'oci') return { ...base, oddity: 'old-layout' };
  const hash = contentHash(kind, name);
  return hash === undefined ? base : { ...base, contentHash: hash };
}

async function specialEntry(base: CacheEntry, stat: fs.Stats, engine: CacheEngine): Promise<CacheEntry> {
  if (stat.isDirectory()) {
    const looksOld = base.kind !== 'blob' && isEntryName(engine, base.kind, base.name);
    const bytes = looksOld ? await folderBytes(base.path) : 0;
    return { ...base, bytes, frees: bytes, oddity: looksOld ? 'old-layout' : 'foreign' };
  }
  const other = { ...base, bytes: 0, frees: 0 };
  return stat.isSymbolicLink() ? linkEntry(other, engine) : { ...other, oddity: 'foreign' };
}

/** A link to a file is an entry for the engines (they `stat`); its bytes are not in this cache. */
async function linkEntry(base: CacheEntry, engine: CacheEngine): Promise<CacheEntry> {
  if (!isEntryName(engine, base.kind, base.name)) return { ...base, oddity: 'foreign' };
  let target: fs.Stats;
  try {
    target = await fs.promises.stat(base.path);
  } catch (error) {
    return { ...base, oddity: hasCode(error, 'ENOENT', 'ELOOP', 'ENOTDIR') ? 'broken-link' : 'foreign' };
  }
  if (!target.isFile()) return { ...base, oddity: 'foreign' };
  const hash = contentHash(base.kind, base.name);
  return { ...base, ...(hash !== undefined && { contentHash: hash }) };
}

/** Bytes of the files of an old layout: `<hash>/<name>`, or `blobs/sha256/<hash>`; deeper ones are not the engines'. */
async function folderBytes(folder: string, depth = 3): Promise<number> {
  try {
    let bytes = 0;
    for (const name of await fs.promises.readdir(folder)) {
      const file = path.join(folder, name);
      const stat = await fs.promises.lstat(file);
      if (!stat.isDirectory()) bytes += stat.size;
      else if (depth > 1) bytes += await folderBytes(file, depth - 1);
    }
    return bytes;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM')) return 0; // gone meanwhile, or not ours to look into
    throw error;
  }
}

/** Files whose names are no UTF-8. No engine makes them: they are counted and left alone. */
async function undecodable(cache: CacheLocation, kind: CacheKind, folder: string): Promise<CacheEntry[]> {
  const found: CacheEntry[] = [];
  for (const bytes of await fs.promises.readdir(folder, { encoding: 'buffer' })) {
    const name = bytes.toString('utf8');
    if (!name.includes('\uFFFD')) continue;
    const stat = await fs.promises.lstat(Buffer.concat([Buffer.from(folder + path.sep), bytes])).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    const size = stat?.isFile() === true ? stat.size : 0;
    if (stat) found.push({ ...entryBase(cache, kind, folder, name, size, 0, stat.mtimeMs), oddity: 'foreign' });
  }
  return found;
}
