import type { CacheEntry } from '../cache/entry';
import { distinctCaches } from '../cache/distinct';
import { kindFolder, kindsOf } from '../cache/layout';
import { findEntry, listKind } from '../cache/list';
import type { CacheDetailsResult, CacheEntryView, CacheListParams, CacheListResult, CacheView } from '../protocol';
import { t } from '../text/l10n';
import { chosenCaches, entriesOfKind, markEntries } from './cacheEntries';
import { outlineCache, surveyCache } from './cacheSurvey';
import { describeEntries, holdsImage } from './cacheViews';
import { contentsView, readImageFile } from './contentsView';
import { blobViews } from './layoutViews';
import type { World } from './world';

/** Images that are opened (a few KB each) for their title when a kind is looked at; beyond them names come from the index alone. */
const describedLimit = 200;

/** See `CacheListParams`. A cache or kind that cannot be read is listed with the reason. Rejects when aborted. */
export async function listCaches(world: World, params: CacheListParams, signal: AbortSignal): Promise<CacheListResult> {
  const caches = await distinctCaches(world.caches());
  const cache = params.root === undefined ? undefined : caches.find(({ root }) => root === params.root);
  if (params.root === undefined || (params.kind === undefined && params.only === undefined)) {
    const views: CacheView[] = [];
    for (const each of cache === undefined ? caches : [cache]) {
      if (params.root !== undefined && cache === undefined) break;
      const view = params.totals === false ? await outlineCache(each, signal) : (await surveyCache(each, signal))?.view;
      if (view !== undefined) views.push(view);
    }
    return { caches: views, entries: [] };
  }
  if (cache === undefined) return { caches: [], entries: [] };
  if (params.only === 'leftovers') {
    const left: CacheEntry[] = [];
    for (const kind of kindsOf(cache.engine)) {
      const found = await listKind(cache, kind, { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        world.log.warn(error instanceof Error ? error.message : String(error)); // the cache says so itself in the view
        return [];
      });
      for (const entry of found) if (entry.oddity === 'temporary') left.push(entry);
    }
    return selected(left, params, (entries) => describeAndSave(world, entries, signal));
  }
  const kind = kindsOf(cache.engine).find((each) => each === params.kind);
  if (kind === undefined) return { caches: [], entries: [] };
  const { entries, use } = await entriesOfKind(cache, kind, signal);
  return selected(entries, params, async (chosen) => {
    const views = await describeAndSave(world, chosen, signal);
    return use === undefined ? views : blobViews(kindFolder(cache, 'blob'), views, use, signal);
  });
}

export interface SurveyOptions {
  /** `singularity` with the caches of 2.x. */
  readonly engine?: string;
  /** How many entries of a cache were found so far; `root`: which cache. */
  readonly onFound?: (count: number, root: string) => void;
}

/** One cache after the other, each with every entry, as views: for the command line. Rejects when aborted. */
export async function* surveyCaches(
  world: World,
  signal: AbortSignal,
  { engine, onFound }: SurveyOptions,
): AsyncGenerator<{ readonly cache: CacheView; readonly entries: readonly CacheEntryView[] }> {
  for (const cache of await chosenCaches(world, engine)) {
    const survey = await surveyCache(cache, signal, (count) => onFound?.(count, cache.root));
    if (survey === undefined) continue;
    const { entries: marked, use } = await markEntries(cache, survey.entries, signal);
    const views = await describeAndSave(world, marked, signal);
    const entries = use === undefined ? views : await blobViews(kindFolder(cache, 'blob'), views, use, signal);
    yield { cache: survey.view, entries };
  }
}

/** One entry with what is inside its image; only this one is looked at. Rejects when there is no such entry. */
export async function cacheDetails(world: World, file: string, signal: AbortSignal): Promise<CacheDetailsResult> {
  const caches = await distinctCaches(world.caches());
  const found = await findEntry(caches, file);
  const cache = caches.find(({ root }) => root === found?.root);
  if (found === undefined || cache === undefined) throw new Error(t('{0} is not in a cache any more.', file));
  if (found.kind === 'blob') {
    // What a blob is, and who uses it, only its layout knows.
    const { entries } = await listCaches(world, { root: cache.root, kind: 'blob' }, signal);
    const entry = entries.find((each) => each.path === file);
    if (entry === undefined) throw new Error(t('{0} is not in a cache any more.', file));
    const usedBy = entries.filter(({ path }) => entry.usedBy?.includes(path));
    const parts = entries.filter((each) => each.usedBy?.includes(file));
    return { entry, ...(parts.length > 0 && { parts }), ...(usedBy.length > 0 && { usedBy }) };
  }
  const [view] = await describeAndSave(world, [found], signal);
  if (view === undefined) throw new Error(t('{0} is not in a cache any more.', file));
  if (!holdsImage(found)) return { entry: view };
  try {
    return { entry: view, contents: contentsView(await readImageFile(file, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    return { entry: view, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function describeAndSave(world: World, entries: readonly CacheEntry[], signal: AbortSignal): Promise<CacheEntryView[]> {
  const views = await describeEntries(world, entries, signal, describedLimit);
  await (await world.cacheIndex()).save();
  return views;
}

/** The entries that are wanted, the newest when there are too many, and how many more there are. */
async function selected(
  entries: readonly CacheEntry[],
  { limit = Number.POSITIVE_INFINITY, filter = '' }: CacheListParams,
  describe: (entries: readonly CacheEntry[]) => Promise<CacheEntryView[]>,
): Promise<CacheListResult> {
  const newest = entries.length <= limit ? entries : [...entries].sort((a, b) => b.modified - a.modified);
  if (filter === '') {
    const shown = await describe(newest.slice(0, limit));
    return { caches: [], entries: shown, ...(entries.length > limit && { more: entries.length - shown.length }) };
  }
  const matching = (await describe(newest)).filter((view) => matches(view, filter.toLowerCase()));
  return { caches: [], entries: matching.slice(0, limit), ...(matching.length > limit && { more: matching.length - limit }) };
}

function matches({ title, path, reference, digest }: CacheEntryView, wanted: string): boolean {
  return [title, path, reference, digest].some((text) => text?.toLowerCase().includes(wanted) === true);
}
