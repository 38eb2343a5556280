import type { VerificationReport } from '../image/verdict';
import { fileIdentity, sameFile } from '../platform/file';
import type { FileIdentity } from '../platform/file';
import { t } from '../text/l10n';

declare const verified: unique symbol;

/**
 * A file whose bytes were verified: the only thing that a cache takes. Made only from a report of this process that is `intact` or
 * `signed`, and bound to the very file that was read.
 */
export interface VerifiedFile {
  readonly [verified]: true;
  /** Absolute path. */
  readonly path: string;
  readonly report: VerificationReport;
}

/** Identities of the files that reports of this process were made of. */
const identities = new WeakMap<VerificationReport, { readonly path: string; readonly identity: FileIdentity }>();
const filed = new WeakMap<VerifiedFile, FileIdentity>();

/** Remembers which file a report is of. Only verifyImage calls it. */
export function bindReport(report: VerificationReport, path: string, identity: FileIdentity): void {
  identities.set(report, { path, identity });
}

/** The verified file of a report; undefined when the verdict is `failed` or `unverified`, or the report is not of a file on this disk. */
export function verifiedFile(report: VerificationReport): VerifiedFile | undefined {
  const bound = identities.get(report);
  if (!bound || (report.verdict !== 'intact' && report.verdict !== 'signed')) return undefined;
  const file = { path: bound.path, report } as VerifiedFile; // the one place where the brand is given
  filed.set(file, bound.identity);
  return file;
}

/** Rejects with a message for people when the file changed, was replaced or is gone since it was verified. */
export async function confirmUnchanged(file: VerifiedFile): Promise<void> {
  const expected = filed.get(file);
  if (!expected || !sameFile(expected, await fileIdentity(file.path)))
    throw new Error(t('{0} changed after it was verified. Verify it again.', file.path));
}
