import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { renameDurably } from '../platform/durable';
import { hasCode } from '../platform/systemError';
import { t } from '../text/l10n';
import { confirmUnchanged } from '../verify/verifiedFile';
import type { VerifiedFile } from '../verify/verifiedFile';
import { copyFile } from './copyFile';
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

/** How often it begins anew when somebody empties the folder meanwhile (`apptainer cache clean` also removes temporary files). */
const attempts = 3;

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
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await place(verified, final, options);
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
        if (attempt === attempts || !(await exists(verified.path)) || !(await exists(folder)))
          throw new Error(t('{0} was emptied by another program while an image was put into it. Try again.', folder), { cause: error });
      }
    }
  } catch (error) {
    throw writeError(error, folder);
  }
}

async function place(verified: VerifiedFile, final: string, options: PlaceOptions): Promise<'put' | 'already-there' | 'differs'> {
  const standing = await compareStanding(final, verified.path, options.signal);
  if (standing === 'same') return 'already-there';
  if (standing === 'differs' && options.overwrite !== true) return 'differs';
  const temporary = path.join(path.dirname(final), `tmp_${randomBytes(8).toString('hex')}`);
  try {
    await bring(verified, temporary, options);
    options.signal?.throwIfAborted();
    const handle = await fs.open(temporary, 'r');
    try {
      await handle.chmod(options.mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (standing === 'old-folder') await fs.rm(final, { recursive: true, force: true });
    // A link that leads nowhere is no entry: the engines rename over it too.
    return await giveName(temporary, final, { ...options, overwrite: options.overwrite === true || standing === 'broken-link' });
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

/** Somebody may be quicker, an engine or a second window: then what they put is compared. */
async function giveName(
  temporary: string,
  final: string,
  { overwrite, signal }: { readonly overwrite: boolean; readonly signal?: AbortSignal },
): Promise<'put' | 'already-there' | 'differs'> {
  for (let attempt = 1; ; attempt++) {
    try {
      await renameDurably(temporary, final, { overwrite });
      return 'put';
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      const standing = await compareStanding(final, temporary, signal);
      if (standing === 'same') return 'already-there';
      if (standing !== 'nothing' || attempt === attempts) return 'differs';
    }
  }
}

async function compareStanding(
  final: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<'nothing' | 'same' | 'differs' | 'old-folder' | 'broken-link'> {
  const stat = await fs.lstat(final).catch(unlessGone);
  if (stat === undefined) return 'nothing';
  // Engines up to 3.5 kept one folder an entry; current ones remove it when they need the name (cache.go GetEntry).
  if (stat.isDirectory()) return 'old-folder';
  if (stat.isSymbolicLink()) {
    const target = await fs.stat(final).catch(unlessGone);
    if (target === undefined) return 'broken-link';
    if (!target.isFile()) return 'differs';
  } else if (!stat.isFile()) return 'differs';
  try {
    return (await sameContent(final, file, signal)) ? 'same' : 'differs';
  } catch (error) {
    if (hasCode(error, 'ENOENT') && !(await exists(final))) return 'nothing'; // removed this moment
    throw error;
  }
}

async function bring(verified: VerifiedFile, temporary: string, { move, signal }: PlaceOptions): Promise<void> {
  await confirmUnchanged(verified);
  const before = await fs.stat(verified.path);
  if (move === true) {
    try {
      await fs.rename(verified.path, temporary);
      // Its age counts from now, as if an engine had fetched it; an old file of this name would look like a leftover of a crash.
      const after = await fs.stat(temporary);
      if (after.ino !== before.ino || after.size !== before.size || after.mtimeMs !== before.mtimeMs)
        throw new Error(t('{0} changed while it was put into the cache. Verify it again.', verified.path));
      await fs.utimes(temporary, new Date(), new Date());
      return;
    } catch (error) {
      if (!hasCode(error, 'EXDEV')) throw error;
    }
  }
  await copyFile(verified.path, temporary, signal);
  // What was copied is what was verified only if the file did not change meanwhile.
  await confirmUnchanged(verified);
  if (move === true) await fs.rm(verified.path, { force: true });
}

async function exists(file: string): Promise<boolean> {
  return (await fs.lstat(file).catch(unlessGone)) !== undefined;
}

function unlessGone(error: unknown): undefined {
  if (hasCode(error, 'ENOENT', 'ELOOP')) return undefined;
  throw error;
}
