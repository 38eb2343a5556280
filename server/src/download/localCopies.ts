import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { t } from '../text/l10n';
import { identityOf, sameFile } from '../platform/file';
import type { FileIdentity } from '../platform/file';
import { blockLength, blockPool } from '../platform/partialFile';
import type { Assembly } from './assembly';
import type { Expectation } from './expectation';
import { beginHash } from './runningDigests';

export interface HashedFile {
  /** Bytes. */
  readonly size: number;
  /** By IANA name, lower-case hexadecimal. */
  readonly digests: Readonly<Record<string, string>>;
  /** Of the file that was hashed, before and after. */
  readonly identity: FileIdentity;
}

/** Digests of a file. Rejects when it changes meanwhile, with the system's errors, and with AbortError. */
export async function hashFile(file: string, types: readonly string[], signal: AbortSignal): Promise<HashedFile> {
  const handle = await fs.open(file, 'r');
  try {
    const identity = identityOf(await handle.stat({ bigint: true }));
    const hashes = types.map((type) => [type, beginHash(type)] as const);
    const block = Buffer.allocUnsafeSlow(blockLength);
    let size = 0;
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(block, 0, blockLength, size);
      if (bytesRead === 0) break;
      for (const [, hash] of hashes) hash.update(block.subarray(0, bytesRead));
      size += bytesRead;
    }
    if (!sameFile(identity, identityOf(await handle.stat({ bigint: true })))) throw new Error(t('{0} changed while it was read.', file));
    return { size, digests: Object.fromEntries(hashes.map(([type, hash]) => [type, hash.digest('hex')])), identity };
  } finally {
    await handle.close();
  }
}

/** Path of a `file:` URL when it lies in an allowed folder, links resolved; else why it is not read. */
export async function allowedPath(
  url: string,
  folders: readonly string[],
): Promise<{ readonly path: string } | { readonly refusal: string }> {
  let real: string;
  try {
    real = await fs.realpath(fileURLToPath(url));
  } catch {
    return { refusal: t('there is no such file') };
  }
  for (const folder of folders) {
    const root = await fs.realpath(folder).catch(() => undefined); // a folder that is not there allows nothing
    if (root !== undefined && real.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) return { path: real };
  }
  return { refusal: t('it is not in a folder that the setting "download.allowedFolders" names') };
}

/**
 * Copies `candidate` to `partial` when it has the declared size and hash. The copy is what is hashed, so that a file which changes
 * meanwhile does no harm; file systems that can share the bytes do. Undefined when it is another file.
 */
export async function copyWhenEqual(
  candidate: string,
  partial: string,
  expectation: Expectation,
  size: number | undefined,
  signal: AbortSignal,
): Promise<HashedFile | undefined> {
  const { whole } = expectation;
  const stat = await fs.stat(candidate);
  if (whole === undefined || !stat.isFile() || (size !== undefined && stat.size !== size)) return undefined;
  // Without a size to compare, a large wrong file would be copied for nothing.
  if (size === undefined && (await hashFile(candidate, [whole.type], signal)).digests[whole.type] !== whole.hex) return undefined;
  const copy = `${partial}.copy`;
  try {
    await fs.rm(copy, { force: true });
    await fs.copyFile(candidate, copy, fs.constants.COPYFILE_FICLONE | fs.constants.COPYFILE_EXCL);
    await fs.chmod(copy, 0o600);
    const hashed = await hashFile(copy, expectation.computed, signal);
    if (hashed.digests[whole.type] !== whole.hex) return undefined;
    await fs.rename(copy, partial);
    return hashed;
  } finally {
    await fs.rm(copy, { force: true });
  }
}

/** Takes from another file, such as an older or unfinished copy, the pieces that match their hashes. Returns how many bytes were of use. */
export async function takePieces(
  candidate: string,
  assembly: Assembly,
  expectation: Expectation,
  size: number,
  signal: AbortSignal,
): Promise<number> {
  const { pieces } = expectation;
  if (pieces === undefined || pieces.length > 64 * blockLength) return 0;
  const handle = await fs.open(candidate, 'r');
  let taken = 0;
  try {
    const memory = Buffer.allocUnsafe(pieces.length);
    for (let index = 0, from = 0; from < size; from = ++index * pieces.length) {
      signal.throwIfAborted();
      const length = Math.min(pieces.length, size - from);
      if (assembly.trusted.covers(from, from + length)) continue;
      const { bytesRead } = await handle.read(memory, 0, length, from);
      if (bytesRead < length) break;
      if (beginHash(pieces.type).update(memory.subarray(0, length)).digest('hex') !== pieces.hashes[index]) continue;
      for (let at = 0; at < length; at += blockLength) {
        const block = blockPool.take();
        const part = memory.copy(block, 0, at, Math.min(length, at + blockLength));
        assembly.accept(-1, from + at, block, part);
      }
      taken += length;
      await assembly.written();
    }
  } finally {
    await handle.close();
  }
  return taken;
}
