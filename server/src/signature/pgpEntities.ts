import type { enums as Enums, Key, PublicKeyPacket, PublicSubkeyPacket, SignaturePacket, Subkey, User } from 'openpgp';
import { t } from '../text/l10n';
import { decodeArmor } from './armor';

/** What a self-signature says of the key that it binds. Times in Unix seconds. */
interface Binding {
  readonly created: number;
  /** Seconds that the signature itself is valid for. */
  readonly lifetime: number | undefined;
  /** Seconds that the key is valid for, from its creation. */
  readonly keyLifetime: number | undefined;
  readonly canSign: boolean;
  readonly isPrimary: boolean;
  readonly criticalNotation: string | undefined;
}

/** A revocation by the key itself. */
interface Revocation {
  readonly created: number;
  readonly lifetime: number | undefined;
  readonly compromised: boolean;
}

/** One key of an entity that may have signed. */
export interface PgpKey {
  /** 64-bit id, lower-case hexadecimal. */
  readonly id: string;
  readonly packet: PublicKeyPacket | PublicSubkeyPacket;
  /** Unix seconds. */
  readonly created: number;
  readonly binding: Binding;
  /** The subkey's signature back at its primary key. */
  readonly crossSignature: Binding | undefined;
  readonly revocations: readonly Revocation[];
}

/** A person's key with what its own signatures say, as go-crypto openpgp/keys.go takes it apart. */
export interface PgpEntity {
  /** Of the primary key, upper-case hexadecimal. */
  readonly fingerprint: string;
  /** The primary user id. */
  readonly signer: string;
  readonly primary: PgpKey;
  readonly subkeys: readonly PgpKey[];
  readonly identityRevocations: readonly Revocation[];
}

/** Keys of a file that could be used, and why others could not. */
export interface ReadKeys {
  readonly entities: readonly PgpEntity[];
  readonly problems: readonly string[];
}

/** Longest key ring that is read, and keys of it. */
const maximumKeyRing = 64 << 20;
const maximumKeys = 20_000;

/**
 * Reads OpenPGP keys, armored (any number of blocks) or binary (concatenated), each by itself: one that cannot be used does not spoil
 * the others. At most `limit` keys are looked at. Never throws.
 */
export async function readPgpKeys(bytes: Uint8Array, limit = maximumKeys): Promise<ReadKeys> {
  const entities: PgpEntity[] = [];
  const problems: string[] = [];
  if (bytes.length > maximumKeyRing) return { entities, problems: [t('the key ring is larger than 64 MiB')] };
  let seen = 0;
  for (const block of keyBlocks(bytes)) {
    for (const single of splitKeys(block)) {
      if (++seen > limit) return { entities, problems: [...problems, t('only the first {0} keys were read', limit)] };
      try {
        entities.push(await readEntity(single));
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  return { entities, problems };
}

function keyBlocks(bytes: Uint8Array): Uint8Array[] {
  if (((bytes[0] ?? 0) & 0x80) !== 0) return [bytes];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text
    .split(/^(?=-----BEGIN PGP )/m)
    .flatMap((part) => decodeArmor(part) ?? [])
    .filter(({ type, damage }) => damage === undefined && (type === 'PGP PUBLIC KEY BLOCK' || type === 'PGP PRIVATE KEY BLOCK'))
    .map((block) => block.bytes);
}

/** Cuts a key ring in front of each primary key packet (tags 6 and 5). */
function splitKeys(bytes: Uint8Array): Uint8Array[] {
  const starts: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    if ((first & 0x80) === 0) break;
    const isNew = (first & 0x40) !== 0;
    const tag = isNew ? first & 0x3f : (first >> 2) & 0x0f;
    if (tag === 6 || tag === 5) starts.push(at);
    const header = packetLength(bytes, at, isNew);
    if (!header) break;
    at = header.bodyAt + header.length;
  }
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1]));
}

function packetLength(bytes: Uint8Array, at: number, isNew: boolean): { readonly bodyAt: number; readonly length: number } | undefined {
  const byte = (index: number): number => bytes[at + index] ?? 0;
  const word = (index: number): number => byte(index) * 0x1000000 + ((byte(index + 1) << 16) | (byte(index + 2) << 8) | byte(index + 3));
  if (!isNew) {
    const kind = byte(0) & 3;
    if (kind === 3) return undefined;
    const length = kind === 0 ? byte(1) : kind === 1 ? (byte(1) << 8) | byte(2) : word(1);
    return { bodyAt: at + 1 + (1 << kind), length };
  }
  const octet = byte(1);
  if (octet < 192) return { bodyAt: at + 2, length: octet };
  if (octet < 224) return { bodyAt: at + 3, length: ((octet - 192) << 8) + byte(2) + 192 };
  return octet === 255 ? { bodyAt: at + 6, length: word(2) } : undefined;
}

