import os from 'node:os';
import { DigestsOnThread } from './digestThread';
import { DigestsHere } from './runningDigests';
import type { RunningDigests } from './runningDigests';

/** Bytes of a file below which a thread of its own costs more than it saves. */
const worthThread = 64 << 20;
/** Updates, of one MiB at most each, that may wait for the thread. */
const mostBehind = 8;
/** Bytes that the thread reads at once, and how many such reads may wait for it: enough that it never waits. */
const readLength = 4 << 20;
const mostReads = 3;

export interface WholeHashOptions {
  /** IANA names. */
  readonly types: readonly string[];
  /** Bytes of the file. */
  readonly size: number;
  /** Called when bytes have been hashed elsewhere; the position is 0 again when what was hashed is lost. */
  readonly onHashed: () => void;
}

/**
 * Digests of a file over its prefix, advanced in order, once from memory as bytes arrive or else from the disk. A large file's are
 * computed on a thread of their own where there is a second processor.
 */
export class WholeHash {
  private running: RunningDigests;
  private reached = 0;
  private markedAt = 0;
  private isOnThread: boolean;
  /** A read from the disk is under way: bytes from memory must wait. */
  locked = false;

  constructor(private readonly options: WholeHashOptions) {
    this.isOnThread = options.size >= worthThread && os.availableParallelism() > 1;
    this.running = this.begin();
  }

  /** Bytes that have been given to the hash. */
  get position(): number {
    return this.reached;
  }
  /** So many bytes wait for the hash that no more should come. */
  get busy(): boolean {
    return this.running.behind >= mostBehind;
  }

  /** Takes bytes at `offset` when they are the next ones. */
  offer(offset: number, bytes: Uint8Array): boolean {
    if (this.locked || offset !== this.reached) return false;
    this.advance(bytes);
    return true;
  }

  /** The next bytes, in a block of the pool. */
  advance(bytes: Uint8Array): void {
    this.running.update(bytes);
    this.reached += bytes.length;
  }

  /**
   * Lets the thread read on its own what follows in the file, up to `to`, as far as it has not enough to do; false when it has, or when
   * there is no thread. The bytes must be written, and stay as they are.
   */
  readAhead(fd: number, to: number): boolean {
    const { running } = this;
    if (running.read === undefined || running.reads >= mostReads) return false;
    const length = Math.min(to - this.reached, readLength);
    running.read(fd, this.reached, length);
    this.reached += length;
    return true;
  }
  get readsItself(): boolean {
    return this.running.read !== undefined;
  }

  /** Remembers this state, in case what follows turns out wrong. */
  mark(): void {
    this.running.mark();
    this.markedAt = this.reached;
  }

  /** Bytes from `offset` on were wrong or are not trusted any more. */
  rewind(offset: number): void {
    if (this.reached <= offset) return;
    if (this.markedAt > 0 && this.markedAt <= offset) {
      this.running.restore();
      this.reached = this.markedAt;
    } else this.restart();
  }

  /** From the first byte on again. */
  restart(): void {
    const before = this.running;
    this.running = this.begin();
    before.close(); // after the new one has begun: the thread goes on
    this.reached = 0;
    this.markedAt = 0;
  }

  /**
   * Digests by IANA name, lower-case hexadecimal; undefined when they were lost, and the position is 0 again. After that it goes on only
   * with `restart`.
   */
  async digests(): Promise<Record<string, string> | undefined> {
    return await this.running.digests();
  }

  close(): void {
    this.running.close();
  }

  private begin(): RunningDigests {
    const { types, onHashed } = this.options;
    if (!this.isOnThread) return new DigestsHere(types);
    const running: DigestsOnThread = new DigestsOnThread(types, () => {
      if (running.isLost && running === this.running) {
        // A thread that died once is not trusted with a second try.
        this.isOnThread = false;
        this.restart();
      }
      onHashed();
    });
    return running;
  }
}
