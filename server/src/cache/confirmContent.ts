import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { t } from '../text/l10n';
import type { VerifiedFile } from '../verify/verifiedFile';

/**
 * The engines use an entry without hashing it again: what its name promises must be what it is, whatever else was verified. Rejects with a
 * message for people when it is not.
 */
export async function confirmContent(verified: VerifiedFile, hex: string, signal?: AbortSignal): Promise<void> {
  if (verified.report.checks.some((check) => check.status === 'pass' && check.expected === hex)) return;
  const hash = createHash('sha256');
  for await (const block of createReadStream(verified.path, { highWaterMark: 1 << 20, ...(signal && { signal }) }))
    hash.update(block as Buffer); // no encoding is set
  if (hash.digest('hex') !== hex)
    throw new Error(t('{0} is verified, but it is not the image that its name in the cache would promise ({1}).', verified.path, hex));
}
