import { longestChunk, rateOf, shortestChunkTime, workOf } from './assignment';
import type { Assignment } from './assignment';
import { RangeSet } from './rangeSet';
import type { Range } from './rangeSet';
import { SourceState } from './sourceState';
import type { FailurePolicy, SchedulerSource, SourceFailure } from './sourceState';

export interface SchedulerOptions extends FailurePolicy {
  /** Bytes. */
  readonly size: number;
  /** Length of the pieces whose hashes are known. */
  readonly pieceLength?: number;
  readonly sources: readonly SchedulerSource[];
  /** Servers in use at the same time. */
  readonly connections: number;
  /** Nothing may cut a running range closer to its position than the next multiple of this: it may be in flight into memory already. */
  readonly grain: number;
  /** Bytes of different sources must not be mixed: one source at a time. */
  readonly exclusive?: boolean;
  /** What is there already. */
  readonly done?: Iterable<Range>;
}

/** `whole`: ask for the whole file, this source knows no ranges. */
export type Command =
  | { readonly kind: 'fetch'; readonly source: number; readonly from: number; readonly to: number; readonly whole: boolean }
  | { readonly kind: 'stop'; readonly source: number };

/** A source of a later band has joined; `before` was the sum of the rates without it. */
interface Trial {
  readonly state: SourceState;
  readonly before: number;
  readonly since: number;
  /** Since when it brings bytes. */
  flowing?: number;
}

/** Milliseconds between joining a source of a later band and judging what it brought. */
const observation = 700;
/** Bytes of the file that are in work at the same time, by all sources, where nothing speaks against it. */
const nearbyBytes = 16 * 1024 * 1024;
/** A request lasts at least this many times as long as the pause before it. */
const pausesPerRequest = 20;
/** Work that ends within this many milliseconds is not worth another request. */
const notWorthSplitting = 250;

/**
 * Decides which bytes come from which source next. A state machine without clock, network or disk: it is told what happened and when,
 * `plan` says what to do now. Every byte of the file is at any time exactly one of missing, assigned, or done. Fast sources get longer ranges (four seconds of work); an idle source takes a share of the slowest one's rest; a source of a worse
 * priority joins only while the sum of the rates rises (RFC 6249 §7).
 */
export class Scheduler {
  readonly states: ReadonlyMap<number, SourceState>;
  private readonly missing: RangeSet;
  private readonly active = new Map<number, Assignment>();
  private readonly badBy = new Map<number, Set<number>>();
  private readonly attempts = new Map<number, number>();
  private trial: Trial | undefined;
  private saturated = false;
  /** A piece that no source has right. */
  hopelessPiece: number | undefined;
  /** Only this source is used, to find out whether its bytes are right. */
  solo: number | undefined;

  constructor(private readonly options: SchedulerOptions) {
    this.states = new Map(options.sources.map((source) => [source.id, new SourceState(source, options)]));
    this.missing = new RangeSet(options.done ?? []).gaps(options.size);
  }

  get complete(): boolean {
    return this.missing.bytes === 0 && this.active.size === 0;
  }
  /** No source is left that could be asked. */
  get exhausted(): boolean {
    return this.hopelessPiece !== undefined || this.usable().length === 0;
  }
  get activeCount(): number {
    return this.active.size;
  }
  /** Bytes that have still to come. */
  get restBytes(): number {
    let rest = this.missing.bytes;
    for (const { position, to } of this.active.values()) rest += to - position;
    return rest;
  }
  /** Bytes a second of all sources in use. */
  get rate(): number {
    let rate = 0;
    for (const { state } of this.active.values()) rate += state.rate;
    return rate;
  }

  /** Where the running range of a source ends now; other sources may have taken its tail. */
  limit(source: number): number {
    return this.active.get(source)?.to ?? 0;
  }
  position(source: number): number {
    return this.active.get(source)?.position ?? 0;
  }

