import fs from 'node:fs/promises';
import { hasCode } from '../platform/systemError';

const blockSize = 4 << 20;

/**
 * Copies a file to a new name: by sharing its blocks where the file system can, else block by block, so that it can be cancelled, and
 * without writing the holes of sparse files. Rejects with the system's errors (`EEXIST` when the name is taken), or when aborted; what
 * was written until then is the caller's to remove.
 */
export async function copyFile(from: string, to: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await fs.copyFile(from, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE_FORCE);
    return;
  } catch (error) {
    if (!hasCode(error, 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOSYS', 'ENOTTY', 'EPERM')) throw error;
  }
  const source = await fs.open(from, 'r');
  try {
    const target = await fs.open(to, 'wx', 0o600);
    try {
      const buffer = Buffer.allocUnsafe(blockSize);
      const zeros = Buffer.alloc(blockSize);
      let at = 0;
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead } = await source.read(buffer, 0, blockSize, at);
        if (bytesRead === 0) break;
        const block = buffer.subarray(0, bytesRead);
        if (!block.equals(zeros.subarray(0, bytesRead))) await writeAll(target, block, at);
        at += bytesRead;
      }
      await target.truncate(at);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function writeAll(target: fs.FileHandle, block: Buffer, position: number): Promise<void> {
  for (let written = 0; written < block.length;)
    written += (await target.write(block, written, block.length - written, position + written)).bytesWritten;
}
