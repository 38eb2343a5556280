import fs from 'node:fs/promises';
import path from 'node:path';
import { t } from '../text/l10n';
import type { CacheLocation } from './find';
import type { CacheEntry } from './list';

/** Which entries go. All that are given must hold. */
export interface CleanCriteria {
  /** Modified at least so many days ago (24 hours each), as `apptainer cache clean --days`. */
  readonly olderThanDays?: number;
  readonly largerThanBytes?: number;
  readonly kinds?: readonly string[];
  /** Only leftovers: temporary files, unused blobs, old layouts, broken links, entries whose content is not what the name says. */
  readonly orphansOnly?: boolean;
  /** Only what also stands in another of the caches, by the hash in the name. */
  readonly duplicatesOnly?: boolean;
  /** Only these paths. */
  readonly paths?: readonly string[];
}

export interface PlannedRemoval {
  readonly entry: CacheEntry;
  readonly reason: string;
}

const orphans = new Set(['temporary', 'unused-blob', 'old-layout', 'broken-link', 'name-mismatch']);

/**
 * What a clean would remove. Never planned: files that no engine made, downloads under way, blobs that an image of the layout still
 * needs (unless all of the layout goes: `kinds` names `blob`), and anything of a shared cache.
 */
export function planClean(
  caches: readonly CacheLocation[],
  entries: readonly CacheEntry[],
  criteria: CleanCriteria,
  now: number,
): PlannedRemoval[] {
  const shared = caches.filter((cache) => cache.shared).map((cache) => cache.root + path.sep);
  const paths = criteria.paths && new Set(criteria.paths);
  const twice = criteria.duplicatesOnly === true ? duplicates(entries) : undefined;
  const planned: PlannedRemoval[] = [];
  for (const entry of entries) {
    if (entry.oddity === 'foreign' || entry.oddity === 'in-progress') continue;
    if (shared.some((root) => entry.path.startsWith(root))) continue;
    if (paths && !paths.has(entry.path)) continue;
    if (criteria.kinds && !criteria.kinds.includes(entry.kind)) continue;
    if (criteria.orphansOnly === true && !orphans.has(entry.oddity ?? '')) continue;
    if (criteria.olderThanDays !== undefined && now - entry.modified < criteria.olderThanDays * 86_400_000) continue;
    if (criteria.largerThanBytes !== undefined && entry.bytes <= criteria.largerThanBytes) continue;
    if (twice && !twice.has(entry.path)) continue;
    if (entry.kind === 'blob' && entry.oddity !== 'unused-blob' && !paths?.has(entry.path) && criteria.kinds?.includes('blob') !== true)
      continue;
    planned.push({ entry, reason: reasonFor(entry, criteria) });
  }
  return planned;
}

export interface CleanResult {
  readonly removed: readonly PlannedRemoval[];
  readonly kept: readonly { readonly path: string; readonly problem: string }[];
  /** Bytes freed. */
  readonly bytes: number;
}

/**
 * Removes what was planned, looking at each file once more: it must still be what was listed, directly in its kind's folder, and no link
 * may lead out of the cache. Never rejects for a single file: that one is kept, with the reason.
 */
export async function removePlanned(
  caches: readonly CacheLocation[],
  planned: readonly PlannedRemoval[],
  signal?: AbortSignal,
): Promise<CleanResult> {
  const removed: PlannedRemoval[] = [];
  const kept: { path: string; problem: string }[] = [];
  let bytes = 0;
  for (const plan of planned) {
    if (signal?.aborted === true) break;
    const problem = await removeEntry(caches, plan.entry);
    if (problem === undefined) {
      removed.push(plan);
      bytes += plan.entry.bytes;
    } else kept.push({ path: plan.entry.path, problem });
  }
  return { removed, kept, bytes };
}

async function removeEntry(caches: readonly CacheLocation[], entry: CacheEntry): Promise<string | undefined> {
  try {
    const cache = caches.find(({ root, shared }) => !shared && entry.path.startsWith(root + path.sep));
    if (cache === undefined) return t('it is in no cache that may be cleaned');
    const folder = path.dirname(entry.path);
    const expected = path.join(await fs.realpath(cache.root), path.relative(cache.root, folder));
    if ((await fs.realpath(folder)) !== expected) return t('a link leads out of the cache');
    const stat = await fs.lstat(entry.path);
    if (stat.isDirectory()) {
      if (entry.oddity !== 'old-layout') return t('it is a folder now');
      await fs.rm(entry.path, { recursive: true });
      return undefined;
    }
    if (!stat.isSymbolicLink() && (stat.size !== entry.bytes || stat.mtimeMs !== entry.modified))
      return t('it changed since it was listed');
    await fs.unlink(entry.path);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return t('it was gone already');
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return t('you may not delete it');
    return error instanceof Error ? error.message : String(error);
  }
}

/** Paths of all but the first entry of each hash. */
function duplicates(entries: readonly CacheEntry[]): Set<string> {
  const first = new Set<string>();
  const later = new Set<string>();
  for (const { contentHash, path: file } of entries) {
    if (contentHash === undefined) continue;
    if (first.has(contentHash)) later.add(file);
    else first.add(contentHash);
  }
  return later;
}

function reasonFor(entry: CacheEntry, criteria: CleanCriteria): string {
  switch (entry.oddity) {
    case 'temporary':
      return t('left by an interrupted download');
    case 'unused-blob':
      return t('no image uses it');
    case 'old-layout':
      return t('a layout that current engines do not read');
    case 'broken-link':
      return t('a link that leads nowhere');
    case 'name-mismatch':
      return t('its content is not what its name says');
    default:
      if (criteria.duplicatesOnly === true) return t('also in another cache');
      return criteria.olderThanDays === undefined ? t('as asked') : t('older than {0} days', criteria.olderThanDays);
  }
}
