import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { renameDurably } from '../platform/durable';
import { hasCode } from '../platform/systemError';
import { t } from '../text/l10n';
import { readLayoutUse } from './blobs';
import type { CleanPlan, KeptEntry, PlannedRemoval } from './clean';
import type { CacheLocation } from './find';
import { kindFolder } from './layout';
import { changeLayoutIndex, withLayoutLock } from './layoutIndex';
import type { CacheEntry } from './entry';
import { removeStaged } from './staging';

export interface CleanResult {
  readonly removed: readonly PlannedRemoval[];
  readonly kept: readonly KeptEntry[];
  /** Bytes freed. */
  readonly bytes: number;
}

/**
 * Removes what was planned, looking at each file once more: it must still be what was listed, directly in its kind's folder, and no link
 * may lead out of the cache. Images leave the index of their layout before their layers go. Never rejects for a single file: that one is
 * kept, with the reason. When aborted it ends early and tells what was removed until then.
 */
export async function removePlanned(
  caches: readonly CacheLocation[],
  plan: CleanPlan,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<CleanResult> {
  const removed: PlannedRemoval[] = [];
  const kept: KeptEntry[] = [...plan.kept];
  const aborted = () => options.signal?.aborted === true;
  const removeOne = async (cache: CacheLocation, planned: PlannedRemoval) => {
    const problem = await removeEntry(cache, planned.entry);
    if (problem === undefined) removed.push(planned);
    else kept.push({ path: planned.entry.path, problem });
    options.onProgress?.(removed.length, plan.planned.length);
  };
  for (const cache of caches) {
    if (aborted()) break;
    const planned = plan.planned.filter(({ entry }) => entry.root === cache.root);
    if (cache.shared) {
      for (const { entry } of planned) kept.push({ path: entry.path, problem: t('it is in no cache that may be cleaned') });
      continue;
    }
    for (const each of planned) if (each.entry.kind !== 'blob' && !aborted()) await removeOne(cache, each);
    const blobs = planned.filter(({ entry }) => entry.kind === 'blob');
    if (blobs.length > 0 && !aborted()) await removeBlobs(cache, blobs, plan.images.get(cache.root), kept, removeOne, options.signal);
  }
  return { removed, kept, bytes: removed.reduce((sum, { entry }) => sum + entry.frees, 0) };
}

async function removeBlobs(
  cache: CacheLocation,
  planned: readonly PlannedRemoval[],
  images: ReadonlySet<string> | undefined,
  kept: KeptEntry[],
  removeOne: (cache: CacheLocation, planned: PlannedRemoval) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const layout = path.join(cache.root, 'blob');
  try {
    await withLayoutLock(layout, t('cleaning the cache'), signal, async () => {
      if (images && images.size > 0)
        await changeLayoutIndex(layout, ({ manifests }) => {
          const left = manifests.filter(({ digest }) => !images.has(digest.replace(/^sha256:/, '')));
          return left.length === manifests.length ? undefined : left;
        });
      // Somebody may have put an image since: what is used now stays.
      const use = await readLayoutUse(cache, signal);
      for (const each of planned) {
        if (signal?.aborted === true) return;
        if (use?.used.has(each.entry.name) === true) kept.push({ path: each.entry.path, problem: t('an image uses it now') });
        else await removeOne(cache, each);
      }
    });
  } catch (error) {
    if (signal?.aborted === true) return;
    for (const { entry } of planned) kept.push({ path: entry.path, problem: removalProblem(error) });
  }
}

/** Why an entry stays, for people; undefined when it is gone. */
async function removeEntry(cache: CacheLocation, entry: CacheEntry): Promise<string | undefined> {
  try {
    const folder = path.dirname(entry.path);
    const base = entry.kind === 'staging' ? cache.parent : cache.root;
    if (entry.kind !== 'staging' && folder !== kindFolder(cache, entry.kind)) return t('it is in no folder of the cache');
    if ((await fs.realpath(folder)) !== path.join(await fs.realpath(base), path.relative(base, folder)))
      return t('a link leads out of the cache');
    if (entry.kind === 'staging') return await removeStaged(entry.path);
    const stat = await fs.lstat(entry.path);
    if (stat.isDirectory() && entry.oddity !== 'old-layout') return t('it is a folder now');
    if (stat.isFile() && (stat.size !== entry.bytes || stat.mtimeMs !== entry.modified)) return t('it changed since it was listed');
    return await removeAside(entry.path, stat.ino);
  } catch (error) {
    return removalProblem(error);
  }
}

/**
 * Takes the file aside before it is removed: when an engine or a second window has put another one under its name between the look and
 * the removal, that one is put back.
 */
async function removeAside(file: string, inode: number): Promise<string | undefined> {
  const aside = path.join(path.dirname(file), `tmp_${randomBytes(8).toString('hex')}`);
  await fs.rename(file, aside);
  if ((await fs.lstat(aside)).ino === inode) {
    await fs.rm(aside, { recursive: true, force: true });
    return undefined;
  }
  try {
    await renameDurably(aside, file, { overwrite: false });
  } catch (error) {
    // A third one stands there by now: ours stays as a leftover, nothing is lost.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return t('it changed since it was listed');
}

function removalProblem(error: unknown): string {
  if (hasCode(error, 'ENOENT')) return t('it was gone already');
  if (hasCode(error, 'EACCES', 'EPERM')) return t('you may not delete it');
  if (hasCode(error, 'EROFS')) return t('the disk can only be read');
  if (hasCode(error, 'EBUSY', 'ETXTBSY')) return t('it is in use');
  return error instanceof Error ? error.message : String(error);
}
