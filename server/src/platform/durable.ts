import { randomBytes } from 'node:crypto';
import { constants, fsync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './systemError';
import { removeFile, smallFiles } from './smallFiles';

/** Replaces a small file (permission bits `mode`) so that a reader, or whoever comes after a crash, finds the old text or the new one. */
export async function writeAtomically(file: string, text: string, mode = 0o600): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await smallFiles.writeNew(temporary, text, mode);
    await smallFiles.rename(temporary, file);
  } catch (error) {
    await removeFile(temporary);
    throw error;
  }
}

/**
 * Gives a finished and synced file its name and makes the name durable. Without `overwrite` an existing name is never replaced, not even
 * one that appears at this moment: rejects with code `EEXIST`.
 */
export async function renameDurably(from: string, to: string, options: { readonly overwrite: boolean }): Promise<void> {
  if (options.overwrite) await smallFiles.rename(from, to);
  else await renameNew(from, to);
  await syncFolder(path.dirname(to));
}

/** A folder's entries are on the disk when it resolves; file systems that cannot do that for folders are let be. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const fd = await smallFiles.open(folder, constants.O_RDONLY, 0);
    await syncOpened(fd).finally(() => smallFiles.close(fd));
  } catch (error) {
    if (!hasCode(error, 'EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'ENOTSUP', 'EBADF')) throw error;
  }
}

/** What was written to an open file is on the disk when it resolves. It may take long, and never holds this thread up. */
export async function syncOpened(fd: number): Promise<void> {
  await new Promise<void>((resolve, reject) => fsync(fd, (error) => (error === null ? resolve() : reject(error))));
}

/** A file's bytes are on the disk when it resolves. */
export async function syncFile(file: string): Promise<void> {
  const handle = await fs.open(file, 'r+');
  await handle.sync().finally(() => handle.close());
}

async function renameNew(from: string, to: string): Promise<void> {
  try {
    await smallFiles.link(from, to);
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    // No hard links here (FAT, some network file systems): look, then rename.
    const existing = await fs.lstat(to).catch((missing: unknown) => {
      if (hasCode(missing, 'ENOENT')) return undefined;
      throw missing;
    });
    if (existing !== undefined) throw Object.assign(new Error(`${to} exists`), { code: 'EEXIST' });
    await fs.rename(from, to);
    return;
  }
  await smallFiles.unlink(from);
}
