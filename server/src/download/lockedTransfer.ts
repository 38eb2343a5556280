import { t } from '../text/l10n';
import { fileIdentity, sameFile } from '../platform/file';
import type { FileIdentity } from '../platform/file';
import { renameDurably } from '../platform/durable';
import { isLock, tryLock } from '../platform/fileLock';
import type { FileLock } from '../platform/fileLock';
import { removeFile, smallFiles } from '../platform/smallFiles';
import { readJournal } from './journal';
import { DownloadError } from './request';
import { preparePaths } from './targetFolder';
import type { TargetPaths } from './targetFolder';
import { transfer } from './transfer';
import type { DownloadJob, DownloadJobWorld, DownloadOutcome } from './transferJob';

/** Milliseconds between looks at a lock that another process holds. */
const lookAgain = 300;

/** A download that ended well. */
export interface Finished {
  readonly outcome: DownloadOutcome;
  /** Removes what was handed over and gives up the lock; does nothing for a file that has its name. */
  readonly release: () => Promise<void>;
}

/**
 * Takes the lock on the name, waiting for another process that holds it; brings the verified bytes; gives the file its name, or leaves it
 * to the caller together with the lock. All that a download does with the disk happens here, on the thread of the transfers. Rejects with
 * `DownloadError` and with the system's errors.
 */
export async function transferLocked(job: DownloadJob, world: DownloadJobWorld, signal: AbortSignal): Promise<Finished> {
  const paths = await preparePaths(job.directory, job.name);
  world.paths(paths.partial, paths.lock);
  const lock = await waitForLock(paths, job, world, signal);
  let isHandedOver = false;
  try {
    const outcome = await transfer({ ...job, ...paths, candidates: await world.candidates() }, world, signal);
    world.progress({ state: 'finishing', bytes: outcome.size, total: outcome.size, rate: 0, mirrors: { active: 0, total: 0 } });
    if (!(await lock.stillHeld())) throw new DownloadError('busy', t('Another process has taken over the download of {0}.', paths.final));
    const isThere = outcome.outcome === 'already-there';
    const finished = isThere ? { path: paths.final, identity: outcome.identity } : await finish(job, paths, outcome.identity);
    isHandedOver = finished.path === paths.partial;
    return {
      outcome: { ...outcome, ...finished, isHandedOver },
      release: isHandedOver ? () => clear(paths, lock) : () => Promise.resolve(),
    };
  } finally {
    if (!isHandedOver) await lock.release();
  }
}

/** The lock on the name; while another process has it, its progress is followed. */
async function waitForLock(paths: TargetPaths, job: DownloadJob, world: DownloadJobWorld, signal: AbortSignal): Promise<FileLock> {
  let isTold = false;
  for (;;) {
    if (signal.aborted) throw new DownloadError('cancelled', t('The download was cancelled.'));
    const result = await tryLock(paths.lock, job.name, job.lockToken);
    if (isLock(result)) return result;
    if (!isTold) world.note(t('Process {0} on {1} is fetching it: waiting for that process.', result.pid, result.host));
    isTold = true;
    const journal = await readJournal(paths.journal);
    const bytes = journal?.done.reduce((sum, part) => sum + part.to - part.from, 0) ?? 0;
    const total = journal?.size ?? job.size;
    world.progress({
      state: 'waiting',
      bytes,
      rate: 0,
      mirrors: { active: 0, total: 0 },
      ...(total === undefined ? {} : { total }),
    });
    await new Promise((resolve) => setTimeout(resolve, lookAgain));
  }
}

/** Gives the verified and synced temporary file its name, or leaves it to the caller. */
async function finish(
  job: DownloadJob,
  paths: TargetPaths,
  hashed: FileIdentity,
): Promise<{ readonly path: string; readonly identity: FileIdentity }> {
  await smallFiles.chmod(paths.partial, job.mode);
  const identity = await fileIdentity(paths.partial);
  // The mode and the name change the time of change only: this is still the file whose bytes were hashed.
  if (!sameFile(identity, { ...hashed, changed: identity.changed }))
    throw new DownloadError('mismatch', t('{0} was changed by somebody else meanwhile. Download it again.', paths.partial));
  if (job.finish === 'hand-over') return { path: paths.partial, identity };
  await renameDurably(paths.partial, paths.final, { overwrite: job.overwrite });
  await removeFile(paths.journal);
  return { path: paths.final, identity: await fileIdentity(paths.final) };
}

async function clear(paths: TargetPaths, lock: FileLock): Promise<void> {
  await removeFile(paths.journal);
  await removeFile(paths.partial);
  await lock.release();
}
