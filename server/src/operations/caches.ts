import fs from 'node:fs/promises';
import { planClean, removePlanned } from '../cache/clean';
import { markUnusedBlobs } from '../cache/blobs';
import type { CacheLocation } from '../cache/find';
import { kindsOf } from '../cache/layout';
import type { CacheKind } from '../cache/layout';
import { listKind, totals } from '../cache/list';
import type { CacheEntry } from '../cache/list';
import { verifyEntry } from '../cache/verifyEntry';
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
import { contentsTitle, contentsView, readImageFile } from './contentsView';
import type { ProgressListener } from './progress';
import type { World } from './world';

/** Entries that are opened (a few KB each) for their title when a kind is looked at; beyond them names come from the index alone. */
const describedLimit = 200;

/**
 * Without `root`: every cache that exists, with count and bytes by kind. With `root` and `kind`: its entries, named by what is inside.
 * A cache that cannot be read is listed with the reason.
 */
export async function listCaches(world: World, params: CacheListParams, signal: AbortSignal): Promise<CacheListResult> {
  if (params.root !== undefined) {
    const cache = world.caches().find(({ root }) => root === params.root);
    const kind = cache && kindsOf(cache.engine).find((k) => k === params.kind);
    if (cache === undefined || kind === undefined) return { caches: [], entries: [] };
    const entries = await entriesOf(cache, kind, signal);
    return { caches: [], entries: await describeEntries(world, entries, signal) };
  }
  const caches: CacheView[] = [];
  for (const cache of world.caches()) {
    const view = await cacheView(cache, signal);
    if (view !== undefined) caches.push(view);
  }
  return { caches, entries: [] };
}

/** Every entry of every cache, as views: for the command line. */
export async function listAllEntries(
  world: World,
  signal: AbortSignal,
  options: { readonly engine?: string; readonly describe: boolean },
): Promise<CacheEntryView[]> {
  const entries: CacheEntry[] = [];
  for (const cache of world.caches()) {
    if (options.engine !== undefined && !cache.engine.startsWith(options.engine)) continue;
    for (const kind of kindsOf(cache.engine)) for (const entry of await entriesOf(cache, kind, signal)) entries.push(entry);
  }
  return describeEntries(world, entries, signal, options.describe ? describedLimit : 0);
}

async function entriesOf(cache: CacheLocation, kind: CacheKind, signal: AbortSignal): Promise<CacheEntry[]> {
  const entries = await listKind(cache, kind, { signal });
  return kind === 'blob' ? markUnusedBlobs(cache, entries) : entries;
}

async function cacheView(cache: CacheLocation, signal: AbortSignal): Promise<CacheView | undefined> {
  const exists = await fs.stat(cache.root).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
  if (!exists && (cache.source === 'default' || cache.engine === 'singularity2')) return undefined;
  const kinds: CacheView['kinds'][number][] = [];
  let problem = cache.engine === 'singularity2' ? undefined : cache.disabled;
  for (const kind of kindsOf(cache.engine)) {
    try {
      const [sum] = totals(await listKind(cache, kind, { signal }));
      if (sum) kinds.push({ ...sum, title: kindTitle(kind) });
    } catch (error) {
      signal.throwIfAborted();
      problem = error instanceof Error ? error.message : String(error);
    }
  }
  if (cache.engine === 'singularity2' && kinds.length === 0) return undefined;
  const writable = !cache.shared && cache.engine !== 'singularity2' && cache.disabled === undefined && (await isWritable(cache));
  return {
    engine: cache.engine,
    root: cache.root,
    writable,
    kinds,
    bytes: kinds.reduce((sum, k) => sum + k.bytes, 0),
    ...(problem !== undefined && { problem }),
  };
}

