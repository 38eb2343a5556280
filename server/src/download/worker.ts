// Entry point of the worker thread that transfers run on (dist/downloadWorker.js): sockets, hashes and writes, off the editor's loop.
import { parentPort } from 'node:worker_threads';
import { doSmallFileWorkAtOnce } from '../platform/smallFiles';
import { createTransport } from '../platform/transport';
import type { Transport } from '../platform/transport';
import { RateLimit } from './rateLimit';
import { DownloadError } from './request';
import { transferLocked } from './lockedTransfer';
import { inLists } from './workerMessages';
import type { FromWorker, Question, ToWorker, WorkerFailure, WorkerNetwork } from './workerMessages';

const limit = new RateLimit();
const running = new Map<number, AbortController>();
/** What was handed over, by the number of its download. */
const handedOver = new Map<number, () => Promise<void>>();
const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
const networks = new Map<number, WorkerNetwork>();
const transports = new Map<number, Transport>();
let lastCall = 0;
const post = inLists<FromWorker>((messages) => parentPort?.postMessage(messages));
/** Milliseconds between reports of progress in the same state; a download that is over sooner tells only its end. */
const progressInterval = 100;

doSmallFileWorkAtOnce();
parentPort?.on('message', (messages: readonly ToWorker[]) => {
  for (const message of messages) take(message);
});

function take(message: ToWorker): void {
  if (message.kind === 'network') networks.set(message.name, message.network);
  else if (message.kind === 'start') void start(message);
  else if (message.kind === 'cancel') running.get(message.id)?.abort();
  else if (message.kind === 'release') void release(message.id);
  else answer(message);
}

async function start({ id, job, network, rateLimit }: Extract<ToWorker, { kind: 'start' }>): Promise<void> {
  const abort = new AbortController();
  const begun = Date.now();
  let told = { at: 0, state: '' };
  running.set(id, abort);
  limit.set(rateLimit);
  try {
    const finished = await transferLocked(
      job,
      {
        transport: transportFor(network, id),
        limit,
        headers: async (source, context) => (await ask(id, { ask: 'headers', source, context })) as Readonly<Record<string, string>>,
        refuse: async (url, step) => (await ask(id, { ask: 'refuse', url, step })) as string | undefined,
        candidates: async () => (await ask(id, { ask: 'candidates' })) as readonly string[],
        paths: (partial, lock) => post({ kind: 'paths', id, partial, lock }),
        note: (text) => post({ kind: 'note', id, text }),
        progress: (progress) => {
          const now = Date.now();
          if (now - begun < progressInterval || (progress.state === told.state && now - told.at < progressInterval)) return;
          told = { at: now, state: progress.state };
          post({ kind: 'progress', id, progress });
        },
      },
      abort.signal,
    );
    if (finished.outcome.isHandedOver) handedOver.set(id, finished.release);
    post({ kind: 'done', id, outcome: finished.outcome });
  } catch (error) {
    post({ kind: 'failed', id, failure: failureOf(error) });
  } finally {
    running.delete(id);
  }
}

async function release(id: number): Promise<void> {
  try {
    await handedOver.get(id)?.();
    post({ kind: 'released', id });
  } catch (error) {
    post({ kind: 'released', id, failure: failureOf(error) });
  } finally {
    handedOver.delete(id);
  }
}

/** Transfers with the same settings share their connections. Proxies and certificates are asked for through any transfer that still runs. */
function transportFor(name: number, id: number): Transport {
  const known = transports.get(name);
  if (known !== undefined) return known;
  const { hasCertificates, rejectUnauthorized, hasProxies, timing }: Partial<WorkerNetwork> = networks.get(name) ?? {};
  let certificates: Promise<readonly string[]> | undefined;
  const anyRunning = (): number => [...running.keys()].pop() ?? id;
  const transport = createTransport({
    ...(hasProxies === true
      ? { proxyFor: async (url: string) => (await ask(anyRunning(), { ask: 'proxy', url })) as string | undefined }
      : {}),
    ...(hasCertificates === true
      ? { certificates: () => (certificates ??= ask(anyRunning(), { ask: 'certificates' }) as Promise<readonly string[]>) }
      : {}),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(timing?.connect === undefined ? {} : { connectTimeout: timing.connect }),
    ...(timing?.head === undefined ? {} : { headTimeout: timing.head }),
    ...(timing?.idle === undefined ? {} : { idleTimeout: timing.idle }),
  });
  transports.set(name, transport);
  return transport;
}

function ask(id: number, question: Question): Promise<unknown> {
  const call = ++lastCall;
  return new Promise((resolve, reject) => {
    calls.set(call, { resolve, reject });
    post({ kind: 'question', id, call, question });
  });
}

function answer({ call, value, error }: Extract<ToWorker, { kind: 'answer' }>): void {
  const waiting = calls.get(call);
  calls.delete(call);
  if (error === undefined) waiting?.resolve(value);
  else waiting?.reject(new Error(error));
}

function failureOf(error: unknown): WorkerFailure {
  if (error instanceof DownloadError) return { kind: 'download', failure: error.failure, message: error.message, report: error.report };
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { kind: 'other', message: error instanceof Error ? error.message : String(error), ...code };
}
