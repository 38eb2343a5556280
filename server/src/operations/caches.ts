import fs from 'node:fs/promises';
import path from 'node:path';
import { markUnusedBlobs, readLayoutUse } from '../cache/blobs';
import type { LayoutUse } from '../cache/blobs';
import { planClean } from '../cache/clean';
import type { KeptEntry } from '../cache/clean';
import type { CacheLocation } from '../cache/find';
import { kindFolder, kindsOf } from '../cache/layout';
import type { CacheKind } from '../cache/layout';
import { findEntry, listKind, totals } from '../cache/list';
import type { CacheEntry } from '../cache/list';
import { removePlanned } from '../cache/remove';
import { verifyEntry } from '../cache/verifyEntry';
import type { VerifiedEntry } from '../cache/verifyEntry';
import type {
  CacheCleanParams,
  CacheCleanResult,
  CacheDetailsResult,
  CacheEntryView,
  CacheListParams,
  CacheListResult,
  CacheVerifyResult,
  CacheView,
} from '../protocol';
import { t } from '../text/l10n';
import { describeEntries, holdsImage, kindTitle, withMemory } from './cacheViews';
import { contentsView, readImageFile } from './contentsView';
import type { ProgressListener } from './progress';
import type { World } from './world';

/** Images that are opened (a few KB each) for their title when a kind is looked at; beyond them names come from the index alone. */
const describedLimit = 200;
/** Up to so many paths are looked up one by one; for more the kinds are listed. */
const fewPaths = 200;

/**
 * Without `root`: every cache that exists, with count and bytes by kind. With `root` and `kind`: its entries, named by what is inside.
 * A cache or kind that cannot be read is listed with the reason. Rejects when aborted.
 */
export async function listCaches(world: World, params: CacheListParams, signal: AbortSignal): Promise<CacheListResult> {
  if (params.root !== undefined) {
    const cache = world.caches().find(({ root }) => root === params.root);
    const kind = cache && kindsOf(cache.engine).find((k) => k === params.kind);
    if (cache === undefined || kind === undefined) return { caches: [], entries: [] };
    const all = await entriesOf(cache, kind, signal);
    const { limit } = params;
    const shown = limit === undefined || all.length <= limit ? all : [...all].sort((a, b) => b.modified - a.modified).slice(0, limit);
    const entries = await describeAndSave(world, shown, signal, describedLimit);
    return { caches: [], entries, ...(shown.length < all.length && { more: all.length - shown.length }) };
  }
  const caches: CacheView[] = [];
  for (const cache of world.caches()) {
    const survey = await surveyCache(cache, signal);
    if (survey !== undefined) caches.push(survey.view);
  }
  return { caches, entries: [] };
}

/** Every cache with every entry, as views: for the command line. Rejects when aborted. */
export async function surveyCaches(
  world: World,
  signal: AbortSignal,
  options: { readonly engine?: string },
): Promise<{ caches: CacheView[]; entries: CacheEntryView[] }> {
  const caches: CacheView[] = [];
  const entries: CacheEntry[] = [];
  for (const cache of chosen(world, options.engine)) {
    const survey = await surveyCache(cache, signal);
    if (survey === undefined) continue;
    caches.push(survey.view);
    for (const entry of await marked(cache, survey.entries, signal)) entries.push(entry);
  }
  return { caches, entries: await describeAndSave(world, entries, signal, describedLimit) };
}

async function describeAndSave(
  world: World,
  entries: readonly CacheEntry[],
  signal: AbortSignal,
  limit: number,
): Promise<CacheEntryView[]> {
  const views = await describeEntries(world, entries, signal, limit);
  await (await world.cacheIndex()).save();
  return views;
}

function chosen(world: World, engine: string | undefined): CacheLocation[] {
  return world.caches().filter((cache) => engine === undefined || cache.engine.startsWith(engine));
}

async function entriesOf(cache: CacheLocation, kind: CacheKind, signal: AbortSignal): Promise<CacheEntry[]> {
  return marked(cache, await listKind(cache, kind, { signal }), signal);
}

async function marked(cache: CacheLocation, entries: readonly CacheEntry[], signal: AbortSignal): Promise<CacheEntry[]> {
  return markUnusedBlobs(cache, entries, { signal });
}

