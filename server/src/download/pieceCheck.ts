import type { Hash } from 'node:crypto';
import type { DeclaredPieces } from './request';
import { beginHash } from './runningDigests';

export interface CheckedPiece {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  /** `lost`: its start was not seen, so that nothing can be said. */
  readonly verdict: 'good' | 'bad' | 'lost';
  /** Who gave its bytes. */
  readonly sources: readonly number[];
}

interface OpenPiece {
  readonly hash: Hash;
  position: number;
  readonly sources: Set<number>;
}

/** Hashes pieces while their bytes arrive; a piece may be begun by one source and finished by another. */
export class PieceCheck {
  private readonly open = new Map<number, OpenPiece>();

  constructor(
    private readonly pieces: DeclaredPieces,
    private readonly size: number,
  ) {}

  /** Bytes at `offset` from `source`; returns the pieces that they finish. */
  push(offset: number, bytes: Uint8Array, source: number): CheckedPiece[] {
    const checked: CheckedPiece[] = [];
    for (let at = 0; at < bytes.length;) {
      const index = Math.floor((offset + at) / this.pieces.length);
      const { from, to } = this.rangeOf(index);
      const part = bytes.subarray(at, Math.min(bytes.length, to - offset));
      const piece = this.opened(index, from, offset + at);
      piece?.hash.update(part);
      piece?.sources.add(source);
      at += part.length;
      if (piece !== undefined) piece.position += part.length;
      if (offset + at < to) continue;
      this.open.delete(index);
      const verdict = piece === undefined ? 'lost' : piece.hash.digest('hex') === this.pieces.hashes[index] ? 'good' : 'bad';
      checked.push({ index, from, to, verdict, sources: [...(piece?.sources ?? [])] });
    }
    return checked;
  }

  rangeOf(index: number): { readonly from: number; readonly to: number } {
    return { from: index * this.pieces.length, to: Math.min((index + 1) * this.pieces.length, this.size) };
  }

  private opened(index: number, from: number, offset: number): OpenPiece | undefined {
    if (offset === from) this.open.set(index, { hash: beginHash(this.pieces.type), position: from, sources: new Set() });
    const piece = this.open.get(index);
    return piece?.position === offset ? piece : undefined;
  }
}