async function readEntity(bytes: Uint8Array): Promise<PgpEntity> {
  const { readKey, enums } = await import('./openpgp');
  const key = (await readKey({ binaryKey: bytes })).toPublic();
  const primaryPacket = key.keyPacket as PublicKeyPacket; // toPublic leaves no secret key packet
  const identities = await Promise.all(key.users.map((user) => readIdentity(key, user)));
  const best = identities.filter((identity) => identity !== undefined).sort(preferIdentity)[0];
  if (!best) throw new Error(t('the key {0} carries no name (user id), so the engines do not take it', key.getFingerprint().toUpperCase()));
  const revocations = await revocationsOf(key.revocationSignatures, primaryPacket, enums.signature.keyRevocation, { key: primaryPacket });
  const subkeys = await Promise.all(key.subkeys.map((subkey) => readSubkey(primaryPacket, subkey)));
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    signer: best.name,
    primary: {
      id: key.getKeyID().toHex(),
      packet: primaryPacket,
      created: seconds(primaryPacket.created),
      binding: best.binding,
      crossSignature: undefined,
      revocations,
    },
    subkeys: subkeys.filter((subkey) => subkey !== undefined),
    identityRevocations: best.revocations,
  };
}

interface Identity {
  readonly name: string;
  readonly binding: Binding;
  readonly revocations: readonly Revocation[];
}

async function readIdentity(key: Key, user: User): Promise<Identity | undefined> {
  if (!user.userID) return undefined;
  const { enums } = await import('./openpgp');
  const data = { userID: user.userID, key: key.keyPacket };
  const valid = await validOnes(user.selfCertifications, key.keyPacket, data);
  const newest = valid.reduce<SignaturePacket | undefined>(
    (best, next) => (best && createdAt(best) >= createdAt(next) ? best : next),
    undefined,
  );
  if (!newest) return undefined;
  const revocations = await revocationsOf(user.revocationSignatures, key.keyPacket, enums.signature.certRevocation, data);
  return { name: user.userID.userID, binding: binding(newest), revocations };
}

/** Go's choice of the primary identity: fewer revocations, then marked as primary, then the newest. */
function preferIdentity(a: Identity, b: Identity): number {
  return (
    a.revocations.length - b.revocations.length ||
    Number(b.binding.isPrimary) - Number(a.binding.isPrimary) ||
    b.binding.created - a.binding.created
  );
}

async function readSubkey(primary: PublicKeyPacket, subkey: Subkey): Promise<PgpKey | undefined> {
  const { enums } = await import('./openpgp');
  const packet = subkey.keyPacket as PublicSubkeyPacket; // of a public key
  const data = { key: primary, bind: packet };
  const valid = await validOnes(subkey.bindingSignatures, primary, data);
  const newest = valid.reduce<SignaturePacket | undefined>(
    (best, next) => (best && createdAt(best) >= createdAt(next) ? best : next),
    undefined,
  );
  if (!newest) return undefined;
  const bound = binding(newest);
  const embedded = newest.embeddedSignature;
  if (bound.canSign) {
    // A subkey that signs must be signed back, else anyone could claim it.
    if (!embedded || !(await isValid(embedded, packet, enums.signature.keyBinding, data))) return undefined;
  }
  return {
    id: subkey.getKeyID().toHex(),
    packet,
    created: seconds(packet.created),
    binding: bound,
    crossSignature: embedded ? binding(embedded) : undefined,
    revocations: await revocationsOf(subkey.revocationSignatures, primary, enums.signature.subkeyRevocation, data),
  };
}

async function revocationsOf(
  signatures: readonly SignaturePacket[],
  key: Key['keyPacket'],
  type: Enums.signature,
  data: object,
): Promise<readonly Revocation[]> {
  const { enums } = await import('./openpgp');
  const found: Revocation[] = [];
  for (const signature of signatures) {
    if (!(await isValid(signature, key, type, data))) continue;
    const { created, lifetime } = binding(signature);
    found.push({ created, lifetime, compromised: signature.reasonForRevocationFlag === enums.reasonForRevocation.keyCompromised });
  }
  return found;
}

async function validOnes(signatures: readonly SignaturePacket[], key: Key['keyPacket'], data: object): Promise<SignaturePacket[]> {
  const valid: SignaturePacket[] = [];
  for (const signature of signatures) if (await isValid(signature, key, signature.signatureType, data)) valid.push(signature);
  return valid;
}

/** Whether a signature on a key holds, whenever it was made: what expired or was revoked is judged later, with Go's words. */
async function isValid(
  signature: SignaturePacket,
  key: PgpKey['packet'] | Key['keyPacket'],
  type: Enums.signature | null,
  data: object,
): Promise<boolean> {
  const { config, enums } = await import('./openpgp');
  // The hashes that Go's reader does not know either.
  const rejectHashAlgorithms = new Set([enums.hash.md5, enums.hash.ripemd]);
  const checked = { ...config, rejectHashAlgorithms, rejectMessageHashAlgorithms: rejectHashAlgorithms };
  if (type === null) return false;
  try {
    // `null` as date: the library's way to judge no times. Its types do not say so.
    await signature.verify(key, type, data, null as unknown as Date, false, checked);
    return true;
  } catch {
    return false; // the library tells "does not hold" only by throwing
  }
}

function binding(signature: SignaturePacket): Binding {
  const flags = signature.keyFlags?.[0] ?? 0;
  return {
    created: createdAt(signature),
    lifetime: signature.signatureExpirationTime ?? undefined,
    keyLifetime: signature.keyExpirationTime ?? undefined,
    canSign: (flags & 0x02) !== 0,
    isPrimary: signature.isPrimaryUserID === true,
    criticalNotation: signature.rawNotations.find(({ critical }) => critical)?.name,
  };
}

function createdAt(signature: SignaturePacket): number {
  return signature.created ? seconds(signature.created) : 0;
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
