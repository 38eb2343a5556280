import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { identityOf } from './file';
import type { FileIdentity } from './file';

/** Length of the blocks that downloads are received in and written by, in bytes. */
export const blockLength = 1024 * 1024;

const freeBlocks: Buffer[] = [];

/** Blocks of memory, used again by all downloads of a thread. */
export const blockPool = {
  take: (): Buffer => freeBlocks.pop() ?? Buffer.allocUnsafeSlow(blockLength),
  give: (block: Buffer): void => {
    if (freeBlocks.length < 24) freeBlocks.push(block);
  },
};

/**
 * An unfinished download: written at any offset, several writes at a time, never through a symbolic link. Node has no fallocate: the
 * file grows as it is written.
 */
export class PartialFile {
  /** In the order in which they were asked for. */
  private readonly pending = new Set<{ readonly from: number; readonly to: number }>();
  private waiting: (() => void)[] = [];
  private failure: Error | undefined;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** Opens or creates the file, readable and writable for the user alone. Rejects when the path is no regular file of its own. */
  static async open(path: string): Promise<PartialFile> {
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants;
    const handle = await fs.promises.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
    const stat = await handle.stat();
    if (stat.isFile() && stat.nlink === 1) return new PartialFile(path, handle);
    await handle.close();
    throw Object.assign(new Error(`${path} is not a regular file of its own`), { code: 'ELOOP' });
  }

  get pendingWrites(): number {
    return this.pending.size;
  }
  /** The first error of a write, after which nothing more should be tried. */
  get error(): Error | undefined {
    return this.failure;
  }

  /** Writes the first `length` bytes of `block` at `offset` in the background; `done` is called when the memory may be used again. */
  write(block: Buffer, length: number, offset: number, done: () => void): void {
    const entry = { from: offset, to: offset + length };
    this.pending.add(entry);
    const step = (at: number): void => {
      fs.write(this.handle.fd, block, at, length - at, offset + at, (error, written) => {
        if (error === null && at + written < length) {
          step(at + written);
          return;
        }
        if (error !== null) this.failure ??= error;
        this.pending.delete(entry);
        done();
        if (this.pending.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
      });
    };
    // The system orders no two writes: what replaces bytes waits until they are written.
    const start = (): void => {
      if (this.isBehindAnother(entry)) setImmediate(start);
      else step(0);
    };
    start();
  }

  /** Resolves when no write is under way; rejects with the first error of a write. */
  async settled(): Promise<void> {
    if (this.pending.size > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.failure !== undefined) throw this.failure;
  }

  /** Offset up to which bytes from `from` on can be read, at most `to`: before the first write that is still under way. */
  readableTo(from: number, to: number): number {
    let end = to;
    for (const write of this.pending) if (write.from < end && write.to > from) end = Math.max(from, write.from);
    return end;
  }

  /** Parts of the file being written now. */
  pendingRanges(): Iterable<{ readonly from: number; readonly to: number }> {
    return this.pending;
  }

  /** Reads up to `length` bytes; fewer only at the end of the file. */
  async read(memory: Uint8Array, length: number, offset: number): Promise<number> {
    const { bytesRead } = await this.handle.read(memory, 0, length, offset);
    return bytesRead;
  }

  readNow(memory: Uint8Array, length: number, offset: number): number {
    return fs.readSync(this.handle.fd, memory, 0, length, offset);
  }

  async size(): Promise<number> {
    return (await this.handle.stat()).size;
  }
  async identity(): Promise<FileIdentity> {
    return identityOf(await this.handle.stat({ bigint: true }));
  }
  async truncate(size: number): Promise<void> {
    await this.handle.truncate(size);
  }
  /** The bytes are on the disk when it resolves. */
  async sync(): Promise<void> {
    await this.handle.sync();
  }
  async close(): Promise<void> {
    await this.settled().catch(() => undefined); // a write's error has been reported by then
    await this.handle.close();
  }

  private isBehindAnother(entry: { readonly from: number; readonly to: number }): boolean {
    for (const other of this.pending) {
      if (other === entry) return false;
      if (other.from < entry.to && other.to > entry.from) return true;
    }
    return false;
  }
}