  /** What to start and stop now. */
  plan(now: number): Command[] {
    const commands: Command[] = [];
    if (this.hopelessPiece !== undefined) return commands;
    for (const { state } of this.active.values()) state.measure(now);
    this.admit(now);
    this.demote(now, commands);
    for (const state of this.inOrder()) {
      if (this.active.size >= (this.options.exclusive === true ? 1 : this.options.connections)) break;
      if (!state.ready(now) || this.serverBusy(state)) continue;
      const range = this.take(state) ?? this.steal(state, now, commands);
      if (range === undefined) continue;
      this.start(state, range, now);
      commands.push({ kind: 'fetch', source: state.source.id, ...range, whole: !state.ranges });
    }
    return commands;
  }

  /** A reply that begins at 0 is already open: its source gets everything missing from there. */
  adopt(source: number, now: number): Command | undefined {
    const state = this.states.get(source);
    const range = this.missing.next(0);
    if (state === undefined || range === undefined) return undefined;
    state.admitted = true;
    this.missing.remove(range.from, range.to);
    this.start(state, range, now);
    return { kind: 'fetch', source, ...range, whole: !state.ranges };
  }

  received(source: number, bytes: number, now: number): void {
    const assignment = this.active.get(source);
    if (assignment === undefined) return;
    assignment.position += bytes;
    assignment.state.received(bytes, now);
  }

  /** The running range is done. */
  finished(source: number, now: number): void {
    this.active.get(source)?.state.end(now);
    this.active.get(source)?.state.succeeded();
    this.active.delete(source);
  }

  /** A part of the running range is done, and that is no fault: the rest is asked for again. */
  endedEarly(source: number, now: number): void {
    this.active.get(source)?.state.end(now);
    this.active.get(source)?.state.succeeded();
    this.giveBack(source);
  }

  /**
   * A source that sends the whole file has reached the end of its range: the next range that it may go on with. It stays with what
   * directly follows while other sources can do ranges; when none can, it skips what is there already.
   */
  extend(source: number): Range | undefined {
    const assignment = this.active.get(source);
    if (assignment === undefined) return undefined;
    const next = this.missing.next(assignment.position);
    if (next === undefined || (next.from !== assignment.position && this.othersWithRanges(assignment.state))) return undefined;
    this.missing.remove(next.from, next.to);
    assignment.position = next.from;
    assignment.to = next.to;
    return next;
  }

  /** The source knows no ranges: its range goes back without a strike. */
  withoutRanges(source: number): void {
    const state = this.states.get(source);
    if (state !== undefined) state.ranges = false;
    this.giveBack(source);
  }

  /** The rest of the running range is missing again. */
  giveBack(source: number): void {
    const assignment = this.active.get(source);
    if (assignment === undefined) return;
    this.active.delete(source);
    this.missing.add(assignment.position, assignment.to);
  }

  failed(source: number, failure: SourceFailure, now: number): void {
    const assignment = this.active.get(source);
    assignment?.state.end(now);
    this.giveBack(source);
    this.states.get(source)?.failed(failure, assignment === undefined ? 0 : assignment.position - assignment.from, now);
  }

  goodPiece(sources: Iterable<number>): void {
    for (const id of sources) {
      const state = this.states.get(id);
      if (state !== undefined) state.good++;
    }
  }

  /** A piece has a wrong hash: it is missing again, and its givers are asked for it only when nobody else is left. */
  badPiece(piece: number, sources: Iterable<number>, reason: string): void {
    const length = this.options.pieceLength;
    if (length === undefined) return;
    const givers = this.badBy.get(piece) ?? new Set();
    this.badBy.set(piece, givers);
    for (const id of sources) {
      givers.add(id);
      this.states.get(id)?.badPiece(reason);
    }
    const attempts = (this.attempts.get(piece) ?? 0) + 1;
    this.attempts.set(piece, attempts);
    if (attempts > 2 + this.states.size) this.hopelessPiece = piece;
    this.missing.add(piece * length, Math.min((piece + 1) * length, this.options.size));
  }

  /** These bytes came from elsewhere. */
  has(from: number, to: number): void {
    this.missing.remove(from, to);
  }

  /** A source is not asked any more. */
  drop(source: number, reason: string): void {
    this.giveBack(source);
    const state = this.states.get(source);
    if (state !== undefined) state.dropped ??= reason;
  }

  /** Bytes that were done are missing again; what is assigned stays so. */
  lost(from: number, to: number): void {
    const lost = new RangeSet([{ from, to }]);
    for (const { position, to: end } of this.active.values()) lost.remove(position, end);
    for (const range of lost.list) this.missing.add(range.from, range.to);
  }

