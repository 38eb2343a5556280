import { createTransport } from '../platform/transport';
import type { Transport } from '../platform/transport';
import { RateLimit } from './rateLimit';
import type { DownloadProgress, DownloadRequest, DownloadWorld } from './request';
import { transfer } from './transfer';
import type { TransferJob, TransferOutcome, TransferWorld } from './transferJob';
import { transferInWorker } from './workerClient';

/** One for all downloads on this thread. */
const limit = new RateLimit();
const transports = new WeakMap<DownloadWorld, Transport>();

/** Runs a transfer on the worker thread when there is one, else here. */
export async function runTransfer(
  job: TransferJob,
  request: DownloadRequest,
  world: DownloadWorld,
  control: { readonly signal: AbortSignal; readonly onProgress: (progress: DownloadProgress) => void },
): Promise<TransferOutcome> {
  const functions: Omit<TransferWorld, 'transport' | 'limit'> = {
    headers: async (source, context) => (await request.sources[source]?.headers?.(context)) ?? {},
    refuse: async (url, step) => await world.refuse?.(url, step),
    note: (text) => world.log.info(`${request.name}: ${text}`),
    progress: control.onProgress,
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
  return await transfer(job, { ...functions, transport, limit }, control.signal);
}
