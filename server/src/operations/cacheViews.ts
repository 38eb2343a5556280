import type { CacheKind } from '../cache/layout';
import type { CacheEntry } from '../cache/entry';
import type { IndexedEntry } from '../cache/index';
import type { CacheEntryView } from '../protocol';
import { shortDigests } from '../text/human';
import { t } from '../text/l10n';
import { contentsTitle, readImageFile } from './contentsView';
import type { World } from './world';

/** Images that are opened at the same time: a few KB of each are read. */
const openedAtOnce = 6;

/** Kinds that hold images; the others hold layers and files of layouts. */
const imageKinds: readonly CacheKind[] = ['library', 'oras', 'shub', 'net', 'ipfs', 'oci-tmp', 'oci-sif'];

/**
 * Entries as people see them, in the same order: titles from the memory of earlier looks, else from inside the image, for at most `limit`
 * images. What cannot be opened keeps its file name. Saving the memory is the caller's. Rejects only when aborted.
 */
export async function describeEntries(
  world: World,
  entries: readonly CacheEntry[],
  signal: AbortSignal,
  limit: number,
): Promise<CacheEntryView[]> {
  const index = await world.cacheIndex();
  const unknown = entries
    .filter((entry) => holdsImage(entry) && index.get(entry.path, entry.bytes, entry.modified)?.title === undefined)
    .slice(0, limit);
  let next = 0;
  const openNext = async (): Promise<void> => {
    for (let entry = unknown[next++]; entry !== undefined; entry = unknown[next++]) {
      signal.throwIfAborted();
      const title = await titleFromInside(entry, signal);
      index.remember(entry.path, entry.bytes, entry.modified, { title: title ?? '' });
    }
  };
  await Promise.all(Array.from({ length: openedAtOnce }, openNext));
  signal.throwIfAborted();
  return entries.map((entry) => entryView(entry, index.get(entry.path, entry.bytes, entry.modified)));
}

/** Whether there is an image to open. */
export function holdsImage(entry: CacheEntry): boolean {
  return (
    imageKinds.includes(entry.kind) &&
    (entry.oddity === undefined || isContentOddity(entry)) &&
    (entry.bytes > 0 || entry.linkTo !== undefined)
  );
}

/** What is remembered about its content, as an oddity of the entry. */
export function withMemory(entry: CacheEntry, known: IndexedEntry | undefined): CacheEntry {
  if (known?.mismatch === true) return { ...entry, oddity: 'name-mismatch' };
  return known?.verdict === 'failed' && entry.oddity === undefined ? { ...entry, oddity: 'damaged' } : entry;
}

/** A kind's name for people, as the reference would be typed where there is one. */
export function kindTitle(kind: CacheKind): string {
  switch (kind) {
    case 'library':
    case 'oras':
    case 'shub':
    case 'ipfs':
      return kind;
    case 'net':
      return 'http';
    case 'oci-tmp':
      return t('converted from docker');
    case 'oci-sif':
      return t('OCI images as SIF');
    case 'blob':
      return t('layers');
    case 'oci':
      return t('layers (layout of 3.5 and before)');
    case 'docker':
      return t('docker layers');
    case 'metadata':
      return t('metadata');
    case 'staging':
      return t('interrupted downloads');
  }
}

function entryView(entry: CacheEntry, known: IndexedEntry | undefined): CacheEntryView {
  const { oddity } = withMemory(entry, known);
  const title = firstText(known?.title, known?.reference);
  const hex = known?.mismatch === true ? undefined : (entry.contentHash ?? known?.sha256);
  return {
    path: entry.path,
    root: entry.root,
    kind: entry.kind,
    engine: entry.engine,
    title: title ?? shortDigests(entry.name),
    ...(title === undefined && { unnamed: true }),
    bytes: entry.bytes,
    modified: Math.floor(entry.modified),
    ...(known?.reference !== undefined && { reference: known.reference }),
    ...(hex !== undefined && { digest: `sha256:${hex}` }),
    ...(entry.linkTo !== undefined && { linkTo: entry.linkTo }),
    ...(known?.verdict !== undefined && { verdict: known.verdict }),
    ...(known?.verified !== undefined && { verified: known.verified }),
    // A failed verdict speaks for itself; `damaged` is a word of the clean only.
    ...(oddity !== undefined && oddity !== 'damaged' && { orphan: oddity }),
  };
}

function firstText(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.find((text) => text !== undefined && text !== '');
}

function isContentOddity({ oddity }: CacheEntry): boolean {
  return oddity === 'name-mismatch' || oddity === 'damaged';
}

async function titleFromInside(entry: CacheEntry, signal: AbortSignal): Promise<string | undefined> {
  try {
    return contentsTitle(await readImageFile(entry.path, signal));
  } catch {
    signal.throwIfAborted();
    return undefined; // no image, or damaged: the file name stands; "verify" says more
  }
}
