import type { CacheEngine } from './find';
import type { CacheKind, Oddity } from './layout';

/** A file, or a folder of an old layout, in a cache. */
export interface CacheEntry {
  readonly path: string;
  readonly name: string;
  readonly kind: CacheKind;
  readonly engine: CacheEngine;
  /** `root` of the cache that it belongs to. */
  readonly root: string;
  readonly bytes: number;
  /** Bytes that its removal gives back: fewer than `bytes` for sparse files, none while another name leads to the same file. */
  readonly frees: number;
  /** Milliseconds since the epoch: what the engines show as "created" and measure `--days` by. */
  readonly modified: number;
  /** The sha-256 that the name promises, hexadecimal. */
  readonly contentHash?: string;
  readonly oddity?: Oddity;
}

export interface ListOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch; files younger than an hour may be downloads under way. */
  readonly now?: number;
  /** Called for every few thousand names, in no order, as they are found. */
  readonly onFound?: (entries: readonly CacheEntry[]) => void;
}
