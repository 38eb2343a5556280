import { createHash } from 'node:crypto';
import type { ByteSource } from '../image/byteSource';
import type { SifDescriptor } from '../sif/descriptor';
import { objectRange } from '../sif/sifImage';
import type { SifImage } from '../sif/sifImage';

/** Part of a file, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Hashes parts of the image, one behind the other, by Node's name of an algorithm; lower-case hexadecimal. */
export type RangeHasher = (ranges: readonly ByteRange[], algorithm: string) => Promise<string>;

const readLength = 1 << 20;

/** A hasher that reads the ranges when they are asked for. */
export function readingHasher(source: ByteSource, signal?: AbortSignal): RangeHasher {
  return async (ranges, algorithm) => {
    const hash = createHash(algorithm);
    for (const { offset, length } of ranges)
      for (let done = 0; done < length; done += readLength)
        hash.update(await source.read(offset + done, Math.min(readLength, length - done), signal));
    return hash.digest('hex');
  };
}

/** The bytes of objects, in this order. */
export function objectRanges(image: SifImage, descriptors: readonly SifDescriptor[]): ByteRange[] {
  return descriptors.map((descriptor) => objectRange(image, descriptor));
}
