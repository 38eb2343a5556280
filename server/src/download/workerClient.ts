import { Worker } from 'node:worker_threads';
import { t } from '../text/l10n';
import { DownloadError } from './request';
import type { DownloadWorld } from './request';
import type { TransferJob, TransferOutcome, TransferWorld } from './transferJob';
import type { FromWorker, Question, ToWorker, WorkerFailure, WorkerNetwork } from './workerMessages';

type Functions = Omit<TransferWorld, 'transport' | 'limit'>;

interface Running {
  readonly functions: Functions;
  readonly world: DownloadWorld;
  readonly resolve: (outcome: TransferOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** The worker thread of this process, while there is work and some seconds after. */
class WorkerClient {
  readonly running = new Map<number, Running>();
  private readonly worker: Worker;
  private readonly networks: { readonly network: WorkerNetwork; readonly certificates: DownloadWorld['proxies']['certificates'] }[] = [];
  private idle: NodeJS.Timeout | undefined;

  constructor(file: string) {
    this.worker = new Worker(file);
    this.worker.on('message', (message: FromWorker) => this.take(message));
    this.worker.on('error', (error) => this.broke(error));
    this.worker.on('exit', () => this.broke(new Error(t('The thread that downloads has ended.'))));
    this.worker.unref();
  }

  start(id: number, job: TransferJob, running: Running): void {
    clearTimeout(this.idle);
    this.running.set(id, running);
    this.worker.ref();
    this.post({ kind: 'start', id, job, network: this.networkName(running.world), rateLimit: running.world.settings.rateLimit });
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
    else {
      this.running.delete(message.id);
      if (message.kind === 'done') running?.resolve(message.outcome);
      else running?.reject(errorOf(message.failure));
      this.rest();
    }
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
    if (this.running.size > 0) return;
    this.worker.unref();
    this.idle = setTimeout(() => {
      clients.forEach((client, file) => client === this && clients.delete(file));
      void this.worker.terminate();
    }, 10_000).unref();
  }

  private broke(error: Error): void {
    clients.forEach((client, file) => client === this && clients.delete(file));
    for (const { reject } of this.running.values()) reject(error);
    this.running.clear();
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }
}

const clients = new Map<string, WorkerClient>();
let lastId = 0;

/** Runs a transfer on the worker thread of `file`; its questions are answered by `functions`. */
export function transferInWorker(
  file: string,
  job: TransferJob,
  world: DownloadWorld,
  functions: Functions,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  const client = clients.get(file) ?? new WorkerClient(file);
  clients.set(file, client);
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    const cancel = (): void => client.cancel(id);
    client.start(id, job, {
      functions,
      world,
      resolve: (outcome) => {
        signal.removeEventListener('abort', cancel);
        resolve(outcome);
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

async function valueOf(question: Question, running: Running | undefined): Promise<unknown> {
  if (question.ask === 'headers') return await running?.functions.headers(question.source, question.context);
  if (question.ask === 'refuse') return await running?.functions.refuse(question.url, question.step);
  if (question.ask === 'certificates') return (await running?.world.proxies.certificates?.()) ?? [];
  return await running?.world.proxies.proxyFor?.(question.url);
}

function errorOf(failure: WorkerFailure): Error {
  if (failure.kind === 'download') return new DownloadError(failure.failure, failure.message, failure.report);
  return Object.assign(new Error(failure.message), failure.code === undefined ? {} : { code: failure.code });
}
