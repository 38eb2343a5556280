import { dataType } from '../sif/descriptor';
import type { SifDescriptor } from '../sif/descriptor';
import { ImageFormatError } from '../sif/formatError';
import { objectRange, readObject } from '../sif/sifImage';
import type { SifImage } from '../sif/sifImage';
import { decodeClearSigned } from './clearSign';
import { isLegacyPlaintext } from './imageMetadata';
import { judgeSignature } from './judgeSignature';
import type { SifSignature, SifVerifyOptions, SignatureTarget } from './sifSignature';

export type { SifSignature, SignatureMode } from './sifSignature';

/** The verdict of the reference library with these keys, and every signature by itself. */
export interface SifVerification {
  /** The library's first error without its prefix `integrity: `; undefined: it verifies the image. */
  readonly error: string | undefined;
  readonly signatures: readonly SifSignature[];
  /** Groups and objects without any signature of this mode. */
  readonly unsigned: readonly SignatureTarget[];
}

/** Longest signature object that is read. */
const maximumSignature = 16 << 20;

/** Verifies the signatures of a SIF step by step as sif pkg/integrity/verify.go does; goes on after an error to judge every signature. */
export async function verifySif(image: SifImage, options: SifVerifyOptions): Promise<SifVerification> {
  const signatures: SifSignature[] = [];
  const unsigned: SignatureTarget[] = [];
  const planned = planTargets(image, options);
  if ('error' in planned) return { error: planned.error, signatures, unsigned };
  const ungrouped = image.descriptors.some((d) => d.groupId === 0 && d.dataType !== dataType.signature);
  let first = ungrouped ? 'non-signature object not associated with object group' : undefined;
  for (const target of planned.targets) {
    const linked = await linkedSignatures(image, target, options);
    if ('error' in linked) {
      first ??= linked.error;
      if (linked.missing) unsigned.push(target);
      continue;
    }
    for (const { descriptor, data } of linked.signatures) {
      const signature = await judgeSignature(image, target, descriptor, data, options);
      signatures.push(signature);
      first ??= signature.error;
    }
  }
  return { error: first, signatures, unsigned };
}

/** What has to be signed: every group, or single objects (NewVerifier). */
function planTargets(
  image: SifImage,
  { mode, objects }: Pick<SifVerifyOptions, 'mode' | 'objects'>,
): { readonly targets: readonly SignatureTarget[] } | { readonly error: string } {
  const { descriptors, header } = image;
  let ids: readonly number[] = objects ?? [];
  if (mode === 'legacy-all' && !objects)
    ids = sorted(descriptors.filter((d) => d.dataType !== dataType.signature && d.groupId !== 0).map((d) => d.id));
  const groups = ids.length > 0 ? [] : sorted(descriptors.filter((d) => d.groupId !== 0).map((d) => d.groupId));
  if (ids.length === 0 && groups.length === 0) return { error: 'no groups found' };
  // The library trusts the header's count of free slots.
  if (header.descriptorsFree === header.descriptorsTotal) return { error: 'no objects in image' };
  const targets: SignatureTarget[] = [];
  for (const id of ids) {
    const found = descriptors.filter((d) => d.id === id);
    if (id === 0) return { error: 'invalid object ID' };
    if (found.length !== 1) return { error: found.length === 0 ? 'object not found' : 'multiple objects found' };
    targets.push({ kind: 'object', id, objects: found });
  }
  for (const id of groups) targets.push({ kind: 'group', id, objects: descriptors.filter((d) => d.groupId === id) });
  return { targets };
}

function sorted(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

interface LinkedSignature {
  readonly descriptor: SifDescriptor;
  readonly data: Uint8Array;
}

/** The signature objects that are linked to a target and are of the mode's form (getGroupSignatures, getObjectSignatures). */
async function linkedSignatures(
  image: SifImage,
  target: SignatureTarget,
  { mode, signal }: SifVerifyOptions,
): Promise<{ readonly signatures: readonly LinkedSignature[] } | { readonly error: string; readonly missing: boolean }> {
  const isGroup = target.kind === 'group';
  const found: LinkedSignature[] = [];
  for (const descriptor of image.descriptors) {
    const { dataType: type, linkedId, linkedToGroup } = descriptor;
    if (type !== dataType.signature || linkedToGroup !== isGroup || linkedId !== target.id) continue;
    if (!isGroup) {
      found.push({ descriptor, data: await readClipped(image, descriptor, signal) });
      continue;
    }
    try {
      const data = await readObject(image, descriptor, maximumSignature, signal);
      if (isLegacy(data) === (mode !== 'default')) found.push({ descriptor, data });
    } catch (error) {
      if (!(error instanceof ImageFormatError)) throw error;
      return { error: error.reference ?? error.message, missing: false };
    }
  }
  if (found.length > 0) return { signatures: found };
  return { error: `signature not found for object ${isGroup ? 'group ' : ''}${target.id}`, missing: true };
}

/** What there is of an object: the library reads signatures of single objects without asking whether the file ends inside them. */
async function readClipped(image: SifImage, descriptor: SifDescriptor, signal?: AbortSignal): Promise<Uint8Array> {
  if (descriptor.offset < 0n) return new Uint8Array(0);
  const { offset, length } = objectRange(image, descriptor);
  return image.source.read(offset, Math.min(length, maximumSignature), signal);
}

/** Whether a signature object is of the form of Singularity 3.0–3.5: clear-signed, its text begins `SIFHASH:`. */
export function isLegacy(data: Uint8Array): boolean {
  const message = decodeClearSigned(data);
  return message !== undefined && isLegacyPlaintext(message.plaintext);
}

/** Signature objects with their data, for a look at them before anything is verified. Those that cannot be read are left out. */
export async function signatureObjects(image: SifImage, signal?: AbortSignal): Promise<readonly LinkedSignature[]> {
  const found: LinkedSignature[] = [];
  for (const descriptor of image.descriptors) {
    if (descriptor.dataType !== dataType.signature) continue;
    try {
      found.push({ descriptor, data: await readObject(image, descriptor, maximumSignature, signal) });
    } catch (error) {
      if (!(error instanceof ImageFormatError)) throw error;
    }
  }
  return found;
}
