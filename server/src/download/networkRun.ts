import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import { blockLength } from '../platform/partialFile';
import { HttpError } from '../platform/ports';
import type { Assembly } from './assembly';
import { failureOf } from './exchange';
import type { Exchange, Exchanged } from './exchange';
import { RangeReader } from './rangeReader';
import type { RateLimit } from './rateLimit';
import { strongEtag } from './replyCheck';
import { aboutHost, asClause } from './sourceReason';
import type { Validators } from './replyCheck';
import type { Command } from './assignment';
import type { Scheduler } from './scheduler';

export interface NetworkRunOptions {
  readonly scheduler: Scheduler;
  readonly assembly: Assembly;
  /** By source number. */
  readonly exchanges: ReadonlyMap<number, Exchange>;
  readonly size: number;
  /** Declared digests by IANA name, to compare with those that replies name. */
  readonly digests: Readonly<Record<string, string>>;
  /** How bytes of different versions and sources are kept apart: by piece hashes, by the whole hash, or by ETags alone. */
  readonly trust: 'pieces' | 'whole' | 'etag';
  /** Strong ETag of the bytes that are there, when `trust` is `etag`. */
  contentEtag?: string | undefined;
  readonly limit: RateLimit;
  /** Milliseconds that a source may crawl below 100 bytes a second. */
  readonly drip: number;
  readonly note: (text: string) => void;
  /** Called ten times a second. */
  readonly onTick: () => void;
  readonly signal: AbortSignal;
}

/** A reply that is open already when the run begins: it starts at byte 0. */
export interface OpenReply {
  readonly source: number;
  readonly exchanged: Extract<Exchanged, { kind: 'range' | 'whole' }>;
}

interface Running {
  readonly abort: AbortController;
  reader: RangeReader | undefined;
}

const tick = 100;
/** Bytes a second below which a source crawls. */
const crawl = 100;

/** Carries out what the scheduler decides, until every byte is there or no source is left. */
export class NetworkRun {
  private readonly running = new Map<number, Running>();
  private finish: ((error?: Error) => void) | undefined;
  private over = false;

  constructor(private readonly options: NetworkRunOptions) {}

