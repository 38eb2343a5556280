import type { Hash, HashOptions } from 'node:crypto';
import type { ByteRange } from '../signature/objectDigests';

/** Digests over parts of a file: one over all ranges, or one a piece. Ranges ascend and do not overlap. */
export interface HashJob {
  /** Node's name. */
  readonly algorithm: string;
  readonly outputLength?: number;
  readonly ranges: readonly ByteRange[];
  /** Bytes of a piece. */
  readonly pieceLength?: number;
}

/** What a pass needs of the world: the bytes, hash functions, and somebody who listens. */
export interface HashWorld {
  /** Fills a buffer from an offset; returns the number of bytes. */
  fill(buffer: Uint8Array, offset: number): Promise<number>;
  createHash(algorithm: string, options?: HashOptions): Hash;
  /** Called with bytes read so far, after each part; throws to stop. */
  onBytes(done: number): void;
}

/**
 * Computes all jobs in one pass over the bytes that any of them needs, in parts of 1 MiB, reading the next part while one is hashed.
 * Answers one list of lower-case hexadecimal digests a job. Rejects with the code `short` when the file ends early.
 * Self-contained: its text is what worker threads run, so it uses nothing from outside but its arguments.
 */
export async function hashPass(jobs: readonly HashJob[], world: HashWorld): Promise<readonly (readonly string[])[]> {
  const partLength = 1 << 20;
  const states = jobs.map((job) => ({ job, digests: [] as string[], hash: newHash(job), inPiece: 0, range: 0 }));
  let current = Buffer.allocUnsafe(partLength);
  let spare = Buffer.allocUnsafe(partLength);
  let done = 0;
  const parts = neededParts(jobs);
  let reading = parts[0] && world.fill(current.subarray(0, parts[0].length), parts[0].offset);
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    if (!part || !reading) break;
    const count = await reading;
    if (count < part.length) throw Object.assign(new Error('short'), { code: 'short' });
    const next = parts[index + 1];
    reading = next && world.fill(spare.subarray(0, next.length), next.offset);
    reading?.catch(() => undefined); // awaited in the next round; not unhandled when this one stops
    for (const state of states) feed(state, current, part);
    [current, spare] = [spare, current];
    done += part.length;
    world.onBytes(done);
  }
  return states.map((state) => {
    if (state.job.pieceLength === undefined || state.inPiece > 0) state.digests.push(state.hash.digest('hex'));
    return state.digests;
  });

  function newHash({ algorithm, outputLength }: HashJob): Hash {
    return world.createHash(algorithm, outputLength === undefined ? undefined : { outputLength });
  }

  /** The union of all ranges, cut into parts. */
  function neededParts(all: readonly HashJob[]): { readonly offset: number; readonly length: number }[] {
    const sorted = all.flatMap((job) => job.ranges.filter((range) => range.length > 0)).sort((a, b) => a.offset - b.offset);
    const found: { offset: number; length: number }[] = [];
    let end = 0;
    for (const range of sorted) {
      const last = range.offset + range.length;
      for (let at = Math.max(range.offset, end); at < last; at += partLength)
        found.push({ offset: at, length: Math.min(partLength, last - at) });
      end = Math.max(end, last);
    }
    return found;
  }

  function feed(state: (typeof states)[number], bytes: Buffer, part: { readonly offset: number; readonly length: number }): void {
    const partEnd = part.offset + part.length;
    for (let range = state.job.ranges[state.range]; range; range = state.job.ranges[state.range]) {
      const from = Math.max(range.offset, part.offset);
      const to = Math.min(range.offset + range.length, partEnd);
      if (from < to) update(state, bytes.subarray(from - part.offset, to - part.offset));
      if (range.offset + range.length > partEnd) return;
      state.range++;
    }
  }

  function update(state: (typeof states)[number], bytes: Uint8Array): void {
    const { pieceLength } = state.job;
    if (pieceLength === undefined) {
      state.hash.update(bytes);
      return;
    }
    for (let at = 0; at < bytes.length;) {
      const step = Math.min(pieceLength - state.inPiece, bytes.length - at);
      state.hash.update(bytes.subarray(at, at + step));
      at += step;
      state.inPiece += step;
      if (state.inPiece < pieceLength) continue;
      state.digests.push(state.hash.digest('hex'));
      state.hash = newHash(state.job);
      state.inPiece = 0;
    }
  }
}
