import { createHash } from 'node:crypto';
import type { DecodedBase64 } from './base64';
import type { PgpEntity, PgpKey } from './pgpEntities';
import { verifyEdwards } from './pgpEdwards';
import { PgpPacketError, signaturePackets } from './pgpSignature';
import type { PgpSignature } from './pgpSignature';

/** What became of one OpenPGP signature: the entity that made it, or the reference library's words. */
export interface PgpOutcome {
  readonly status: 'valid' | 'invalid' | 'unknown-key';
  /** The signer, when the key is known; also when the signature does not hold or the key is revoked. */
  readonly entity?: PgpEntity;
  /** go-crypto's words, with its prefix `openpgp: `. */
  readonly error?: string;
  /** 64-bit id of the issuer, upper-case hexadecimal. */
  readonly issuer?: string;
  /** Unix seconds. */
  readonly created?: number;
}

/** The signed bytes, in parts. */
export type SignedData = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const unknownEntity = 'openpgp: signature made by unknown entity';
/** Hashes that signatures in images may use (sif pkg/integrity/clearsign.go). */
const acceptedHashes = new Set(['sha224', 'sha256', 'sha384', 'sha512']);

/**
 * Verifies a detached OpenPGP signature as go-crypto's CheckDetachedSignatureAndHash does: of several packets, the first whose issuer
 * is known counts; revocation and expiry are judged at `now` (Unix seconds), not at signing time. Never throws.
 */
export async function verifyPgp(
  entities: readonly PgpEntity[],
  signed: SignedData,
  signature: DecodedBase64,
  now: number,
): Promise<PgpOutcome> {
  let issuer: string | undefined;
  try {
    for (const packet of signaturePackets(signature.bytes, signature.damage)) {
      if (packet.issuer === undefined) return { status: 'invalid', error: "openpgp: invalid data: signature doesn't have an issuer" };
      issuer ??= packet.issuer.toUpperCase();
      const found = { issuer: packet.issuer.toUpperCase(), created: packet.created };
      if (!acceptedHashes.has(packet.hash))
        return {
          status: 'invalid',
          ...found,
          error: 'openpgp: invalid data: hash algorithm or salt mismatch with cleartext message headers',
        };
      const keys = signingKeys(entities, packet.issuer);
      if (keys.length > 0) return { ...found, ...(await check(keys, signed, packet, now)) };
    }
  } catch (error) {
    if (!(error instanceof PgpPacketError)) throw error;
    return { status: 'invalid', error: error.message, ...(issuer === undefined ? {} : { issuer }) };
  }
  return { status: 'unknown-key', error: unknownEntity, ...(issuer === undefined ? {} : { issuer }) };
}

interface Candidate {
  readonly entity: PgpEntity;
  readonly key: PgpKey;
}

/** The keys with that id that may sign. */
function signingKeys(entities: readonly PgpEntity[], id: string): Candidate[] {
  return entities.flatMap((entity) =>
    [entity.primary, ...entity.subkeys].filter((key) => key.id === id && key.binding.canSign).map((key) => ({ entity, key })),
  );
}

async function check(keys: readonly Candidate[], signed: SignedData, signature: PgpSignature, now: number): Promise<PgpOutcome> {
  if (signature.type !== 0 && signature.type !== 1)
    return { status: 'invalid', error: `openpgp: unsupported feature: unsupported signature type: ${signature.type}` };
  const digest = await digestOf(signed, signature);
  let error = '';
  for (const { entity, key } of keys) {
    error = await checkNumbers(key, signature, digest);
    if (error !== '') continue;
    error = checkDetails(entity, key, signature, now);
    return error === '' ? { status: 'valid', entity } : { status: 'invalid', entity, error };
  }
  const entity = keys[0]?.entity;
  return { status: 'invalid', error, ...(entity ? { entity } : {}) };
}

/** What the numbers of the signature stand for: data, hashed part and its length (RFC 9580, 5.2.4). */
async function digestOf(signed: SignedData, signature: PgpSignature): Promise<Buffer> {
  const hash = createHash(signature.hash);
  let afterReturn = false;
  for await (const part of signed) {
    if (signature.type === 0) hash.update(part);
    else {
      const text = canonicalText(part, afterReturn);
      hash.update(text.bytes);
      afterReturn = text.afterReturn;
    }
  }
  const trailer = Buffer.from([4, 0xff, 0, 0, 0, 0]);
  trailer.writeUInt32BE(signature.hashedPart.length, 2);
  return hash.update(signature.hashedPart).update(trailer).digest();
}

