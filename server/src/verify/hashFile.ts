import { createHash } from 'node:crypto';
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ByteSource } from '../image/byteSource';
import type { LocalFile } from '../platform/file';
import { t } from '../text/l10n';
import { hashPass } from './hashPass';
import type { HashJob } from './hashPass';

export interface HashControl {
  readonly signal?: AbortSignal | undefined;
  /** Bytes read so far and bytes to read. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Below this many bytes of work, threads cost more than they save. */
const worthThreads = 64 << 20;
const mostThreads = 4;

/**
 * Computes jobs over a file or any other source. Large local files are hashed in threads, one a job as far as there are processors, so
 * that the loop of this thread stays free; everything else in this one, between reads. Rejects with an Error for people.
 */
export async function hashSource(
  source: ByteSource | LocalFile,
  jobs: readonly HashJob[],
  control: HashControl,
): Promise<readonly (readonly string[])[]> {
  const work = jobs.map(jobBytes).reduce((sum, bytes) => sum + bytes, 0);
  try {
    if ('path' in source && work >= worthThreads) return await hashInThreads(source.path, jobs, control);
    const total = Math.max(0, ...jobs.map(jobBytes));
    return await hashPass(jobs, {
      fill: (buffer, offset) => fill(source, buffer, offset, control.signal),
      createHash,
      onBytes(done) {
        control.signal?.throwIfAborted();
        control.onProgress?.(Math.min(done, total), total);
      },
    });
  } catch (error) {
    control.signal?.throwIfAborted();
    if (error instanceof Error && 'code' in error && error.code === 'short')
      throw new Error(t('{0} became shorter while it was read.', source.name), { cause: error });
    throw error;
  }
}

async function fill(source: ByteSource | LocalFile, buffer: Uint8Array, offset: number, signal?: AbortSignal): Promise<number> {
  if ('readInto' in source) return source.readInto(buffer, offset);
  const bytes = await source.read(offset, buffer.length, signal);
  buffer.set(bytes);
  return bytes.length;
}

function jobBytes(job: HashJob): number {
  return job.ranges.reduce((sum, range) => sum + range.length, 0);
}

/** What a thread tells. */
type Told =
  { readonly done: number } | { readonly digests: readonly (readonly string[])[] } | { readonly error: string; readonly code?: string };

async function hashInThreads(path: string, jobs: readonly HashJob[], { signal, onProgress }: HashControl) {
  const shares = share(jobs, Math.min(mostThreads, os.availableParallelism()));
  const total = Math.max(...shares.map((mine) => mine.reduce((sum, index) => Math.max(sum, jobBytes(jobs[index] ?? noJob)), 0)));
  const progress = shares.map(() => 0);
  const results = jobs.map((): readonly string[] => []);
  await Promise.all(
    shares.map(async (mine, thread) => {
      const digests = await runThread(
        path,
        mine.flatMap((index) => jobs[index] ?? []),
        signal,
        (done) => {
          progress[thread] = done;
          onProgress?.(Math.min(total, ...progress), total);
        },
      );
      progress[thread] = total;
      for (const [place, index] of mine.entries()) results[index] = digests[place] ?? [];
    }),
  );
  return results;
}

const noJob: HashJob = { algorithm: 'sha256', ranges: [] };

/** Indices of the jobs for each thread, about the same work for each. */
function share(jobs: readonly HashJob[], threads: number): number[][] {
  const shares = Array.from({ length: Math.max(1, Math.min(threads, jobs.length)) }, () => ({ work: 0, mine: [] as number[] }));
  const order = jobs.map((job, index) => ({ index, bytes: jobBytes(job) })).sort((a, b) => b.bytes - a.bytes);
  for (const { index, bytes } of order) {
    const least = shares.reduce((best, next) => (next.work < best.work ? next : best));
    least.work += bytes;
    least.mine.push(index);
  }
  return shares.map(({ mine }) => mine).filter((mine) => mine.length > 0);
}

async function runThread(
  path: string,
  jobs: readonly HashJob[],
  signal: AbortSignal | undefined,
  onDone: (done: number) => void,
): Promise<readonly (readonly string[])[]> {
  // The thread runs these two functions from their text: no second file has to be found beside the bundle.
  const worker = new Worker(`(${threadMain.toString()})(${hashPass.toString()})`, { eval: true, workerData: { path, jobs } });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (told: Told) => {
        if ('done' in told) onDone(told.done);
        else if ('digests' in told) resolve(told.digests);
        else reject(Object.assign(new Error(told.error), { code: told.code }));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error(t('The thread that hashes {0} has ended.', path))));
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

/** What a thread does. Self-contained: see `runThread`. */
function threadMain(pass: typeof hashPass): void {
  const fs = process.getBuiltinModule('node:fs');
  const crypto = process.getBuiltinModule('node:crypto');
  const threads = process.getBuiltinModule('node:worker_threads');
  const { path: file, jobs } = threads.workerData as { path: string; jobs: HashJob[] }; // as runThread hands over
  const tell = (told: Told): void => threads.parentPort?.postMessage(told);
  let told = 0;
  void (async () => {
    try {
      const handle = await fs.promises.open(file, 'r');
      const digests = await pass(jobs, {
        async fill(buffer, offset) {
          let filled = 0;
          while (filled < buffer.length) {
            const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, offset + filled);
            if (bytesRead === 0) break;
            filled += bytesRead;
          }
          return filled;
        },
        createHash: crypto.createHash,
        onBytes(done) {
          if (done - told < 16 << 20) return;
          told = done;
          tell({ done });
        },
      });
      await handle.close();
      tell({ digests });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
      tell({ error: error instanceof Error ? error.message : String(error), ...(code === undefined ? {} : { code }) });
    }
  })();
}
