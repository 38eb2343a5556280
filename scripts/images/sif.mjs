// A writer of SIF images, independent of the product's reader: what it writes is checked by the reference library
// (test/oracle/hub). Layout: apptainer/sif pkg/sif/{sif,descriptor,create}.go; signed text: pkg/integrity/{metadata,digest}.go.
import { createHash } from 'node:crypto';

const headerSize = 128;
const descriptorSize = 585;
const descriptorSlots = 48;
const tableOffset = 4096;
const dataOffset = tableOffset + descriptorSlots * descriptorSize;
const launchScript = '#!/usr/bin/env run-singularity\n';
const groupMask = 0xf0000000;

/** Data types of objects. */
export const objectType = { deffile: 0x4001, partition: 0x4004, signature: 0x4005, genericJson: 0x4006 };

const architectureCode = { amd64: '02', arm64: '04' };

/**
 * Lays out an image.
 * `objects`: `{ type, name, data, extra?, aligned? }`, all in group 1, in the order of their ids.
 * `sign(text)`: returns `{ armored, fingerprint }` for the signed text; without it the image carries no signature.
 */
export function writeSif({ architecture, uuid, time, objects, sign }) {
  const head = Buffer.alloc(headerSize);
  const placed = [];
  let end = dataOffset;
  const place = (object, id, group, link) => {
    const offset = object.aligned === true ? Math.ceil(end / 4096) * 4096 : end;
    placed.push({ object, offset, record: descriptor({ object, id, group, link, offset, padded: offset - end, time }) });
    end = offset + object.data.length;
  };
  objects.forEach((object, index) => place(object, index + 1, groupMask + 1, 0));

  head.write(launchScript, 0, 'latin1');
  head.write('SIF_MAGIC\0', 32, 'latin1');
  head.write('01\0', 42, 'latin1');
  head.write(`${architectureCode[architecture]}\0`, 45, 'latin1');
  Buffer.from(uuid.replaceAll('-', ''), 'hex').copy(head, 48);
  head.writeBigInt64LE(BigInt(time), 64);
  head.writeBigInt64LE(BigInt(time), 72);

  if (sign !== undefined) {
    const { armored, fingerprint } = sign(signedText(head, placed));
    const extra = Buffer.alloc(384);
    extra.writeInt32LE(1, 0); // SHA-256
    Buffer.from(fingerprint, 'hex').copy(extra, 4);
    place({ type: objectType.signature, name: '', data: Buffer.from(armored), extra }, objects.length + 1, groupMask, groupMask + 1);
  }

  head.writeBigInt64LE(BigInt(descriptorSlots - placed.length), 80);
  head.writeBigInt64LE(BigInt(descriptorSlots), 88);
  head.writeBigInt64LE(BigInt(tableOffset), 96);
  head.writeBigInt64LE(BigInt(descriptorSlots * descriptorSize), 104);
  head.writeBigInt64LE(BigInt(dataOffset), 112);
  head.writeBigInt64LE(BigInt(end - dataOffset), 120);

  const file = Buffer.alloc(end);
  head.copy(file);
  placed.forEach(({ record, object, offset }, index) => {
    record.copy(file, tableOffset + index * descriptorSize);
    object.data.copy(file, offset);
  });
  return file;
}

/** Extra bytes of a squashfs primary system partition. */
export function systemPartition(architecture) {
  const extra = Buffer.alloc(384);
  extra.writeInt32LE(1, 0); // squashfs
  extra.writeInt32LE(2, 4); // primary system
  extra.write(`${architectureCode[architecture]}\0`, 8, 'latin1');
  return extra;
}

function descriptor({ object, id, group, link, offset, padded, time }) {
  const record = Buffer.alloc(descriptorSize);
  record.writeInt32LE(object.type, 0);
  record.writeUInt8(1, 4);
  record.writeUInt32LE(id, 5);
  record.writeUInt32LE(group, 9);
  record.writeUInt32LE(link, 13);
  record.writeBigInt64LE(BigInt(offset), 17);
  record.writeBigInt64LE(BigInt(object.data.length), 25);
  record.writeBigInt64LE(BigInt(object.data.length + padded), 33);
  record.writeBigInt64LE(BigInt(time), 41);
  record.writeBigInt64LE(BigInt(time), 49);
  record.write(object.name, 73, 128, 'utf8');
  object.extra?.copy(record, 201);
  return record;
}

/** The text that a signature of group 1 covers (pkg/integrity/metadata.go): digests of the header, each descriptor and each object. */
function signedText(head, placed) {
  return JSON.stringify({
    version: 1,
    header: { digest: sha256(head.subarray(0, 45), head.subarray(48, 64)) },
    objects: placed.map(({ record, object }, relativeId) => ({
      relativeId,
      descriptorDigest: descriptorDigest(record, relativeId),
      objectDigest: sha256(object.data),
    })),
  });
}

/** Everything of a descriptor but its absolute id, group, offset, padded size and modification time (pkg/integrity/digest.go). */
function descriptorDigest(record, relativeId) {
  const id = Buffer.alloc(4);
  id.writeUInt32LE(relativeId);
  return sha256(
    record.subarray(0, 5),
    id,
    record.subarray(13, 17),
    record.subarray(25, 33),
    record.subarray(41, 49),
    record.subarray(57, 585),
  );
}

function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return `sha256:${hash.digest('hex')}`;
}
