import fs from 'node:fs/promises';
import path from 'node:path';
import { writeError } from '../cache/writeError';
import { writeAtomically } from '../platform/durable';
import { hasCode } from '../platform/systemError';
import { t } from '../text/l10n';

/** Refuses a name for a new file that could not be written: before long work, not after it. Rejects with a message for people. */
export async function mustBeWritable(file: string): Promise<void> {
  const target = path.resolve(file);
  const isThere = await fs.lstat(target).then(
    () => true,
    () => false,
  );
  if (isThere) throw exists(file);
  await fs.access(path.dirname(target), fs.constants.W_OK).catch((error: unknown) => {
    throw problemOf(error, file);
  });
}

/** Writes a new file; one that is there is not replaced. Rejects with a message for people. */
export async function writeNewTextFile(file: string, text: string): Promise<void> {
  try {
    await fs.writeFile(path.resolve(file), text, { flag: 'wx' });
  } catch (error) {
    throw problemOf(error, file);
  }
}

/**
 * Replaces the text of a file that is there, by a rename; permissions stay, and what a link leads to is replaced, not the link. Rejects
 * with a message for people.
 */
export async function replaceTextFile(file: string, text: string): Promise<void> {
  try {
    const target = await fs.realpath(file);
    const { mode } = await fs.stat(target);
    await writeAtomically(target, text, mode & 0o7777);
    await fs.chmod(target, mode & 0o7777); // whatever the umask took away
  } catch (error) {
    throw problemOf(error, file);
  }
}

function problemOf(error: unknown, file: string): unknown {
  if (hasCode(error, 'EEXIST')) return exists(file);
  const folder = path.dirname(path.resolve(file));
  if (hasCode(error, 'ENOENT')) return new Error(t('There is no folder {0}.', folder), { cause: error });
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) return new Error(t('There is no space left in {0}.', folder), { cause: error });
  return writeError(error, folder);
}

function exists(file: string): Error {
  return new Error(t('{0} exists already; it is left as it is. Name another file.', file));
}
