import { t } from '../text/l10n';
import { syncFile } from '../platform/durable';
import { hasCode } from '../platform/systemError';
import { smallFiles } from '../platform/smallFiles';
import type { Expectation } from './expectation';
import { allowedPath, copyWhenEqual, hashFile } from './localCopies';
import type { TransferJob, TransferOutcome } from './transferJob';
import type { TransferReport } from './transferReport';

/** What is under the final name: these bytes (the outcome), nothing (undefined), or something else, for which it rejects. */
export async function lookAtFinal(
  job: TransferJob,
  { whole, computed }: Expectation,
  report: TransferReport,
  signal: AbortSignal,
): Promise<TransferOutcome | undefined> {
  const { final, overwrite, size } = job;
  const stat = await smallFiles.lstat(final).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (stat === undefined) return undefined;
  if (stat.isFile() && whole !== undefined && (size === undefined || stat.size === size)) {
    report.progress('checking', 0);
    const hashed = await hashFile(final, computed, signal);
    if (hashed.digests[whole.type] === whole.hex) return report.outcome('already-there', hashed);
  }
  if (overwrite && !stat.isDirectory()) return undefined;
  throw report.error('exists', t('{0} is there already and is not this file. It is not replaced unless you say so.', final));
}

/** The first local file that is this file, copied to the partial file and synced. */
export async function lookAtCopies(
  candidates: readonly string[],
  job: TransferJob,
  expectation: Expectation,
  report: TransferReport,
  signal: AbortSignal,
): Promise<TransferOutcome | undefined> {
  for (const candidate of candidates) {
    report.progress('checking', 0);
    try {
      const copied = await copyWhenEqual(candidate, job.partial, expectation, job.size, signal);
      if (copied === undefined) continue;
      await syncFile(job.partial);
      report.note(t('Copied from {0}: its hash agrees.', candidate));
      return report.outcome('copied', copied);
    } catch (error) {
      if (signal.aborted || hasCode(error, 'ENOSPC', 'EDQUOT')) throw error;
      report.note(t('{0} cannot be used: {1}', candidate, error instanceof Error ? error.message : String(error)));
    }
  }
  return undefined;
}

/** Paths of local files that may be this file: those that the caller names, and `file:` sources within the allowed folders. */
export async function localCandidates(job: TransferJob, report: TransferReport): Promise<string[]> {
  const found = [...job.candidates];
  for (const { url } of job.sources) {
    if (!isFileUrl(url)) continue;
    const allowed = await allowedPath(url, job.settings.allowedFolders);
    if ('path' in allowed) found.push(allowed.path);
    else report.note(t('{0} is not used: {1}.', url, allowed.refusal));
  }
  return found;
}

export function isFileUrl(url: string): boolean {
  return /^file:/i.test(url);
}