  /** Resolves when all bytes are there (true) or no source can give the rest (false). Rejects on cancel and on errors of the disk. */
  async run(opened?: OpenReply): Promise<boolean> {
    const { scheduler, signal } = this.options;
    const timer = setInterval(() => this.tick(), tick);
    const cancel = (): void => this.finish?.(abortError());
    signal.addEventListener('abort', cancel, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        this.finish = (error) => (error === undefined ? resolve() : reject(error));
        if (signal.aborted) cancel();
        else this.begin(opened);
      });
    } finally {
      this.over = true;
      clearInterval(timer);
      signal.removeEventListener('abort', cancel);
      for (const source of [...this.running.keys()]) this.stop(source);
    }
    return scheduler.complete;
  }

  private begin(opened: OpenReply | undefined): void {
    if (opened !== undefined) this.adopt(opened);
    this.pump();
  }

  /** Goes on with the reply that told the size, unless its first bytes are here already. */
  private adopt({ source, exchanged }: OpenReply): void {
    const { scheduler } = this.options;
    const command = scheduler.adopt(source, Date.now());
    if (command?.kind === 'fetch' && command.from === 0) {
      void this.fetch(command, exchanged);
      return;
    }
    exchanged.reply.destroy();
    scheduler.giveBack(source);
  }

  private tick(): void {
    this.options.onTick();
    const now = Date.now();
    for (const [source, { reader }] of this.running) {
      if (reader?.crawls(now, this.options.drip, crawl) !== true) continue;
      this.stop(source);
      this.failed(source, { kind: 'retry', reason: t('it sends less than {0} bytes a second', groupedNumber(crawl)) });
    }
    this.pump();
  }

  /** Starts and stops what the scheduler wants, and ends the run when there is nothing left to do. */
  private pump(): void {
    const { scheduler } = this.options;
    if (this.over) return;
    for (const command of scheduler.plan(Date.now())) {
      if (command.kind === 'stop') this.stop(command.source);
      else void this.fetch(command);
    }
    if (scheduler.complete && this.running.size === 0) this.finish?.();
    else if (scheduler.exhausted && scheduler.activeCount === 0) this.finish?.();
  }

  private stop(source: number): void {
    const running = this.running.get(source);
    this.running.delete(source);
    running?.reader?.stop();
    running?.abort.abort();
  }

  /** Never rejects: what goes wrong is told to the scheduler, or ends the run. */
  private async fetch(
    command: Extract<Command, { kind: 'fetch' }>,
    opened?: Extract<Exchanged, { kind: 'range' | 'whole' }>,
  ): Promise<void> {
    const { source } = command;
    const running: Running = { abort: new AbortController(), reader: undefined };
    this.running.set(source, running);
    try {
      await this.fetchRange(command, running, opened);
    } catch (error) {
      if (this.running.get(source) === running) {
        this.running.delete(source);
        if (error instanceof HttpError) this.failed(source, failureOf(error));
        else this.finish?.(error instanceof Error ? error : new Error(String(error)));
      }
    }
    if (this.running.get(source) === running) this.running.delete(source);
    this.pump();
  }

  private async fetchRange(
    command: Extract<Command, { kind: 'fetch' }>,
    running: Running,
    opened: Extract<Exchanged, { kind: 'range' | 'whole' }> | undefined,
  ): Promise<void> {
    const { scheduler, size } = this.options;
    const { source, from, to } = command;
    const exchange = this.options.exchanges.get(source);
    if (exchange === undefined) return;
    const asked = { from, to, size, digests: this.options.digests };
    const exchanged = opened ?? (await exchange.ask(asked, command.whole, running.abort.signal));
    const mine = (): boolean => this.running.get(source) === running;
    if (!mine()) {
      if (exchanged.kind === 'range' || exchanged.kind === 'whole') exchanged.reply.destroy();
      return;
    }
    if (exchanged.kind === 'failure') {
      this.failed(source, exchanged.failure);
      return;
    }
    if (exchanged.kind === 'empty') {
      this.failed(source, { kind: 'drop', reason: t('its file is empty') });
      return;
    }
    const streamsAll = exchanged.kind === 'whole';
    if (!this.sameVersion(source, exchange, exchanged.validators, from, streamsAll)) {
      exchanged.reply.destroy();
      return;
    }
    if (streamsAll && from > 0 && !command.whole) {
      exchanged.reply.destroy();
      this.options.note(t('{0} knows no ranges.', exchange.host));
      scheduler.withoutRanges(source);
      return;
    }
    const state = scheduler.states.get(source);
    if (streamsAll && state !== undefined) state.ranges = /\bbytes\b/i.test(exchanged.reply.headers['accept-ranges']?.join() ?? '');
    const reader = new RangeReader(source, exchanged.reply, streamsAll ? 0 : from, {
      ...this.options,
      position: from,
      streamsAll,
      replyEnd: exchanged.end,
    });
    running.reader = reader;
    const end = await reader.read();
    if (mine()) this.ended(source, reader, end);
  }

  private ended(source: number, reader: RangeReader, end: 'limit' | 'end' | 'overflow'): void {
    const { scheduler, size, assembly } = this.options;
    if (end === 'overflow' || (end === 'end' && reader.streamsAll && reader.position < size && reader.endIsCertain)) {
      const reason =
        end === 'overflow'
          ? t('its file is longer than {0} bytes', groupedNumber(size))
          : t('its file has {0} bytes instead of {1}', groupedNumber(reader.position), groupedNumber(size));
      this.failed(source, { kind: 'drop', reason });
      // Bytes of a file of another length are not of this file, unless hashes say otherwise.
      if (this.options.trust !== 'pieces') for (const { from, to } of assembly.contributions.of(source)) this.lose(from, to);
      return;
    }
    if (reader.position < scheduler.limit(source) && reader.isAnnouncedPart) scheduler.endedEarly(source, Date.now());
    else if (reader.position < scheduler.limit(source)) this.failed(source, { kind: 'retry', reason: t('its reply ended early') });
    else scheduler.finished(source, Date.now());
  }

  /**
   * Looks whether a reply is of the version that came before; bytes of another version are forgotten. False when this reply cannot be
   * used after that: its range has then been given back.
   */
  private sameVersion(source: number, exchange: Exchange, validators: Validators, from: number, streamsAll: boolean): boolean {
    const { trust, assembly, size, scheduler } = this.options;
    const changed = exchange.sees(validators);
    if (changed && trust !== 'pieces') {
      this.options.note(t('The file at {0} has changed meanwhile: what it gave before is fetched again.', exchange.host));
      for (const part of assembly.contributions.of(source)) this.lose(part.from, part.to);
      if (exchange.changes >= 3) {
        this.failed(source, { kind: 'drop', reason: t('its file changes all the time') });
        return false;
      }
    }
    if (trust === 'etag') {
      const etag = strongEtag(validators);
      const isSame = etag !== undefined && etag === this.options.contentEtag;
      this.options.contentEtag = etag;
      if (!isSame && (assembly.contributions.list.length > 0 || from > 0)) {
        this.options.note(
          t('Nothing proves that the bytes that are there and those of {0} belong together: starting over.', exchange.host),
        );
        this.lose(0, size);
        if (from > 0) scheduler.giveBack(source);
        return from === 0;
      }
    }
    // The whole file came because If-Range told the change: the range is asked for again.
    if (changed && streamsAll && from > 0) {
      this.failed(source, { kind: 'retry', reason: t('its file has changed') });
      return false;
    }
    return true;
  }

  private lose(from: number, to: number): void {
    this.options.assembly.forget(from, to);
    this.options.scheduler.lost(from, to);
  }

  private failed(source: number, failure: Parameters<Scheduler['failed']>[1]): void {
    const { scheduler, exchanges, note } = this.options;
    scheduler.failed(source, failure, Date.now());
    const host = exchanges.get(source)?.host ?? '';
    const state = scheduler.states.get(source);
    if (state?.dropped !== undefined) note(t('{0} is not used any more: {1}.', host, asClause(failure.reason)));
    else note(t('{0}; strike {1}.', aboutHost(failure.reason, host), state?.strikes ?? 0));
  }
}

/** The longest that one read may take into memory behind a range's position. */
export const grain = blockLength;

export function abortError(): Error {
  return Object.assign(new Error('cancelled'), { name: 'AbortError' });
}
