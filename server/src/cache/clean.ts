import path from 'node:path';
import { humanBytes } from '../text/human';
import { t } from '../text/l10n';
import type { LayoutUse } from './blobs';
import type { CacheLocation } from './find';
import type { Oddity } from './layout';
import type { CacheEntry } from './entry';

/** Kinds of what may go without being missed: what interrupted downloads left, what nothing uses, what is damaged, what no engine reads. */
export type Waste = 'leftovers' | 'unused' | 'damaged' | 'outdated';

const oddities: Readonly<Record<Waste, readonly Oddity[]>> = {
  leftovers: ['temporary'],
  unused: ['unused-blob'],
  damaged: ['name-mismatch', 'damaged'],
  outdated: ['old-layout', 'broken-link'],
};

/** Which entries go. All that are given must hold. */
export interface CleanCriteria {
  /** Modified at least so many days ago (24 hours each), as `apptainer cache clean --days`. */
  readonly olderThanDays?: number;
  readonly largerThanBytes?: number;
  readonly kinds?: readonly string[];
  /** Only what is one of these. */
  readonly waste?: readonly Waste[];
  /** Only what also stands in another of the caches, by the hash in the name. */
  readonly duplicatesOnly?: boolean;
  /** Only these paths. */
  readonly paths?: readonly string[];
}

export interface PlannedRemoval {
  readonly entry: CacheEntry;
  readonly reason: string;
}

export interface KeptEntry {
  readonly path: string;
  readonly problem: string;
}

