import { architectureName } from './architecture';
import { trimNul } from './header';

/** Bytes of one descriptor in the table (sif pkg/sif/descriptor.go, rawDescriptor). */
export const descriptorLength = 585;

/** Group ids, and links to groups, carry these bits. */
const groupMask = 0xf0000000;

export const dataType = {
  deffile: 0x4001,
  environment: 0x4002,
  labels: 0x4003,
  partition: 0x4004,
  signature: 0x4005,
  genericJson: 0x4006,
  generic: 0x4007,
  cryptoMessage: 0x4008,
  sbom: 0x4009,
  ociRootIndex: 0x400a,
  ociBlob: 0x400b,
} as const;

const typeNames: Readonly<Record<number, string>> = {
  [dataType.deffile]: 'Def.FILE',
  [dataType.environment]: 'Env.Vars',
  [dataType.labels]: 'JSON.Labels',
  [dataType.partition]: 'FS',
  [dataType.signature]: 'Signature',
  [dataType.genericJson]: 'JSON.Generic',
  [dataType.generic]: 'Generic/Raw',
  [dataType.cryptoMessage]: 'Cryptographic Message',
  [dataType.sbom]: 'SBOM',
  [dataType.ociRootIndex]: 'OCI.RootIndex',
  [dataType.ociBlob]: 'OCI.Blob',
};

const fileSystems = ['Squashfs', 'Ext3', 'Archive', 'Raw', 'Encrypted squashfs', 'Gocryptfs squashfs'] as const;
const partitionTypes = ['System', '*System', 'Data', 'Overlay'] as const;
const hashTypes = ['SHA-256', 'SHA-384', 'SHA-512', 'BLAKE2s-256', 'BLAKE2b-256'] as const;
const sbomFormats = [
  'cyclonedx-json',
  'cyclonedx-xml',
  'github-json',
  'spdx-json',
  'spdx-rdf',
  'spdx-tag-value',
  'spdx-yaml',
  'syft-json',
] as const;
const cryptoFormats = ['OpenPGP', 'PEM'] as const;

/** What the type-specific field of a descriptor says. Names are the library's; a number that it does not know is `Unknown`. */
export type DescriptorDetail =
  | { readonly kind: 'partition'; readonly fileSystem: string; readonly partitionType: string; readonly architecture: string }
  /** `hashType` undefined: `hash algorithm unsupported`; `fingerprint` lower-case hex of 20 bytes, undefined when all zero (DSSE). */
  | { readonly kind: 'signature'; readonly hashType: string | undefined; readonly fingerprint: string | undefined }
  | { readonly kind: 'crypto-message'; readonly format: string; readonly message: string }
  | { readonly kind: 'sbom'; readonly format: string }
  | { readonly kind: 'oci'; readonly digest: string }
  | { readonly kind: 'none' };

/** One used slot of the descriptor table: a data object. Offsets and sizes in bytes as the file claims them, times in Unix seconds. */
export interface SifDescriptor {
  /** The 585 bytes as they stand in the file. */
  readonly raw: Uint8Array;
  readonly dataType: number;
  /** The library's name of the type; `Unknown` for a number it does not know. */
  readonly typeName: string;
  readonly id: number;
  /** The group as stored, mask included: ids are relative to the smallest id with the same stored value. */
  readonly rawGroup: number;
  /** 0: in no group. */
  readonly groupId: number;
  /** 0: linked to nothing. */
  readonly linkedId: number;
  /** The link names a group, not an object. */
  readonly linkedToGroup: boolean;
  readonly offset: bigint;
  readonly size: bigint;
  readonly sizeWithPadding: bigint;
  readonly createdAt: bigint;
  readonly modifiedAt: bigint;
  readonly name: string;
  readonly detail: DescriptorDetail;
}

