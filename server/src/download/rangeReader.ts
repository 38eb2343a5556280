import { blockLength, blockPool } from '../platform/partialFile';
import type { BodySink, TransportReply } from '../platform/transport';
import type { Assembly } from './assembly';
import type { RateLimit } from './rateLimit';
import type { Scheduler } from './scheduler';

export interface RangeReaderOptions {
  readonly scheduler: Scheduler;
  readonly assembly: Assembly;
  readonly limit: RateLimit;
  readonly size: number;
  /** Where the range of the file begins that is wanted from this reply. */
  readonly position: number;
  /** The reply is the whole file: what lies before `position` is skipped, and it may go on behind the range. */
  readonly streamsAll: boolean;
  /** Offset in the file at which the body ends; undefined when the reply does not say. */
  readonly replyEnd: number | undefined;
}

/** Bytes; replies that bring less than they could, and less than this, are failures: they would make requests without end. */
const smallestPart = 64 * 1024;

/**
 * Takes the body of one reply into blocks of memory and hands them to the assembly, up to where the scheduler says that the range ends
 * now. Blocks end at multiples of their length in the file.
 */
export class RangeReader implements BodySink {
  private block: Buffer | undefined;
  private blockAt = 0;
  private filledTo = 0;
  private streamed: number;
  private at: number;
  private ending: 'limit' | 'overflow' | undefined;
  private stopped = false;
  private slowSince = Date.now();
  private slowBytes = 0;

  constructor(
    private readonly source: number,
    private readonly reply: TransportReply,
    start: number,
    private readonly options: RangeReaderOptions,
  ) {
    this.streamed = start;
    this.at = options.position;
  }

  /** Offset in the file of the next byte that is wanted. */
  get position(): number {
    return this.at;
  }
  /** A part of the range came, as the reply had said: RFC 9110 §15.3.7 allows it, and caches that store in slices do it. */
  get isAnnouncedPart(): boolean {
    return this.at === this.options.replyEnd && this.at - this.options.position >= smallestPart;
  }
  get streamsAll(): boolean {
    return this.options.streamsAll;
  }
  /** The end of the reply is its real end: it has a length, or chunks. */
  get endIsCertain(): boolean {
    return this.reply.length !== undefined || this.reply.headers['transfer-encoding'] !== undefined;
  }

  /** Reads until the range ends (`limit`), the body ends (`end`), or the body goes on behind the file's end (`overflow`). */
  async read(): Promise<'limit' | 'end' | 'overflow'> {
    try {
      await this.reply.stream(this);
    } catch (error) {
      this.flush();
      if (this.ending !== undefined) return this.ending;
      throw error;
    }
    this.flush();
    return this.ending ?? 'end';
  }

  /** Nothing is taken any more; what has come is kept. */
  stop(): void {
    this.stopped = true;
    this.reply.destroy();
    this.flush();
  }

  /** Less than `rate` bytes a second for `time` milliseconds. */
  crawls(now: number, time: number, rate: number): boolean {
    if (now - this.slowSince < time) return false;
    const isSlow = this.slowBytes * 1000 < rate * (now - this.slowSince);
    this.slowSince = now;
    this.slowBytes = 0;
    return isSlow;
  }

  buffer(): Uint8Array {
    this.block ??= blockPool.take();
    if (this.streamed < this.at) return this.block.subarray(0, Math.min(blockLength, this.at - this.streamed));
    if (this.filledTo === 0) this.blockAt = this.at;
    const limit = this.options.scheduler.limit(this.source);
    if (this.at >= limit) return this.block.subarray(this.filledTo, this.filledTo + 1);
    const room = Math.min(blockLength - (this.blockAt % blockLength), limit - this.blockAt);
    return this.block.subarray(this.filledTo, room);
  }

  filled(length: number): boolean {
    if (this.stopped) return false;
    this.slowBytes += length;
    const now = Date.now();
    if (this.streamed < this.at) this.streamed += length;
    else if (this.at >= this.options.size) this.end('overflow');
    else this.take(length, now);
    const pause = this.options.limit.take(length, now);
    if (pause > 0) {
      setTimeout(() => this.goOn(), pause);
      return false;
    }
    if (this.options.assembly.busy) {
      this.options.assembly.whenReady(() => this.goOn());
      return false;
    }
    return true;
  }

  private take(length: number, now: number): void {
    this.streamed += length;
    this.at += length;
    this.filledTo += length;
    this.options.scheduler.received(this.source, length, now);
    const isFull = (this.blockAt + this.filledTo) % blockLength === 0;
    const isAtLimit = this.at >= this.options.scheduler.limit(this.source);
    if (isFull || isAtLimit) this.flush();
    if (isAtLimit) this.atLimit();
  }

  private atLimit(): void {
    const { scheduler, size, streamsAll, replyEnd } = this.options;
    const next = streamsAll ? scheduler.extend(this.source) : undefined;
    if (next !== undefined) this.at = next.from;
    // The body ends here by itself; one without a length has to show that it does.
    else if (replyEnd === undefined ? this.at >= size : this.streamed >= replyEnd) return;
    else this.end('limit');
  }

  private end(how: 'limit' | 'overflow'): void {
    this.ending = how;
    this.flush();
    this.reply.destroy();
  }

  private goOn(): void {
    if (!this.stopped && this.ending === undefined) this.reply.resume();
  }

  private flush(): void {
    const { block } = this;
    this.block = undefined;
    if (block === undefined) return;
    if (this.filledTo > 0) this.options.assembly.accept(this.source, this.blockAt, block, this.filledTo);
    else blockPool.give(block);
    this.filledTo = 0;
  }
}
