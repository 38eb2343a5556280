import { decodeWholeBase64 } from './base64';
import { isObject, member, parseFirstObject, parseJson } from './goJson';
import { verifyWithKey } from './publicKeys';
import type { PublicKey } from './publicKeys';

/** What DSSE envelopes in a SIF carry (sif pkg/integrity/dsse.go). */
const metadataType = 'application/vnd.sylabs.sif-metadata+json';

interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyId: string; readonly signature: string }[];
}

/** Whether an object is a DSSE envelope with SIF metadata. */
export function isDsse(data: Uint8Array): boolean {
  return readEnvelope(parseFirstObject(data))?.payloadType === metadataType;
}

/** The payload without any check: what the envelope claims. Undefined when it cannot be read. */
export function unverifiedPayload(data: Uint8Array): Uint8Array | undefined {
  const envelope = readEnvelope(parseFirstObject(data));
  return envelope && decodeWholeBase64(envelope.payload);
}

/** The key ids that an envelope names: claims, not checks. */
export function claimedKeyIds(data: Uint8Array): readonly string[] {
  return readEnvelope(parseFirstObject(data))?.signatures.map(({ keyId }) => keyId) ?? [];
}

/** More signatures in one envelope are refused: each is tried with each key. */
const maximumSignatures = 64;

/** The outcome: payload and keys that signed it, or the library's words behind `dsse: verify envelope failed: `. */
export type DsseOutcome = { readonly payload: Uint8Array; readonly accepted: readonly PublicKey[] } | { readonly error: string };

/** Verifies an envelope as go-securesystemslib/dsse does: one good signature is enough, bad ones are passed over. Never throws. */
export function verifyDsse(data: Uint8Array, keys: readonly PublicKey[]): DsseOutcome {
  const parsed = parseJson(data);
  const envelope = parsed && readEnvelope(parsed.value);
  if (!envelope) return { error: 'the envelope is no JSON of its kind' };
  if (envelope.signatures.length === 0) return { error: 'no signature found' };
  if (envelope.signatures.length > maximumSignatures) return { error: `more than ${maximumSignatures} signatures` };
  const payload = decodeWholeBase64(envelope.payload);
  if (!payload) return { error: badBase64 };
  const signed = preAuthenticationEncoding(envelope.payloadType, payload);
  const accepted: PublicKey[] = [];
  for (const { keyId, signature } of envelope.signatures) {
    const bytes = decodeWholeBase64(signature);
    if (!bytes) return { error: badBase64 };
    const signer = keys.find(
      (key) => (keyId === '' || key.id === '' || keyId === key.id) && !accepted.includes(key) && verifyWithKey(key, signed, bytes),
    );
    if (signer) accepted.push(signer);
  }
  if (accepted.length > 0) return { payload, accepted };
  return { error: 'accepted signatures do not match threshold, Found: 0, Expected 1' };
}

const badBase64 = 'unable to base64 decode payload (is payload in the right format?)';

/** DSSE's own encoding of what is signed: lengths in decimal, so that no two messages meet. */
function preAuthenticationEncoding(type: string, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

/** Undefined where Go's decoder finds a field of the wrong type. */
function readEnvelope(value: unknown): Envelope | undefined {
  if (!isObject(value)) return undefined;
  const payloadType = member(value, 'payloadType') ?? '';
  const payload = member(value, 'payload') ?? '';
  const list = member(value, 'signatures') ?? [];
  if (typeof payloadType !== 'string' || typeof payload !== 'string' || !Array.isArray(list)) return undefined;
  const signatures = [];
  for (const item of list as readonly unknown[]) {
    const keyId = member(item, 'keyid') ?? '';
    const signature = member(item, 'sig') ?? '';
    if ((item !== null && !isObject(item)) || typeof keyId !== 'string' || typeof signature !== 'string') return undefined;
    signatures.push({ keyId, signature });
  }
  return { payloadType, payload, signatures };
}
