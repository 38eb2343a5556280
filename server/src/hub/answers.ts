import { LRUCache } from 'lru-cache';
import { backOff } from './backOff';
import type { Age, HubFailure, HubOptions } from './hub';
import { HubError } from './hub';
import type { DiskCache } from '../platform/diskCache';
import { without } from '../image/without';
import type { Log } from '../platform/ports';
import { t } from '../text/l10n';

/** A question whose answer is kept. */
export interface Question<T extends Age> {
  /** Everything that the answer depends on. */
  readonly key: string;
  /** Milliseconds for which an answer counts as new. */
  readonly freshFor: number;
  /** Host that is asked, for the status. */
  readonly host: string | undefined;
  /** Asks the hub. `known` is the last answer, for those who can check cheaply whether it still holds. */
  fetch(options: HubOptions, known: T | undefined): Promise<T>;
  /** Whether a value from disk is an answer of this kind. */
  isAnswer(value: unknown): value is T;
  /** What there is at `options.deadline`; undefined waits on. */
  partial?(): T | undefined;
}

/** Answers of hubs: single flight, stale while revalidating, failures remembered, a copy on disk. */
export interface Answers {
  ask<T extends Age>(question: Question<T>, options: HubOptions): Promise<T>;
  refresh(): void;
  clear(): Promise<void>;
  close(): void;
}

export interface AnswersOptions {
  readonly disk: DiskCache | undefined;
  readonly log: Log;
  readonly now: () => number;
  /** Told when requests begin and end, and how they end. */
  readonly onFlight: (event: { readonly host: string | undefined; readonly flights: number; readonly failure?: HubError }) => void;
}

interface Flight {
  readonly answer: Promise<Age>;
  readonly controller: AbortController;
  waiting: number;
}

interface Failure {
  readonly error: HubError;
  /** Milliseconds since the epoch: until then the failure is the answer. */
  readonly until: number;
  /** How often in a row. */
  readonly times: number;
}

/** Longest that a request nobody waits for any more may go on, in milliseconds. */
const longestFlight = 60_000;
/** Answers older than this are not shown while a new one is fetched. */
const longestStale = 7 * 24 * 3600_000;
const mostBytes = 24 * 1024 * 1024;

