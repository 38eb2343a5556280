import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { t } from '../../text/l10n';
import { ImageFormatError } from '../formatError';
import { decompressLzo } from './lzo';
import type { Compression } from './superblock';

const inflate = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.inflate);

/** Unpacks one block to at most `limit` bytes. Throws `ImageFormatError` when the block is damaged, or unpacks to more. */
export async function decompress(compression: Compression, block: Uint8Array, limit: number): Promise<Uint8Array> {
  if (compression === 'lzma')
    throw new ImageFormatError(t('The squashfs is packed by lzma, which cannot be read here; labels and scripts are not shown.'));
  try {
    return await unpack(compression, block, limit);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImageFormatError(t('A block of the squashfs cannot be unpacked ({0}): {1}', compression, reason));
  }
}

async function unpack(compression: Exclude<Compression, 'lzma'>, block: Uint8Array, limit: number): Promise<Uint8Array> {
  switch (compression) {
    case 'gzip':
      return inflate(block, { maxOutputLength: limit });
    case 'zstd':
      return unpackZstd(block, limit);
    case 'xz':
      return unpackXz(block, limit);
    case 'lz4': {
      const { decompressBlock } = await import('lz4js');
      const output = new Uint8Array(limit);
      const end = decompressBlock(block, output, 0, block.length, 0);
      if (!(end <= limit)) throw new RangeError(t('it is longer than {0} bytes', limit));
      return output.subarray(0, end);
    }
    case 'lzo':
      return decompressLzo(block, limit);
  }
}

/** Node's own zstd where it has one (22.15 and later), else the library. */
async function unpackZstd(block: Uint8Array, limit: number): Promise<Uint8Array> {
  const native = (zlib as { zstdDecompressSync?: (data: Uint8Array, options: zlib.ZlibOptions) => Buffer }).zstdDecompressSync;
  if (native) return native(block, { maxOutputLength: limit });
  const { Decompress } = await import('fzstd');
  // The frame header names the window: checked here, because the library allocates it before it reads a block.
  if (zstdWindow(block) > 8 << 20) throw new RangeError(t('it is longer than {0} bytes', limit));
  const parts = new Collector(limit);
  new Decompress((part) => parts.add(part)).push(block, true);
  return parts.bytes();
}

/** The window that a zstd frame header asks for, in bytes (RFC 8878, 3.1.1.1.2). */
function zstdWindow(frame: Uint8Array): number {
  const descriptor = frame[4] ?? 0;
  if ((descriptor & 0x20) !== 0) return 0; // single segment: the window is the content size, which the collector bounds
  const window = frame[5] ?? 0;
  const base = 2 ** (10 + (window >> 3));
  return base + (base / 8) * (window & 7);
}

async function unpackXz(block: Uint8Array, limit: number): Promise<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(block);
      controller.close();
    },
  });
  const reader = new XzReadableStream(input).getReader();
  const parts = new Collector(limit);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return parts.bytes();
      parts.add(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined); // the first error is the one that is told
    throw error;
  }
}

/** Gathers pieces and stops at a limit. */
class Collector {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  constructor(private readonly limit: number) {}

  add(part: Uint8Array): void {
    this.length += part.length;
    if (this.length > this.limit) throw new RangeError(t('it is longer than {0} bytes', this.limit));
    this.parts.push(part.slice());
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.parts);
  }
}
