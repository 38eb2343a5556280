import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../platform/systemError';
import { readInThreads } from '../platform/folderThreads';
import type { NameStat, SeenName } from '../platform/folderThreads';
import { t } from '../text/l10n';
import type { CacheLocation } from './find';

/** How many files are asked about at the same time without threads. */
const concurrency = 64;
/** A folder of more names is read by threads. */
const few = 1000;

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

/** Whether there is anything in a folder; one name is read. Rejects as `readFolder` does. */
export async function holdsAny(folder: string): Promise<boolean> {
  return (await firstNames(folder, 1)).names.length > 0;
}

/**
 * The names of a folder in chunks, with one `lstat` each, in no order; what is removed meanwhile may be missing. Rejects with a message
 * for people when the folder may not be read, and when aborted, also while a disk hangs.
 */
export async function* readFolder(folder: string, signal?: AbortSignal): AsyncGenerator<readonly SeenName[]> {
  const { names, isAll } = await firstNames(folder, few);
  signal?.throwIfAborted();
  if (isAll) {
    const seen = await statFew(folder, names, signal);
    signal?.throwIfAborted();
    if (seen.length > 0) yield mayBeRead(folder, seen);
    return;
  }
  try {
    for await (const seen of readInThreads(folder, signal)) yield mayBeRead(folder, seen);
  } catch (error) {
    signal?.throwIfAborted();
    if (!hasCode(error, 'ENOENT')) throw folderError(error, folder); // else removed while it was listed
  }
}

/** What stands under one name. Rejects as `readFolder` does. */
export async function seeName(folder: string, name: string): Promise<SeenName> {
  const [seen] = mayBeRead(folder, await statFew(folder, [name], undefined));
  return seen ?? { name, stat: 'ENOENT' };
}

/** The first names of a folder, at most `limit`, and whether there are no others. */
async function firstNames(folder: string, limit: number): Promise<{ names: string[]; isAll: boolean }> {
  const names: string[] = [];
  try {
    for await (const item of await fs.promises.opendir(folder, { bufferSize: limit })) {
      if (names.length === limit) return { names, isAll: false };
      names.push(item.name);
    }
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw folderError(error, folder); // else removed while it was listed
  }
  return { names, isAll: true };
}

/** Callbacks, not promises: half the time. */
function statFew(folder: string, names: readonly string[], signal: AbortSignal | undefined): Promise<SeenName[]> {
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
function mayBeRead(folder: string, seen: readonly SeenName[]): readonly SeenName[] {
  if (seen.some(({ stat }) => stat === 'EACCES' || stat === 'EPERM')) throw new Error(t('You may not read {0}.', folder));
  return seen;
}

function folderError(error: unknown, folder: string): unknown {
  if (hasCode(error, 'EACCES', 'EPERM')) return new Error(t('You may not read {0}.', folder), { cause: error });
  if (hasCode(error, 'ENOTDIR')) return new Error(t('{0} is no folder.', path.dirname(folder)), { cause: error });
  if (hasCode(error, 'ELOOP')) return new Error(t('{0} is a link that leads to itself.', path.dirname(folder)), { cause: error });
  return error;
}
