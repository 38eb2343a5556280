import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import { dataType, descriptorLength } from './descriptor';
import type { SifDescriptor } from './descriptor';
import { objectRange, primaryPartition } from './sifImage';
import type { SifImage } from './sifImage';

/** What is wrong with the layout of a SIF. */
export interface StructureProblem {
  /** `broken`: data is missing, the image cannot be whole. `odd`: the engines take it, but no engine writes it. */
  readonly severity: 'broken' | 'odd';
  readonly message: string;
}

/** Signature objects, and bytes of them, that are looked at: the engines write one of about 2 KB a group and signer. */
const maximumSignatures = 256;
const maximumSignatureBytes = 8n << 20n;
/** Objects may share bytes, but not so that a small file keeps a reader busy for ever: times the size of the file. */
const maximumSharing = 8n;
/** Problems that are told one by one. */
const maximumProblems = 12;

/** Why an image asks for more work than any engine's image does; then its signatures are not looked at. Reads nothing. */
export function excess(image: SifImage): string | undefined {
  const signatures = image.descriptors.filter(({ dataType: type }) => type === dataType.signature);
  if (signatures.length > maximumSignatures)
    return t('The image claims {0} signatures; at most {1} are looked at.', signatures.length, maximumSignatures);
  const signed = claimedBytes(signatures, image);
  if (signed > maximumSignatureBytes)
    return t('The signatures claim {0} bytes; at most {1} are read.', groupedNumber(signed), groupedNumber(maximumSignatureBytes));
  const all = claimedBytes(image.descriptors, image);
  return all > maximumSharing * BigInt(image.source.size)
    ? t('The objects claim {0} bytes together, the file has {1}: they overlap.', groupedNumber(all), groupedNumber(image.source.size))
    : undefined;
}

function claimedBytes(descriptors: readonly SifDescriptor[], { source }: SifImage): bigint {
  const fileSize = BigInt(source.size);
  return descriptors.reduce((sum, { size }) => sum + (size < 0n || size > fileSize ? fileSize : size), 0n);
}

/** Checks that objects lie in the file, do not overlap each other or the tables, and have ids of their own. Reads nothing. */
export function structureProblems(image: SifImage): StructureProblem[] {
  const problems: StructureProblem[] = [];
  const { header, source } = image;
  const ids = new Set<number>();
  for (const descriptor of image.descriptors) {
    const end = descriptor.offset + descriptor.size;
    if (descriptor.offset < 0n || descriptor.size < 0n)
      problems.push({ severity: 'broken', message: t('Object {0} has a negative offset or size.', descriptor.id) });
    else if (end > BigInt(source.size))
      problems.push({
        severity: 'broken',
        message: t('Object {0} ends at byte {1}, the file at {2}: the image was cut off.', descriptor.id, end, source.size),
      });
    if (ids.has(descriptor.id)) problems.push({ severity: 'odd', message: t('Two objects have the id {0}.', descriptor.id) });
    ids.add(descriptor.id);
  }
  const tableEnd = header.descriptorsOffset + header.descriptorsTotal * BigInt(descriptorLength);
  const inFile = image.descriptors.filter((d) => d.offset >= 0n && d.size > 0n).sort((a, b) => Number(a.offset - b.offset));
  let previous: SifDescriptor | undefined;
  for (const descriptor of inFile) {
    if (descriptor.offset < tableEnd)
      problems.push({ severity: 'odd', message: t('Object {0} overlaps the header or the descriptor table.', descriptor.id) });
    if (previous && descriptor.offset < previous.offset + previous.size)
      problems.push({ severity: 'odd', message: t('Objects {0} and {1} overlap.', previous.id, descriptor.id) });
    if (!previous || descriptor.offset + descriptor.size > previous.offset + previous.size) previous = descriptor;
  }
  if (problems.length <= maximumProblems) return problems;
  const [worst] = problems.map(({ severity }) => severity).sort();
  const more = t('{0} more such problems.', problems.length - maximumProblems);
  return [...problems.slice(0, maximumProblems), { severity: worst ?? 'odd', message: more }];
}

/** One line for people: `SIF 01, 4 objects, Squashfs root for amd64`. */
export function describeSif(image: SifImage): string {
  const root = primaryPartition(image);
  const count = image.descriptors.length;
  if (root?.detail.kind !== 'partition') return t('SIF {0}, {1} objects, no primary system partition', image.header.version, count);
  return t('SIF {0}, {1} objects, {2} root for {3}', image.header.version, count, root.detail.fileSystem, root.detail.architecture);
}

/** Bytes behind the last object and the tables: no engine reads them, and no signature covers them. */
export function trailingBytes(image: SifImage): number {
  const { header, source } = image;
  let end = Number(header.descriptorsOffset + header.descriptorsTotal * BigInt(descriptorLength));
  for (const descriptor of image.descriptors) {
    if (descriptor.offset < 0n) continue;
    const range = objectRange(image, descriptor);
    end = Math.max(end, range.offset + range.length);
  }
  return Math.max(0, source.size - end);
}
