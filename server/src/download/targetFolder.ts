import { createHash } from 'node:crypto';
import path from 'node:path';
import { t } from '../text/l10n';
import { hasCode } from '../platform/systemError';
import { smallFiles } from '../platform/smallFiles';
import { DownloadError } from './request';
import { unsafeName } from './targetName';

/** Where a download's files are. The same for every process that fetches the same name. */
export interface TargetPaths {
  readonly folder: string;
  readonly final: string;
  readonly partial: string;
  readonly journal: string;
  readonly lock: string;
}

/**
 * The paths for `name` below `directory`; folders of the name are made, and none of them may be a symbolic link. Rejects with
 * `DownloadError` for an unsafe name and with the system's errors.
 */
export async function preparePaths(directory: string, name: string): Promise<TargetPaths> {
  const problem = unsafeName(name);
  if (problem !== undefined) throw new DownloadError('name', problem);
  const parts = name.split('/');
  const base = parts.pop() ?? name;
  let folder = await smallFiles.realpath(directory);
  for (const part of parts) {
    folder = path.join(folder, part);
    await makeFolder(folder);
  }
  const hidden = path.join(
    folder,
    Buffer.byteLength(base) > 200 ? `.${createHash('sha256').update(base).digest('hex').slice(0, 32)}` : `.${base}`,
  );
  return {
    folder,
    final: path.join(folder, base),
    partial: `${hidden}.part`,
    journal: `${hidden}.part.journal`,
    lock: `${hidden}.part.lock`,
  };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await smallFiles.mkdir(folder);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const stat = await smallFiles.lstat(folder);
  if (stat.isSymbolicLink()) throw new DownloadError('name', t('{0} is a symbolic link: nothing is written through it.', folder));
  if (!stat.isDirectory()) throw new DownloadError('name', t('{0} is in the way: it is no folder.', folder));
}