export interface CleanPlan {
  readonly planned: readonly PlannedRemoval[];
  /** What was asked for by its path and stays. */
  readonly kept: readonly KeptEntry[];
  /** Images that leave the index of a cache's layout, by the cache's root: sha-256 of their manifests, hexadecimal. */
  readonly images: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What the plan is made from. */
export interface CleanSituation {
  readonly caches: readonly CacheLocation[];
  readonly entries: readonly CacheEntry[];
  /** What uses the blobs, by the cache's root; a layout that cannot be read is left out. */
  readonly layouts: ReadonlyMap<string, LayoutUse>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const day = 86_400_000;

/**
 * What a clean would remove. Never planned: files that no engine made, downloads under way, anything of a shared cache. A layer goes only
 * with the images that use it, and these leave the layout's index: what stays is whole.
 */
export function planClean(situation: CleanSituation, criteria: CleanCriteria): CleanPlan {
  const { caches, entries } = situation;
  const own = new Set(caches.filter((cache) => !cache.shared).map((cache) => cache.root));
  const wanted = criteria.paths && new Set(criteria.paths);
  const copies = criteria.duplicatesOnly === true ? duplicates(entries, own) : undefined;
  const planned: PlannedRemoval[] = [];
  const kept: KeptEntry[] = [];
  const images = new Map<string, ReadonlySet<string>>();
  const doomed = new Map<CacheEntry, string>();
  for (const [root, use] of situation.layouts) {
    if (!own.has(root)) continue;
    const choice = chooseImages(root, use, situation, criteria, kept);
    if (choice.images.size > 0) images.set(root, choice.images);
    for (const entry of choice.blobs) doomed.set(entry, t('only images that go use it'));
  }
  for (const entry of entries) {
    const asked = wanted?.has(entry.path) === true;
    const protection = own.has(entry.root) ? protectedBy(entry) : t('its cache is not to be cleaned: it is shared, or of another engine');
    if (protection !== undefined) {
      if (asked) kept.push({ path: entry.path, problem: protection });
      continue;
    }
    const imagePart = doomed.get(entry);
    if (imagePart !== undefined) planned.push({ entry, reason: imagePart });
    else if (!isUsedBlob(entry, situation, criteria) && meets(entry, criteria, situation.now, wanted, copies))
      planned.push({ entry, reason: reasonFor(entry, criteria) });
  }
  for (const file of wanted ?? []) {
    if (!entries.some((entry) => entry.path === file)) kept.push({ path: file, problem: t('it is no entry of a cache') });
  }
  return { planned, kept, images };
}

/** Why an entry never goes, for people. */
function protectedBy(entry: CacheEntry): string | undefined {
  if (entry.oddity === 'foreign') return t('no engine made it');
  if (entry.oddity === 'in-progress') return t('a download may be under way');
  return undefined;
}

function meets(
  entry: CacheEntry,
  criteria: CleanCriteria,
  now: number,
  wanted: ReadonlySet<string> | undefined,
  copies: ReadonlySet<CacheEntry> | undefined,
): boolean {
  if (wanted?.has(entry.path) === false) return false;
  if (criteria.kinds?.includes(entry.kind) === false) return false;
  if (criteria.waste?.some((waste) => isWaste(entry, waste)) === false) return false;
  if (criteria.olderThanDays !== undefined && now - entry.modified < criteria.olderThanDays * day) return false;
  if (criteria.largerThanBytes !== undefined && entry.bytes <= criteria.largerThanBytes) return false;
  return copies?.has(entry) !== false;
}

/** A blob that an image reaches. Where the layout cannot be read, nobody knows: single blobs then go only by path or all together. */
function isUsedBlob(entry: CacheEntry, { layouts }: CleanSituation, criteria: CleanCriteria): boolean {
  if (entry.kind !== 'blob') return false;
  const use = layouts.get(entry.root);
  return use ? use.used.has(entry.name) : criteria.olderThanDays !== undefined || criteria.largerThanBytes !== undefined;
}

/** Images of a layout that go, and the blobs that nothing needs without them. */
function chooseImages(
  root: string,
  use: LayoutUse,
  { entries, now }: CleanSituation,
  criteria: CleanCriteria,
  kept: KeptEntry[],
): { images: ReadonlySet<string>; blobs: readonly CacheEntry[] } {
  const blobs = new Map(entries.filter((e) => e.kind === 'blob' && e.root === root).map((e) => [e.name, e]));
  const chosen = new Set<string>();
  const damaged = (hex: string) => isWaste(blobs.get(hex), 'damaged');
  const byPath = new Set(criteria.paths?.flatMap((file) => (path.dirname(file).startsWith(root) ? [path.basename(file)] : [])));
  for (const image of use.images) {
    const parts = [...image.blobs].flatMap((hex) => blobs.get(hex) ?? []);
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const modified = (blobs.get(image.hex) ?? parts[0])?.modified ?? now;
    if (criteria.kinds?.includes('blob') === false || criteria.duplicatesOnly === true) continue;
    if (criteria.paths !== undefined) {
      const broken = [...image.blobs].some((hex) => byPath.has(hex) && damaged(hex));
      if (!byPath.has(image.hex) && !broken) continue;
    }
    if (criteria.waste !== undefined && !(criteria.waste.includes('damaged') && [...image.blobs].some(damaged))) continue;
    if (criteria.olderThanDays !== undefined && now - modified < criteria.olderThanDays * day) continue;
    if (criteria.largerThanBytes !== undefined && bytes <= criteria.largerThanBytes) continue;
    chosen.add(image.hex);
  }
  const needed = new Set(use.images.filter(({ hex }) => !chosen.has(hex)).flatMap((image) => [...image.blobs]));
  for (const name of byPath) {
    const entry = blobs.get(name);
    if (entry && needed.has(name))
      kept.push({ path: entry.path, problem: t('an image in the cache uses it; delete the image (its manifest) instead') });
  }
  const gone = use.images.filter(({ hex }) => chosen.has(hex)).flatMap((image) => [...image.blobs]);
  return { images: chosen, blobs: [...new Set(gone)].filter((hex) => !needed.has(hex)).flatMap((hex) => blobs.get(hex) ?? []) };
}

function isWaste(entry: CacheEntry | undefined, waste: Waste): boolean {
  return entry?.oddity !== undefined && oddities[waste].includes(entry.oddity);
}

/** Entries of our own caches whose content also stands in another cache: the copy of a shared cache stays, else the first one. */
function duplicates(entries: readonly CacheEntry[], own: ReadonlySet<string>): Set<CacheEntry> {
  const byHash = new Map<string, CacheEntry[]>();
  for (const entry of entries) {
    if (entry.contentHash === undefined || entry.kind === 'blob' || entry.oddity !== undefined) continue;
    const same = byHash.get(entry.contentHash);
    if (same) same.push(entry);
    else byHash.set(entry.contentHash, [entry]);
  }
  const later = new Set<CacheEntry>();
  for (const same of byHash.values()) {
    const stays = same.find((entry) => !own.has(entry.root)) ?? same[0];
    for (const entry of same) if (entry.root !== stays?.root && own.has(entry.root)) later.add(entry);
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
    case 'damaged':
      return t('verification failed');
    default:
      if (criteria.duplicatesOnly === true) return t('also in another cache');
      if (criteria.olderThanDays !== undefined) return t('older than {0} days', criteria.olderThanDays);
      return criteria.largerThanBytes === undefined ? t('as asked') : t('larger than {0}', humanBytes(criteria.largerThanBytes));
  }
}