  private inOrder(): SourceState[] {
    return this.usable().sort(
      (a, b) => Number(a.demoted) - Number(b.demoted) || a.source.band - b.source.band || a.source.id - b.source.id,
    );
  }

  private usable(): SourceState[] {
    const usable = [...this.states.values()].filter((state) => state.usable);
    return this.solo === undefined ? usable : usable.filter((state) => state.source.id === this.solo);
  }

  private start(state: SourceState, range: Range, now: number): void {
    state.begin(now);
    this.active.set(state.source.id, { state, from: range.from, position: range.from, to: range.to, started: now });
  }

  private serverBusy(state: SourceState): boolean {
    for (const other of this.active.values()) if (other.state.source.server === state.source.server) return true;
    return false;
  }

  private othersWithRanges(state: SourceState): boolean {
    for (const other of this.usable()) if (other !== state && other.ranges) return true;
    return false;
  }

  /** Lets the best band in, and later ones one by one while they make the whole faster or nothing else is left. */
  private admit(now: number): void {
    const waiting = this.inOrder().filter((state) => !state.admitted);
    const [first] = waiting;
    if (first === undefined) return;
    const admitted = this.usable().filter((state) => state.admitted);
    // Who rests, or gave every missing piece wrong, is no help: the next band is let in.
    if (!admitted.some((state) => state.restsUntil <= now && (this.active.has(state.source.id) || this.hasWorkFor(state)))) {
      for (const state of waiting) if (state.source.band === first.source.band) state.admitted = true;
      return;
    }
    if (this.options.exclusive === true || this.saturated || this.active.size >= this.options.connections) return;
    if (this.trial !== undefined) {
      const { state, before } = this.trial;
      if (this.isUndecided(this.trial, now)) return;
      this.trial = undefined;
      if (this.rate < before * 1.05) {
        this.saturated = true;
        state.admitted = false;
        return;
      }
    }
    const { rate } = this;
    const oldest = Math.min(...[...this.active.values()].map((a) => a.started));
    if (rate === 0 ? now - oldest < observation : (this.restBytes * 1000) / rate < 2 * observation || now - oldest < observation / 2)
      return;
    first.admitted = true;
    this.trial = { state: first, before: rate, since: now };
  }

  private isUndecided(trial: Trial, now: number): boolean {
    if (!trial.state.usable) return false;
    if (trial.state.rate === 0) return now - trial.since < 5 * observation;
    trial.flowing ??= now;
    return now - trial.flowing < observation;
  }

  /** A source far slower than the best makes room for one that has not been tried. */
  private demote(now: number, commands: Command[]): void {
    if (this.active.size < this.options.connections) return;
    const hasReserve = this.inOrder().some(
      (state) => state.ready(now) && !state.demoted && state.requests === 0 && !this.serverBusy(state),
    );
    if (!hasReserve) return;
    const best = Math.max(...[...this.active.values()].map((a) => a.state.rate));
    for (const [id, { state, started }] of this.active) {
      if (now - started < 5000 || state.rate * 5 > best) continue;
      state.demoted = true;
      this.giveBack(id);
      commands.push({ kind: 'stop', source: id });
      return;
    }
  }

  /** Whether something is missing that the source may fetch, or nothing is missing now. */
  private hasWorkFor(state: SourceState): boolean {
    let range = this.missing.next(0);
    if (range === undefined) return true;
    while (range !== undefined) {
      const cut = this.allowed(state, range, Infinity);
      if (cut.to > cut.from) return true;
      range = this.missing.next(cut.to);
    }
    return false;
  }

  private take(state: SourceState): Range | undefined {
    if (!state.ranges && this.othersWithRanges(state)) return undefined;
    const want = state.ranges ? this.chunk(state) : Infinity;
    for (let range = this.missing.next(0); range !== undefined;) {
      const cut = this.allowed(state, range, want);
      if (cut.to > cut.from) {
        this.missing.remove(cut.from, cut.to);
        return cut;
      }
      range = this.missing.next(cut.to);
    }
    return undefined;
  }

