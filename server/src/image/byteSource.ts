/** Random access to the bytes of an image: a local file or a remote one read by HTTP ranges. */
export interface ByteSource {
  /** Whole length in bytes. */
  readonly size: number;
  /** What it is, for messages: a path or a URL without credentials. */
  readonly name: string;
  /**
   * Reads exactly `length` bytes at `offset`; fewer only where the source ends. Rejects with an Error for people on I/O and network errors.
   */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}
