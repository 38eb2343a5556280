import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../platform/systemError';
import type { NameStat } from '../platform/folderThreads';
import type { CacheEngine, CacheLocation } from './find';
import { contentHash, isEntryName, isTemporaryName } from './layout';
import type { CacheKind, Oddity } from './layout';

/** A file, or a folder of an old layout, in a cache. */
export interface CacheEntry {
  readonly path: string;
  readonly name: string;
  readonly kind: CacheKind;
  readonly engine: CacheEngine;
  /** `root` of the cache that it belongs to. */
  readonly root: string;
  readonly bytes: number;
  /** Bytes that its removal gives back: fewer than `bytes` for sparse files, none while another name leads to the same file. */
  readonly frees: number;
  /** Milliseconds since the epoch: what the engines show as "created" and measure `--days` by. */
  readonly modified: number;
  /** The sha-256 that the name promises, hexadecimal. */
  readonly contentHash?: string;
  readonly oddity?: Oddity;
  /** Where it leads, when it is a link to a file: an entry for the engines (they `stat`), whose bytes are not counted here. */
  readonly linkTo?: string;
}

/** How a kind is listed. */
export interface ListOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch; files younger than an hour may be downloads under way. */
  readonly now?: number;
  /** Called for every thousand names or so, in no order, as they are found. */
  readonly onFound?: (entries: readonly CacheEntry[]) => void;
}

/** Milliseconds for which a file without a name may be a download under way. */
export const freshFor = 3_600_000;

/**
 * What stands under a name, by what `lstat` said; `stat` is an error's code where it failed. Undefined for what vanished. Looks into
 * folders of old layouts for their size, and where links lead.
 */
export async function entryOf(
  cache: CacheLocation,
  kind: CacheKind,
  folder: string,
  name: string,
  stat: NameStat | string,
  now: number,
): Promise<CacheEntry | undefined> {
  if (typeof stat === 'string')
    return stat === 'ENOENT' || stat === 'ENOTDIR' ? undefined : { ...entryBase(cache, kind, folder, name), oddity: 'foreign' };
  if (stat.kind === 'file') return fileEntry(cache, kind, folder, name, stat, now);
  const base = { ...entryBase(cache, kind, folder, name), modified: stat.modified };
  if (stat.kind === 'folder') return folderEntry(base, cache.engine);
  return stat.kind === 'link' ? linkEntry(base, cache.engine) : { ...base, oddity: 'foreign' };
}

/** The same for a plain file, at once: most names of a cache are files. */
export function fileEntry(cache: CacheLocation, kind: CacheKind, folder: string, name: string, stat: NameStat, now: number): CacheEntry {
  const { engine, root } = cache;
  const oddity = isTemporaryName(name)
    ? now - stat.modified < freshFor
      ? 'in-progress'
      : 'temporary'
    : !isEntryName(engine, kind, name)
      ? 'foreign'
      : kind === 'oci'
        ? 'old-layout'
        : undefined;
  const hash = oddity === undefined ? contentHash(kind, name) : undefined;
  // Written out once: a cache may have a hundred thousand of them.
  const entry = {
    path: folder + path.sep + name,
    name,
    kind,
    engine,
    root,
    bytes: stat.size,
    frees: freedBy(stat),
    modified: stat.modified,
  };
  if (oddity !== undefined) return { ...entry, oddity };
  return hash === undefined ? entry : { ...entry, contentHash: hash };
}

function entryBase({ engine, root }: CacheLocation, kind: CacheKind, folder: string, name: string): CacheEntry {
  return { path: folder + path.sep + name, name, kind, engine, root, bytes: 0, frees: 0, modified: 0 };
}

/** Blocks are counted only for larger files: small ones may stand in the inode, or not be written yet. */
function freedBy({ names, size, blocks }: NameStat): number {
  if (names > 1) return 0;
  return size < 1 << 20 || blocks === 0 ? size : Math.min(size, blocks * 512);
}

async function folderEntry(base: CacheEntry, engine: CacheEngine): Promise<CacheEntry> {
  const looksOld = base.kind !== 'blob' && isEntryName(engine, base.kind, base.name);
  const bytes = looksOld ? await folderBytes(base.path) : 0;
  return { ...base, bytes, frees: bytes, oddity: looksOld ? 'old-layout' : 'foreign' };
}

async function linkEntry(base: CacheEntry, engine: CacheEngine): Promise<CacheEntry> {
  if (!isEntryName(engine, base.kind, base.name)) return { ...base, oddity: 'foreign' };
  try {
    if (!(await fs.stat(base.path)).isFile()) return { ...base, oddity: 'foreign' };
    const linkTo = await fs.readlink(base.path);
    const hash = contentHash(base.kind, base.name);
    return { ...base, linkTo, ...(hash !== undefined && { contentHash: hash }) };
  } catch (error) {
    return { ...base, oddity: hasCode(error, 'ENOENT', 'ELOOP', 'ENOTDIR') ? 'broken-link' : 'foreign' };
  }
}

/** Bytes of the files of an old layout: `<hash>/<name>`, or `blobs/sha256/<hash>`; deeper ones are not the engines'. */
async function folderBytes(folder: string, depth = 3): Promise<number> {
  try {
    let bytes = 0;
    for (const name of await fs.readdir(folder)) {
      const file = path.join(folder, name);
      const stat = await fs.lstat(file);
      if (!stat.isDirectory()) bytes += stat.size;
      else if (depth > 1) bytes += await folderBytes(file, depth - 1);
    }
    return bytes;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM')) return 0; // gone meanwhile, or not ours to look into
    throw error;
  }
}
