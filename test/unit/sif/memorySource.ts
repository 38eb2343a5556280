import type { ByteSource } from '../../../server/src/image/byteSource';

export interface MemorySource extends ByteSource {
  /** Bytes asked for so far, and how often. */
  readonly asked: { bytes: number; reads: number };
}

/** Bytes in memory as a source that counts what is asked for. */
export function memorySource(bytes: Uint8Array, name = 'memory.sif'): MemorySource {
  const asked = { bytes: 0, reads: 0 };
  return {
    size: bytes.length,
    name,
    asked,
    read(offset, length) {
      if (!Number.isInteger(offset) || !Number.isInteger(length) || offset < 0 || length < 0)
        return Promise.reject(new Error(`bad read: ${offset} ${length}`));
      const part = bytes.slice(offset, offset + length);
      asked.bytes += part.length;
      asked.reads++;
      return Promise.resolve(part);
    },
    close: () => Promise.resolve(),
  };
}
