import type { Assignment, Command } from './assignment';
import { Bands } from './bands';
import { Ledger } from './ledger';
import type { SchedulerOptions } from './ledger';
import { RangeSet } from './rangeSet';
import type { Range } from './rangeSet';
import type { SourceFailure, SourceState } from './sourceState';
import { steal } from './steal';

/**
 * Decides which bytes come from which source next. A state machine without clock, network or disk: it is told what happened and when,
 * `plan` says what to do now. Fast sources get longer ranges (four seconds of work); an idle source takes a
 * share of the slowest one's rest; a source of a worse priority joins only while the sum of the rates rises (RFC 6249 §7).
 */
export class Scheduler {
  readonly states: ReadonlyMap<number, SourceState>;
  private readonly ledger: Ledger;
  private readonly bands: Bands;
  private readonly missing: RangeSet;
  private readonly active: Map<number, Assignment>;

  constructor(options: SchedulerOptions) {
    this.ledger = new Ledger(options);
    this.bands = new Bands(this.ledger);
    ({ states: this.states, missing: this.missing, active: this.active } = this.ledger);
  }

  get complete(): boolean {
    return this.missing.bytes === 0 && this.active.size === 0;
  }
  /** No source is left that could be asked. */
  get exhausted(): boolean {
    return this.hopelessPiece !== undefined || this.ledger.usable().length === 0;
  }
  /** A piece that no source has right. */
  get hopelessPiece(): number | undefined {
    return this.ledger.trust.hopeless;
  }
  /** Only this source is used, to find out whether its bytes are right. */
  get solo(): number | undefined {
    return this.ledger.solo;
  }
  set solo(source: number | undefined) {
    this.ledger.solo = source;
  }
  get activeCount(): number {
    return this.active.size;
  }
  /** Bytes that have still to come. */
  get restBytes(): number {
    return this.ledger.restBytes;
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
    this.bands.admit(now);
    this.bands.demote(now, commands);
    for (const state of this.ledger.inOrder()) {
      if (this.active.size >= (this.ledger.options.exclusive === true ? 1 : this.ledger.options.connections)) break;
      if (!state.ready(now) || this.ledger.serverBusy(state)) continue;
      const range = this.ledger.take(state) ?? steal(this.ledger, state, now, commands);
      if (range === undefined) continue;
      this.ledger.start(state, range, now);
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
    this.ledger.start(state, range, now);
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
    if (next === undefined || (next.from !== assignment.position && this.ledger.othersWithRanges(assignment.state))) return undefined;
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
    this.ledger.giveBack(source);
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
    const { pieceLength, size } = this.ledger.options;
    if (pieceLength === undefined) return;
    this.ledger.trust.wrong(piece, sources, reason);
    this.missing.add(piece * pieceLength, Math.min((piece + 1) * pieceLength, size));
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
}
