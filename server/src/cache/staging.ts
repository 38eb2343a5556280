import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../platform/systemError';
import { isLock, lockHolder, tryLock } from '../platform/fileLock';
import { t } from '../text/l10n';
import type { CacheLocation } from './find';
import { kindFolder } from './layout';
import type { CacheEntry, ListOptions } from './entry';

/** A partial file is `.NAME.part`; beside it are its journal, its lock, and what these are replaced by. */
const partPattern = /^(\.(.+)\.part)(?:\.(?:journal|lock)(?:\..*)?)?$/;
const depthLimit = 4;

/**
 * Our own downloads beside a cache that were interrupted (`temporary`) or are under way (`in-progress`): partial file and journal as one
 * entry, under the path of the partial file. Rejects when the folder cannot be read, or when aborted.
 */
export async function listStaging(cache: CacheLocation, options: ListOptions = {}): Promise<CacheEntry[]> {
  if (cache.shared) return [];
  const groups = new Map<string, { name: string; bytes: number; modified: number; isDownload: boolean }>();
  for await (const { folder, name } of filesBelow(kindFolder(cache, 'staging'), depthLimit)) {
    options.signal?.throwIfAborted();
    const match = partPattern.exec(name);
    const key = path.join(folder, match?.[1] ?? name);
    const stat = await fs.lstat(path.join(folder, name)).catch(unlessGone);
    if (!stat) continue;
    const group = groups.get(key) ?? { name: match?.[2] ?? name, bytes: 0, modified: 0, isDownload: match !== null };
    group.bytes += Math.min(stat.size, stat.blocks * 512);
    group.modified = Math.max(group.modified, stat.mtimeMs);
    groups.set(key, group);
  }
  const entries: CacheEntry[] = [];
  for (const [file, { name, bytes, modified, isDownload }] of groups) {
    options.signal?.throwIfAborted();
    const oddity = !isDownload ? 'foreign' : (await lockHolder(`${file}.lock`)) === undefined ? 'temporary' : 'in-progress';
    entries.push({ path: file, name, kind: 'staging', engine: cache.engine, root: cache.root, bytes, frees: bytes, modified, oddity });
  }
  options.onFound?.(entries);
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Removes an interrupted download while holding its lock; why not, for people, when it is kept. Rejects with errors of the disk. */
export async function removeStaged(file: string): Promise<string | undefined> {
  const lock = await tryLock(`${file}.lock`, t('cleaning the cache'));
  if (!isLock(lock)) return t('it is being downloaded by process {0} on {1}', lock.pid, lock.host);
  try {
    const folder = path.dirname(file);
    const own = path.basename(`${file}.lock`);
    for (const name of await fs.readdir(folder))
      if (name !== own && partPattern.exec(name)?.[1] === path.basename(file)) await fs.rm(path.join(folder, name), { force: true });
    return undefined;
  } finally {
    await lock.release();
  }
}

async function* filesBelow(folder: string, depth: number): AsyncGenerator<{ folder: string; name: string }> {
  const stat = await fs.lstat(folder).catch(unlessGone);
  if (stat?.isDirectory() !== true) return;
  for (const item of (await fs.readdir(folder, { withFileTypes: true }).catch(unlessGone)) ?? []) {
    if (item.isFile()) yield { folder, name: item.name };
    else if (item.isDirectory() && depth > 1) yield* filesBelow(path.join(folder, item.name), depth - 1);
  }
}

function unlessGone(error: unknown): undefined {
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
  throw error;
}
