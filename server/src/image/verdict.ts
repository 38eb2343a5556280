/**
 * failed: some evidence contradicts; intact: the bytes equal an expected digest whose source is named; signed: intact and validly
 * signed by a key that the user trusts; unverified: nothing to compare with.
 */
export type VerdictLevel = 'failed' | 'intact' | 'signed' | 'unverified';

/** One piece of evidence: what was expected, by whom, and what was found. */
export interface Check {
  /** `size`, `sha-256`, `pieces`, `structure`, `signature`, `digest`, `library hash`, `fingerprints`, `cache name`… */
  readonly name: string;
  readonly status: 'pass' | 'fail' | 'skip';
  readonly expected?: string;
  readonly actual?: string;
  /** Where the expectation came from: `metalink line 7`, `manifest of ghcr.io/org/tool:1.4`. */
  readonly source?: string;
  /** How the expectation came: `https`, `http`, `file`, `user`. A checksum from the same place as the bytes is integrity, not authenticity. */
  readonly channel?: string;
  /** One line for people. */
  readonly message: string;
}

/** How much a key is worth: only `trusted` makes a verdict `signed`. */
export type KeyTrust = 'trusted' | 'keyring' | 'fetched' | 'unknown';

/** One signature in or beside an image. */
export interface SignatureFinding {
  readonly status: 'valid' | 'invalid' | 'unknown-key';
  readonly kind: 'pgp' | 'dsse' | 'legacy-pgp' | 'detached-pgp';
  /** Full fingerprint of the signer's primary key, upper-case hexadecimal (PGP), or `SHA256:…` (DSSE). */
  readonly fingerprint?: string;
  readonly signer?: string;
  readonly trust: KeyTrust;
  /** Where the key came from: `key file pub.asc`, `pinned by you`, `~/.apptainer/keys/pgp-public`, `https://keys.openpgp.org`. */
  readonly keySource?: string;
  /** What of the image the signature was made for: `group 1 (recipe, metadata, root file system)`. Absent when that is the whole file. */
  readonly target?: string;
  /** What the signature covers, in words: `recipe`, `metadata`, `root file system`, `header`. */
  readonly covers: readonly string[];
  /** When it was made, RFC 3339. */
  readonly created?: string;
  /** The reference library's own words when it is not valid. */
  readonly error?: string;
  readonly message: string;
}

/** Everything that was found out about one target. Plain data: the report document, the command line's JSON, a diagnostic. */
export interface VerificationReport {
  readonly target: string;
  readonly verdict: VerdictLevel;
  /** Strongest evidence first; a contradiction before everything. */
  readonly checks: readonly Check[];
  readonly signatures: readonly SignatureFinding[];
  /** What no evidence covers, in words. */
  readonly notCovered: readonly string[];
  /** Path of the bytes that were looked at, when they are on this disk. */
  readonly path?: string;
  /** `path` lies in a cache of an engine. */
  readonly inCache?: true;
  /** There are signatures of Singularity 3.0–3.5, which count only when asked for. */
  readonly legacySignatures?: true;
  /** Bytes. */
  readonly size?: number;
  /** When, RFC 3339. */
  readonly time: string;
}

const worstFirst: readonly VerdictLevel[] = ['failed', 'unverified', 'intact', 'signed'];

/** The verdict of several targets together: the worst of them; `unverified` for none. */
export function worstVerdict(verdicts: readonly VerdictLevel[]): VerdictLevel {
  return worstFirst.find((level) => verdicts.includes(level)) ?? 'unverified';
}
