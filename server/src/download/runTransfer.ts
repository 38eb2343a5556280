import { createTransport } from '../platform/transport';
import type { Transport } from '../platform/transport';
import { transferLocked } from './lockedTransfer';
import type { Finished } from './lockedTransfer';
import { RateLimit } from './rateLimit';
import type { DownloadControl, DownloadRequest, DownloadWorld } from './request';
import type { DownloadJob, DownloadJobWorld } from './transferJob';
import { transferInWorker } from './workerClient';

/** One for all downloads on this thread. */
const limit = new RateLimit();
const transports = new WeakMap<DownloadWorld, Transport>();

/** Runs a download on the worker thread when there is one, else here. Rejects as `transferLocked` does. */
export async function runTransfer(
  job: DownloadJob,
  request: DownloadRequest,
  world: DownloadWorld,
  control: Required<DownloadControl>,
): Promise<Finished> {
  const functions: Omit<DownloadJobWorld, 'transport' | 'limit'> = {
    headers: async (source, context) => (await request.sources[source]?.headers?.(context)) ?? {},
    refuse: async (url, step) => await world.refuse?.(url, step),
    candidates: async () => (await request.candidates?.()) ?? [],
    note: (text) => world.log.info(`${request.name}: ${text}`),
    progress: control.onProgress,
    paths: control.onPartial,
  };
  if (world.worker !== undefined) return await transferInWorker(world.worker, job, world, functions, control.signal);
  limit.set(world.settings.rateLimit);
  let transport = transports.get(world);
  if (transport === undefined) {
    const { connect, head, idle } = world.settings.timing ?? {};
    transport = createTransport({
      ...world.proxies,
      ...(connect === undefined ? {} : { connectTimeout: connect }),
      ...(head === undefined ? {} : { headTimeout: head }),
      ...(idle === undefined ? {} : { idleTimeout: idle }),
    });
    transports.set(world, transport);
  }
  return await transferLocked(job, { ...functions, transport, limit }, control.signal);
}
