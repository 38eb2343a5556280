import { X509Certificate, createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { t } from '../text/l10n';
import { certificateProblem, isIssuedBy, isSelfSigned } from './certificateChain';

/** A bare public key for DSSE signatures. */
export interface PublicKey {
  readonly key: KeyObject;
  /** `SHA256:…` as ssh-keygen prints it; empty for kinds of keys that SSH does not know. */
  readonly id: string;
  /** The subject, when the key came in a certificate. */
  readonly subject?: string;
}

/** Keys of a PEM text and why others in it could not be used. */
export interface ReadPublicKeys {
  readonly keys: readonly PublicKey[];
  readonly problems: readonly string[];
  /** The text holds certificates of authorities: no keys to verify with, but what others chain to. */
  readonly hasAuthorities: boolean;
}

/**
 * Reads PEM public keys and certificates. A certificate counts when it is valid at `now`, made for code signing, and chains to a root
 * among the certificates of this text and of `others`, else of the system: see `certificateProblem`. A self-signed one that nothing else
 * here is issued by stands for itself; that of an authority, which `openssl req -x509` makes, only when there is no other. Never throws.
 */
export function readPublicKeys(pem: string, now: Date, others: readonly string[] = []): ReadPublicKeys {
  const keys: PublicKey[] = [];
  const problems: string[] = [];
  const certificates: X509Certificate[] = [];
  for (const [block, label = ''] of pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)) {
    try {
      if (label === 'CERTIFICATE') certificates.push(new X509Certificate(block));
      else if (label.endsWith('PUBLIC KEY')) keys.push(publicKey(createPublicKey(block)));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  const all = [...new Map([...others.flatMap(certificatesOf), ...certificates].map((one) => [one.fingerprint256, one])).values()];
  const selfSigned = all.filter(isSelfSigned);
  const standsAlone = (one: X509Certificate): boolean =>
    one.ca ? all.length === 1 : !all.some((other) => other !== one && isIssuedBy(other, one));
  const alone = new Set(selfSigned.filter(standsAlone));
  const roots = selfSigned.filter((one) => one.ca || alone.has(one));
  const authorities = all.filter((one) => one.ca && !roots.includes(one));
  for (const certificate of all.filter((one) => certificates.includes(one))) {
    if (certificate.ca && !alone.has(certificate)) continue;
    const problem = certificateProblem(certificate, { roots, authorities }, now);
    const subject = certificate.subject.replaceAll('\n', ', ');
    if (problem === undefined) keys.push({ ...publicKey(certificate.publicKey), subject });
    else problems.push(t('certificate {0}: {1}', subject, problem));
  }
  return { keys, problems, hasAuthorities: certificates.some(({ ca }) => ca) };
}

/** Keys or a certificate in DER as PEM; undefined for anything else. The engines read PEM alone. */
export function derAsPem(bytes: Uint8Array): string | undefined {
  // A sequence: no OpenPGP packet and no text begins so.
  if (bytes[0] !== 0x30) return undefined;
  const key = Buffer.from(bytes);
  try {
    return new X509Certificate(key).toString();
  } catch {
    // no certificate: a bare key, perhaps
  }
  try {
    return createPublicKey({ key, format: 'der', type: 'spki' }).export({ type: 'spki', format: 'pem' }).toString();
  } catch {
    return undefined; // told as a file without a key
  }
}

/** The certificates of another text; what cannot be read there is told with that text. */
function certificatesOf(pem: string): X509Certificate[] {
  return [...pem.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g)].flatMap(([block]) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return []; // told when that text is read by itself
    }
  });
}

function publicKey(key: KeyObject): PublicKey {
  return { key, id: keyId(key) };
}

/** Whether `signature` is over `data`: RSA PKCS#1 v1.5 and ECDSA (ASN.1) with SHA-256, Ed25519 (sigstore signature.LoadVerifier). */
export function verifyWithKey({ key }: PublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return verify('sha256', data, key, signature);
    case 'ec':
      return verify('sha256', data, { key, dsaEncoding: 'der' }, signature);
    case 'ed25519':
      return verify(null, data, key, signature);
    default:
      return false;
  }
}

/** The SHA-256 fingerprint of the key in SSH's wire form. */
function keyId(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' });
  const part = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');
  const fields = sshFields(jwk.kty ?? '', jwk.crv ?? '', { n: part(jwk.n), e: part(jwk.e), x: part(jwk.x), y: part(jwk.y) });
  if (!fields) return '';
  const wire = Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field.length);
      return [length, field];
    }),
  );
  return `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`;
}

interface JwkNumbers {
  readonly n: Buffer;
  readonly e: Buffer;
  readonly x: Buffer;
  readonly y: Buffer;
}

const sshCurves: Readonly<Record<string, string>> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' };

function sshFields(type: string, curve: string, { n, e, x, y }: JwkNumbers): Buffer[] | undefined {
  if (type === 'OKP' && curve === 'Ed25519') return [Buffer.from('ssh-ed25519'), x];
  if (type === 'RSA') return [Buffer.from('ssh-rsa'), sshNumber(e), sshNumber(n)];
  const name = type === 'EC' ? sshCurves[curve] : undefined;
  return name === undefined ? undefined : [Buffer.from(`ecdsa-sha2-${name}`), Buffer.from(name), Buffer.concat([Buffer.from([4]), x, y])];
}

/** A positive number: a zero byte in front of a leading one bit. */
function sshNumber(bytes: Buffer): Buffer {
  return ((bytes[0] ?? 0) & 0x80) !== 0 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}
