import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { ByteSource } from '../image/byteSource';
import { t } from '../text/l10n';
import { noSuchFile } from '../text/noSuchFile';
import { smallFiles } from './smallFiles';

/** A local file opened for random access, with what tells whether it was changed since. */
export interface LocalFile extends ByteSource {
  /** Absolute path. */
  readonly path: string;
  readonly identity: FileIdentity;
  /** Fills `buffer` from `offset`; returns how many bytes there were: fewer than asked for only at the end. */
  readInto(buffer: Uint8Array, offset: number): Promise<number>;
}

/** What stays equal while a file is not touched: size in bytes, times in nanoseconds, device and inode. */
export interface FileIdentity {
  readonly size: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
  readonly device: bigint;
  readonly inode: bigint;
}

/** Opens a regular file for reading. Rejects with an Error for people when it is missing, unreadable, or no regular file. */
export async function openFile(file: string): Promise<LocalFile> {
  const absolute = path.resolve(file);
  let handle: FileHandle;
  try {
    // A named pipe that nobody writes to would be waited for without end.
    handle = await fs.promises.open(absolute, fs.constants.O_RDONLY | (process.platform === 'win32' ? 0 : fs.constants.O_NONBLOCK));
  } catch (error) {
    throw new Error(fileProblem(file, error), { cause: error });
  }
  const stat = await handle.stat({ bigint: true });
  if (!stat.isFile()) {
    await handle.close();
    throw new Error(t('{0} is not a file.', file));
  }
  const identity = identityOf(stat);
  return {
    path: absolute,
    name: file,
    size: Number(stat.size),
    identity,
    readInto: (buffer, offset) => fill(handle, file, buffer, offset),
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafe(length);
      const filled = await fill(handle, file, buffer, offset, signal);
      return buffer.subarray(0, filled);
    },
    close: () => handle.close(),
  };
}

/** The identity of a file now; rejects with an Error for people when it is gone. */
export async function fileIdentity(file: string): Promise<FileIdentity> {
  try {
    return identityOf(await smallFiles.bigStat(file));
  } catch (error) {
    throw new Error(fileProblem(file, error), { cause: error });
  }
}

/** Whether two identities are of the same, untouched file. */
export function sameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.size === b.size && a.modified === b.modified && a.changed === b.changed && a.device === b.device && a.inode === b.inode;
}

/** Read access to the files below a folder (a sandbox image). Paths are relative, with `/`; nothing outside the folder is read. */
export interface FolderSource {
  /** Absolute path. */
  readonly path: string;
  /** A file's bytes, at most `limit`; undefined when it is not there, no file, longer than `limit`, or leads outside the folder. */
  readFile(relative: string, limit: number): Promise<Uint8Array | undefined>;
  /** Names in a folder below; empty when there is none. */
  list(relative: string): Promise<readonly string[]>;
}

/** Opens a folder for reading. Symbolic links are followed only as far as they stay inside. Rejects when it is no folder. */
export async function openFolder(folder: string): Promise<FolderSource> {
  let root: string;
  try {
    root = await fs.promises.realpath(folder);
    if (!(await fs.promises.stat(root)).isDirectory()) throw new Error(t('{0} is not a folder.', folder));
  } catch (error) {
    throw new Error(fileProblem(folder, error), { cause: error });
  }
  /** The real path of something below; undefined when it is missing or outside. */
  async function inside(relative: string): Promise<string | undefined> {
    try {
      const real = await fs.promises.realpath(path.join(root, relative));
      return real === root || real.startsWith(root + path.sep) ? real : undefined;
    } catch {
      return undefined; // absent: the callers' ordinary case
    }
  }
  return {
    path: root,
    async readFile(relative, limit) {
      const real = await inside(relative);
      if (real === undefined) return undefined;
      const stat = await fs.promises.stat(real);
      if (!stat.isFile() || stat.size > limit) return undefined;
      return fs.promises.readFile(real);
    },
    async list(relative) {
      const real = await inside(relative);
      if (real === undefined || !(await fs.promises.stat(real)).isDirectory()) return [];
      return fs.promises.readdir(real);
    },
  };
}

async function fill(handle: FileHandle, name: string, buffer: Uint8Array, offset: number, signal?: AbortSignal): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    let bytesRead: number;
    try {
      ({ bytesRead } = await handle.read(buffer, filled, buffer.length - filled, offset + filled));
    } catch (error) {
      throw new Error(fileProblem(name, error), { cause: error });
    }
    if (bytesRead === 0) break;
    filled += bytesRead;
    signal?.throwIfAborted();
  }
  return filled;
}

/** The identity that a `stat` tells. */
export function identityOf(stat: fs.BigIntStats): FileIdentity {
  return { size: stat.size, modified: stat.mtimeNs, changed: stat.ctimeNs, device: stat.dev, inode: stat.ino };
}

/** Why a file cannot be read, for people. */
export function fileProblem(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return noSuchFile(file);
  if (code === 'EACCES' || code === 'EPERM') return t('{0} cannot be read: permission denied.', file);
  if (code === 'EISDIR') return t('{0} is a folder, not a file.', file);
  return t('{0} cannot be read: {1}', file, error instanceof Error ? error.message : String(error));
}
