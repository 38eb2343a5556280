import type { ByteSource } from '../../image/byteSource';
import { t } from '../../text/l10n';
import { ImageFormatError } from '../formatError';
import { decompress } from './decompress';
import type { Compression } from './superblock';

/** Bytes that one metadata block unpacks to, at most. */
export const metadataBlockLength = 8192;

/** A file system inside a source: `start` and `length` in bytes. */
export interface FileSystemRange {
  readonly source: ByteSource;
  readonly start: number;
  readonly length: number;
}

interface Block {
  readonly bytes: Uint8Array;
  /** Where the next block begins, from the start of the file system. */
  readonly next: number;
}

/** Reads the packed tables of a file system: streams that run on over blocks. Keeps the last blocks. */
export interface MetadataReader {
  /** `length` bytes of the stream whose block begins at `block` (bytes from the start of the file system), from `offset` in it. */
  read(block: number, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** Most bytes that one read of a table hands out: a directory listing or the block list of a file. */
const maximumRead = 8 << 20;
const keptBlocks = 64;
/** Blocks unpacked in the life of one reader: a damaged table cannot keep it busy. */
const maximumBlocks = 16_384;

export function createMetadataReader(range: FileSystemRange, compression: Compression): MetadataReader {
  const blocks = new Map<number, Block>();
  let unpacked = 0;

  async function blockAt(position: number, signal?: AbortSignal): Promise<Block> {
    const kept = blocks.get(position);
    if (kept) return kept;
    if (position < 0 || position + 2 > range.length) throw damaged();
    if (++unpacked > maximumBlocks) throw damaged();
    const head = await range.source.read(range.start + position, 2, signal);
    const header = (head[0] ?? 0) | ((head[1] ?? 0) << 8);
    const size = header & 0x7fff;
    if (head.length < 2 || size === 0 || size > metadataBlockLength || position + 2 + size > range.length) throw damaged();
    const packed = await range.source.read(range.start + position + 2, size, signal);
    if (packed.length < size) throw damaged();
    const bytes = (header & 0x8000) !== 0 ? packed.slice() : await decompress(compression, packed, metadataBlockLength);
    const block = { bytes, next: position + 2 + size };
    if (blocks.size >= keptBlocks) blocks.delete(blocks.keys().next().value ?? -1);
    blocks.set(position, block);
    return block;
  }

  return {
    async read(position, offset, length, signal) {
      if (length > maximumRead) throw damaged();
      const parts: Uint8Array[] = [];
      let missing = length;
      let from = offset;
      let at = position;
      while (missing > 0) {
        const block = await blockAt(at, signal);
        if (from >= block.bytes.length) throw damaged();
        const part = block.bytes.subarray(from, from + missing);
        parts.push(part);
        missing -= part.length;
        from = 0;
        at = block.next;
      }
      return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    },
  };
}

/** The error of every inconsistency in the tables. */
export function damaged(): ImageFormatError {
  return new ImageFormatError(t('The squashfs file system is damaged: a table leads outside of it.'));
}
