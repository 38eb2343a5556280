import path from 'node:path';
import { markUnusedBlobs, readLayoutUse } from '../cache/blobs';
import type { LayoutUse } from '../cache/blobs';
import type { KeptEntry } from '../cache/clean';
import { distinctCaches } from '../cache/distinct';
import type { CacheEntry } from '../cache/entry';
import type { CacheLocation } from '../cache/find';
import { kindFolder, kindsOf } from '../cache/layout';
import type { CacheKind } from '../cache/layout';
import { findEntry, listKind } from '../cache/list';
import type { World } from './world';

/** Up to so many paths are looked up one by one; for more the kinds are listed. */
const fewPaths = 200;

/** The caches of an engine (`singularity` with those of 2.x), or all, each place once. */
export async function chosenCaches(world: World, engine: string | undefined): Promise<CacheLocation[]> {
  const caches = await distinctCaches(world.caches());
  return caches.filter((cache) => engine === undefined || cache.engine.startsWith(engine) || cache.alsoOf?.startsWith(engine) === true);
}

/** The entries of one kind; blobs that no image uses are marked. `use` is asked for where the kind has blobs. */
export async function entriesOfKind(cache: CacheLocation, kind: CacheKind, signal: AbortSignal): Promise<MarkedEntries> {
  return markEntries(cache, await listKind(cache, kind, { signal }), signal);
}

export interface MarkedEntries {
  readonly entries: readonly CacheEntry[];
  /** What uses the blobs among them; undefined without blobs, and where the layout cannot be read. */
  readonly use?: LayoutUse;
}

/** Marks the blobs that no image uses. */
export async function markEntries(cache: CacheLocation, entries: readonly CacheEntry[], signal: AbortSignal): Promise<MarkedEntries> {
  const use = entries.some(({ kind }) => kind === 'blob') ? await readLayoutUse(cache, signal) : undefined;
  return use === undefined ? { entries } : { entries: await markUnusedBlobs(cache, entries, { signal, use }), use };
}

/**
 * Entries of the caches, or the ones with these paths with all blobs of their layout; kinds that cannot be read become problems.
 * `layouts` is filled with what uses the blobs, by the cache's root.
 */
export async function collectEntries(
  caches: readonly CacheLocation[],
  paths: readonly string[] | undefined,
  {
    signal,
    problems,
    layouts,
  }: { readonly signal: AbortSignal; readonly problems: KeptEntry[]; readonly layouts?: Map<string, LayoutUse> },
): Promise<CacheEntry[]> {
  const wanted = paths && new Set(paths);
  const entries: CacheEntry[] = [];
  const list = async (cache: CacheLocation, kind: CacheKind): Promise<void> => {
    try {
      const found = await entriesOfKind(cache, kind, signal);
      if (found.use) layouts?.set(cache.root, found.use);
      for (const entry of found.entries) if (kind === 'blob' || wanted?.has(entry.path) !== false) entries.push(entry);
    } catch (error) {
      signal.throwIfAborted();
      problems.push({ path: kindFolder(cache, kind), problem: error instanceof Error ? error.message : String(error) });
    }
  };
  if (wanted === undefined || wanted.size > fewPaths) {
    for (const cache of caches) for (const kind of kindsOf(cache.engine)) await list(cache, kind);
    return entries;
  }
  for (const file of wanted) {
    const cache = caches.find((each) => path.dirname(file) === kindFolder(each, 'blob'));
    if (cache) {
      if (!entries.some(({ root, kind }) => kind === 'blob' && root === cache.root)) await list(cache, 'blob');
      continue;
    }
    try {
      const found = await findEntry(caches, file);
      if (found) entries.push(found);
    } catch (error) {
      problems.push({ path: file, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return entries;
}
