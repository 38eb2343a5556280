import { t } from '../../text/l10n';
import { ImageFormatError } from '../formatError';

/** Bytes of the superblock at the start of a SquashFS 4.0 file system. */
export const superblockLength = 96;

export type Compression = 'gzip' | 'lzma' | 'lzo' | 'xz' | 'lz4' | 'zstd';
const compressions: readonly Compression[] = ['gzip', 'lzma', 'lzo', 'xz', 'lz4', 'zstd'];

/** What the superblock tells. Table offsets in bytes from the start of the file system. */
export interface Superblock {
  readonly inodeCount: number;
  readonly modifiedAt: number;
  /** Bytes of a data block: 4 KiB to 1 MiB. */
  readonly blockSize: number;
  readonly fragmentCount: number;
  readonly compression: Compression;
  readonly rootInode: bigint;
  readonly bytesUsed: number;
  readonly inodeTable: number;
  readonly directoryTable: number;
  readonly fragmentTable: number;
}

/** Whether bytes begin with the SquashFS magic. */
export function isSquashfs(bytes: Uint8Array): boolean {
  return bytes[0] === 0x68 && bytes[1] === 0x73 && bytes[2] === 0x71 && bytes[3] === 0x73;
}

/** Reads the superblock; `length` is what the partition holds. Throws `ImageFormatError` for anything out of bounds. */
export function readSuperblock(bytes: Uint8Array, length: number): Superblock {
  if (bytes.length < superblockLength || !isSquashfs(bytes)) throw broken();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(28, true) !== 4 || view.getUint16(30, true) !== 0)
    throw new ImageFormatError(
      t('The squashfs has version {0}.{1}; only 4.0 is read.', view.getUint16(28, true), view.getUint16(30, true)),
    );
  const compression = compressions[view.getUint16(20, true) - 1];
  const blockSize = view.getUint32(12, true);
  if (compression === undefined || blockSize < 4096 || blockSize > 1 << 20 || (blockSize & (blockSize - 1)) !== 0) throw broken();
  /** A table of the file system; tables that are not there point at all ones. */
  const table = (offset: number): number => {
    const value = view.getBigUint64(offset, true);
    return value < BigInt(length) ? Number(value) : length;
  };
  return {
    inodeCount: view.getUint32(4, true),
    modifiedAt: view.getUint32(8, true),
    blockSize,
    fragmentCount: view.getUint32(16, true),
    compression,
    rootInode: view.getBigUint64(32, true),
    bytesUsed: table(40),
    inodeTable: table(64),
    directoryTable: table(72),
    fragmentTable: table(80),
  };
}

function broken(): ImageFormatError {
  return new ImageFormatError(t('The squashfs file system is damaged: its superblock makes no sense.'));
}
