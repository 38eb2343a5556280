import fs from 'node:fs';
import { syncOpened } from './durable';
import { identityOf } from './file';
import type { FileIdentity } from './file';
import { smallFiles } from './smallFiles';

/** Length of the blocks that downloads are received in and written by, in bytes. */
export const blockLength = 1024 * 1024;

const freeBlocks: Buffer[] = [];
/** By their memory, how many besides the one who took them still need them. */
const keepers = new Map<ArrayBufferLike, number>();

/** Blocks of memory, used again by all downloads of a thread. The memory is shared: another thread may read it without a copy. */
export const blockPool = {
  take: (): Buffer => freeBlocks.pop() ?? Buffer.from(new SharedArrayBuffer(blockLength)),
  /** The block goes back when everybody who keeps it has let it go. */
  give: (block: Buffer): void => blockPool.letGo(block),
  /** Somebody else needs bytes of a block too, until `letGo`. */
  keep: ({ buffer }: Uint8Array): void => void keepers.set(buffer, (keepers.get(buffer) ?? 0) + 1),
  letGo: ({ buffer }: Uint8Array): void => {
    const others = keepers.get(buffer) ?? 0;
    if (others > 1) keepers.set(buffer, others - 1);
    else if (others === 1) keepers.delete(buffer);
    else if (freeBlocks.length < 24) freeBlocks.push(Buffer.from(buffer));
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
    /** For threads that read it too; not to be written to or closed. */
    readonly fd: number,
  ) {}

  /** Opens or creates the file, readable and writable for the user alone. Rejects when the path is no regular file of its own. */
  static async open(path: string): Promise<PartialFile> {
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants;
    const fd = await smallFiles.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
    const stat = await smallFiles.fstat(fd);
    if (stat.isFile() && stat.nlink === 1n) return new PartialFile(path, fd);
    await smallFiles.close(fd);
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
      fs.write(this.fd, block, at, length - at, offset + at, (error, written) => {
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
    return await new Promise((resolve, reject) =>
      fs.read(this.fd, memory, 0, length, offset, (error, read) => (error === null ? resolve(read) : reject(error))),
    );
  }

  readNow(memory: Uint8Array, length: number, offset: number): number {
    return fs.readSync(this.fd, memory, 0, length, offset);
  }

  async size(): Promise<number> {
    return Number((await smallFiles.fstat(this.fd)).size);
  }
  async identity(): Promise<FileIdentity> {
    return identityOf(await smallFiles.fstat(this.fd));
  }
  async truncate(size: number): Promise<void> {
    if ((await this.size()) === size) return;
    await new Promise<void>((resolve, reject) => fs.ftruncate(this.fd, size, (error) => (error === null ? resolve() : reject(error))));
  }
  /** The bytes are on the disk when it resolves. */
  async sync(): Promise<void> {
    await syncOpened(this.fd);
  }
  async close(): Promise<void> {
    await this.settled().catch(() => undefined); // a write's error has been reported by then
    await smallFiles.close(this.fd);
  }

  private isBehindAnother(entry: { readonly from: number; readonly to: number }): boolean {
    for (const other of this.pending) {
      if (other === entry) return false;
      if (other.from < entry.to && other.to > entry.from) return true;
    }
    return false;
  }
}