export function createAnswers({ disk, log, now, onFlight }: AnswersOptions): Answers {
  const memory = new LRUCache<string, Age>({ max: 1000, maxSize: mostBytes, maxEntrySize: mostBytes, sizeCalculation: sizeOf });
  const failures = new LRUCache<string, Failure>({ max: 1000 });
  const flights = new Map<string, Flight>();
  /** Answers from before are asked anew: `refresh` moves it. */
  let refreshedAt = 0;

  async function ask<T extends Age>(question: Question<T>, options: HubOptions): Promise<T> {
    const known = options.fresh ? undefined : await find(question);
    const age = known === undefined ? Infinity : now() - known.fetchedAt;
    const current = known !== undefined && known.fetchedAt > refreshedAt;
    if (known && current && age < question.freshFor) return known;
    const failure = failures.get(question.key);
    const isEditor = options.reason === 'editor';
    if (failure && failure.until > now() && (isEditor || failure.error.kind === 'rate-limited') && !options.fresh)
      return staleOr(known, failure.error);
    if (known && current && isEditor && age < longestStale) {
      // Shown at once with its age; the next look has the new one.
      take(question, options, known).answer.catch(() => log.debug(`${question.host ?? 'a hub'} could not be asked anew`));
      return known;
    }
    try {
      return await wait(question, options, known);
    } catch (error) {
      return staleOr(known, error instanceof HubError ? error : unexpected(error, question.host));
    }
  }

  async function find<T extends Age>(question: Question<T>): Promise<T | undefined> {
    const inMemory = memory.get(question.key);
    if (inMemory && question.isAnswer(inMemory)) return inMemory;
    const stored = await disk?.get(question.key);
    if (stored === undefined || !question.isAnswer(stored.value)) return undefined;
    memory.set(question.key, stored.value);
    return stored.value;
  }

  /** Joins the request under way, or begins one. */
  function take<T extends Age>(question: Question<T>, options: HubOptions, known: T | undefined): Flight & { readonly answer: Promise<T> } {
    // What a command may ask, an editor perhaps may not: they do not share requests.
    const key = `${options.reason ?? 'command'} ${question.key}`;
    const running = flights.get(key);
    // The same key has the same kind of answer.
    if (running) return running as Flight & { readonly answer: Promise<T> };
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(longestFlight)]);
    const answer = question.fetch({ ...without(options, 'deadline', 'signal'), signal }, known).then(
      (value) => land(key, question, value),
      (error: unknown) => {
        throw fail(key, question, error);
      },
    );
    const flight = { answer, controller, waiting: 0 };
    flights.set(key, flight);
    onFlight({ host: question.host, flights: flights.size });
    return flight;
  }

  function land<T extends Age>(flightKey: string, question: Question<T>, value: T): T {
    flights.delete(flightKey);
    failures.delete(question.key);
    memory.set(question.key, value);
    void disk?.put(question.key, { storedAt: value.fetchedAt, value });
    onFlight({ host: question.host, flights: flights.size });
    return value;
  }

  function fail<T extends Age>(flightKey: string, question: Question<T>, cause: unknown): HubError {
    flights.delete(flightKey);
    const error = cause instanceof HubError ? cause : unexpected(cause, question.host);
    const times = (failures.get(question.key)?.times ?? 0) + 1;
    const pause = backOff(error, times, now());
    if (pause > 0) failures.set(question.key, { error, times, until: now() + pause });
    if (error.kind === 'not-found') memory.delete(question.key);
    onFlight({ host: error.host ?? question.host, flights: flights.size, failure: error });
    return error;
  }

  /** Waits for the shared request as long as this caller wants; the last one of a command who gives up ends it. */
  async function wait<T extends Age>(question: Question<T>, options: HubOptions, known: T | undefined): Promise<T> {
    if (options.signal?.aborted) throw aborted(question.host);
    const flight = take(question, options, known);
    flight.waiting++;
    const ends: (() => void)[] = [];
    const givenUp = new Promise<never>((_, reject) => {
      const end = (): void => reject(aborted(question.host));
      options.signal?.addEventListener('abort', end, { once: true });
      ends.push(() => options.signal?.removeEventListener('abort', end));
    });
    const late = new Promise<T>((resolve) => {
      if (options.deadline === undefined || !question.partial) return;
      const timer = setTimeout(() => {
        const partial = known ? { ...known, incomplete: true } : question.partial?.();
        if (partial) resolve(partial);
      }, options.deadline);
      ends.push(() => clearTimeout(timer));
    });
    try {
      return await Promise.race([flight.answer, givenUp, late]);
    } finally {
      for (const end of ends) end();
      flight.waiting--;
      if (flight.waiting === 0 && options.reason !== 'editor') flight.controller.abort();
      // Whoever left early does not hear how it ended; that it was heard keeps the process calm.
      flight.answer.catch(() => undefined);
    }
  }

  return {
    ask,
    refresh: () => {
      refreshedAt = now();
      failures.clear();
    },
    clear: async () => {
      memory.clear();
      failures.clear();
      await disk?.clear();
    },
    close: () => {
      for (const { controller } of flights.values()) controller.abort();
    },
  };
}

/** What was seen before, marked, when the hub cannot be asked; the error when there is nothing, or the hub did answer. */
function staleOr<T extends Age>(known: T | undefined, error: HubError): T {
  if (known && hubIsAway.has(error.kind)) return { ...known, stale: true };
  throw error;
}

const hubIsAway = new Set<HubFailure>(['switched-off', 'offline', 'rate-limited', 'failing', 'not-allowed']);

function aborted(host: string | undefined): HubError {
  return new HubError('aborted', t('The request to {0} was cancelled.', host ?? t('the hub')), host);
}

function unexpected(cause: unknown, host: string | undefined): HubError {
  return new HubError('failing', t('{0} could not be asked.', host ?? t('The hub')), host, { cause });
}

/** Bytes of an answer, roughly: half of what JSON takes in UTF-16. */
function sizeOf(value: Age): number {
  return Math.max(1, JSON.stringify(value).length);
}
