import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../platform/durable';
import { t } from '../text/l10n';
import type { CacheEngine, CacheLocation } from './find';
import { contentHash, isEntryName, isTemporaryName, kindsOf } from './layout';
import type { CacheKind, Oddity } from './layout';

/** A file, or a folder of an old layout, in a cache. */
export interface CacheEntry {
  readonly path: string;
  readonly name: string;
  readonly kind: CacheKind;
  readonly engine: CacheEngine;
  readonly bytes: number;
  /** Milliseconds since the epoch: what the engines show as "created" and measure `--days` by. */
  readonly modified: number;
  /** The sha-256 that the name promises, hexadecimal. */
  readonly contentHash?: string;
  readonly oddity?: Oddity;
}

export interface KindTotals {
  readonly kind: CacheKind;
  readonly count: number;
  readonly bytes: number;
}

export interface ListOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch; files younger than an hour may be downloads under way. */
  readonly now?: number;
  /** Called now and then with what was found so far. */
  readonly onFound?: (count: number) => void;
}

/** How many files are asked about at the same time: enough for a network disk, few enough for others on it. */
const concurrency = 32;
const freshFor = 3_600_000;

/**
 * The entries of one kind, by name, without opening a file: one `lstat` each. A cache or kind that is not there has none. Rejects when
 * the folder cannot be read, or when aborted; what vanishes meanwhile is left out.
 */
export async function listKind(cache: CacheLocation, kind: CacheKind, options: ListOptions = {}): Promise<CacheEntry[]> {
  const folder = kind === 'blob' ? path.join(cache.root, 'blob', 'blobs', 'sha256') : path.join(cache.root, kind);
  if (!(await isOwnFolder(cache.root, folder))) return [];
  const entries: CacheEntry[] = [];
  let running = 0;
  let failure: unknown;
  let wake: (() => void) | undefined;
  const directory = await openFolder(folder);
  if (directory === undefined) return [];
  const now = options.now ?? Date.now();
  for await (const item of directory) {
    options.signal?.throwIfAborted();
    if (failure !== undefined) break;
    running++;
    describe(cache, kind, folder, item, now)
      .then(
        (entry) => {
          if (entry !== undefined && entries.push(entry) % 1000 === 0) options.onFound?.(entries.length);
        },
        (error: unknown) => (failure = error),
      )
      .finally(() => {
        running--;
        wake?.();
      });
    while (running >= concurrency) await new Promise<void>((resolve) => (wake = resolve));
  }
  while (running > 0) await new Promise<void>((resolve) => (wake = resolve));
  if (failure !== undefined) throw failure instanceof Error ? failure : new Error(String(failure));
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** All kinds of a cache, one after the other. */
export async function listCache(cache: CacheLocation, options: ListOptions = {}): Promise<CacheEntry[]> {
  const all: CacheEntry[] = [];
  for (const kind of kindsOf(cache.engine)) for (const entry of await listKind(cache, kind, options)) all.push(entry);
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

/** A link in the place of a folder is not followed: what is behind it is no cache of ours to read or clean. */
async function isOwnFolder(root: string, folder: string): Promise<boolean> {
  for (let current = folder; current.length > root.length; current = path.dirname(current)) {
    const stat = await lstatOrNothing(current);
    if (stat?.isDirectory() !== true) return false;
  }
  return true;
}

async function openFolder(folder: string): Promise<fs.Dir | undefined> {
  try {
    return await fs.promises.opendir(folder, { bufferSize: 256 });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (hasCode(error, 'EACCES')) throw new Error(t('You may not read {0}.', folder), { cause: error });
    throw error;
  }
}

async function describe(
  cache: CacheLocation,
  kind: CacheKind,
  folder: string,
  item: fs.Dirent,
  now: number,
): Promise<CacheEntry | undefined> {
  const file = path.join(folder, item.name);
  const stat = await lstatOrNothing(file);
  if (stat === undefined) return undefined;
  const base = { path: file, name: item.name, kind, engine: cache.engine, bytes: stat.size, modified: stat.mtimeMs };
  if (stat.isDirectory()) {
    const looksOld = kind !== 'blob' && (isEntryName(cache.engine, kind, item.name) || kind === 'oci');
    return { ...base, bytes: looksOld ? await folderBytes(file) : 0, oddity: looksOld ? 'old-layout' : 'foreign' };
  }
  if (stat.isSymbolicLink()) return describeLink(base, cache.engine, kind, item.name);
  if (!stat.isFile()) return { ...base, bytes: 0, oddity: 'foreign' };
  if (isTemporaryName(item.name)) return { ...base, oddity: now - stat.mtimeMs < freshFor ? 'in-progress' : 'temporary' };
  if (item.name.includes('\uFFFD') || !isEntryName(cache.engine, kind, item.name)) return { ...base, oddity: 'foreign' };
  const hash = contentHash(kind, item.name);
  return { ...base, ...(hash !== undefined && { contentHash: hash }), ...(kind === 'oci' && { oddity: 'old-layout' as const }) };
}

/** A link to a file is an entry for the engines (they `stat`); its bytes are not in this cache. */
async function describeLink(base: Omit<CacheEntry, 'oddity'>, engine: CacheEngine, kind: CacheKind, name: string): Promise<CacheEntry> {
  const target = await fs.promises.stat(base.path).catch(() => undefined);
  if (target === undefined) return { ...base, bytes: 0, oddity: 'broken-link' };
  if (!target.isFile() || !isEntryName(engine, kind, name)) return { ...base, bytes: 0, oddity: 'foreign' };
  const hash = contentHash(kind, name);
  return { ...base, bytes: 0, ...(hash !== undefined && { contentHash: hash }) };
}

/** Bytes of the files directly in a folder of the old layout (`<hash>/<name>`); deeper ones are not the engines'. */
async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await fs.promises.readdir(folder).catch(() => [])) bytes += (await lstatOrNothing(path.join(folder, name)))?.size ?? 0;
  return bytes;
}

async function lstatOrNothing(file: string): Promise<fs.Stats | undefined> {
  try {
    return await fs.promises.lstat(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
