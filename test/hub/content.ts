// Bytes that can be served in ranges: held in memory, or made on the fly so that a file of many megabytes costs nothing.
import { createHash } from 'node:crypto';

export interface Content {
  /** Bytes. */
  readonly size: number;
  /** Bytes from `offset`, at most `length`. */
  read(offset: number, length: number): Uint8Array;
}

/** Content of bytes at hand. */
export function contentOf(bytes: Uint8Array | string): Content {
  const held = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return { size: held.length, read: (offset, length) => held.subarray(offset, offset + length) };
}

const blockSize = 64 * 1024;

/** A file of `size` bytes that no compressor shrinks, the same for the same `seed` on every machine, made block by block when it is read. */
export function bigFile(size: number, seed: string): Content {
  return {
    size,
    read(offset, length) {
      const end = Math.min(offset + length, size);
      const bytes = new Uint8Array(Math.max(0, end - offset));
      for (let at = offset; at < end;) {
        const index = Math.floor(at / blockSize);
        const within = at - index * blockSize;
        const part = block(seed, index).subarray(within, Math.min(blockSize, within + end - at));
        bytes.set(part, at - offset);
        at += part.length;
      }
      return bytes;
    },
  };
}

/** The same content with `count` bytes from `offset` on turned round: what a bad mirror serves. */
export function damaged(content: Content, at: number, count = 1): Content {
  return {
    size: content.size,
    read(offset, length) {
      const bytes = Uint8Array.from(content.read(offset, length));
      for (let position = Math.max(at, offset); position < Math.min(at + count, offset + bytes.length); position++)
        bytes[position - offset] = 0xff ^ (bytes[position - offset] ?? 0);
      return bytes;
    },
  };
}

/** Only the first `size` bytes, as if the file ended there. */
export function cut(content: Content, size: number): Content {
  const kept = Math.min(size, content.size);
  return { size: kept, read: (offset, length) => content.read(offset, Math.max(0, Math.min(length, kept - offset))) };
}

/** Hash of the whole content in lower-case hexadecimal. */
export function digestOf(content: Content, algorithm: 'sha256' | 'sha512' | 'md5' | 'sha1' = 'sha256'): string {
  const hash = createHash(algorithm);
  for (let at = 0; at < content.size; at += blockSize) hash.update(content.read(at, blockSize));
  return hash.digest('hex');
}

/** Hashes of the pieces in file order, as a metalink lists them. */
export function pieceHashes(content: Content, length: number, algorithm: 'sha256' | 'sha512' = 'sha256'): string[] {
  const hashes: string[] = [];
  for (let at = 0; at < content.size; at += length) hashes.push(createHash(algorithm).update(content.read(at, length)).digest('hex'));
  return hashes;
}

const blocks = new Map<string, Uint8Array>();

/** One block: a generator of random numbers (mulberry32) started from the seed and the block's index. */
function block(seed: string, index: number): Uint8Array {
  const key = `${seed} ${index}`;
  const known = blocks.get(key);
  if (known !== undefined) return known;
  if (blocks.size >= 256) blocks.clear();
  let state = createHash('sha256').update(key).digest().readUInt32LE(0);
  const words = new Uint32Array(blockSize / 4);
  for (let i = 0; i < words.length; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    words[i] = (mixed ^ (mixed >>> 14)) >>> 0;
  }
  const bytes = new Uint8Array(words.buffer);
  blocks.set(key, bytes);
  return bytes;
}
