import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode, renameDurably } from '../platform/durable';
import { confirmUnchanged } from '../verify/verifiedFile';
import type { VerifiedFile } from '../verify/verifiedFile';
import { sameContent } from './sameContent';
import { writeError } from './writeError';

export interface PlaceOptions {
  /** Permission bits of the entry. */
  readonly mode: number;
  /** Replace what differs. */
  readonly overwrite?: boolean;
  /** The verified file may be moved away; otherwise it is copied. */
  readonly move?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Puts a verified file under a final name, by way of a temporary one beside it and a rename: whatever kills the process, the name has
 * either the whole file or what was there before. `differs`: something else stands there and was left alone. Rejects with a message for
 * people on errors of the disk.
 */
export async function placeVerified(
  verified: VerifiedFile,
  final: string,
  options: PlaceOptions,
): Promise<'put' | 'already-there' | 'differs'> {
  const folder = path.dirname(final);
  const standing = await compareStanding(final, verified, options.signal);
  if (standing === 'same') return 'already-there';
  if (standing === 'differs' && options.overwrite !== true) return 'differs';

  const temporary = path.join(folder, `tmp_${randomBytes(5).toString('hex')}`);
  try {
    await bring(verified, temporary, options);
    await fs.chmod(temporary, options.mode);
    const handle = await fs.open(temporary, 'r');
    await handle.sync().finally(() => handle.close());
    if (standing === 'old-folder') await fs.rm(final, { recursive: true });
    await renameDurably(temporary, final, { overwrite: options.overwrite === true });
    return 'put';
  } catch (error) {
    await fs.rm(temporary, { force: true });
    // Somebody was quicker: an engine or a second window that put the same image.
    if (hasCode(error, 'EEXIST')) return (await compareStanding(final, verified, options.signal)) === 'same' ? 'already-there' : 'differs';
    throw writeError(error, folder);
  }
}

async function compareStanding(
  final: string,
  verified: VerifiedFile,
  signal: AbortSignal | undefined,
): Promise<'nothing' | 'same' | 'differs' | 'old-folder'> {
  const stat = await fs.lstat(final).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (stat === undefined) return 'nothing';
  // Engines up to 3.5 kept one folder an entry; current ones remove it when they need the name (cache.go GetEntry).
  if (stat.isDirectory()) return 'old-folder';
  return stat.isFile() && (await sameContent(final, verified.path, signal)) ? 'same' : 'differs';
}

async function bring(verified: VerifiedFile, temporary: string, options: PlaceOptions): Promise<void> {
  await confirmUnchanged(verified);
  if (options.move === true) {
    try {
      await fs.rename(verified.path, temporary);
      return;
    } catch (error) {
      if (!hasCode(error, 'EXDEV')) throw error;
    }
  }
  await fs.copyFile(verified.path, temporary, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
  // What was copied is what was verified only if the file did not change meanwhile.
  await confirmUnchanged(verified);
  if (options.move === true) await fs.rm(verified.path, { force: true });
}