async function surveyCache(cache: CacheLocation, signal: AbortSignal): Promise<{ view: CacheView; entries: CacheEntry[] } | undefined> {
  const problems = cache.disabled === undefined ? [] : [cache.disabled];
  const exists = await fs.stat(cache.root).then(
    (stat) => {
      if (!stat.isDirectory()) problems.push(t('{0} is no folder.', cache.root));
      return true;
    },
    (error: unknown) => {
      if (isCode(error, 'ENOENT')) return false;
      problems.push(t('{0} cannot be read: {1}', cache.root, error instanceof Error ? error.message : String(error)));
      return true;
    },
  );
  const entries: CacheEntry[] = [];
  for (const kind of kindsOf(cache.engine)) {
    try {
      for (const entry of await listKind(cache, kind, { signal })) entries.push(entry);
    } catch (error) {
      signal.throwIfAborted();
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  const isOptional = cache.source === 'default' || cache.engine === 'singularity2';
  if (entries.length === 0 && isOptional && (!exists || cache.engine === 'singularity2')) return undefined;
  const isWritable = await mayWrite(cache);
  if (!isWritable && !cache.shared && cache.disabled === undefined)
    problems.push(t('The engine does without it: "Cache disabled - cache location {0} is not writable."', cache.parent));
  const kinds = totals(entries).map((sum) => ({ ...sum, title: kindTitle(sum.kind) }));
  const left = entries.filter(({ oddity }) => oddity === 'temporary');
  const view: CacheView = {
    engine: cache.engine,
    root: cache.root,
    writable: isWritable && !cache.shared,
    ...(cache.shared && { shared: true }),
    kinds,
    bytes: kinds.reduce((sum, k) => sum + k.bytes, 0),
    ...(problems.length > 0 && { problem: [...new Set(problems)].join(' ') }),
    ...(left.length > 0 && { leftovers: { count: left.length, bytes: left.reduce((sum, entry) => sum + entry.bytes, 0) } }),
  };
  return { view, entries };
}

/** As the engines judge it: the cache, or its first ancestor that exists (cache.go). */
async function mayWrite(cache: CacheLocation): Promise<boolean> {
  for (let folder = cache.root; ; folder = path.dirname(folder)) {
    const code = await fs.access(folder, fs.constants.W_OK).then(
      () => '',
      (error: unknown) => (isCode(error, 'ENOENT') ? 'ENOENT' : 'other'),
    );
    if (code !== 'ENOENT' || path.dirname(folder) === folder) return code === '';
  }
}

/** One entry with what is inside its image; only this one is looked at. Rejects when there is no such entry. */
export async function cacheDetails(world: World, file: string, signal: AbortSignal): Promise<CacheDetailsResult> {
  const caches = world.caches();
  const found = await findEntry(caches, file);
  const cache = caches.find(({ root }) => root === found?.root);
  if (found === undefined || cache === undefined) throw new Error(t('{0} is not in a cache any more.', file));
  const [entry = found] = await marked(cache, [found], signal);
  const [view] = await describeAndSave(world, [entry], signal, 1);
  if (view === undefined) throw new Error(t('{0} is not in a cache any more.', file));
  if (!holdsImage(entry)) return { entry: view };
  try {
    return { entry: view, contents: contentsView(await readImageFile(file, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    return { entry: view, problem: error instanceof Error ? error.message : String(error) };
  }
}

export interface VerifyCachesOptions {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** Told for each entry when it is done. */
  readonly onEntry?: (entry: CacheEntryView) => void;
  readonly engine?: string;
}

/**
 * Compares entries with their names, their signatures and what was noted when they were pulled; the verdicts are remembered, also those
 * until it was aborted. An entry that cannot be read is a problem, not the end; one that vanished meanwhile is left out.
 */
export async function verifyCaches(
  world: World,
  paths: readonly string[] | undefined,
  { signal, onProgress, onEntry, engine }: VerifyCachesOptions,
): Promise<CacheVerifyResult> {
  const problems: KeptEntry[] = [];
  const wanted = paths && new Set(paths);
  const entries = (await collect(world, paths, engine, problems, signal)).filter(
    (entry) => (entry.oddity === undefined || entry.oddity === 'unused-blob') && wanted?.has(entry.path) !== false,
  );
  if (paths)
    for (const file of paths)
      if (![...entries, ...problems].some((each) => each.path === file))
        problems.push({ path: file, problem: t('it is no entry of a cache that can be verified') });
  const index = await world.cacheIndex();
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const { keys } = await world.keys({ files: [], offline: true });
  const views: CacheEntryView[] = [];
  let done = 0;
  try {
    for (const entry of entries) {
      signal.throwIfAborted();
      const known = index.get(entry.path, entry.bytes, entry.modified);
      const before = done;
      done += entry.bytes;
      let checked: VerifiedEntry;
      try {
        checked = await verifyEntry(entry, {
          keys,
          signal,
          ...(known?.sha256 !== undefined && { recordedSha256: known.sha256 }),
          onProgress: (bytes) => onProgress({ what: known?.title ?? entry.name, done: before + bytes, total }),
        });
      } catch (error) {
        signal.throwIfAborted();
        if ((await findEntry(world.caches(), entry.path)) !== undefined)
          problems.push({ path: entry.path, problem: error instanceof Error ? error.message : String(error) });
        continue;
      }
      index.remember(entry.path, entry.bytes, entry.modified, {
        verdict: checked.verdict,
        mismatch: checked.mismatch,
        verified: Date.now(),
        ...(checked.sha256 !== undefined && { sha256: checked.sha256 }),
      });
      const [view] = await describeEntries(world, [entry], signal, 1);
      if (view === undefined) continue;
      views.push({ ...view, ...(checked.problem !== undefined && { problem: checked.problem }) });
      onEntry?.(views.at(-1) ?? view);
    }
  } finally {
    await index.save();
  }
  return { entries: views, ...(problems.length > 0 && { problems }) };
}

/** What a clean frees, or frees it. What is remembered as damaged counts as an orphan. Rejects when aborted before anything was removed. */
export async function cleanCaches(
  world: World,
  params: CacheCleanParams & { readonly engine?: string },
  signal: AbortSignal,
): Promise<CacheCleanResult> {
  const index = await world.cacheIndex();
  const problems: KeptEntry[] = [];
  // A copy in another engine's cache counts as a duplicate, so all caches are looked at.
  const engine = params.duplicatesOnly === true ? undefined : params.engine;
  const entries = (await collect(world, params.paths, engine, problems, signal)).map((entry) =>
    withMemory(entry, index.get(entry.path, entry.bytes, entry.modified)),
  );
  const caches = chosen(world, params.engine);
  const layouts = new Map<string, LayoutUse>();
  for (const cache of caches) {
    const use = entries.some(({ kind, root }) => kind === 'blob' && root === cache.root) ? await readLayoutUse(cache, signal) : undefined;
    if (use) layouts.set(cache.root, use);
  }
  const plan = planClean({ caches, entries, layouts, now: Date.now() }, params);
  const row = ({ entry, reason }: (typeof plan.planned)[number]) => ({ path: entry.path, bytes: entry.frees, reason });
  const bytes = plan.planned.reduce((sum, { entry }) => sum + entry.frees, 0);
  if (params.dryRun) return { removed: plan.planned.map(row), kept: [...problems, ...plan.kept], bytes };
  signal.throwIfAborted();
  const result = await removePlanned(caches, plan, { signal });
  return { removed: result.removed.map(row), kept: [...problems, ...result.kept], bytes: result.bytes };
}

/** Entries of the caches, or the ones with these paths with all blobs of their layout; kinds that cannot be read become problems. */
async function collect(
  world: World,
  paths: readonly string[] | undefined,
  engine: string | undefined,
  problems: KeptEntry[],
  signal: AbortSignal,
): Promise<CacheEntry[]> {
  const caches = chosen(world, engine);
  const wanted = paths && new Set(paths);
  const entries: CacheEntry[] = [];
  const list = async (cache: CacheLocation, kind: CacheKind): Promise<void> => {
    try {
      for (const entry of await entriesOf(cache, kind, signal))
        if (kind === 'blob' || wanted?.has(entry.path) !== false) entries.push(entry);
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

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
