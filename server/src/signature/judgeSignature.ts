import { createHash } from 'node:crypto';
import type { SignatureFinding } from '../image/verdict';
import type { SifDescriptor } from '../sif/descriptor';
import { descriptorIntegrityBytes } from '../sif/descriptor';
import { ImageFormatError } from '../sif/formatError';
import { headerIntegrityBytes } from '../sif/header';
import { smallestIds } from '../sif/sifImage';
import type { SifImage } from '../sif/sifImage';
import { decodeClearSigned } from './clearSign';
import { claimedKeyIds, isDsse, unverifiedPayload, verifyDsse } from './dsse';
import { coveredParts, describeFinding, targetName } from './describeSignature';
import { readImageMetadata, readLegacyDigest } from './imageMetadata';
import type { ImageMetadata, SignedDigest } from './imageMetadata';
import { trustOf } from './keyMaterial';
import type { KeyMaterial } from './keyMaterial';
import { objectRanges } from './objectDigests';
import type { RangeHasher } from './objectDigests';
import { verifyPgp } from './pgpVerify';
import type { SifSignature, SifVerifyOptions, SignatureTarget } from './sifSignature';

/** What the cryptography of a signature gave, before the image is compared with the signed text. */
interface Opened {
  readonly finding: Omit<SignatureFinding, 'covers' | 'message'>;
  readonly plaintext?: Uint8Array;
  /** Lower-case hexadecimal of the signing entity's primary key; undefined for DSSE. */
  readonly entity?: string;
  /** The library's words behind `signature object N not valid: `, or alone. */
  readonly error?: { readonly words: string; readonly alone?: boolean };
}

/** Verifies one signature object for one target; the order of the steps decides which error is told. */
export async function judgeSignature(
  image: SifImage,
  target: SignatureTarget,
  descriptor: SifDescriptor,
  data: Uint8Array,
  options: SifVerifyOptions,
): Promise<SifSignature> {
  const legacy = options.mode !== 'default';
  const { detail, id } = descriptor;
  const hashType = detail.kind === 'signature' ? detail.hashType : undefined;
  const opened = await open(data, legacy, options);
  const verified: number[] = [];
  const compare = async (): Promise<string | undefined> => {
    if (opened.error?.alone === true) return opened.error.words;
    if (!legacy && hashType === undefined) return unsupportedHash;
    if (opened.error || !opened.plaintext) return `${notValid(id)}: ${opened.error?.words ?? ''}`;
    if (hashType === undefined) return unsupportedHash;
    if (legacy)
      return wrongEntity(opened, descriptor) ?? compareLegacy(image, target, opened.plaintext, hashType, options.hasher, verified);
    const metadata = readImageMetadata(opened.plaintext);
    if ('error' in metadata) return `${notValid(id)}: ${metadata.error}`;
    return wrongEntity(opened, descriptor) ?? compareImage(image, target, metadata, options.hasher, verified);
  };
  const error = await withFormatErrors(compare);
  const contents =
    opened.finding.status === 'unknown-key' && options.compareUnverified !== false
      ? await compareUnverified(image, target, descriptor, opened, options)
      : undefined;
  const isBroken = error !== undefined && opened.finding.status === 'valid';
  const finding: SignatureFinding = {
    ...opened.finding,
    ...(isBroken ? { status: 'invalid' } : {}),
    ...(error === undefined ? {} : { error }),
    target: targetName(target),
    covers: error === undefined ? coveredParts(target.objects, legacy) : [],
    message: '',
  };
  return { id, target, verified, error, ...(contents ? { contents } : {}), finding: { ...finding, message: describeFinding(finding) } };
}

/**
 * The image against what an unverified signature lists. Anybody could have written that, so equality proves nothing but that nothing
 * was damaged since; a difference is damage all the same.
 */
async function compareUnverified(
  image: SifImage,
  target: SignatureTarget,
  descriptor: SifDescriptor,
  { plaintext }: Opened,
  { mode, hasher }: SifVerifyOptions,
): Promise<SifSignature['contents']> {
  const { detail } = descriptor;
  if (!plaintext || detail.kind !== 'signature' || detail.hashType === undefined) return undefined;
  const { hashType } = detail;
  const metadata = mode === 'default' ? readImageMetadata(plaintext) : undefined;
  if (metadata && 'error' in metadata) return undefined;
  const error = await withFormatErrors(() =>
    metadata ? compareImage(image, target, metadata, hasher, []) : compareLegacy(image, target, plaintext, hashType, hasher, []),
  );
  return { error };
}

/** The library leaves an id of 0 out. */
function notValid(id: number): string {
  return id === 0 ? 'signature not valid' : `signature object ${id} not valid`;
}

const unsupportedHash = 'hash algorithm unsupported';

async function withFormatErrors(compare: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await compare();
  } catch (error) {
    if (error instanceof ImageFormatError) return error.reference ?? error.message;
    throw error;
  }
}

async function open(data: Uint8Array, legacy: boolean, { keys, now }: SifVerifyOptions): Promise<Opened> {
  if (isDsse(data)) return openDsse(data, keys);
  const message = decodeClearSigned(data);
  const kind = legacy ? 'legacy-pgp' : 'pgp';
  if (!message)
    return { finding: { status: 'invalid', kind, trust: 'unknown' }, error: { words: 'signature format not recognized', alone: true } };
  const outcome = await verifyPgp(
    keys.pgp.map(({ entity }) => entity),
    [message.signed],
    message.signature,
    now,
  );
  const known = outcome.entity && trustOf(keys, outcome.entity.fingerprint);
  const fingerprint = outcome.entity?.fingerprint ?? outcome.issuer;
  return {
    finding: {
      status: outcome.status,
      kind,
      trust: known?.trust ?? 'unknown',
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(known ? { signer: known.entity.signer, keySource: known.source } : {}),
      ...(outcome.created === undefined ? {} : { created: new Date(outcome.created * 1000).toISOString() }),
    },
    plaintext: message.plaintext,
    ...(outcome.entity ? { entity: outcome.entity.fingerprint.toLowerCase() } : {}),
    ...(outcome.error === undefined ? {} : { error: { words: outcome.error } }),
  };
}

