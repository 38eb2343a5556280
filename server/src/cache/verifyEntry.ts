import type { VerdictLevel, VerificationReport } from '../image/verdict';
import type { KeyMaterial } from '../signature/keyMaterial';
import { t } from '../text/l10n';
import type { Expectation } from '../verify/expectation';
import { verifyImage } from '../verify/verifyImage';
import type { CacheEntry } from './entry';

export interface VerifyEntryOptions {
  readonly keys: KeyMaterial;
  readonly signal: AbortSignal;
  /** sha-256 that was noted when the entry was pulled; hexadecimal. */
  readonly recordedSha256?: string;
  /** Bytes looked at so far. */
  readonly onProgress: (bytes: number) => void;
}

export interface VerifiedEntry {
  readonly verdict: VerdictLevel;
  /** The content is not what the name says. */
  readonly mismatch: boolean;
  /** sha-256 that the content was found to have, where one was compared. */
  readonly sha256?: string;
  readonly report: VerificationReport;
  /** What is wrong, for people. */
  readonly problem?: string;
}

/**
 * Compares an entry with the digest in its name, with what was noted when it was pulled, and with its signatures. Rejects when it cannot
 * be read, or when aborted.
 */
export async function verifyEntry(entry: CacheEntry, options: VerifyEntryOptions): Promise<VerifiedEntry> {
  const expectations: Expectation[] = [];
  if (entry.contentHash !== undefined)
    expectations.push({
      kind: 'cache-name',
      value: { algorithm: 'sha256', hex: entry.contentHash },
      source: t('name of the cache entry'),
      channel: 'file',
    });
  if (options.recordedSha256 !== undefined && entry.contentHash === undefined) {
    expectations.push({
      kind: 'hash',
      type: 'sha-256',
      value: options.recordedSha256,
      source: t('noted when it was pulled'),
      channel: 'file',
    });
  }
  const report = await verifyImage(entry.path, expectations, {
    keys: options.keys,
    signal: options.signal,
    target: entry.name,
    onProgress: (done) => options.onProgress(done),
  });
  const name = report.checks.find((check) => check.name === 'cache name');
  const mismatch = name?.status === 'fail';
  const notAnImage = expectsImage(entry) && report.checks.find((check) => check.name === 'structure' && check.status !== 'pass');
  const isBroken = report.verdict === 'unverified' && notAnImage !== undefined && notAnImage !== false && !isRecognised(report);
  const verdict = isBroken ? 'failed' : report.verdict;
  const problem = isBroken
    ? notAnImage.message
    : report.checks
        .filter(({ status }) => status === 'fail')
        .map(({ message }) => message)
        .join(' ');
  const sha256 =
    name?.status === 'pass' || (entry.contentHash === undefined && verdict !== 'failed')
      ? (entry.contentHash ?? options.recordedSha256)
      : undefined;
  return { verdict, mismatch, report, ...(sha256 !== undefined && { sha256 }), ...(verdict === 'failed' && { problem }) };
}

/** The engines put images there and nothing else; behind an http address may be anything. */
function expectsImage({ kind }: CacheEntry): boolean {
  return ['library', 'oras', 'shub', 'oci-tmp', 'oci-sif', 'net', 'ipfs'].includes(kind);
}

function isRecognised(report: VerificationReport): boolean {
  return report.checks.some((check) => check.name === 'structure' && check.status === 'pass');
}
