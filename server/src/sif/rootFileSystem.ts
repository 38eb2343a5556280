/** The root file system of a container, as far as it is read: a squashfs, or a sandbox folder on disk. */
export interface RootFileSystem {
  /** A file's bytes, following links inside the root; undefined when it is not there, no file, or longer than `limit` bytes. */
  readFile(path: string, limit: number): Promise<Uint8Array | undefined>;
  /** Names in a folder; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
}
