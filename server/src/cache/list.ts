import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../platform/systemError';
import { entryOf, fileEntry } from './entry';
import type { CacheEntry, ListOptions } from './entry';
import type { CacheLocation } from './find';
import { kindFolder, kindsOf } from './layout';
import type { CacheKind } from './layout';
import { holdsAny, isThere, readFolder, seeName } from './readFolder';
import { listStaging } from './staging';

export interface KindTotals {
  readonly kind: CacheKind;
  readonly count: number;
  readonly bytes: number;
}

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
  for await (const seen of readFolder(folder, options.signal)) {
    const found: CacheEntry[] = [];
    for (const { name, stat } of seen) {
      if (name.includes('\uFFFD')) isUndecodable = true;
      else if (typeof stat !== 'string' && stat.kind === 'file') found.push(fileEntry(cache, kind, folder, name, stat, now));
      else {
        const entry = await entryOf(cache, kind, folder, name, stat, now);
        if (entry) found.push(entry);
      }
    }
    for (const entry of found) entries.push(entry);
    if (found.length > 0) options.onFound?.(found);
    options.signal?.throwIfAborted();
  }
  options.signal?.throwIfAborted();
  if (isUndecodable) for (const entry of await undecodable(cache, kind, folder)) entries.push(entry);
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Whether a kind has an entry; nothing but the first name is read. Rejects as `listKind` does. */
export async function hasEntries(cache: CacheLocation, kind: CacheKind): Promise<boolean> {
  if (kind === 'staging') return (await listStaging(cache)).length > 0;
  const folder = kindFolder(cache, kind);
  return (await isThere(cache, folder)) && (await holdsAny(folder));
}

/** One entry by its path, or undefined when there is none. Rejects as `listKind` does. */
export async function findEntry(caches: readonly CacheLocation[], file: string, now = Date.now()): Promise<CacheEntry | undefined> {
  for (const cache of caches) {
    for (const kind of kindsOf(cache.engine)) {
      if (kind === 'staging') {
        if (file.startsWith(kindFolder(cache, kind) + path.sep)) return (await listStaging(cache, { now })).find((e) => e.path === file);
      } else if (path.dirname(file) === kindFolder(cache, kind)) {
        const folder = path.dirname(file);
        if (!(await isThere(cache, folder))) return undefined;
        const { name, stat } = await seeName(folder, path.basename(file));
        return await entryOf(cache, kind, folder, name, stat, now);
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

/** Files whose names are no UTF-8. No engine makes them: they are counted and left alone. */
async function undecodable(cache: CacheLocation, kind: CacheKind, folder: string): Promise<CacheEntry[]> {
  const found: CacheEntry[] = [];
  for (const bytes of await fs.readdir(folder, { encoding: 'buffer' })) {
    const name = bytes.toString('utf8');
    if (!name.includes('\uFFFD')) continue;
    const stat = await fs.lstat(Buffer.concat([Buffer.from(folder + path.sep), bytes])).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    const { engine, root } = cache;
    const size = stat?.isFile() === true ? stat.size : 0;
    if (stat)
      found.push({
        path: folder + path.sep + name,
        name,
        kind,
        engine,
        root,
        bytes: size,
        frees: 0,
        modified: stat.mtimeMs,
        oddity: 'foreign',
      });
  }
  return found;
}
