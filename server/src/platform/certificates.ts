import fs from 'node:fs/promises';
import tls from 'node:tls';
import type { Log } from './ports';

/** Bundles of the systems that people run this on: Debian, Red Hat, SUSE, Alpine, BSD, macOS with Homebrew's OpenSSL (Go `crypto/x509/root_linux.go` has the same list). */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** No bundle is larger; what is, is no bundle. Bytes. */
const largestBundle = 5 * 1024 * 1024;

export interface CertificateOptions {
  /** `http.systemCertificates`. */
  readonly system: boolean;
  /** Files of certificate authorities of the user. */
  readonly files?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/**
 * Certificate authorities (PEM, one each) to trust besides those that Node ships: the system's, those of `NODE_EXTRA_CA_CERTS` and
 * `SSL_CERT_FILE`, and the user's. What cannot be read is logged and left out; never rejects.
 */
export async function extraCertificates({ system, files = [], environment, log }: CertificateOptions): Promise<readonly string[]> {
  const named = [environment.SSL_CERT_FILE, environment.NODE_EXTRA_CA_CERTS, ...files].filter((file) => file !== undefined && file !== '');
  const texts = await Promise.all(named.map((file) => readBundle(file ?? '', log)));
  const found = texts.flatMap(splitPem);
  const fromSystem = system ? await systemCertificates(log) : [];
  const shipped = new Set(tls.rootCertificates.map(normalised));
  return [...new Map([...fromSystem, ...found].map((pem) => [normalised(pem), pem])).entries()]
    .filter(([key]) => !shipped.has(key))
    .map(([, pem]) => pem);
}

async function systemCertificates(log: Log): Promise<readonly string[]> {
  // Node 22.15 and newer ask the system itself (Windows, macOS, OpenSSL's folders).
  const { getCACertificates } = tls as { readonly getCACertificates?: (type: 'system') => readonly string[] };
  if (getCACertificates) return getCACertificates('system');
  for (const file of bundles) {
    const text = await readBundle(file, undefined);
    if (text !== '') return splitPem(text);
  }
  log.debug('no bundle of system certificates was found');
  return [];
}

async function readBundle(file: string, log: Log | undefined): Promise<string> {
  try {
    const { size } = await fs.stat(file);
    if (size > largestBundle) throw new Error('it is too large for a bundle of certificates');
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    log?.warn(`certificates in ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return '';
  }
}

function splitPem(text: string): readonly string[] {
  return text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
}

function normalised(pem: string): string {
  return pem.replace(/\s+/g, '');
}
