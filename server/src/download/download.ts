import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import { hasCode } from '../platform/systemError';
import { DownloadError } from './request';
import type { DownloadControl, DownloadProgress, DownloadRequest, DownloadResult, DownloadWorld } from './request';
import { runTransfer } from './runTransfer';
import type { DownloadJob } from './transferJob';

/** A download of this process that others may join. */
interface SharedDownload {
  /** What is fetched; undefined when nobody may join. */
  readonly key: string | undefined;
  readonly result: Promise<DownloadResult>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: DownloadProgress) => void>;
  readonly partialListeners: Set<(path: string) => void>;
  /** Path of the unfinished file, once it is known. */
  partial: string | undefined;
  /** Callers that have not cancelled. */
  waiting: number;
}

const shared = new Map<string, SharedDownload>();

/**
 * Fetches one file: from local copies, from where an interrupted download stopped, from its sources in parallel; verifies it, and gives
 * it its name in one step. Nothing unverified or unfinished ever has the final name, whatever ends the process.
 *
 * Calls for the same file join the one that runs; a second process waits, follows, and goes on should the first one die.
 * Rejects with `DownloadError`.
 */
export async function download(request: DownloadRequest, world: DownloadWorld, control: DownloadControl = {}): Promise<DownloadResult> {
  try {
    const final = path.resolve(request.directory, request.name);
    const key = JSON.stringify([request.size?.toString(), request.hashes.map((hash) => hash.hex)]);
    // A handed-over file belongs to one caller: the others wait for the lock, and find then what that one made of it.
    if (request.finish === 'hand-over') return await join(begin(request, world, final, undefined), control);
    const running = shared.get(final);
    if (running !== undefined && running.key !== key)
      throw new DownloadError('busy', t('{0} is being fetched already, with other contents.', final));
    return await join(running?.key === key ? running : begin(request, world, final, key), control);
  } catch (error) {
    throw explained(error, request);
  }
}

function begin(request: DownloadRequest, world: DownloadWorld, final: string, key: string | undefined): SharedDownload {
  const abort = new AbortController();
  const listeners = new Set<(progress: DownloadProgress) => void>();
  const partialListeners = new Set<(path: string) => void>();
  const result = run(request, world, {
    signal: abort.signal,
    onProgress: (progress) => {
      for (const listener of listeners) listener(progress);
    },
    onPartial: (partial) => {
      entry.partial = partial;
      for (const listener of partialListeners) listener(partial);
    },
  });
  const entry: SharedDownload = { key, result, abort, listeners, partialListeners, partial: undefined, waiting: 0 };
  if (key === undefined) return entry;
  shared.set(final, entry);
  const forget = (): void => {
    if (shared.get(final) === entry) shared.delete(final);
  };
  result.then(forget, forget);
  return entry;
}

/** Takes part in a running download; it is cancelled when the last one who takes part cancels. */
function join(running: SharedDownload, { signal, onProgress, onPartial }: DownloadControl): Promise<DownloadResult> {
  running.waiting++;
  if (onProgress !== undefined) running.listeners.add(onProgress);
  if (onPartial !== undefined) running.partialListeners.add(onPartial);
  if (running.partial !== undefined) onPartial?.(running.partial);
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

async function run(request: DownloadRequest, world: DownloadWorld, control: Required<DownloadControl>): Promise<DownloadResult> {
  const { outcome, release } = await runTransfer(jobOf(request, world), request, world, control);
  const { isHandedOver, ...result } = outcome;
  return { ...result, release: isHandedOver ? once(release) : () => Promise.resolve() };
}

function jobOf(request: DownloadRequest, world: DownloadWorld): DownloadJob {
  const { size } = request;
  if (size !== undefined && (size < 0n || size > BigInt(Number.MAX_SAFE_INTEGER)))
    throw new DownloadError('no-source', t('The declared size, {0} bytes, is beyond what can be downloaded.', groupedNumber(size)));
  return {
    name: request.name,
    directory: request.directory,
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
    overwrite: request.overwrite ?? false,
    unverified: request.unverified,
    onCancel: request.onCancel,
    finish: request.finish,
    mode: request.mode ?? 0o644,
    settings: world.settings,
    lockToken: randomBytes(8).toString('hex'),
  };
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
  if (hasCode(error, 'EFBIG'))
    return new DownloadError(
      'no-space',
      t('{0} cannot hold a file of this size: its file system or your limits (ulimit -f) do not allow it.', where),
      undefined,
      { cause: error },
    );
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