/** The mathematics, by the OpenPGP library. Empty when the signature holds. */
async function checkNumbers(key: PgpKey, signature: PgpSignature, digest: Buffer): Promise<string> {
  const { config, enums, readSignature } = await import('./openpgp');
  const algorithm: number = key.packet.algorithm;
  if (algorithm !== signature.publicKeyAlgorithm) return 'openpgp: invalid argument: public key and signature use different algorithms';
  const edwards = verifyEdwards(key.packet.publicParams, signature, digest);
  if (edwards !== undefined) return edwards ? '' : mismatch(signature, digest);
  const type = signature.type === 0 ? enums.signature.binary : enums.signature.text;
  try {
    // The same packet with the true digest tag and the issuer alone in the unhashed part: everything else there is not protected.
    const packet = (await readSignature({ binarySignature: cleanPacket(signature, key.id, digest) })).packets[0];
    if (!packet) throw new Error('no packet');
    // The digest is known already, which the library lets its stream reader say with this member; the data is not read again.
    Object.assign(packet, { hashed: digest });
    const none = new Set<never>();
    const knownNotations = signature.criticalNotation === undefined ? [] : [signature.criticalNotation];
    const checked = { ...config, rejectHashAlgorithms: none, rejectMessageHashAlgorithms: none, knownNotations };
    // `null` as date: the library's way to judge no times. Its types do not say so.
    await packet.verify(key.packet, type, new Uint8Array(0), null as unknown as Date, true, checked);
    return '';
  } catch {
    return mismatch(signature, digest); // the library tells "does not hold" only by throwing
  }
}

/** The words for a signature that does not hold. The engines' older releases compare the first bytes of the digest first. */
function mismatch(signature: PgpSignature, digest: Buffer): string {
  const tagMatches = signature.tag[0] === digest[0] && signature.tag[1] === digest[1];
  return `openpgp: invalid signature: ${tagMatches ? verificationFailure(signature) : "hash tag doesn't match"}`;
}

function verificationFailure({ publicKeyAlgorithm }: PgpSignature): string {
  const names: Readonly<Record<number, string>> = { 1: 'RSA', 3: 'RSA', 17: 'DSA', 19: 'ECDSA', 22: 'EdDSA', 27: 'Ed25519', 28: 'ed448' };
  return `${names[publicKeyAlgorithm] ?? ''} verification failure`;
}

/** go-crypto openpgp/read.go checkMessageSignatureDetails, in its order. Empty when nothing speaks against the key. */
function checkDetails(entity: PgpEntity, key: PgpKey, signature: PgpSignature, now: number): string {
  const isSubkey = key !== entity.primary;
  const involved = [
    signature,
    entity.primary.binding,
    ...(isSubkey ? [key.binding, ...(key.crossSignature ? [key.crossSignature] : [])] : []),
  ];
  for (const { criticalNotation } of involved)
    if (criticalNotation !== undefined) return `openpgp: invalid signature: unknown critical notation: ${criticalNotation}`;
  const revocations = [...entity.primary.revocations, ...(isSubkey ? key.revocations : []), ...entity.identityRevocations];
  if (revocations.some((revocation) => revocation.compromised || !isExpired(revocation, now)))
    return 'openpgp: signature made by revoked key';
  const primaryExpired = isKeyExpired(entity.primary.created, entity.primary.binding.keyLifetime, now);
  if (primaryExpired || (isSubkey && isKeyExpired(key.created, key.binding.keyLifetime, now))) return 'openpgp: key expired';
  return involved.some((one) => isExpired(one, now)) ? 'openpgp: signature expired' : '';
}

function isExpired({ created, lifetime }: { readonly created: number; readonly lifetime: number | undefined }, now: number): boolean {
  return created > now || (lifetime !== undefined && lifetime !== 0 && now > created + lifetime);
}

function isKeyExpired(created: number, lifetime: number | undefined, now: number): boolean {
  return created > now || (lifetime !== undefined && lifetime !== 0 && now > created + lifetime);
}

function cleanPacket(signature: PgpSignature, issuer: string, digest: Buffer): Uint8Array {
  const body = Buffer.concat([
    signature.hashedPart,
    Buffer.from([0, 10, 9, 16]),
    Buffer.from(issuer, 'hex'),
    digest.subarray(0, 2),
    signature.numbers,
  ]);
  const header = Buffer.from([0xc2, 0xff, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

/** Line ends as CRLF, by go-crypto openpgp/canonical_text.go; `afterReturn` goes on from part to part. */
function canonicalText(part: Uint8Array, afterReturn: boolean): { readonly bytes: Uint8Array; readonly afterReturn: boolean } {
  const bytes = new Uint8Array(part.length * 2);
  let length = 0;
  let state = afterReturn;
  for (const byte of part) {
    if (!state && byte === 0x0a) bytes[length++] = 0x0d;
    bytes[length++] = byte;
    state = !state && byte === 0x0d;
  }
  return { bytes: bytes.subarray(0, length), afterReturn: state };
}
