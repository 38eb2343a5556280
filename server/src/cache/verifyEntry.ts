import type { VerdictLevel, VerificationReport } from '../image/verdict';
import type { KeyMaterial } from '../signature/keyMaterial';
import { t } from '../text/l10n';
import type { Expectation } from '../verify/expectation';
import { verifyImage } from '../verify/verifyImage';
import type { CacheEntry } from './list';

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
  const failed = report.checks.some((check) => check.status === 'fail');
  const mismatch = entry.contentHash !== undefined && report.verdict === 'failed' && failed;
  const sha256 = report.verdict === 'failed' ? undefined : (entry.contentHash ?? options.recordedSha256);
  return { verdict: report.verdict, mismatch, report, ...(sha256 !== undefined && { sha256 }) };
}
