import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { nodeHash } from './expectation';

/** Digests of bytes that come in order, with one remembered state to go back to. */
export interface RunningDigests {
  /** The next bytes. They may be hashed later: the block of the pool that they lie in is kept until then. */
  update(bytes: Uint8Array): void;
  /** Remembers this state, in place of the one before. */
  mark(): void;
  /** Goes back to the remembered state. */
  restore(): void;
  /** Updates that are still to be hashed. */
  readonly behind: number;
  /** Bytes that the file holds at `from` come next; absent where reading is up to the caller. They must not change until they are hashed. */
  readonly read?: (fd: number, from: number, length: number) => void;
  /** Reads that are still to be done. */
  readonly reads: number;
  /** By IANA name, lower-case hexadecimal; undefined when they are lost, and everything has to be hashed anew. Ends the hash. */
  digests(): Promise<Record<string, string> | undefined>;
  /** Nobody asks for the digests any more. */
  close(): void;
}

/** Hashes on the thread that calls. */
export class DigestsHere implements RunningDigests {
  readonly behind = 0;
  readonly reads = 0;
  private hashes: ReadonlyMap<string, Hash>;
  private marked: ReadonlyMap<string, Hash>;

  constructor(types: readonly string[]) {
    this.hashes = new Map(types.map((type) => [type, beginHash(type)]));
    this.marked = copyOf(this.hashes);
  }

  update(bytes: Uint8Array): void {
    for (const hash of this.hashes.values()) hash.update(bytes);
  }
  mark(): void {
    this.marked = copyOf(this.hashes);
  }
  restore(): void {
    this.hashes = copyOf(this.marked);
  }
  digests(): Promise<Record<string, string>> {
    return Promise.resolve(Object.fromEntries([...this.hashes].map(([type, hash]) => [type, hash.digest('hex')])));
  }
  close(): void {
    // Nothing is held.
  }
}

/** A running hash of an IANA type. */
export function beginHash(type: string): Hash {
  const { algorithm, options } = nodeHash(type);
  return createHash(algorithm, options);
}

function copyOf(hashes: ReadonlyMap<string, Hash>): ReadonlyMap<string, Hash> {
  return new Map([...hashes].map(([type, hash]) => [type, hash.copy()]));
}
