import type { Digest } from '../image/digest';
import { digestLengths } from '../image/digest';
import type { HttpHeaders } from './ports';

/** Names in header fields (RFC 3230, RFC 5843, RFC 9530 registries) to the names of digests here; strongest first. */
const algorithms: Readonly<Record<string, string>> = {
  'sha-512': 'sha512',
  'sha-384': 'sha384',
  'sha-256': 'sha256',
  sha: 'sha1',
  md5: 'md5',
};

/** Algorithms that prove something against a person who means ill. */
export const strongAlgorithms: readonly string[] = ['sha512', 'sha384', 'sha256'];

/**
 * Digests of the whole file that a reply declares in `Digest` (RFC 3230) and `Repr-Digest` (RFC 9530), strongest first. Base64 of the
 * bytes and, as RFC 6249's own examples have it, base64 of their hexadecimal text are both read. An algorithm with two different values is
 * left out. `Content-Digest` is not read: on a partial reply it speaks of the part.
 */
export function instanceDigests(headers: HttpHeaders): Digest[] {
  const found = new Map<string, string | undefined>();
  const add = (name: string, value: string) => {
    const algorithm = algorithms[name.toLowerCase()];
    const hex = algorithm === undefined ? undefined : hexOf(algorithm, value);
    if (algorithm === undefined || hex === undefined) return;
    found.set(algorithm, !found.has(algorithm) || found.get(algorithm) === hex ? hex : undefined);
  };
  for (const field of headers.digest ?? [])
    for (const [, name = '', value = ''] of field.matchAll(/(?:^|,)\s*([\w-]+)\s*=\s*([A-Za-z0-9+/]+={0,2})\s*(?=,|$)/g)) add(name, value);
  for (const field of headers['repr-digest'] ?? [])
    for (const [, name = '', value = ''] of field.matchAll(/(?:^|,)\s*([\w-]+)\s*=\s*:([A-Za-z0-9+/]+={0,2}):\s*(?:;[^,]*)?(?=,|$)/g))
      add(name, value);
  return Object.values(algorithms).flatMap((algorithm) => {
    const hex = found.get(algorithm);
    return hex === undefined ? [] : [{ algorithm, hex }];
  });
}

function hexOf(algorithm: string, base64: string): string | undefined {
  const digits = digestLengths[algorithm] ?? 0;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length * 2 === digits) return bytes.toString('hex');
  const text = bytes.toString('latin1').toLowerCase();
  return text.length === digits && /^[0-9a-f]+$/.test(text) ? text : undefined;
}
