import type { ByteSource } from '../image/byteSource';
import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import { descriptorLength, primarySystem, readDescriptor } from './descriptor';
import type { SifDescriptor } from './descriptor';
import { ImageFormatError } from './formatError';
import { headerLength, readHeader } from './header';
import type { SifHeader } from './header';

/** A loaded SIF: header and used descriptors; the data stays in `source`. */
export interface SifImage {
  readonly source: ByteSource;
  readonly header: SifHeader;
  /** Used slots in table order. */
  readonly descriptors: readonly SifDescriptor[];
}

/** More slots than this are refused: the engines write 48; the table alone would be 10 MB. */
const maximumDescriptors = 16_384;

/**
 * Reads header and descriptor table as sif pkg/sif/load.go does, within bounds: the table must lie in the file, so a hostile count
 * allocates nothing. Reads 33 KB of an ordinary image. Throws `ImageFormatError` with the library's words.
 */
export async function readSif(source: ByteSource, signal?: AbortSignal): Promise<SifImage> {
  const head = await source.read(0, Math.min(source.size, 32 * 1024), signal);
  const header = readHeader(head);
  const total = header.descriptorsTotal;
  if (total === 0n) return { source, header, descriptors: [] };
  const needed = total * BigInt(descriptorLength);
  const inside = header.descriptorsOffset >= 0n && header.descriptorsOffset + needed <= BigInt(source.size);
  // Go's section reader takes a negative size for no limit at all.
  const inWindow = header.descriptorsSize < 0n || needed <= header.descriptorsSize;
  if (total < 0n || !inWindow || !inside) throw truncatedTable(header, source);
  if (total > BigInt(maximumDescriptors))
    throw new ImageFormatError(t('The SIF header claims {0} descriptors, more than the {1} that are read.', total, maximumDescriptors));
  const offset = Number(header.descriptorsOffset);
  const length = Number(needed);
  const table =
    offset >= headerLength && offset + length <= head.length
      ? head.subarray(offset, offset + length)
      : await source.read(offset, length, signal);
  if (table.length < length) throw truncatedTable(header, source);
  const descriptors: SifDescriptor[] = [];
  for (let start = 0; start < length; start += descriptorLength) {
    const descriptor = readDescriptor(table.subarray(start, start + descriptorLength));
    if (descriptor) descriptors.push(descriptor);
  }
  return { source, header, descriptors };
}

/** By stored group value the smallest id among the descriptors that have it: what signed ids are relative to. */
export function smallestIds(image: SifImage): ReadonlyMap<number, number> {
  const smallest = new Map<number, number>();
  for (const { rawGroup, id } of image.descriptors) smallest.set(rawGroup, Math.min(id, smallest.get(rawGroup) ?? id));
  return smallest;
}

/** The primary system partition, which holds the root file system. */
export function primaryPartition(image: SifImage): SifDescriptor | undefined {
  return image.descriptors.find(({ detail }) => detail.kind === 'partition' && detail.partitionType === primarySystem);
}

/** Where an object's bytes lie in the file: clipped at its end, as the library reads them. Throws for a negative offset. */
export function objectRange(image: SifImage, descriptor: SifDescriptor): { readonly offset: number; readonly length: number } {
  if (descriptor.offset < 0n) {
    const words = 'negative offset';
    throw new ImageFormatError(t('Object {0} claims to begin before the file.', descriptor.id), words);
  }
  const fileEnd = BigInt(image.source.size);
  const offset = least(descriptor.offset, fileEnd);
  // Go's section reader takes a negative size for no limit at all.
  const end = descriptor.size < 0n ? fileEnd : least(descriptor.offset + descriptor.size, fileEnd);
  return { offset: Number(offset), length: Number(end - offset) };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** An object's bytes in memory. Throws when it is longer than `limit` or the file ends inside it. */
export async function readObject(image: SifImage, descriptor: SifDescriptor, limit: number, signal?: AbortSignal): Promise<Uint8Array> {
  if (descriptor.size > BigInt(limit) || descriptor.size < 0n)
    throw new ImageFormatError(
      t('Object {0} claims {1} bytes; at most {2} are read.', descriptor.id, groupedNumber(descriptor.size), groupedNumber(limit)),
    );
  const { offset, length } = objectRange(image, descriptor);
  const bytes = length === 0 ? new Uint8Array(0) : await image.source.read(offset, length, signal);
  if (BigInt(bytes.length) < descriptor.size)
    throw new ImageFormatError(t('The file ends inside object {0}.', descriptor.id), bytes.length === 0 ? 'EOF' : 'unexpected EOF');
  return bytes;
}

function truncatedTable(header: SifHeader, source: ByteSource): ImageFormatError {
  return new ImageFormatError(
    t(
      'The SIF header claims {0} descriptors at byte {1}; the file has {2} bytes.',
      header.descriptorsTotal,
      groupedNumber(header.descriptorsOffset),
      groupedNumber(source.size),
    ),
    'reading descriptors: unexpected EOF',
  );
}
