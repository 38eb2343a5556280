import { createPublicKey, verify } from 'node:crypto';
import type { PgpSignature } from './pgpSignature';

/**
 * Verifies Ed25519 in its old and new packet form by Node's crypto: the OpenPGP library refuses digests shorter than 256 bits there,
 * the engines take them. Undefined when the key or the signature is of another kind.
 */
export function verifyEdwards(publicParams: object, signature: PgpSignature, digest: Uint8Array): boolean | undefined {
  const point = publicPoint(publicParams);
  const pair = signaturePair(signature);
  if (!point || !pair) return undefined;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(point).toString('base64url') }, format: 'jwk' });
  return verify(null, digest, key, pair);
}

/** The 32 bytes of the public key: as they are, or behind the prefix of the old form. */
function publicPoint(params: object): Uint8Array | undefined {
  if ('A' in params && params.A instanceof Uint8Array && params.A.length === 32) return params.A;
  if ('Q' in params && params.Q instanceof Uint8Array && params.Q.length === 33 && params.Q[0] === 0x40) return params.Q.subarray(1);
  return undefined;
}

function signaturePair({ publicKeyAlgorithm, numbers }: PgpSignature): Uint8Array | undefined {
  if (publicKeyAlgorithm === 27) return numbers;
  if (publicKeyAlgorithm !== 22) return undefined;
  const pair = new Uint8Array(64);
  let at = 0;
  for (const end of [32, 64]) {
    const length = ((((numbers[at] ?? 0) << 8) | (numbers[at + 1] ?? 0)) + 7) >> 3;
    if (length > 32) return undefined;
    pair.set(numbers.subarray(at + 2, at + 2 + length), end - length);
    at += 2 + length;
  }
  return pair;
}