async function isWritable(cache: CacheLocation): Promise<boolean> {
  return fs.access(cache.root, fs.constants.W_OK).then(
    () => true,
    (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT',
  );
}

function kindTitle(kind: CacheKind): string {
  switch (kind) {
    case 'library':
    case 'oras':
    case 'shub':
    case 'ipfs':
    case 'docker':
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
      return t('layers (old layout)');
    case 'metadata':
      return t('metadata');
  }
}

/** Titles from the index, else from inside the image: a few KB each, for the first `limit` entries. */
async function describeEntries(
  world: World,
  entries: readonly CacheEntry[],
  signal: AbortSignal,
  limit = describedLimit,
): Promise<CacheEntryView[]> {
  const index = await world.cacheIndex();
  const views: CacheEntryView[] = [];
  let opened = 0;
  for (const entry of entries) {
    signal.throwIfAborted();
    let known = index.get(entry.path, entry.bytes, entry.modified);
    if (known?.title === undefined && holdsImage(entry) && opened < limit) {
      opened++;
      const title = await titleFromInside(entry);
      if (title !== undefined) {
        index.remember(entry.path, entry.bytes, entry.modified, { title });
        known = { ...known, title };
      }
    }
    views.push({
      path: entry.path,
      kind: entry.kind,
      engine: entry.engine,
      title: known?.title ?? entry.name,
      bytes: entry.bytes,
      modified: entry.modified,
      ...(known?.reference !== undefined && { reference: known.reference }),
      ...digestOf(entry, known?.sha256),
      ...(known?.verdict !== undefined && { verdict: known.verdict }),
      ...(known?.mismatch === true ? { orphan: 'name-mismatch' } : entry.oddity !== undefined && { orphan: entry.oddity }),
    });
  }
  await index.save();
  return views;
}

function digestOf(entry: CacheEntry, sha256: string | undefined): { digest?: string } {
  const hex = entry.contentHash ?? sha256;
  return hex === undefined ? {} : { digest: `sha256:${hex}` };
}

function holdsImage(entry: CacheEntry): boolean {
  return entry.oddity === undefined && entry.kind !== 'blob' && entry.kind !== 'docker' && entry.kind !== 'metadata' && entry.bytes > 0;
}

async function titleFromInside(entry: CacheEntry): Promise<string | undefined> {
  try {
    return contentsTitle(await readImageFile(entry.path));
  } catch {
    return undefined; // no image, or damaged: the file name stands; "verify" says more
  }
}

/** One entry with what is inside its image. Rejects when there is no such entry. */
export async function cacheDetails(world: World, file: string, signal: AbortSignal): Promise<CacheDetailsResult> {
  const entry = await findEntry(world, file, signal);
  const [view] = await describeEntries(world, [entry], signal, 1);
  if (view === undefined) throw new Error(t('{0} is not in a cache any more.', file));
  if (!holdsImage(entry)) return { entry: view };
  try {
    return { entry: view, contents: contentsView(await readImageFile(file)) };
  } catch (error) {
    return { entry: view, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function findEntry(world: World, file: string, signal: AbortSignal): Promise<CacheEntry> {
  for (const cache of world.caches()) {
    if (!file.startsWith(`${cache.root}/`)) continue;
    for (const kind of kindsOf(cache.engine)) {
      const folder = kind === 'blob' ? `${cache.root}/blob/blobs/sha256/` : `${cache.root}/${kind}/`;
      if (!file.startsWith(folder)) continue;
      const found = (await entriesOf(cache, kind, signal)).find((entry) => entry.path === file);
      if (found) return found;
    }
  }
  throw new Error(t('{0} is not in a cache any more.', file));
}

export interface VerifyCachesOptions {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  readonly engine?: string;
}

/** Compares entries with their names, their signatures and what was noted when they were pulled; the verdicts are remembered. */
export async function verifyCaches(
  world: World,
  paths: readonly string[] | undefined,
  { signal, onProgress, engine }: VerifyCachesOptions,
): Promise<CacheVerifyResult> {
  const wanted = paths && new Set(paths);
  const entries: CacheEntry[] = [];
  for (const cache of world.caches()) {
    if (engine !== undefined && !cache.engine.startsWith(engine)) continue;
    for (const kind of kindsOf(cache.engine)) {
      for (const entry of await entriesOf(cache, kind, signal)) {
        const checkable = entry.oddity === undefined || entry.oddity === 'unused-blob';
        if (checkable && (wanted === undefined || wanted.has(entry.path))) entries.push(entry);
      }
    }
  }
  const index = await world.cacheIndex();
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const { keys } = await world.keys({ files: [], offline: true });
  let done = 0;
  for (const entry of entries) {
    signal.throwIfAborted();
    const known = index.get(entry.path, entry.bytes, entry.modified);
    const before = done;
    const checked = await verifyEntry(entry, {
      keys,
      signal,
      ...(known?.sha256 !== undefined && { recordedSha256: known.sha256 }),
      onProgress: (bytes) => onProgress({ what: known?.title ?? entry.name, done: before + bytes, total }),
    });
    done = before + entry.bytes;
    index.remember(entry.path, entry.bytes, entry.modified, {
      verdict: checked.verdict,
      mismatch: checked.mismatch,
      ...(checked.sha256 !== undefined && { sha256: checked.sha256 }),
    });
  }
  await index.save();
  return { entries: await describeEntries(world, entries, signal) };
}

/** What a clean frees, or frees it. What is remembered as damaged counts as an orphan. */
export async function cleanCaches(
  world: World,
  params: CacheCleanParams & { readonly engine?: string },
  signal: AbortSignal,
): Promise<CacheCleanResult> {
  const caches = world.caches().filter((cache) => params.engine === undefined || cache.engine.startsWith(params.engine));
  const index = await world.cacheIndex();
  const entries: CacheEntry[] = [];
  for (const cache of caches) {
    for (const kind of kindsOf(cache.engine)) {
      for (const entry of await entriesOf(cache, kind, signal)) {
        entries.push(index.get(entry.path, entry.bytes, entry.modified)?.mismatch === true ? { ...entry, oddity: 'name-mismatch' } : entry);
      }
    }
  }
  const planned = planClean(caches, entries, params, Date.now());
  const row = ({ entry, reason }: (typeof planned)[number]) => ({ path: entry.path, bytes: entry.bytes, reason });
  if (params.dryRun) return { removed: planned.map(row), kept: [], bytes: planned.reduce((sum, { entry }) => sum + entry.bytes, 0) };
  const result = await removePlanned(caches, planned, signal);
  return { removed: result.removed.map(row), kept: result.kept, bytes: result.bytes };
}