function openDsse(data: Uint8Array, { publicKeys }: KeyMaterial): Opened {
  const claimed = claimedKeyIds(data).find((keyId) => keyId !== '');
  const claim = claimed === undefined ? {} : { fingerprint: claimed };
  const unknown = { status: 'unknown-key', kind: 'dsse', trust: 'unknown', ...claim } as const;
  const plaintext = unverifiedPayload(data);
  const payload = plaintext ? { plaintext } : {};
  if (publicKeys.length === 0)
    return { finding: unknown, ...payload, error: { words: 'key material not provided for DSSE envelope signature', alone: true } };
  const outcome = verifyDsse(data, publicKeys);
  if ('error' in outcome) {
    const words = `dsse: verify envelope failed: ${outcome.error}`;
    const nameless = claimed === undefined || publicKeys.some(({ id }) => id === claimed);
    return { finding: nameless ? { ...unknown, status: 'invalid' } : unknown, ...payload, error: { words } };
  }
  const accepted = publicKeys.filter((key) => outcome.accepted.includes(key));
  const signer = accepted.find(({ trust }) => trust === 'trusted') ?? accepted[0];
  return {
    finding: {
      status: 'valid',
      kind: 'dsse',
      trust: signer?.trust ?? 'unknown',
      ...(signer?.id ? { fingerprint: signer.id } : claim),
      ...(signer?.subject === undefined ? {} : { signer: signer.subject }),
      ...(signer ? { keySource: signer.source } : {}),
    },
    plaintext: outcome.payload,
  };
}

function wrongEntity({ entity }: Opened, { detail }: SifDescriptor): string | undefined {
  const stored = detail.kind === 'signature' ? detail.fingerprint : undefined;
  return entity === undefined || entity === stored ? undefined : 'fingerprint in descriptor does not correspond to signing entity';
}

async function compareLegacy(
  image: SifImage,
  target: SignatureTarget,
  plaintext: Uint8Array,
  hashType: string,
  hasher: RangeHasher,
  verified: number[],
): Promise<string | undefined> {
  const signed = readLegacyDigest(plaintext, hashType);
  if ('error' in signed) return signed.error;
  if ((await hasher(objectRanges(image, target.objects), signed.algorithm)) !== signed.hex)
    return compromised('data object', target.kind === 'object' ? target.id : 0);
  verified.push(...target.objects.map(({ id }) => id));
  return undefined;
}

/** Ids, header, descriptors and data against what was signed (sif pkg/integrity/metadata.go). */
async function compareImage(
  image: SifImage,
  target: SignatureTarget,
  metadata: ImageMetadata,
  hasher: RangeHasher,
  verified: number[],
): Promise<string | undefined> {
  const ids = new Set(target.objects.map(({ id }) => id));
  const minimum = target.kind === 'group' ? least(ids) : groupMinimum(image, target);
  if (minimum === 0xffffffff) return 'group not found';
  const signed = new Map<number, ImageMetadata['objects'][number]>();
  for (const object of metadata.objects) {
    const id = (minimum + object.relativeId) >>> 0;
    if (!signed.has(id)) signed.set(id, object);
  }
  const extra = [...ids].find((id) => !signed.has(id));
  if (extra !== undefined) return `object ${extra}: object not signed`;
  const gone = target.kind === 'group' ? [...signed.keys()].filter((id) => !ids.has(id)) : [];
  if (gone.length > 0) return `object ${least(gone)}: signed object not found`;
  const header = bytesDiffer(metadata.headerDigest, headerIntegrityBytes(image.header));
  if (header !== undefined) return header === '' ? 'header integrity compromised' : header;
  const smallest = smallestIds(image);
  for (const object of target.objects) {
    const expected = signed.get(object.id);
    const relativeId = object.id - (smallest.get(object.rawGroup) ?? object.id);
    const described = bytesDiffer(expected?.descriptorDigest, descriptorIntegrityBytes(object, relativeId));
    if (described !== undefined) return described === '' ? compromised('data object descriptor', object.id) : described;
    const digest = expected?.objectDigest;
    if (!digest) return unavailable;
    if ((await hasher(objectRanges(image, [object]), digest.algorithm)) !== digest.hex) return compromised('data object', object.id);
    verified.push(object.id);
  }
  return undefined;
}

/** The library leaves an id of 0 out. */
function compromised(what: string, id: number): string {
  return `${what} integrity compromised${id === 0 ? '' : `: ${id}`}`;
}

function groupMinimum(image: SifImage, { objects }: SignatureTarget): number {
  const group = objects[0]?.groupId;
  return least(image.descriptors.filter(({ groupId }) => groupId === group).map(({ id }) => id));
}

/** Not by spreading into arguments: a hostile signature lists more numbers than the stack holds. */
function least(numbers: Iterable<number>): number {
  let smallest = Infinity;
  for (const number of numbers) smallest = Math.min(smallest, number);
  return smallest;
}

const unavailable = 'hash algorithm unavailable';

/** Undefined: equal; empty: different; else why it cannot be told. */
function bytesDiffer(digest: SignedDigest | undefined, bytes: Uint8Array): string | undefined {
  if (!digest) return unavailable;
  return createHash(digest.algorithm).update(bytes).digest('hex') === digest.hex ? undefined : '';
}