/** Reads one record of the table; undefined for a free slot. `bytes` holds exactly one record. */
export function readDescriptor(bytes: Uint8Array): SifDescriptor | undefined {
  if (bytes[4] === 0) return undefined;
  const raw = bytes.slice(0, descriptorLength);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const type = view.getInt32(0, true);
  const rawGroup = view.getUint32(9, true);
  const link = view.getUint32(13, true);
  return {
    raw,
    dataType: type,
    typeName: typeNames[type] ?? 'Unknown',
    id: view.getUint32(5, true),
    rawGroup,
    groupId: (rawGroup & ~groupMask) >>> 0,
    linkedId: (link & ~groupMask) >>> 0,
    linkedToGroup: (link & groupMask) >>> 0 === groupMask,
    offset: view.getBigInt64(17, true),
    size: view.getBigInt64(25, true),
    sizeWithPadding: view.getBigInt64(33, true),
    createdAt: view.getBigInt64(41, true),
    modifiedAt: view.getBigInt64(49, true),
    name: Buffer.from(trimNul(raw.subarray(73, 201))).toString('utf8'),
    detail: readDetail(type, raw.subarray(201), view),
  };
}

function readDetail(type: number, extra: Uint8Array, view: DataView): DescriptorDetail {
  const first = view.getInt32(201, true);
  const second = view.getInt32(205, true);
  switch (type) {
    case dataType.partition:
      return {
        kind: 'partition',
        fileSystem: fileSystems[first - 1] ?? 'Unknown',
        partitionType: partitionTypes[second - 1] ?? 'Unknown',
        architecture: architectureName(extra.subarray(8, 11)),
      };
    case dataType.signature: {
      const entity = extra.subarray(4, 24);
      return {
        kind: 'signature',
        hashType: hashTypes[first - 1],
        fingerprint: entity.every((byte) => byte === 0) ? undefined : Buffer.from(entity).toString('hex'),
      };
    }
    case dataType.cryptoMessage:
      return { kind: 'crypto-message', format: cryptoFormats[first - 1] ?? 'Unknown', message: cryptoMessageName(second) };
    case dataType.sbom:
      return { kind: 'sbom', format: sbomFormats[first - 1] ?? 'unknown' };
    case dataType.ociRootIndex:
    case dataType.ociBlob: {
      const end = extra.indexOf(0);
      return { kind: 'oci', digest: Buffer.from(extra.subarray(0, end < 0 ? extra.length : end)).toString('utf8') };
    }
    default:
      return { kind: 'none' };
  }
}

function cryptoMessageName(value: number): string {
  if (value === 0x100) return 'Clear Signature';
  return value === 0x200 ? 'RSA-OAEP' : 'Unknown';
}

/** Go's name of the primary system partition. */
export const primarySystem: string = partitionTypes[1];

/** Go's names of the file systems that are encrypted and cannot be read without a key. */
export const encryptedFileSystems: readonly string[] = [fileSystems[4], fileSystems[5]];

/**
 * The 557 bytes of a descriptor that signatures protect, with `relativeId` in place of the id
 * (sif pkg/sif/descriptor.go GetIntegrityReader): not the group, offset, padded size, modification time.
 */
export function descriptorIntegrityBytes(descriptor: SifDescriptor, relativeId: number): Uint8Array {
  const { raw } = descriptor;
  const bytes = new Uint8Array(557);
  bytes.set(raw.subarray(0, 4), 0);
  bytes[4] = raw[4] === 0 ? 0 : 1; // Go reads the flag as a bool and writes it back as 0 or 1
  new DataView(bytes.buffer).setUint32(5, relativeId, true);
  bytes.set(raw.subarray(13, 17), 9);
  bytes.set(raw.subarray(25, 33), 13);
  bytes.set(raw.subarray(41, 49), 21);
  bytes.set(raw.subarray(57, 73), 29);
  bytes.set(raw.subarray(73, 201), 45);
  bytes.set(raw.subarray(201, 585), 173);
  return bytes;
}
