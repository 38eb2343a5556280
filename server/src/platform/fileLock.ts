import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import { hasCode } from './systemError';
import { removeFile, smallFiles } from './smallFiles';

/** Who holds a lock, as it stands in the lock file. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Identifies the process besides its number, which the system uses again: its start in clock ticks since boot, and the boot. */
  readonly started: string;
  readonly token: string;
  /** What is being done, for whoever waits. */
  readonly purpose: string;
}

export interface FileLock {
  /** False when somebody else took the lock away, thinking that this process was gone. */
  stillHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** Milliseconds without a heartbeat after which a holder on another machine is taken for gone. */
const staleAfter = 30_000;
const heartbeat = 5_000;

/** Neither changes while this process lives. */
let ownStart: Promise<string> | undefined;
let boot: Promise<string> | undefined;

/**
 * Takes the lock file, or says who holds it. A holder whose process is gone loses it: on this machine at once, on another (a shared file
 * system) when its heartbeat has stopped for half a minute. `token` names the lock for `dropLock`; by default one of its own.
 */
export async function tryLock(
  path: string,
  purpose: string,
  token: string = randomBytes(8).toString('hex'),
): Promise<FileLock | LockHolder> {
  const own: LockHolder = {
    pid: process.pid,
    host: os.hostname(),
    started: await (ownStart ??= processStart(process.pid)),
    token,
    purpose,
  };
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await create(path, own)) return heldLock(path, own);
    const other = await read(path);
    if (other === undefined) continue;
    if (other.holder !== undefined && !(await isGone(other.holder, other.beat))) return other.holder;
    // Being written this moment, or left unfinished by a crash.
    if (other.holder === undefined && Date.now() - other.beat < 2000) await new Promise((resolve) => setTimeout(resolve, 100));
    else await removeStale(path, other.text);
  }
  return own;
}

export function isLock(result: FileLock | LockHolder): result is FileLock {
  return 'release' in result;
}

/** Takes a lock away whose holder, a thread of this process, has died. Nothing happens when somebody else holds it. */
export async function dropLock(path: string, token: string): Promise<void> {
  if ((await holderText(path))?.token === token) await removeFile(path);
}

/** Who holds a lock at this moment, without taking it; undefined when nobody does. Rejects when the file cannot be read. */
export async function lockHolder(path: string): Promise<LockHolder | undefined> {
  const found = await read(path);
  return found?.holder === undefined || (await isGone(found.holder, found.beat)) ? undefined : found.holder;
}

async function create(path: string, own: LockHolder): Promise<boolean> {
  // Written aside and linked, so that nobody sees half a lock; where there are no links, created in place.
  const aside = `${path}.${own.token}`;
  const text = JSON.stringify(own);
  try {
    await smallFiles.writeNew(aside, text, 0o600);
    await smallFiles.link(aside, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    return await smallFiles.writeNew(path, text, 0o600).then(
      () => true,
      (failure: unknown) => {
        if (hasCode(failure, 'EEXIST')) return false;
        throw failure;
      },
    );
  } finally {
    await removeFile(aside);
  }
}

function heldLock(path: string, own: LockHolder): FileLock {
  // A missed heartbeat is no failure by itself: `stillHeld` is asked before anything final.
  const timer = setInterval(() => void fs.utimes(path, new Date(), new Date()).catch(() => undefined), heartbeat).unref();
  const stillHeld = async (): Promise<boolean> => (await holderText(path))?.token === own.token;
  return {
    stillHeld,
    release: async () => {
      clearInterval(timer);
      await dropLock(path, own.token);
    },
  };
}

interface LockText {
  readonly text: string;
  readonly holder: LockHolder | undefined;
  /** Time of the last heartbeat, milliseconds. */
  readonly beat: number;
}

async function read(path: string): Promise<LockText | undefined> {
  try {
    const [text, stat] = await Promise.all([smallFiles.readText(path), smallFiles.stat(path)]);
    return { text, holder: parseHolder(text), beat: stat.mtimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function holderText(path: string): Promise<LockHolder | undefined> {
  try {
    return parseHolder(await smallFiles.readText(path));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // half written
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, host, started, token, purpose } = value as Partial<Record<keyof LockHolder, unknown>>;
  if (typeof pid !== 'number' || typeof host !== 'string' || typeof started !== 'string' || typeof token !== 'string') return undefined;
  return { pid, host, started, token, purpose: typeof purpose === 'string' ? purpose : '' };
}

async function isGone(holder: LockHolder, beat: number): Promise<boolean> {
  if (holder.host !== os.hostname()) return Date.now() - beat > staleAfter;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return true;
  }
  return (await processStart(holder.pid)) !== holder.started;
}

/** Takes a stale lock file away; when another process was quicker, its fresh lock is put back. */
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.stale-${randomBytes(4).toString('hex')}`;
  try {
    await fs.rename(path, aside);
    if ((await fs.readFile(aside, 'utf8')) !== text) await fs.link(aside, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EEXIST')) throw error;
  }
  await fs.rm(aside, { force: true });
}

/** When a process started, in a form to compare; '' where the system does not tell, or when it is gone. */
async function processStart(pid: number): Promise<string> {
  try {
    const stat = await fs.readFile(`/proc/${pid}/stat`, 'latin1');
    // Field 22 counted behind the program's name, which may contain blanks and parentheses: proc(5).
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${started}@${await bootId()}`;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'ESRCH')) return '';
    throw error;
  }
}

/** Identifies this boot of the machine; '' where the system does not tell. */
export function bootId(): Promise<string> {
  return (boot ??= fs.readFile('/proc/sys/kernel/random/boot_id', 'latin1').then(
    (text) => text.trim(),
    () => '', // not Linux
  ));
}
