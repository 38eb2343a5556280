/** One source as the scheduler is told about it. */
export interface SchedulerSource {
  readonly id: number;
  /** Scheme, host and port: one connection a server (RFC 6249 §7). */
  readonly server: string;
  /** Sources of one band are used together; a later band joins when the earlier ones do not fill the line. */
  readonly band: number;
}

/** Why a request did not bring what was asked. */
export interface SourceFailure {
  /** For people: a clause, or a sentence that names the source. */
  readonly reason: string;
  /** `drop`: asking again is pointless. `retry`: after a pause, within the budget. */
  readonly kind: 'drop' | 'retry';
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter?: number;
}

export interface FailurePolicy {
  /** First pause after a failure, milliseconds; doubles each time. */
  readonly pause: number;
  readonly longestPause: number;
}

/** Failures in a row without a byte of use before a source is given up. */
const failuresInARow = 5;
/** Failures in all: a source that breaks again and again but brings something each time gets this many. */
const failuresInAll = 200;
/** A source with this many wrong pieces, and more than a tenth of what it gave, is not trusted any more. */
const badPieces = 3;

/** What is known about one source during one download: speed, strikes, whether it understands ranges. Time is handed in. */
export class SourceState {
  dropped: string | undefined;
  /** Too many of its pieces had wrong hashes: it is asked only for what no trusted source has right. */
  distrusted: string | undefined;
  /** Time until which it rests after a failure. */
  restsUntil = 0;
  /** May be used; sources of later bands become admitted one by one. */
  admitted = false;
  /** Much slower than the others: used when nothing else is left. */
  demoted = false;
  /** False once it answered a range request with the whole file. */
  ranges = true;
  /** Bytes a second, smoothed; 0 while unknown. */
  rate = 0;
  /** Milliseconds from a request to its first bytes, the last time. */
  latency = 0;
  bytes = 0;
  requests = 0;
  strikes = 0;
  bad = 0;
  good = 0;
  lastReason = '';
  private inARow = 0;
  private busyTime = 0;
  private begun: number | undefined;
  private windowStart = 0;
  private windowBytes = 0;

  constructor(
    readonly source: SchedulerSource,
    private readonly policy: FailurePolicy,
  ) {}

  /** Why it is not asked any more, or only for what no other has right; for people. */
  get rejected(): string | undefined {
    return this.dropped ?? this.distrusted;
  }

  get usable(): boolean {
    return this.dropped === undefined;
  }

  /** Bytes a second over all the time that it was in use. */
  get meanRate(): number {
    return this.busyTime === 0 ? 0 : (this.bytes * 1000) / this.busyTime;
  }

  ready(now: number): boolean {
    return this.usable && this.admitted && this.restsUntil <= now;
  }

  begin(now: number): void {
    this.requests++;
    this.begun = now;
    this.windowStart = now;
    this.windowBytes = 0;
  }

  received(bytes: number, now: number): void {
    if (this.begun !== undefined) this.latency = now - this.begun;
    this.begun = undefined;
    this.bytes += bytes;
    this.windowBytes += bytes;
    this.measure(now);
  }

  /** Renews the rate when a quarter of a second has passed, also when nothing came. */
  measure(now: number): void {
    const time = now - this.windowStart;
    if (time >= 250) this.renew(now);
  }

  /** A request has ended: what it brought counts, however short it was. */
  end(now: number): void {
    if (now > this.windowStart && this.windowBytes > 0) this.renew(now);
  }

  private renew(now: number): void {
    const time = now - this.windowStart;
    const rate = (this.windowBytes * 1000) / time;
    this.rate = this.rate === 0 ? rate : (this.rate + rate) / 2;
    this.busyTime += time;
    this.windowStart = now;
    this.windowBytes = 0;
  }

  succeeded(): void {
    this.inARow = 0;
  }

  /** Counts a failure; `brought` are the bytes that were of use before it. */
  failed(failure: SourceFailure, brought: number, now: number): void {
    this.strikes++;
    this.lastReason = failure.reason;
    this.inARow = brought > 0 ? 1 : this.inARow + 1;
    if (failure.kind === 'drop' || this.inARow >= failuresInARow || this.strikes >= failuresInAll) this.dropped = failure.reason;
    const pause = Math.max(this.policy.pause * 2 ** (this.inARow - 1), failure.retryAfter ?? 0);
    this.restsUntil = now + Math.min(pause, this.policy.longestPause);
  }

  badPiece(reason: string): void {
    this.bad++;
    this.strikes++;
    this.lastReason = reason;
    if (this.bad >= badPieces && this.bad * 10 > this.bad + this.good) this.distrusted ??= reason;
  }
}