  /**
   * The first part of `range` that `state` may fetch: at most `want` bytes, to the end of a piece, without pieces that it gave wrong
   * before. Empty at the end of `range` when there is none.
   */
  private allowed(state: SourceState, range: Range, want: number): Range {
    const length = this.options.pieceLength;
    if (length === undefined) {
      const { grain } = this.options;
      return { from: range.from, to: Math.min(range.to, Math.ceil((range.from + want) / grain) * grain) };
    }
    let { from } = range;
    let piece = Math.floor(from / length);
    while (from < range.to && this.forbidden(state, piece)) from = Math.min(++piece * length, range.to);
    const end = Math.min(range.to, Math.ceil((from + want) / length) * length);
    if (this.badBy.size > 0) while (piece * length < end && !this.forbidden(state, piece)) piece++;
    else piece = Math.ceil(end / length);
    return { from, to: Math.min(end, piece * length) };
  }

  private forbidden(state: SourceState, piece: number): boolean {
    const givers = this.badBy.get(piece);
    if (givers?.has(state.source.id) !== true) return false;
    for (const other of this.usable()) if (!givers.has(other.source.id)) return true;
    return false;
  }

  private chunk(state: SourceState): number {
    const usable = this.usable().filter((other) => other.admitted && !other.demoted).length;
    if (this.options.exclusive === true || usable <= 1) return Infinity;
    const share = this.missing.bytes / (2 * Math.min(usable, this.options.connections));
    const work = Math.max((state.rate * shortestChunkTime) / 1000, Math.min(workOf(state), share, longestChunk));
    return Math.max(this.options.grain, Math.min(work, this.nearby(state)));
  }

  /**
   * A share of the bytes that are kept in memory until the whole file's hash gets there: sources that stay close to each other save
   * reading the file again. No shorter than what makes the pause between two requests small.
   */
  private nearby(state: SourceState): number {
    if (state.rate === 0) return Infinity;
    let sum = state.rate;
    for (const { state: other } of this.active.values()) if (other !== state) sum += other.rate;
    return Math.max((nearbyBytes * state.rate) / sum, (state.rate * pausesPerRequest * state.latency) / 1000);
  }

  /** A part of what another source has still to do. */
  private steal(thief: SourceState, now: number, commands: Command[]): Range | undefined {
    if (!thief.ranges) return undefined;
    let victim: Assignment | undefined;
    let longest = notWorthSplitting;
    for (const assignment of this.active.values()) {
      const time = ((assignment.to - assignment.position) * 1000) / rateOf(assignment, thief, now);
      if (time > longest) [victim, longest] = [assignment, time];
    }
    if (victim === undefined) return undefined;
    return this.cutTail(victim, thief, now) ?? this.takeOver(victim, thief, now, commands);
  }

  private cutTail(victim: Assignment, thief: SourceState, now: number): Range | undefined {
    const unit = this.options.pieceLength ?? this.options.grain;
    const { grain } = this.options;
    const nearest = Math.ceil(((Math.floor(victim.position / grain) + 1) * grain) / unit) * unit;
    const rest = victim.to - victim.position;
    const own = rateOf(victim, thief, now);
    const chunk = workOf(victim.state);
    const share = rest > 2 * chunk ? chunk : (rest * own) / (own + (thief.rate === 0 ? own : thief.rate));
    const cut = Math.max(nearest, Math.ceil((victim.position + share) / unit) * unit);
    if (cut >= victim.to) return undefined;
    const end = victim.to;
    victim.to = cut;
    this.missing.add(cut, end);
    return this.take(thief);
  }

  /** The last piece of a crawling source is finished by a faster one. */
  private takeOver(victim: Assignment, thief: SourceState, now: number, commands: Command[]): Range | undefined {
    const rest = victim.to - victim.position;
    const own = rateOf(victim, thief, now);
    if (thief.rate === 0 ? now - victim.started < 3000 || victim.state.rate > 0 : rest / own < (2 * rest) / thief.rate + 1)
      return undefined;
    const length = this.options.pieceLength;
    if (length !== undefined && this.forbidden(thief, Math.floor(victim.position / length))) return undefined;
    this.active.delete(victim.state.source.id);
    commands.push({ kind: 'stop', source: victim.state.source.id });
    return { from: victim.position, to: victim.to };
  }
}
