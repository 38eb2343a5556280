import { X509Certificate, createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { t } from '../text/l10n';

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
}

/** Code signing (RFC 5280, 4.2.1.12): what a certificate must be for, as the engines demand. */
const codeSigning = '1.3.6.1.5.5.7.3.3';

/**
 * Reads PEM public keys and certificates. A certificate counts when it is valid at `now`, made for code signing, and chains to a root
 * among the certificates of the same text, else of the system (apptainer internal/pkg/signature/verify.go). Never throws.
 */
export function readPublicKeys(pem: string, now: Date): ReadPublicKeys {
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
  for (const certificate of certificates) {
    if (certificate.ca) continue;
    const problem = certificateProblem(certificate, certificates, now);
    const subject = certificate.subject.replaceAll('\n', ', ');
    if (problem === undefined) keys.push({ ...publicKey(certificate.publicKey), subject });
    else problems.push(t('certificate {0}: {1}', subject, problem));
  }
  return { keys, problems };
}

function publicKey(key: KeyObject): PublicKey {
  return { key, id: keyId(key) };
}

function certificateProblem(leaf: X509Certificate, given: readonly X509Certificate[], now: Date): string | undefined {
  // Node types leave out that a certificate may name no usage.
  const usages = leaf.keyUsage as readonly string[] | undefined;
  if (!usages?.includes(codeSigning)) return t('it is not made for code signing');
  const roots = given.filter((certificate) => certificate.ca && isIssuedBy(certificate, certificate));
  let current = leaf;
  for (let depth = 0; depth < 10; depth++) {
    if (now < new Date(current.validFrom) || now > new Date(current.validTo)) return t('it, or one above it, is not valid now');
    const signed = current;
    if (roots.some((root) => isIssuedBy(signed, root) && now <= new Date(root.validTo))) return undefined;
    const next = given.find((certificate) => certificate.ca && certificate !== signed && isIssuedBy(signed, certificate));
    if (!next) break;
    current = next;
  }
  const last = current;
  const inSystem = roots.length === 0 && rootCertificates.some((pem) => isIssuedBy(last, new X509Certificate(pem)));
  return inSystem ? undefined : t('it does not chain to a trusted root');
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
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
