import type { DownloadFailure, DownloadProgress, DownloadSettings, HeaderContext, SourceStatistics } from './request';
import type { DownloadJob, DownloadOutcome } from './transferJob';

/** What the worker needs to build its transport; functions stay on the other side. */
export interface WorkerNetwork {
  readonly hasCertificates: boolean;
  readonly rejectUnauthorized?: boolean;
  readonly hasProxies: boolean;
  readonly timing?: DownloadSettings['timing'];
}

/** Messages go in lists: each list wakes the other thread once. */
export type ToWorker =
  | { readonly kind: 'network'; readonly name: number; readonly network: WorkerNetwork }
  | { readonly kind: 'start'; readonly id: number; readonly job: DownloadJob; readonly network: number; readonly rateLimit: number }
  | { readonly kind: 'cancel'; readonly id: number }
  /** What was handed over is not needed any more. */
  | { readonly kind: 'release'; readonly id: number }
  | { readonly kind: 'answer'; readonly call: number; readonly value: unknown; readonly error?: string };

/** Questions that only the other side can answer. */
export type Question =
  | { readonly ask: 'headers'; readonly source: number; readonly context: HeaderContext }
  | { readonly ask: 'refuse'; readonly url: string; readonly step: 'source' | 'redirect' }
  | { readonly ask: 'candidates' }
  | { readonly ask: 'proxy'; readonly url: string }
  | { readonly ask: 'certificates' };

export type FromWorker =
  | { readonly kind: 'question'; readonly id: number; readonly call: number; readonly question: Question }
  | { readonly kind: 'note'; readonly id: number; readonly text: string }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: DownloadProgress }
  | { readonly kind: 'paths'; readonly id: number; readonly partial: string; readonly lock: string }
  | { readonly kind: 'done'; readonly id: number; readonly outcome: DownloadOutcome }
  | { readonly kind: 'released'; readonly id: number; readonly failure?: WorkerFailure }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: WorkerFailure };

/** An error in a form that crosses threads with its class. */
export type WorkerFailure =
  | {
      readonly kind: 'download';
      readonly failure: DownloadFailure;
      readonly message: string;
      readonly report: { readonly sources: readonly SourceStatistics[]; readonly notes: readonly string[] };
    }
  | { readonly kind: 'other'; readonly message: string; readonly code?: string };

/** Collects the messages of this turn of the event loop and sends them together, in order. */
export function inLists<Message>(send: (messages: readonly Message[]) => void): (message: Message) => void {
  let waiting: Message[] = [];
  return (message) => {
    if (waiting.push(message) > 1) return;
    setImmediate(() => {
      const messages = waiting;
      waiting = [];
      send(messages);
    });
  };
}
