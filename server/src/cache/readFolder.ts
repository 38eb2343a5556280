import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../platform/durable';
import { openStatThreads } from '../platform/statThreads';
import type { NameStat } from '../platform/statThreads';
import { t } from '../text/l10n';
import type { CacheLocation } from './find';

/** A name of a folder with what `lstat` says of it, or the error's code. */
export interface SeenName {
  readonly name: string;
  readonly stat: NameStat | string;
}

/** How many files are asked about at the same time without threads. */
const concurrency = 64;
/** Names that are read before they are asked about: memory stays small, the first answers come soon. A folder with more gets threads. */
const chunkLength = 1024;
/** Chunks that are asked about at the same time. */
const chunksAtOnce = 12;

/** Whether a folder of the cache is there. Rejects with a message for people when it is none, or a link. */
export async function isThere(cache: CacheLocation, folder: string): Promise<boolean> {
  const parts = path.relative(cache.root, folder).split(path.sep);
  let current = cache.root;
  for (const part of parts) {
    current = path.join(current, part);
    try {
      const stat = await fs.promises.lstat(current);
      if (stat.isSymbolicLink()) throw new Error(t('{0} is a link: it is not followed.', current));
      if (!stat.isDirectory()) throw new Error(t('{0} is no folder.', current));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw folderError(error, current);
    }
  }
  return true;
}

/** Whether there is anything in a folder; one name is read. Rejects as `isThere` does. */
export async function holdsAny(folder: string): Promise<boolean> {
  for await (const names of chunksOf(folder, 1)) return names.length > 0;
  return false;
}

/**
 * The names of a folder in chunks, with one `lstat` each, in no order; what is removed meanwhile may be missing. Names that are no UTF-8
 * come with an empty code. Rejects with a message for people when the folder may not be read, and when aborted, also while a disk hangs.
 */
export async function* readFolder(folder: string, signal?: AbortSignal): AsyncGenerator<readonly SeenName[]> {
  let threads: ReturnType<typeof openStatThreads> | undefined;
  const waiting: Promise<readonly SeenName[]>[] = [];
  const stop = (): void => threads?.close();
  signal?.addEventListener('abort', stop);
  try {
    for await (const names of chunksOf(folder, chunkLength)) {
      signal?.throwIfAborted();
      if (names.length === chunkLength) threads ??= openStatThreads();
      const seen = threads === undefined ? statFew(folder, names, signal) : statMany(threads, folder, names);
      seen.catch(() => undefined); // awaited below
      waiting.push(seen);
      if (waiting.length >= chunksAtOnce) yield mayBeRead(folder, await waiting.shift());
    }
    for (const seen of waiting) yield mayBeRead(folder, await seen);
    signal?.throwIfAborted();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    threads?.close();
  }
}

/** What stands under one name. */
export async function seeName(folder: string, name: string): Promise<SeenName> {
  const [seen] = mayBeRead(folder, await statFew(folder, [name], undefined));
  return seen ?? { name, stat: 'ENOENT' };
}

async function statMany(threads: ReturnType<typeof openStatThreads>, folder: string, names: readonly string[]): Promise<SeenName[]> {
  const stats = await threads.stat(folder, names);
  return names.map((name, index) => ({ name, stat: stats[index] ?? '' }));
}

/** Callbacks, not promises: half the time. */
function statFew(folder: string, names: readonly string[], signal: AbortSignal | undefined): Promise<readonly SeenName[]> {
  return new Promise((resolve) => {
    const seen: SeenName[] = [];
    let next = 0;
    let running = 0;
    const proceed = (): void => {
      while (running < concurrency && next < names.length && signal?.aborted !== true) {
        const name = names[next++] ?? '';
        running++;
        fs.lstat(`${folder}${path.sep}${name}`, (error, stat: fs.Stats | undefined) => {
          running--;
          seen.push({ name, stat: stat === undefined ? (error?.code ?? '') : numbersOf(stat) });
          proceed();
        });
      }
      if (running === 0) resolve(seen);
    };
    proceed();
  });
}

function numbersOf(stat: fs.Stats): NameStat {
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other';
  return { kind, size: stat.size, blocks: stat.blocks, names: stat.nlink, modified: stat.mtimeMs };
}

/** A folder that may be listed but not entered tells names without anything behind them. */
function mayBeRead(folder: string, seen: readonly SeenName[] = []): readonly SeenName[] {
  if (seen.some(({ stat }) => stat === 'EACCES' || stat === 'EPERM')) throw new Error(t('You may not read {0}.', folder));
  return seen;
}

async function* chunksOf(folder: string, length: number): AsyncGenerator<string[]> {
  let names: string[] = [];
  try {
    for await (const item of await fs.promises.opendir(folder, { bufferSize: length })) {
      if (names.push(item.name) < length) continue;
      yield names;
      names = [];
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return; // removed while it was listed
    throw folderError(error, folder);
  }
  if (names.length > 0) yield names;
}

function folderError(error: unknown, folder: string): unknown {
  if (hasCode(error, 'EACCES', 'EPERM')) return new Error(t('You may not read {0}.', folder), { cause: error });
  if (hasCode(error, 'ENOTDIR')) return new Error(t('{0} is no folder.', path.dirname(folder)), { cause: error });
  if (hasCode(error, 'ELOOP')) return new Error(t('{0} is a link that leads to itself.', path.dirname(folder)), { cause: error });
  return error;
}
