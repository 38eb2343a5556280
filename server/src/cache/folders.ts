import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../platform/durable';
import { t } from '../text/l10n';
import type { CacheLocation } from './find';
import { writeError } from './writeError';

/**
 * Makes the folders of a cache as the engine does, mode 0700 (cache.go initCacheDir), and returns the innermost. A link in the place of
 * one is not followed: it could lead anywhere. Rejects with a message for people; a shared or disabled cache is never written.
 */
export async function makeCacheFolders(cache: CacheLocation, below: readonly string[]): Promise<string> {
  if (cache.shared) throw new Error(t('{0} is a shared cache: it is read, never written.', cache.root));
  if (cache.disabled !== undefined) throw new Error(cache.disabled);
  let folder = cache.root;
  try {
    await fs.mkdir(cache.parent, { recursive: true, mode: 0o700 });
    await makeFolder(folder);
    for (const name of below) {
      folder = path.join(folder, name);
      await makeFolder(folder);
    }
  } catch (error) {
    throw writeError(error, folder);
  }
  return folder;
}

async function makeFolder(folder: string): Promise<void> {
  await fs.mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  if (!(await fs.lstat(folder)).isDirectory())
    throw new Error(t('{0} is no folder (a link perhaps): nothing is written through it.', folder));
}
