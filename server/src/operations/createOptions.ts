import type { ProgressListener } from './progress';

export interface CreateOptions {
  /** URLs or URL templates (as in the settings) of further mirrors, best first. */
  readonly mirrors: readonly string[];
  /** Bytes; chosen by the file's size when absent. */
  readonly pieceLength?: number;
  /** A sha-512 beside the sha-256. */
  readonly sha512?: boolean;
  /** File of an armored detached OpenPGP signature; only for one target. */
  readonly signature?: string;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  readonly openText?: (uri: string) => string | undefined;
}
