import { blockPool } from '../platform/partialFile';

/** Blocks that are kept at most, one MiB each: what two fast sources are ahead of each other. */
const mostHeld = 12;

interface Held {
  readonly block: Buffer;
  readonly length: number;
  isWritten: boolean;
}

/**
 * Blocks that lie ahead of the whole file's hash, kept in memory after they were written: hashing them from here costs half of what
 * reading them from the disk's cache costs. Those that find no room are read from there. Blocks go back to the pool from here.
 */
export class HeldBlocks {
  private readonly held = new Map<number, Held>();

  /** Keeps the block at `offset` when there is room; returns what to call once it is written. */
  keep(offset: number, block: Buffer, length: number, isAhead: boolean): () => void {
    this.drop(offset, offset + length);
    const held: Held = { block, length, isWritten: false };
    if (isAhead && this.held.size < mostHeld) this.held.set(offset, held);
    return () => {
      held.isWritten = true;
      if (this.held.get(offset) !== held) blockPool.give(block);
    };
  }

  /** The bytes of the block that begins at `offset`. */
  at(offset: number): Uint8Array | undefined {
    const held = this.held.get(offset);
    return held?.block.subarray(0, held.length);
  }

  /** The block is not needed any more. */
  release(offset: number): void {
    const held = this.held.get(offset);
    this.held.delete(offset);
    if (held?.isWritten === true) blockPool.give(held.block);
  }

  /** Bytes of [from, to) are not what they were. */
  drop(from: number, to: number): void {
    for (const [offset, { length }] of this.held) if (offset < to && offset + length > from) this.release(offset);
  }

  /** Where the first block behind `offset` begins; infinite when there is none. */
  nextAfter(offset: number): number {
    let next = Infinity;
    for (const begin of this.held.keys()) if (begin > offset && begin < next) next = begin;
    return next;
  }
}
