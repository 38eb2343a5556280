import { dataType } from '../sif/descriptor';
import { ImageFormatError } from '../sif/formatError';
import type { SifImage } from '../sif/sifImage';
import { decodeClearSigned } from './clearSign';
import { isDsse, unverifiedPayload } from './dsse';
import { isLegacyPlaintext, readImageMetadata } from './imageMetadata';
import { objectRanges } from './objectDigests';
import type { ByteRange } from './objectDigests';
import { PgpPacketError, signaturePackets } from './pgpSignature';
import { signatureObjects } from './verifySif';
import type { SignatureMode } from './sifSignature';

/** Parts of the image that will have to be hashed to verify it. */
export interface PlannedDigest {
  readonly ranges: readonly ByteRange[];
  /** Node's name. */
  readonly algorithm: string;
}

/** What signatures in an image ask for, read without verifying anything. */
export interface SignaturePlan {
  readonly digests: readonly PlannedDigest[];
  /** 64-bit ids of the OpenPGP keys that are said to have signed, upper-case hexadecimal. */
  readonly issuers: readonly string[];
  /** There are signatures of the current form, and of the legacy one. */
  readonly hasCurrent: boolean;
  readonly hasLegacy: boolean;
}

/** Looks at all signatures so that the image has to be read only once afterwards. */
export async function planSignatures(image: SifImage, mode: SignatureMode, signal?: AbortSignal): Promise<SignaturePlan> {
  const digests: PlannedDigest[] = [];
  const issuers = new Set<string>();
  let hasCurrent = false;
  let hasLegacy = false;
  for (const { descriptor, data } of await signatureObjects(image, signal)) {
    const message = isDsse(data) ? undefined : decodeClearSigned(data);
    const plaintext = message ? message.plaintext : unverifiedPayload(data);
    if (message) for (const issuer of issuersOf(message.signature)) issuers.add(issuer);
    if (!plaintext) continue;
    const legacy = isLegacyPlaintext(plaintext);
    if (legacy) hasLegacy = true;
    else hasCurrent = true;
    const { linkedId, linkedToGroup, detail } = descriptor;
    if (legacy !== (mode !== 'default') || detail.kind !== 'signature') continue;
    const objects = image.descriptors.filter((d) => (linkedToGroup ? d.groupId : d.id) === linkedId && linkedId !== 0);
    try {
      if (legacy)
        digests.push({ ranges: objectRanges(image, objects), algorithm: (detail.hashType ?? 'SHA-256').replace('-', '').toLowerCase() });
      else digests.push(...current(image, objects, plaintext));
    } catch (error) {
      if (!(error instanceof ImageFormatError)) throw error; // told when the signature is verified
    }
  }
  return { digests, issuers: [...issuers], hasCurrent, hasLegacy };
}

function current(image: SifImage, objects: SifImage['descriptors'], plaintext: Uint8Array): PlannedDigest[] {
  const metadata = readImageMetadata(plaintext);
  if ('error' in metadata) return [];
  const minimum = objects.reduce((least, { id }) => Math.min(least, id), 0xffffffff);
  const listed = new Map([...metadata.objects].reverse().map((object) => [(minimum + object.relativeId) >>> 0, object]));
  return objects.flatMap((object) => {
    if (object.dataType === dataType.signature) return [];
    const signed = listed.get(object.id);
    return signed?.objectDigest ? [{ ranges: objectRanges(image, [object]), algorithm: signed.objectDigest.algorithm }] : [];
  });
}

/** Ids of the issuers of a detached signature, upper-case hexadecimal; none where it cannot be read. */
export function issuersOf(signature: { readonly bytes: Uint8Array; readonly damage: string | undefined }): readonly string[] {
  const issuers = new Set<string>();
  try {
    for (const { issuer } of signaturePackets(signature.bytes, signature.damage))
      if (issuer !== undefined) issuers.add(issuer.toUpperCase());
  } catch (error) {
    if (!(error instanceof PgpPacketError)) throw error; // told when the signature is verified
  }
  return [...issuers];
}
