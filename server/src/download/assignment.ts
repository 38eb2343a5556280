import type { SourceState } from './sourceState';

/** A range that a source is fetching. */
export interface Assignment {
  readonly state: SourceState;
  readonly from: number;
  position: number;
  to: number;
  readonly started: number;
}

/** `whole`: ask for the whole file, this source knows no ranges. */
export type Command =
  | { readonly kind: 'fetch'; readonly source: number; readonly from: number; readonly to: number; readonly whole: boolean }
  | { readonly kind: 'stop'; readonly source: number };

const firstChunk = 4 * 1024 * 1024;
/** Bytes; what a fast source gets at most at once. */
export const longestChunk = 256 * 1024 * 1024;
/** Milliseconds of work handed out at once. */
const chunkTime = 4000;

/** Milliseconds below which a request costs more than it spreads the work. */
export const shortestChunkTime = 400;

/** Bytes of four seconds of work at the source's rate. */
export function workOf(state: SourceState): number {
  return state.rate === 0 ? firstChunk : Math.min((state.rate * chunkTime) / 1000, longestChunk);
}

/** Bytes a second of a running range; while nothing is known, that of whoever asks, and next to nothing when it has not begun for long. */
export function rateOf(assignment: Assignment, thief: SourceState, now: number): number {
  const { rate } = assignment.state;
  if (rate > 0) return rate;
  return now - assignment.started < 2000 ? Math.max(thief.rate, 1024 * 1024) : 1;
}
