/** A content digest: algorithm in the OCI spelling (`sha256`, `sha512`, `md5`, `sha1`…), value in lower-case hexadecimal. */
export interface Digest {
  readonly algorithm: string;
  readonly hex: string;
}

/** Hexadecimal digits of the algorithms that are known here. */
export const digestLengths: Readonly<Record<string, number>> = { md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 };

/** Reads `sha256:<hex>` (OCI image spec, descriptor.md "Digests"). Undefined when the form, the length or the alphabet is wrong. */
export function parseDigest(text: string): Digest | undefined {
  const match = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-f0-9]+)$/.exec(text);
  const algorithm = match?.[1];
  const hex = match?.[2];
  if (algorithm === undefined || hex === undefined) return undefined;
  const length = digestLengths[algorithm];
  return length !== undefined && length !== hex.length ? undefined : { algorithm, hex };
}

/** Prints `sha256:<hex>`. */
export function formatDigest(digest: Digest): string {
  return `${digest.algorithm}:${digest.hex}`;
}

/** The algorithm's registered name (IANA "Hash Function Textual Names", RFC 5854 §4.2.5): `sha256` as `sha-256`. */
export function registeredHashName(algorithm: string): string {
  return algorithm.replace(/^sha(\d)/, 'sha-$1');
}

/** For people: `sha256:3f9c…e2a1`. */
export function shortDigest(digest: Digest): string {
  return `${digest.algorithm}:${digest.hex.slice(0, 4)}…${digest.hex.slice(-4)}`;
}
