import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readContents } from '../../../server/src/sif/contents';
import { ImageFormatError } from '../../../server/src/sif/formatError';
import { openImage } from '../../../server/src/sif/image';
import { structureProblems, trailingBytes } from '../../../server/src/sif/structure';
import { decompress } from '../../../server/src/sif/squashfs/decompress';
import { decompressLzo } from '../../../server/src/sif/squashfs/lzo';
import { describeCorpus } from '../corpus';
import { memorySource } from './memorySource';

/** Reads everything that can be read; only errors of the format may come out. */
async function readAll(bytes: Uint8Array): Promise<void> {
  const source = memorySource(bytes);
  try {
    const image = await openImage(source);
    if ('sif' in image) {
      structureProblems(image.sif);
      expect(trailingBytes(image.sif)).toBeGreaterThanOrEqual(0);
    }
    await readContents(image);
  } catch (error) {
    expect(error).toBeInstanceOf(ImageFormatError);
  }
  expect(source.asked.bytes).toBeLessThan(64 << 20);
}

/** Places and values that replace bytes. */
const damage = (size: number, from = 0) =>
  fc.array(fc.tuple(fc.integer({ min: from, max: size - 1 }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 });

const damaged = (bytes: Buffer, changes: readonly (readonly [number, number])[]): Buffer => {
  const copy = Buffer.from(bytes);
  for (const [at, value] of changes) copy[at] = value;
  return copy;
};

describe('any bytes', () => {
  test('are an image or no image', () => fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), readAll), { numRuns: 300 }));

  test('behind the magic of a SIF', () => {
    const start = Buffer.concat([Buffer.alloc(32), Buffer.from('SIF_MAGIC\x0001\x0002\0')]);
    const number = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -5n, max: 5000n }));
    const property = fc.asyncProperty(
      fc.array(number, { minLength: 8, maxLength: 8 }),
      fc.uint8Array({ maxLength: 4000 }),
      async (numbers, rest) => {
        const fields = Buffer.alloc(80);
        numbers.forEach((value, index) => fields.writeBigInt64LE(value, 16 + index * 8));
        await readAll(Buffer.concat([start, fields, rest]));
      },
    );
    return fc.assert(property, { numRuns: 500 });
  });

  test('behind the magic of a squashfs', () => {
    const property = fc.asyncProperty(
      fc.uint8Array({ minLength: 96, maxLength: 3000 }),
      fc.integer({ min: 1, max: 6 }),
      async (bytes, compression) => {
        const image = Buffer.from(bytes);
        image.write('hsqs', 0);
        image.writeUInt32LE(131_072, 12);
        image.writeUInt16LE(compression, 20);
        image.writeUInt16LE(4, 28);
        image.writeUInt16LE(0, 30);
        for (const at of [32, 40, 64, 72, 80]) image.writeBigUInt64LE(BigInt(image.readUInt16LE(at) % (bytes.length + 20)), at);
        await readAll(image);
      },
    );
    return fc.assert(property, { numRuns: 500 });
  });

  test.each(['gzip', 'lzma', 'xz', 'zstd', 'lz4', 'lzo'] as const)('as a block of %s', (compression) =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (block) => {
        const result = await decompress(compression, block, 8192).catch((error: unknown) => error);
        if (result instanceof Uint8Array) expect(result.length).toBeLessThanOrEqual(8192);
        else expect(result).toBeInstanceOf(ImageFormatError);
      }),
      { numRuns: 200 },
    ),
  );

  test('as LZO: at most what is allowed', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 9000 }), (block, limit) => {
        try {
          expect(decompressLzo(block, limit).length).toBeLessThanOrEqual(limit);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    ));
});

describeCorpus('damaged images', 'sif/made', (folder) => {
  const read = (name: string) => fs.readFileSync(path.join(folder, name));
  test.each(['gzip', 'xz', 'zstd', 'lz4', 'lzo'])('squashfs packed by %s', (compression) => {
    const image = read(`root.${compression}.squashfs`);
    // Everything but the superblock's beginning stands at the end: tables, directories, inodes.
    const tables = fc.oneof(damage(96), damage(image.length, image.length - 8192), damage(image.length));
    return fc.assert(
      fc.asyncProperty(tables, (changes) => readAll(damaged(image, changes))),
      { numRuns: 150 },
    );
  });
  test('SIF', () => {
    const image = read('indep-rsa.sif');
    const places = fc.oneof(damage(128), damage(4096 + 4 * 585, 4096), damage(image.length));
    return fc.assert(
      fc.asyncProperty(places, (changes) => readAll(damaged(image, changes))),
      { numRuns: 200 },
    );
  });
  test('cut off anywhere', () => {
    const image = read('indep-rsa.sif');
    return fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: image.length }), (end) => readAll(image.subarray(0, end))),
      { numRuns: 100 },
    );
  });
});
