import { blockLength, blockPool } from '../platform/partialFile';
import type { PartialFile } from '../platform/partialFile';
import { Contributions } from './contributions';
import type { Expectation } from './expectation';
import { HeldBlocks } from './heldBlocks';
import { PieceCheck } from './pieceCheck';
import type { CheckedPiece } from './pieceCheck';
import { RangeSet } from './rangeSet';
import { WholeHash } from './wholeHash';

/** More writes than this under way: sources pause until the disk has caught up. */
const mostWrites = 12;

/**
 * The bytes of a download on their way to the disk: pieces are compared as they arrive, the whole file's hash follows the completed
 * prefix (from memory where it can, else from the disk), blocks are written in the background. What is `trusted` has arrived and, where pieces have hashes, matches them.
 */
export class Assembly {
  readonly trusted: RangeSet;
  readonly contributions: Contributions;
  piecesVerified = 0;
  /** The whole hash was wrong once. */
  wasWrong = false;
  /** Sources whose bytes differ from those of a later source for the same place. */
  readonly contradicted = new Set<number>();
  private readonly pieces: PieceCheck | undefined;
  /** Bytes of pieces that this run compared and found right. */
  private readonly compared = new RangeSet();
  private readonly whole: WholeHash;
  private readonly held = new HeldBlocks();
  private catchingUp: Promise<void> | undefined;
  private earlier: Contributions | undefined;
  private resumeSources: (() => void)[] = [];

  constructor(
    private readonly file: PartialFile,
    private readonly expectation: Expectation,
    private readonly size: number,
    done: Contributions,
    private readonly onChecked: (piece: CheckedPiece) => void,
  ) {
    this.pieces = expectation.pieces === undefined ? undefined : new PieceCheck(expectation.pieces, size);
    this.contributions = done;
    this.trusted = new RangeSet(done.list);
    this.whole = new WholeHash({ types: expectation.computed, size, onHashed: () => this.goOn() });
  }

  /** The disk or the hash is behind; `whenReady` calls back when they are not any more. */
  get busy(): boolean {
    return this.file.pendingWrites >= mostWrites || this.whole.busy;
  }
  whenReady(callback: () => void): void {
    this.resumeSources.push(callback);
  }

  /** Every piece was compared in this run, none taken over from an earlier one. */
  get comparedAll(): boolean {
    return this.compared.covers(0, this.size);
  }

  /** Bytes that are on the disk and trusted: what a journal may claim. */
  get settledRanges(): Contributions {
    const settled = new Contributions(this.contributions.list);
    for (const { from, to } of this.trusted.gaps(Number.MAX_SAFE_INTEGER).list) settled.remove(from, to);
    for (const { from, to } of [...this.file.pendingRanges()]) settled.remove(from, to);
    return settled;
  }

  /** The first `length` bytes of `block` belong at `offset`. The block is given back to the pool when it is written. */
  accept(source: number, offset: number, block: Buffer, length: number): void {
    const bytes = block.subarray(0, length);
    if (this.earlier !== undefined) this.compare(this.earlier, offset, bytes);
    this.contributions.add(offset, offset + length, source);
    this.hash(source, offset, bytes);
    const written = this.held.keep(offset, block, length, offset >= this.whole.position);
    if (!this.whole.locked) this.hashHeld();
    this.file.write(block, length, offset, () => {
      written();
      this.goOn();
    });
  }

  /** Bytes are not trusted any more. */
  forget(from: number, to: number): void {
    this.trusted.remove(from, to);
    this.compared.remove(from, to);
    this.contributions.remove(from, to);
    this.held.drop(from, to);
    this.whole.rewind(from);
  }

  /** From now on bytes are compared with those that another source gave before for the same place. */
  compareWithEarlier(): void {
    this.earlier = new Contributions(this.contributions.list);
  }

  /** Waits for the disk. Rejects with its errors. */
  async written(): Promise<void> {
    await this.file.settled();
  }

  /** Waits for the disk and brings the whole hash to the end of the trusted prefix. */
  private async settled(): Promise<void> {
    await this.file.settled();
    for (;;) {
      this.catchUp();
      if (this.catchingUp !== undefined) await this.catchingUp;
      else if (this.readable() > 0) await new Promise<void>((resolve) => this.whenReady(resolve));
      else return;
    }
  }

  /**
   * Digests of the first `size` bytes, all of which must be trusted, once the disk has settled. The assembly can go on only after
   * `restartHash`. Rejects with an error of the disk.
   */
  async digests(): Promise<Record<string, string>> {
    for (;;) {
      await this.settled();
      const digests = await this.whole.digests();
      if (digests !== undefined) return digests;
    }
  }
  restartHash(): void {
    this.whole.restart();
  }
  /** Nothing more comes, and nobody asks for digests. */
  close(): void {
    this.whole.close();
  }

