import type { SignatureFinding } from '../image/verdict';
import { t } from '../text/l10n';
import { decodeArmor } from './armor';
import { describeFinding } from './describeSignature';
import { trustOf } from './keyMaterial';
import type { KeyMaterial } from './keyMaterial';
import { verifyPgp } from './pgpVerify';
import type { SignedData } from './pgpVerify';
import { issuersOf } from './plannedRanges';

/** Ids of the keys that a detached signature is said to be by, upper-case hexadecimal. */
export function detachedIssuers(text: string): readonly string[] {
  const armored = decodeArmor(text);
  return armored ? issuersOf(armored) : [];
}

/** Whether a text is an armored detached signature. */
export function isDetachedSignature(text: string): boolean {
  return decodeArmor(text)?.type === 'PGP SIGNATURE';
}

/** A detached signature as a file holds it, armored or binary (RFC 4880 §11.4), in armor; undefined when it is something else. */
export function armoredSignature(bytes: Uint8Array): string | undefined {
  const isBinary = [0x88, 0x89, 0x8a, 0xc2].includes(bytes[0] ?? 0);
  const text = isBinary
    ? `-----BEGIN PGP SIGNATURE-----\n\n${(
        Buffer.from(bytes)
          .toString('base64')
          .match(/.{1,64}/g) ?? []
      ).join('\n')}\n-----END PGP SIGNATURE-----\n`
    : Buffer.from(bytes).toString('latin1');
  return isDetachedSignature(text) ? text : undefined;
}

/**
 * Verifies the armored OpenPGP signature that a metalink gives for a file (RFC 5854, 4.2.13: `application/pgp-signature`), by the same
 * rules as signatures in images. `data` is read once, in parts.
 */
export async function verifyDetached(data: SignedData, text: string, keys: KeyMaterial, now: number): Promise<SignatureFinding> {
  const armored = decodeArmor(text);
  if (armored?.type !== 'PGP SIGNATURE') {
    const error = t('it is no armored OpenPGP signature');
    return finished({ status: 'invalid', kind: 'detached-pgp', trust: 'unknown', covers: [], message: '', error });
  }
  const outcome = await verifyPgp(
    keys.pgp.map(({ entity }) => entity),
    data,
    armored,
    now,
  );
  const known = outcome.entity && trustOf(keys, outcome.entity.fingerprint);
  const fingerprint = outcome.entity?.fingerprint ?? outcome.issuer;
  return finished({
    status: outcome.status,
    kind: 'detached-pgp',
    trust: known?.trust ?? 'unknown',
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(known ? { signer: known.entity.signer, keySource: known.source } : {}),
    ...(outcome.created === undefined ? {} : { created: new Date(outcome.created * 1000).toISOString() }),
    ...(outcome.error === undefined ? {} : { error: outcome.error }),
    covers: outcome.status === 'valid' ? [t('the whole file')] : [],
    message: '',
  });
}

function finished(finding: SignatureFinding): SignatureFinding {
  return { ...finding, message: describeFinding(finding) };
}
