// Small SIF images for tests, from the layout in the format's documentation.

export interface MadeObject {
  readonly type: number;
  readonly data: Uint8Array;
  readonly group?: number;
  /** As stored: with 0xf0000000 a group, without an object. */
  readonly link?: number;
  readonly name?: string;
  readonly extra?: Uint8Array;
}

/** An image with a table of as many slots as there are objects; data follows the table without gaps. */
export function makeSif(objects: readonly MadeObject[]): Buffer {
  const table = 128;
  let offset = table + objects.length * 585;
  const parts = [Buffer.alloc(offset)];
  const image = parts[0]!;
  image.write('#!/usr/bin/env run-singularity\n', 0);
  image.write('SIF_MAGIC\x0001\x0002\0', 32);
  const numbers = [1_700_000_000, 1_700_000_000, -1, objects.length, table, objects.length * 585, offset, 0];
  numbers.forEach((value, index) => image.writeBigInt64LE(BigInt(value), 64 + index * 8));
  objects.forEach(({ type, data, group = 1, link = 0, name = '', extra = new Uint8Array() }, index) => {
    const at = table + index * 585;
    image.writeInt32LE(type, at);
    image[at + 4] = 1;
    image.writeUInt32LE(index + 1, at + 5);
    image.writeUInt32LE((0xf0000000 + group) >>> 0, at + 9);
    image.writeUInt32LE(link, at + 13);
    image.writeBigInt64LE(BigInt(offset), at + 17);
    image.writeBigInt64LE(BigInt(data.length), at + 25);
    image.writeBigInt64LE(BigInt(data.length), at + 33);
    image.write(name, at + 73);
    image.set(extra, at + 201);
    offset += data.length;
    parts.push(Buffer.from(data));
  });
  return Buffer.concat(parts);
}

/** The extra field of a partition: file system, kind, architecture code. */
export function partitionExtra(fileSystem: number, kind: number, architecture = '02'): Buffer {
  const extra = Buffer.alloc(11);
  extra.writeInt32LE(fileSystem, 0);
  extra.writeInt32LE(kind, 4);
  extra.write(architecture, 8);
  return extra;
}
