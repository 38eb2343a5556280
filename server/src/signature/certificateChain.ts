import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { t } from '../text/l10n';
import { readCertificateExtensions } from './certificateExtensions';
import type { CertificateExtensions } from './certificateExtensions';

/** Code signing, and any use (RFC 5280, 4.2.1.12): one of them must be allowed where a certificate names uses at all, as Go has it. */
const codeSigning = ['1.3.6.1.5.5.7.3.3', '2.5.29.37.0'];
/** Certificates of a chain, and signatures that are checked for one leaf: more are no chain but an attack. */
const longestChain = 10;
const mostChecks = 100;

/**
 * Why a certificate is not one to verify signatures with, in words; undefined when it is: valid at `now`, for code signing, and chained
 * over authorities to a root among them, else of the system where none of them is a root. The rules of Go's crypto/x509 Verify, by which
 * the engines judge (apptainer internal/pkg/signature/verify.go): validity, uses, path lengths and critical extensions of the whole
 * chain, no weak hashes. Whether a certificate was revoked is not asked. Never throws.
 */
export function certificateProblem(leaf: X509Certificate, { roots, authorities }: Authorities, now: Date): string | undefined {
  let checks = 0;
  let worst: string | undefined;

  const isIssuer = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
    names(certificate, issuer) && checks++ < mostChecks && certificate.verify(issuer.publicKey);

  /** Whether a root can be reached from the last of the chain. */
  const reaches = (chain: readonly X509Certificate[]): boolean => {
    const last = chain.at(-1);
    const problem = linkProblem(chain, now);
    if (last === undefined || problem !== undefined) {
      worst ??= problem;
      return false;
    }
    if (roots.includes(last)) return true;
    if (chain.length >= longestChain) return false;
    const above = [...roots, ...authorities];
    if (above.some((issuer) => !chain.includes(issuer) && isIssuer(last, issuer) && reaches([...chain, issuer]))) return true;
    return roots.length === 0 && systemRoots().some((root) => isIssuer(last, root) && linkProblem([...chain, root], now) === undefined);
  };
  if (reaches([leaf])) return undefined;
  return worst ?? t('it does not chain to a trusted root');
}

/** What a chain may lead over, and where it must end. */
export interface Authorities {
  readonly roots: readonly X509Certificate[];
  /** Those that are no roots. */
  readonly authorities: readonly X509Certificate[];
}

/** Whether a certificate is signed by its own key: a root where it is given as such. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return isIssuedBy(certificate, certificate);
}

/** Whether the one is signed by the key of the other. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return names(certificate, issuer) && certificate.verify(issuer.publicKey);
}

/** Whether the one names the other as its issuer. By the texts first: that is quick, and most do not. */
function names(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.issuer === issuer.subject && certificate.checkIssued(issuer);
}

/** What stands against the last certificate of a chain that begins with the leaf. */
function linkProblem(chain: readonly X509Certificate[], now: Date): string | undefined {
  const last = chain.at(-1);
  const extensions = last && extensionsOf(last);
  if (last === undefined || extensions === undefined) return t('it, or one above it, cannot be read');
  const isAbove = chain.length > 1;
  if (!maySignCode(last)) return t('it is not made for code signing');
  if (!isValidAt(last, now)) return t('it, or one above it, is not valid now');
  if (extensions.unknownCritical.length > 0)
    return t('it, or one above it, demands what is not known here: {0}', extensions.unknownCritical.join(', '));
  // What stands for itself: how it is signed does not count.
  if (extensions.isWeaklySigned && !isSelfSigned(last)) return t('it, or one above it, is signed with a hash that is broken');
  if (!isAbove) return undefined;
  if (!last.ca) return t('one above it is no authority');
  const between = chain.length - 2;
  if (extensions.pathLength !== undefined && between > extensions.pathLength)
    return t('an authority above it allows {0} authorities below itself, and there are {1}', extensions.pathLength, between);
  const named = chain.slice(0, -1).some((one) => extensionsOf(one)?.hasAlternativeNames !== false);
  return extensions.limitsNames && named ? t('an authority above it limits names, which is not looked into here') : undefined;
}

/** A time that cannot be read is none within: comparing with it says no. */
function isValidAt(certificate: X509Certificate, now: Date): boolean {
  return now >= new Date(certificate.validFrom) && now <= new Date(certificate.validTo);
}

const read = new WeakMap<X509Certificate, CertificateExtensions>();

function extensionsOf(certificate: X509Certificate): CertificateExtensions | undefined {
  const extensions = read.get(certificate) ?? readCertificateExtensions(certificate.raw);
  if (extensions) read.set(certificate, extensions);
  return extensions;
}

function maySignCode(certificate: X509Certificate): boolean {
  // Node's types leave out that a certificate may name no uses; then it is made for all.
  const usages = certificate.keyUsage as readonly string[] | undefined;
  return usages === undefined || codeSigning.some((usage) => usages.includes(usage));
}

let ofSystem: readonly X509Certificate[] | undefined;

function systemRoots(): readonly X509Certificate[] {
  return (ofSystem ??= rootCertificates.map((pem) => new X509Certificate(pem)));
}
