import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import { fileIdentity, sameFile } from '../platform/file';
import type { FileIdentity } from '../platform/file';
import { hasCode, renameDurably } from '../platform/durable';
import { isLock, tryLock } from '../platform/fileLock';
import { removeFile, smallFiles } from '../platform/smallFiles';
import type { FileLock } from '../platform/fileLock';
import { readJournal } from './journal';
import { DownloadError } from './request';
import type { DownloadControl, DownloadProgress, DownloadRequest, DownloadResult, DownloadWorld } from './request';
import { runTransfer } from './runTransfer';
import { preparePaths } from './targetFolder';
import type { TargetPaths } from './targetFolder';
import type { TransferJob } from './transferJob';

/** A download of this process that others may join. */
interface SharedDownload {
  /** What is fetched; undefined when nobody may join. */
  readonly key: string | undefined;
  readonly result: Promise<DownloadResult>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: DownloadProgress) => void>;
  /** Callers that have not cancelled. */
  waiting: number;
}

const shared = new Map<string, SharedDownload>();

/** Milliseconds between looks at a lock that another process holds. */
const lookAgain = 300;

/**
 * Fetches one file: from local copies, from where an interrupted download stopped, from its sources in parallel; verifies it, and gives
 * it its name in one step. Nothing unverified or unfinished ever has the final name, whatever ends the process.
 *
 * Calls for the same file join the one that runs; a second process waits, follows, and goes on should the first one die.
 * Rejects with `DownloadError`.
 */
export async function download(request: DownloadRequest, world: DownloadWorld, control: DownloadControl = {}): Promise<DownloadResult> {
  try {
    const paths = await preparePaths(request.directory, request.name);
    control.onPartial?.(paths.partial);
    const key = JSON.stringify([request.size?.toString(), request.hashes.map((hash) => hash.hex)]);
    // A handed-over file belongs to one caller: the others wait for the lock, and find then what that one made of it.
    if (request.finish === 'hand-over') return await join(begin(request, world, paths, undefined), control);
    const running = shared.get(paths.final);
    if (running !== undefined && running.key !== key)
      throw new DownloadError('busy', t('{0} is being fetched already, with other contents.', paths.final));
    return await join(running?.key === key ? running : begin(request, world, paths, key), control);
  } catch (error) {
    throw explained(error, request);
  }
}

function begin(request: DownloadRequest, world: DownloadWorld, paths: TargetPaths, key: string | undefined): SharedDownload {
  const abort = new AbortController();
  const listeners = new Set<(progress: DownloadProgress) => void>();
  const onProgress = (progress: DownloadProgress): void => {
    for (const listener of listeners) listener(progress);
  };
  const result = run(request, world, paths, { signal: abort.signal, onProgress });
  const entry: SharedDownload = { key, result, abort, listeners, waiting: 0 };
  if (key === undefined) return entry;
  shared.set(paths.final, entry);
  const forget = (): void => {
    if (shared.get(paths.final) === entry) shared.delete(paths.final);
  };
  result.then(forget, forget);
  return entry;
}

/** Takes part in a running download; it is cancelled when the last one who takes part cancels. */
function join(running: SharedDownload, control: DownloadControl): Promise<DownloadResult> {
  const { signal, onProgress } = control;
  running.waiting++;
  if (onProgress !== undefined) running.listeners.add(onProgress);
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      running.waiting--;
      if (onProgress !== undefined) running.listeners.delete(onProgress);
      if (running.waiting > 0) reject(new DownloadError('cancelled', t('The download was cancelled.')));
      else running.abort.abort();
    };
    const settled = (): void => signal?.removeEventListener('abort', cancel);
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    running.result.then(resolve, reject).finally(settled);
  });
}

async function run(
  request: DownloadRequest,
  world: DownloadWorld,
  paths: TargetPaths,
  control: { readonly signal: AbortSignal; readonly onProgress: (progress: DownloadProgress) => void },
): Promise<DownloadResult> {
  const lock = await waitForLock(paths, request, world, control);
  let isHandedOver = false;
  try {
    const outcome = await runTransfer(await jobOf(request, world, paths), request, world, control);
    control.onProgress({ state: 'finishing', bytes: outcome.size, total: outcome.size, rate: 0, mirrors: { active: 0, total: 0 } });
    if (!(await lock.stillHeld())) throw new DownloadError('busy', t('Another process has taken over the download of {0}.', paths.final));
    const isThere = outcome.outcome === 'already-there';
    const finished = isThere ? { path: paths.final, identity: outcome.identity } : await finish(request, paths, outcome.identity);
    isHandedOver = finished.path === paths.partial;
    return { ...outcome, ...finished, release: isHandedOver ? once(() => clear(paths, lock)) : () => Promise.resolve() };
  } finally {
    if (!isHandedOver) await lock.release();
  }
}

