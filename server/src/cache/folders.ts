import fs from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '../platform/smallFiles';
import { hasCode } from '../platform/systemError';
import { t } from '../text/l10n';
import type { CacheLocation } from './find';
import { writeError } from './writeError';

/**
 * Makes the folders of a cache as the engine does, mode 0700 (cache.go initCacheDir), and returns the innermost. The cache itself may be
 * a link to another disk, as people do it to save their quota; a link in the place of a folder below is not followed: it could lead
 * anywhere. Rejects with a message for people; a shared or disabled cache is never written.
 */
export async function makeCacheFolders(cache: CacheLocation, below: readonly string[]): Promise<string> {
  if (cache.shared) throw new Error(t('{0} is a shared cache: it is read, never written.', cache.root));
  if (cache.disabled !== undefined) throw new Error(cache.disabled);
  let folder = cache.root;
  try {
    await makeFolders(cache.parent, 0o700);
    await makeFolder(folder, { mayBeLink: true });
    for (const name of below) {
      folder = path.join(folder, name);
      await makeFolder(folder, { mayBeLink: false });
    }
  } catch (error) {
    throw writeError(error, folder);
  }
  return folder;
}

async function makeFolder(folder: string, { mayBeLink }: { readonly mayBeLink: boolean }): Promise<void> {
  try {
    await fs.mkdir(folder, { mode: 0o700 });
    // The engines do the same, whatever the umask: cache.go initCacheDir.
    await fs.chmod(folder, 0o700);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    const stat = await (mayBeLink ? fs.stat(folder) : fs.lstat(folder)).catch((failure: unknown) => {
      if (hasCode(failure, 'ENOENT', 'ELOOP')) throw new Error(t('{0} is a link that leads nowhere.', folder), { cause: failure });
      throw failure;
    });
    if (stat.isSymbolicLink()) throw new Error(t('{0} is a link: nothing is written through it.', folder));
    if (!stat.isDirectory()) throw new Error(t('{0} is in the way: it is no folder.', folder));
  }
}
