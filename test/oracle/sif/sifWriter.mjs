// A writer of SIF images that shares nothing with the reader in server/: from the layout in the format's documentation.
import { createHash } from 'node:crypto';

/** Builds an image. `objects`: { type, group, link, name, extra, data, align }. Returns the bytes and where objects lie. */
export function writeSif({
  objects,
  launch = '#!/usr/bin/env run-singularity\n',
  uuid = Buffer.alloc(16, 7),
  time = 1_700_000_000,
  capacity = 16,
}) {
  const table = 4096;
  let end = table + capacity * 585;
  const dataStart = end;
  const placed = objects.map((object, index) => {
    const offset = Math.ceil(end / (object.align ?? 1)) * (object.align ?? 1);
    const padded = offset + object.data.length - end;
    end = offset + object.data.length;
    return { ...object, id: index + 1, offset, padded };
  });
  const image = Buffer.alloc(end);
  image.write(launch, 0, 'latin1');
  image.write('SIF_MAGIC\0' + '01\0' + '02\0', 32, 'latin1');
  uuid.copy(image, 48);
  const numbers = [time, time, capacity - objects.length, capacity, table, capacity * 585, dataStart, end - dataStart];
  numbers.forEach((number, index) => image.writeBigInt64LE(BigInt(number), 64 + index * 8));
  for (const object of placed) {
    descriptor(object, time).copy(image, table + (object.id - 1) * 585);
    object.data.copy(image, object.offset);
  }
  return { image, placed };
}

function descriptor({ type, id, group, link = 0, offset, padded, name = '', extra = Buffer.alloc(0), data }, time) {
  const raw = Buffer.alloc(585);
  raw.writeInt32LE(type, 0);
  raw[4] = 1;
  raw.writeUInt32LE(id, 5);
  raw.writeUInt32LE((0xf0000000 + (group ?? 0)) >>> 0, 9);
  raw.writeUInt32LE(link, 13);
  [offset, data.length, padded, time, time, 1000, 1000].forEach((number, index) => raw.writeBigInt64LE(BigInt(number), 17 + index * 8));
  raw.write(name, 73, 'utf8');
  extra.copy(raw, 201);
  return raw;
}

export const partitionExtra = (fileSystem, kind, arch) => {
  const extra = Buffer.alloc(11);
  extra.writeInt32LE(fileSystem, 0);
  extra.writeInt32LE(kind, 4);
  extra.write(arch, 8, 'latin1');
  return extra;
};

export const signatureExtra = (hash, fingerprint) => {
  const extra = Buffer.alloc(24);
  extra.writeInt32LE(hash, 0);
  Buffer.from(fingerprint, 'hex').copy(extra, 4);
  return extra;
};

/** The text that signs a group of an image: digests by `algorithm` (the format's name). */
export function metadataText(image, placed, group, algorithm = 'sha256') {
  const node = algorithm.replace('_', '-');
  const digest = (...parts) => `${algorithm}:${createHash(node).update(Buffer.concat(parts)).digest('hex')}`;
  const members = placed.filter((object) => object.group === group);
  const first = Math.min(...members.map(({ id }) => id));
  const objects = members.map((object) => {
    const raw = image.subarray(4096 + (object.id - 1) * 585, 4096 + object.id * 585);
    const relative = Buffer.alloc(4);
    relative.writeUInt32LE(object.id - first);
    return {
      relativeId: object.id - first,
      descriptorDigest: digest(
        raw.subarray(0, 5),
        relative,
        raw.subarray(13, 17),
        raw.subarray(25, 33),
        raw.subarray(41, 49),
        raw.subarray(57, 585),
      ),
      objectDigest: digest(object.data),
    };
  });
  return JSON.stringify({ version: 1, header: { digest: digest(image.subarray(0, 45), image.subarray(48, 64)) }, objects });
}