async function jobOf(request: DownloadRequest, world: DownloadWorld, paths: TargetPaths): Promise<TransferJob> {
  const { size } = request;
  if (size !== undefined && (size < 0n || size > BigInt(Number.MAX_SAFE_INTEGER)))
    throw new DownloadError('no-source', t('The declared size, {0} bytes, is beyond what can be downloaded.', groupedNumber(size)));
  return {
    final: paths.final,
    partial: paths.partial,
    journal: paths.journal,
    folder: paths.folder,
    ...(size === undefined ? {} : { size: Number(size) }),
    hashes: request.hashes,
    pieces: request.pieces ?? [],
    sources: request.sources.map((source) => ({
      url: source.url,
      priority: source.priority,
      ...(source.location === undefined ? {} : { location: source.location }),
      ...(source.preferred === undefined ? {} : { preferred: source.preferred }),
      ...(source.etag === undefined ? {} : { etag: source.etag }),
      hasHeaders: source.headers !== undefined,
    })),
    candidates: (await request.candidates?.()) ?? [],
    overwrite: request.overwrite ?? false,
    unverified: request.unverified,
    onCancel: request.onCancel,
    settings: world.settings,
  };
}

/** The lock on the name; while another process has it, its progress is followed. */
async function waitForLock(
  paths: TargetPaths,
  request: DownloadRequest,
  world: DownloadWorld,
  control: { readonly signal: AbortSignal; readonly onProgress: (progress: DownloadProgress) => void },
): Promise<FileLock> {
  let isTold = false;
  for (;;) {
    if (control.signal.aborted) throw new DownloadError('cancelled', t('The download was cancelled.'));
    const result = await tryLock(paths.lock, request.name);
    if (isLock(result)) return result;
    if (!isTold) world.log.info(t('{0} is being fetched by process {1} on {2}: waiting for it.', request.name, result.pid, result.host));
    isTold = true;
    const journal = await readJournal(paths.journal);
    const bytes = journal?.done.reduce((sum, part) => sum + part.to - part.from, 0) ?? 0;
    const total = journal?.size ?? (request.size === undefined ? undefined : Number(request.size));
    control.onProgress({ state: 'waiting', bytes, rate: 0, mirrors: { active: 0, total: 0 }, ...(total === undefined ? {} : { total }) });
    await new Promise((resolve) => setTimeout(resolve, lookAgain));
  }
}

/** Gives the verified and synced temporary file its name, or leaves it to the caller. */
async function finish(
  request: DownloadRequest,
  paths: TargetPaths,
  hashed: FileIdentity,
): Promise<{ readonly path: string; readonly identity: FileIdentity }> {
  await smallFiles.chmod(paths.partial, request.mode ?? 0o644);
  const identity = await fileIdentity(paths.partial);
  // The mode and the name change the time of change only: this is still the file whose bytes were hashed.
  if (!sameFile(identity, { ...hashed, changed: identity.changed }))
    throw new DownloadError('mismatch', t('{0} was changed by somebody else meanwhile. Download it again.', paths.partial));
  if (request.finish === 'hand-over') return { path: paths.partial, identity };
  await renameDurably(paths.partial, paths.final, { overwrite: request.overwrite ?? false });
  await removeFile(paths.journal);
  return { path: paths.final, identity: await fileIdentity(paths.final) };
}

async function clear(paths: TargetPaths, lock: FileLock): Promise<void> {
  await removeFile(paths.journal);
  await removeFile(paths.partial);
  await lock.release();
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}

function explained(error: unknown, request: DownloadRequest): DownloadError {
  if (error instanceof DownloadError) return error;
  const where = request.directory;
  const reason = error instanceof Error ? error.message : String(error);
  if (hasCode(error, 'ENOSPC')) return new DownloadError('no-space', t('The disk of {0} is full.', where), undefined, { cause: error });
  if (hasCode(error, 'EDQUOT'))
    return new DownloadError('no-space', t('Your quota for {0} is used up.', where), undefined, { cause: error });
  if (hasCode(error, 'EACCES', 'EPERM', 'EROFS'))
    return new DownloadError(
      'permission',
      t('{0} cannot be written to: {1}', where, hasCode(error, 'EROFS') ? t('it is read-only') : t('permission denied')),
      undefined,
      { cause: error },
    );
  if (hasCode(error, 'EEXIST'))
    return new DownloadError(
      'exists',
      t('A file named {0} has appeared in {1} meanwhile. It is not replaced unless you say so.', request.name, where),
      undefined,
      { cause: error },
    );
  if (hasCode(error, 'ELOOP'))
    return new DownloadError(
      'name',
      t('A symbolic link is in the way of the temporary file in {0}: nothing is written through it.', where),
      undefined,
      { cause: error },
    );
  return new DownloadError('disk', t('The download failed: {0}', reason), undefined, { cause: error });
}
