import fs from 'node:fs/promises';
import path from 'node:path';
import type { CacheEntry } from '../cache/entry';
import type { CacheLocation } from '../cache/find';
import { kindsOf } from '../cache/layout';
import type { CacheKind } from '../cache/layout';
import { hasEntries, listKind, totals } from '../cache/list';
import { hasCode } from '../platform/systemError';
import type { CacheView } from '../protocol';
import { t } from '../text/l10n';
import { kindTitle } from './cacheViews';

/**
 * Every entry of a cache, and its totals; undefined for a place where nothing is that nobody asked for. `onFound` is told how many were
 * found so far. Rejects when aborted.
 */
export async function surveyCache(
  cache: CacheLocation,
  signal: AbortSignal,
  onFound?: (count: number) => void,
): Promise<{ view: CacheView; entries: CacheEntry[] } | undefined> {
  const entries: CacheEntry[] = [];
  let count = 0;
  const tell = (found: readonly CacheEntry[]): void => onFound?.((count += found.length));
  const frame = await frameOf(cache, signal, async (kind) => {
    const found = await listKind(cache, kind, { signal, onFound: tell });
    for (const entry of found) entries.push(entry);
    return found.length > 0;
  });
  if (frame === undefined) return undefined;
  const kinds = totals(entries).map((sum) => ({ ...sum, title: kindTitle(sum.kind) }));
  const left = entries.filter(({ oddity }) => oddity === 'temporary');
  const view: CacheView = {
    ...frame,
    kinds,
    bytes: kinds.reduce((sum, kind) => sum + kind.bytes, 0),
    ...(left.length > 0 && { leftovers: { count: left.length, bytes: left.reduce((sum, entry) => sum + entry.bytes, 0) } }),
  };
  return { view, entries };
}

/** Which kinds a cache has, without counting: one name of each is read. As `surveyCache`. */
export async function outlineCache(cache: CacheLocation, signal: AbortSignal): Promise<CacheView | undefined> {
  return frameOf(cache, signal, (kind) => hasEntries(cache, kind));
}

/** What is known of a cache beside its entries. `look` tells whether a kind has any; what it rejects with is a problem of the cache. */
async function frameOf(
  cache: CacheLocation,
  signal: AbortSignal,
  look: (kind: CacheKind) => Promise<boolean>,
): Promise<CacheView | undefined> {
  const problems = cache.disabled === undefined ? [] : [cache.disabled];
  const exists = await folderExists(cache.root, problems);
  // One sentence, not one a kind.
  const isClosed = exists && !(await mayRead(cache.root));
  if (isClosed) problems.push(t('You may not read {0}.', cache.root));
  const kinds: CacheKind[] = [];
  for (const kind of isClosed ? [] : kindsOf(cache.engine)) {
    signal.throwIfAborted();
    try {
      if (await look(kind)) kinds.push(kind);
    } catch (error) {
      signal.throwIfAborted();
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  // Nobody asked for a place where nothing is; a cache that is turned off is told, for people wonder where their images stay.
  if (kinds.length === 0 && cache.engine === 'singularity2') return undefined;
  if (kinds.length === 0 && cache.source === 'default' && !exists && cache.disabled === undefined) return undefined;
  const obstacle = cache.shared || cache.disabled !== undefined || isClosed ? undefined : await writeObstacle(cache);
  if (obstacle !== undefined) problems.push(obstacle);
  return {
    engine: cache.engine,
    ...(cache.alsoOf !== undefined && { alsoOf: cache.alsoOf }),
    root: cache.root,
    writable: !cache.shared && !isClosed && obstacle === undefined && (await mayWrite(cache.root)) !== false,
    ...(cache.shared && { shared: true }),
    ...(problems.length > 0 && { problem: [...new Set(problems)].join(' ') }),
    kinds: kinds.map((kind) => ({ kind, title: kindTitle(kind) })),
  };
}

async function folderExists(folder: string, problems: string[]): Promise<boolean> {
  try {
    if (!(await fs.stat(folder)).isDirectory()) problems.push(t('{0} is no folder.', folder));
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    if (hasCode(error, 'EACCES', 'EPERM')) return true; // there may be something: `mayRead` tells the rest
    problems.push(t('{0} cannot be read: {1}', folder, error instanceof Error ? error.message : String(error)));
    return true;
  }
}

/** Whether a folder may be listed and entered; other obstacles show when that is tried. */
async function mayRead(folder: string): Promise<boolean> {
  return fs.access(folder, fs.constants.R_OK | fs.constants.X_OK).then(
    () => true,
    (error: unknown) => !hasCode(error, 'EACCES', 'EPERM'),
  );
}

/**
 * Why the engine does without its cache, in its words: it asks whether the parent, or its first ancestor that exists, may be written
 * (cache.go New, fs.FirstExistingParent). A root that may not be written although its parent may stops it.
 */
async function writeObstacle({ parent, root }: CacheLocation): Promise<string | undefined> {
  for (let folder = parent; ; folder = path.dirname(folder)) {
    let answer: boolean | undefined;
    try {
      answer = await mayWrite(folder);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return t('The engine does without it: "Cache disabled - cannot access parent directory of cache". {0}', reason);
    }
    if (answer === false) return t('The engine does without it: "Cache disabled - cache location {0} is not writable."', folder);
    if (answer === true || path.dirname(folder) === folder) break;
  }
  return (await mayWrite(root).catch(() => false)) === false ? t('You may not write into {0}.', root) : undefined;
}

/** Undefined for what is not there. Rejects when nobody can tell. */
async function mayWrite(folder: string): Promise<boolean | undefined> {
  try {
    await fs.stat(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  return fs.access(folder, fs.constants.W_OK).then(
    () => true,
    () => false,
  );
}
