import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { nodeHash } from './expectation';

/** Digests of a file over its prefix, advanced in order, once from memory as bytes arrive or else from the disk. */
export class WholeHash {
  private hashes: Map<string, Hash>;
  private reached = 0;
  private snapshot: { readonly at: number; readonly hashes: Map<string, Hash> } | undefined;
  /** A read from the disk is under way: bytes from memory must wait. */
  locked = false;

  constructor(private readonly types: readonly string[]) {
    this.hashes = begin(types);
  }

  /** Bytes that have been hashed. */
  get position(): number {
    return this.reached;
  }

  /** Takes bytes at `offset` when they are the next ones. */
  offer(offset: number, bytes: Uint8Array): boolean {
    if (this.locked || offset !== this.reached) return false;
    this.advance(bytes);
    return true;
  }

  advance(bytes: Uint8Array): void {
    for (const hash of this.hashes.values()) hash.update(bytes);
    this.reached += bytes.length;
  }

  /** Remembers this state, in case what follows turns out wrong. */
  mark(): void {
    this.snapshot = { at: this.reached, hashes: new Map([...this.hashes].map(([type, hash]) => [type, hash.copy()])) };
  }

  /** Bytes from `offset` on were wrong or are not trusted any more. */
  rewind(offset: number): void {
    if (this.reached <= offset) return;
    if (this.snapshot !== undefined && this.snapshot.at <= offset) {
      this.hashes = this.snapshot.hashes;
      this.reached = this.snapshot.at;
    } else {
      this.hashes = begin(this.types);
      this.reached = 0;
    }
    this.snapshot = undefined;
  }

  /** Digests by IANA name, lower-case hexadecimal. Ends the hash. */
  digests(): Record<string, string> {
    return Object.fromEntries([...this.hashes].map(([type, hash]) => [type, hash.digest('hex')]));
  }
}

/** A running hash of an IANA type. */
export function beginHash(type: string): Hash {
  const { algorithm, options } = nodeHash(type);
  return createHash(algorithm, options);
}

function begin(types: readonly string[]): Map<string, Hash> {
  return new Map(types.map((type) => [type, beginHash(type)]));
}
