import { Worker } from 'node:worker_threads';
import { t } from '../text/l10n';
import { dropLock } from '../platform/fileLock';
import type { Finished } from './lockedTransfer';
import { DownloadError } from './request';
import type { DownloadWorld } from './request';
import type { DownloadJob, DownloadJobWorld } from './transferJob';
import { inLists } from './workerMessages';
import type { FromWorker, Question, ToWorker, WorkerFailure, WorkerNetwork } from './workerMessages';

type Functions = Omit<DownloadJobWorld, 'transport' | 'limit'>;

interface Running {
  readonly job: DownloadJob;
  readonly functions: Functions;
  readonly world: DownloadWorld;
  /** Path of the lock that the worker takes. */
  lock?: string;
  readonly resolve: (finished: Finished) => void;
  readonly reject: (error: Error) => void;
}

/** A file that is handed over: the worker holds its lock. */
interface HandedOver {
  readonly of: Running;
  settle?: (error?: Error) => void;
}

/** The worker thread of this process, while there is work and some seconds after. */
class WorkerClient {
  private readonly running = new Map<number, Running>();
  private readonly handedOver = new Map<number, HandedOver>();
  private readonly worker: Worker;
  private readonly networks: { readonly network: WorkerNetwork; readonly certificates: DownloadWorld['proxies']['certificates'] }[] = [];
  private readonly post = inLists<ToWorker>((messages) => this.worker.postMessage(messages));
  private idle: NodeJS.Timeout | undefined;

  constructor(file: string) {
    this.worker = new Worker(file);
    this.worker.on('message', (messages: readonly FromWorker[]) => {
      for (const message of messages) this.take(message);
    });
    this.worker.on('error', (error) => this.broke(error));
    this.worker.on('exit', () => this.broke(new Error(t('The thread that downloads has ended.'))));
    this.worker.unref();
  }

  start(id: number, running: Running): void {
    clearTimeout(this.idle);
    this.running.set(id, running);
    this.worker.ref();
    const { job, world } = running;
    this.post({ kind: 'start', id, job, network: this.networkName(world), rateLimit: world.settings.rateLimit });
  }

  /** Number of a way to the network: the worker keeps connections for each. */
  private networkName({ proxies, settings: { timing } }: DownloadWorld): number {
    const { certificates, rejectUnauthorized } = proxies;
    const network: WorkerNetwork = {
      hasProxies: proxies.proxyFor !== undefined,
      hasCertificates: certificates !== undefined,
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
      ...(timing === undefined ? {} : { timing }),
    };
    const known = this.networks.findIndex(
      (one) =>
        one.network.hasProxies === network.hasProxies &&
        one.network.rejectUnauthorized === rejectUnauthorized &&
        one.network.timing === timing &&
        one.certificates === certificates,
    );
    if (known >= 0) return known;
    this.networks.push({ network, certificates });
    this.post({ kind: 'network', name: this.networks.length - 1, network });
    return this.networks.length - 1;
  }

  cancel(id: number): void {
    this.post({ kind: 'cancel', id });
  }

  private take(message: FromWorker): void {
    const running = this.running.get(message.id);
    if (message.kind === 'question') void this.answer(message.call, message.question, running);
    else if (message.kind === 'note') running?.functions.note(message.text);
    else if (message.kind === 'progress') running?.functions.progress(message.progress);
    else if (message.kind === 'paths') {
      if (running !== undefined) running.lock = message.lock;
      running?.functions.paths(message.partial, message.lock);
    } else if (message.kind === 'released') this.released(message);
    else {
      this.running.delete(message.id);
      if (message.kind === 'failed') running?.reject(errorOf(message.failure));
      else running?.resolve(this.finished(message, running));
      this.rest();
    }
  }

  private finished({ id, outcome }: Extract<FromWorker, { kind: 'done' }>, running: Running): Finished {
    if (!outcome.isHandedOver) return { outcome, release: () => Promise.resolve() };
    const handedOver: HandedOver = { of: running };
    this.handedOver.set(id, handedOver);
    const release = async (): Promise<void> => {
      if (!this.handedOver.has(id)) return; // the worker has died, and its locks are gone
      await new Promise<void>((resolve, reject) => {
        handedOver.settle = (error) => (error === undefined ? resolve() : reject(error));
        this.post({ kind: 'release', id });
      });
    };
    return { outcome, release };
  }

  private released({ id, failure }: Extract<FromWorker, { kind: 'released' }>): void {
    const handedOver = this.handedOver.get(id);
    this.handedOver.delete(id);
    handedOver?.settle?.(failure === undefined ? undefined : errorOf(failure));
    this.rest();
  }

  private async answer(call: number, question: Question, running: Running | undefined): Promise<void> {
    try {
      this.post({ kind: 'answer', call, value: await valueOf(question, running) });
    } catch (error) {
      this.post({ kind: 'answer', call, value: undefined, error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** A thread costs memory: it goes when nothing has come for a while. */
  private rest(): void {
    if (this.running.size > 0 || this.handedOver.size > 0) return;
    this.worker.unref();
    this.idle = setTimeout(() => {
      clients.forEach((client, file) => client === this && clients.delete(file));
      void this.worker.terminate();
    }, 10_000).unref();
  }

  private broke(error: Error): void {
    clients.forEach((client, file) => client === this && clients.delete(file));
    // The process lives on: nobody else would take its locks for stale.
    for (const running of this.running.values()) drop(running);
    for (const { of } of this.handedOver.values()) drop(of);
    for (const { settle } of this.handedOver.values()) settle?.(error);
    for (const { reject } of this.running.values()) reject(error);
    this.handedOver.clear();
    this.running.clear();
  }
}

const clients = new Map<string, WorkerClient>();
let lastId = 0;

/** Runs a download on the worker thread of `file`; its questions are answered by `functions`. Rejects as `transferLocked` does. */
export function transferInWorker(
  file: string,
  job: DownloadJob,
  world: DownloadWorld,
  functions: Functions,
  signal: AbortSignal,
): Promise<Finished> {
  const client = clients.get(file) ?? new WorkerClient(file);
  clients.set(file, client);
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    const cancel = (): void => client.cancel(id);
    client.start(id, {
      job,
      functions,
      world,
      resolve: (finished) => {
        signal.removeEventListener('abort', cancel);
        resolve(finished);
      },
      reject: (error) => {
        signal.removeEventListener('abort', cancel);
        reject(error);
      },
    });
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
  });
}

function drop({ lock, job, functions }: Running): void {
  if (lock === undefined) return;
  dropLock(lock, job.lockToken).catch((error: unknown) => functions.note(error instanceof Error ? error.message : String(error)));
}

async function valueOf(question: Question, running: Running | undefined): Promise<unknown> {
  if (question.ask === 'headers') return await running?.functions.headers(question.source, question.context);
  if (question.ask === 'refuse') return await running?.functions.refuse(question.url, question.step);
  if (question.ask === 'candidates') return (await running?.functions.candidates()) ?? [];
  if (question.ask === 'certificates') return (await running?.world.proxies.certificates?.()) ?? [];
  return await running?.world.proxies.proxyFor?.(question.url);
}

function errorOf(failure: WorkerFailure): Error {
  if (failure.kind === 'download') return new DownloadError(failure.failure, failure.message, failure.report);
  return Object.assign(new Error(failure.message), failure.code === undefined ? {} : { code: failure.code });
}