  /** Hashes the pieces from the disk again; those that are wrong are forgotten and returned. */
  async recheckPieces(): Promise<CheckedPiece[]> {
    const { pieces } = this;
    if (pieces === undefined) return [];
    const wrong: CheckedPiece[] = [];
    const block = blockPool.take();
    for (const { from, to } of [...this.trusted.list]) {
      for (let at = from; at < to;) {
        const length = await this.file.read(block, Math.min(blockLength, to - at), at);
        if (length === 0) block.fill(0); // the file is shorter than it was: what is missing cannot match
        const part = block.subarray(0, length === 0 ? Math.min(blockLength, to - at) : length);
        wrong.push(...pieces.push(at, part, -1).filter((piece) => piece.verdict !== 'good'));
        at += part.length;
      }
    }
    blockPool.give(block);
    for (const piece of wrong) this.forget(piece.from, piece.to);
    return wrong;
  }

  private hash(source: number, offset: number, bytes: Uint8Array): void {
    const { pieces } = this;
    if (pieces === undefined) {
      this.whole.offer(offset, bytes);
      this.trusted.add(offset, offset + bytes.length);
      return;
    }
    let at = 0;
    while (at < bytes.length) {
      const index = Math.floor((offset + at) / (this.expectation.pieces?.length ?? Infinity));
      const { from, to } = pieces.rangeOf(index);
      const part = bytes.subarray(at, Math.min(bytes.length, to - offset));
      if (offset + at === from && this.whole.position === from && !this.whole.locked) this.whole.mark();
      this.whole.offer(offset + at, part);
      for (const piece of pieces.push(offset + at, part, source)) this.checked(piece);
      at += part.length;
    }
  }

  private checked(piece: CheckedPiece): void {
    if (piece.verdict === 'good') {
      this.piecesVerified++;
      this.trusted.add(piece.from, piece.to);
      this.compared.add(piece.from, piece.to);
    } else this.forget(piece.from, piece.to);
    this.onChecked(piece);
  }

  private compare(earlier: Contributions, offset: number, bytes: Uint8Array): void {
    const before = Buffer.allocUnsafe(bytes.length);
    const length = this.file.readNow(before, bytes.length, offset);
    for (const part of earlier.list) {
      const from = Math.max(part.from, offset) - offset;
      const to = Math.min(part.to, offset + length) - offset;
      if (from < to && Buffer.compare(before.subarray(from, to), bytes.subarray(from, to)) !== 0) this.contradicted.add(part.source);
    }
  }

  /** A block was written or hashed. */
  private goOn(): void {
    if (!this.busy) for (const resume of this.resumeSources.splice(0)) resume();
    this.catchUp();
  }

  /** Reads what is trusted and written behind the whole hash's position, in the background. */
  private catchUp(): void {
    if (this.catchingUp !== undefined) return;
    this.hashHeld();
    while (this.readable() > 0 && this.whole.readAhead(this.file.fd, this.whole.position + this.readable())) this.hashHeld();
    if (this.readable() === 0 || this.whole.readsItself) return;
    this.whole.locked = true;
    this.catchingUp = this.readPrefix().finally(() => {
      this.whole.locked = false;
      this.catchingUp = undefined;
    });
    // An error of the disk is kept by the file; `settled` reports it.
    this.catchingUp.catch(() => undefined);
  }

  /** Hashes what follows from memory, as far as it is trusted. */
  private hashHeld(): void {
    for (;;) {
      const { position } = this.whole;
      const bytes = this.held.at(position);
      if (bytes === undefined || !this.trusted.covers(position, position + bytes.length)) return;
      this.whole.advance(bytes);
      this.held.release(position);
    }
  }

  /** Bytes behind the whole hash's position that can be read from the disk, as far as they are not in memory. */
  private readable(): number {
    const { position } = this.whole;
    const range = this.trusted.at(position);
    return range === undefined ? 0 : Math.min(this.file.readableTo(position, range.to), this.held.nextAfter(position)) - position;
  }

  private async readPrefix(): Promise<void> {
    const { whole } = this;
    for (let length = this.readable(); length > 0; length = this.readable()) {
      const at = whole.position;
      const block = blockPool.take();
      try {
        const read = await this.file.read(block, Math.min(length, blockLength), at);
        if (read === 0) throw new Error('the partial file is shorter than it was');
        if (whole.position === at && this.trusted.covers(at, at + read)) whole.advance(block.subarray(0, read));
      } finally {
        blockPool.give(block);
      }
      this.hashHeld();
      if (whole.busy) await new Promise<void>((resolve) => this.whenReady(resolve));
    }
  }
}
