import { longestChunk, shortestChunkTime, workOf } from './assignment';
import type { Assignment } from './assignment';
import { PieceTrust } from './pieceTrust';
import { RangeSet } from './rangeSet';
import type { Range } from './rangeSet';
import { SourceState } from './sourceState';
import type { FailurePolicy, SchedulerSource } from './sourceState';

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

/** Bytes of the file that are in work at the same time, by all sources, where nothing speaks against it. */
const nearbyBytes = 16 * 1024 * 1024;
/** A request lasts at least this many times as long as the pause before it. */
const pausesPerRequest = 20;

/**
 * Who fetches what: every byte of the file is at any time exactly one of missing, assigned to one source, or done. Hands out ranges and
 * takes them back; what to hand out to whom, and when, is decided elsewhere.
 */
export class Ledger {
  readonly states: ReadonlyMap<number, SourceState>;
  readonly missing: RangeSet;
  readonly active = new Map<number, Assignment>();
  readonly trust: PieceTrust;
  /** Only this source is used, to find out whether its bytes are right. */
  solo: number | undefined;

  constructor(readonly options: SchedulerOptions) {
    this.states = new Map(options.sources.map((source) => [source.id, new SourceState(source, options)]));
    this.missing = new RangeSet(options.done ?? []).gaps(options.size);
    this.trust = new PieceTrust(this.states, (state) => this.isUsable(state));
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

  private isUsable(state: SourceState): boolean {
    return state.usable && (this.solo === undefined || state.source.id === this.solo);
  }

  usable(): SourceState[] {
    return [...this.states.values()].filter((state) => this.isUsable(state));
  }

  /** The sources that may be asked, those to ask first in front. */
  inOrder(): SourceState[] {
    return this.usable().sort(
      (a, b) =>
        Number(a.distrusted !== undefined) - Number(b.distrusted !== undefined) ||
        Number(a.demoted) - Number(b.demoted) ||
        a.source.band - b.source.band ||
        a.source.id - b.source.id,
    );
  }

  serverBusy(state: SourceState): boolean {
    for (const other of this.active.values()) if (other.state.source.server === state.source.server) return true;
    return false;
  }

  start(state: SourceState, range: Range, now: number): void {
    state.begin(now);
    this.active.set(state.source.id, { state, from: range.from, position: range.from, to: range.to, started: now });
  }

  /** The rest of the running range is missing again. */
  giveBack(source: number): void {
    const assignment = this.active.get(source);
    if (assignment === undefined) return;
    this.active.delete(source);
    this.missing.add(assignment.position, assignment.to);
  }

  /** Another source that knows ranges can go on: the whole file need not be asked for. */
  othersWithRanges(state: SourceState): boolean {
    for (const other of this.usable())
      if (other !== state && other.ranges && (this.active.has(other.source.id) || this.hasWorkFor(other))) return true;
    return false;
  }

  /** Whether something is missing that the source may fetch, or nothing is missing now. */
  hasWorkFor(state: SourceState): boolean {
    let range = this.missing.next(0);
    if (range === undefined) return true;
    while (range !== undefined) {
      const cut = this.allowed(state, range, Infinity);
      if (cut.to > cut.from) return true;
      range = this.missing.next(cut.to);
    }
    return false;
  }

  /** The next range for a source, taken out of what is missing; undefined when there is nothing for it. */
  take(state: SourceState): Range | undefined {
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
    while (from < range.to && this.trust.forbids(state, piece)) from = Math.min(++piece * length, range.to);
    const end = Math.min(range.to, Math.ceil((from + want) / length) * length);
    if (this.trust.hasDoubts) while (piece * length < end && !this.trust.forbids(state, piece)) piece++;
    else piece = Math.ceil(end / length);
    return { from, to: Math.min(end, piece * length) };
  }

  private chunk(state: SourceState): number {
    const usable = this.usable().filter((other) => other.admitted && !other.demoted && other.distrusted === undefined).length;
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
}
