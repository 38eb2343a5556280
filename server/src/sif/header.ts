import { t } from '../text/l10n';
import { architectureName } from './architecture';
import { ImageFormatError } from './formatError';

/** Bytes of the global header at offset 0 (sif pkg/sif/sif.go, type header). */
export const headerLength = 128;

/** The global header of a SIF. Sizes and offsets in bytes, times in Unix seconds, all as the file claims them. */
export interface SifHeader {
  /** The 128 bytes as they stand in the file. */
  readonly raw: Uint8Array;
  readonly launchScript: string;
  readonly version: string;
  /** The header's copy of the architecture: not protected by signatures. Show the primary partition's. */
  readonly architecture: string;
  /** Lower-case UUID text. */
  readonly id: string;
  readonly createdAt: bigint;
  readonly modifiedAt: bigint;
  readonly descriptorsFree: bigint;
  readonly descriptorsTotal: bigint;
  readonly descriptorsOffset: bigint;
  readonly descriptorsSize: bigint;
  readonly dataOffset: bigint;
  readonly dataSize: bigint;
}

/** Reads the global header. Throws `ImageFormatError` where sif pkg/sif/load.go refuses: short, wrong magic, other version. */
export function readHeader(bytes: Uint8Array): SifHeader {
  if (bytes.length < headerLength) {
    const words = bytes.length === 0 ? 'EOF' : 'unexpected EOF';
    throw new ImageFormatError(t('The file ends inside the SIF header.'), `reading global header: ${words}`);
  }
  const raw = bytes.slice(0, headerLength);
  if (latin1(raw.subarray(32, 42)) !== 'SIF_MAGIC\0') throw new ImageFormatError(t('The file is not a SIF image.'), 'invalid SIF magic');
  if (latin1(raw.subarray(42, 45)) !== '01\0')
    throw new ImageFormatError(
      t('The SIF image has version "{0}"; the engines read version 01 only.', printable(raw.subarray(42, 45))),
      'incompatible SIF version',
    );
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const int64 = (offset: number): bigint => view.getBigInt64(offset, true);
  return {
    raw,
    launchScript: latin1(trimNul(raw.subarray(0, 32))),
    version: latin1(trimNul(raw.subarray(42, 45))),
    architecture: architectureName(raw.subarray(45, 48)),
    id: uuid(raw.subarray(48, 64)),
    createdAt: int64(64),
    modifiedAt: int64(72),
    descriptorsFree: int64(80),
    descriptorsTotal: int64(88),
    descriptorsOffset: int64(96),
    descriptorsSize: int64(104),
    dataOffset: int64(112),
    dataSize: int64(120),
  };
}

/** The header bytes that signatures protect: launch script, magic, version, UUID (sif pkg/sif/sif.go GetIntegrityReader). */
export function headerIntegrityBytes(header: SifHeader): Uint8Array {
  const bytes = new Uint8Array(45 + 16);
  bytes.set(header.raw.subarray(0, 45), 0);
  bytes.set(header.raw.subarray(48, 64), 45);
  return bytes;
}

function uuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Text in front of the trailing NUL bytes. */
export function trimNul(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function printable(bytes: Uint8Array): string {
  return latin1(trimNul(bytes)).replace(/[^\x20-\x7e]/g, '?');
}
