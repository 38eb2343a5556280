import { smallFiles } from './smallFiles';

/** Bytes that this user may still write into the file system of a folder; undefined where the system does not say. Quotas show only when they are met. */
export async function freeSpace(folder: string): Promise<bigint | undefined> {
  const { bavail, bsize, blocks } = await smallFiles.statfs(folder);
  return blocks === 0n ? undefined : bavail * bsize;
}
