import type { SourceState } from './sourceState';

/**
 * Which source sent which piece with a wrong hash, and who may therefore be asked for a piece. Sources that are wrong too often are
 * asked only for what no trusted one has right: together they may still hold the whole file.
 */
export class PieceTrust {
  /** A piece that no source has right. */
  hopeless: number | undefined;
  private readonly wrongBy = new Map<number, Set<number>>();
  private readonly attempts = new Map<number, number>();

  constructor(
    private readonly states: ReadonlyMap<number, SourceState>,
    private readonly isUsable: (state: SourceState) => boolean,
  ) {}

  /** A piece was wrong: without, everybody may be asked for everything. */
  get hasDoubts(): boolean {
    return this.wrongBy.size > 0;
  }

  /** The bytes of a piece that these sources sent have the wrong hash. `reason` is for people, without the sources' names. */
  wrong(piece: number, sources: Iterable<number>, reason: string): void {
    const givers = this.wrongBy.get(piece) ?? new Set();
    this.wrongBy.set(piece, givers);
    for (const id of sources) {
      givers.add(id);
      this.states.get(id)?.badPiece(reason);
    }
    const attempts = (this.attempts.get(piece) ?? 0) + 1;
    this.attempts.set(piece, attempts);
    if (attempts > 2 + this.states.size || this.isLost(givers)) this.hopeless = piece;
  }

  /** Whether somebody else is to be asked for a piece: who never sent it wrong, and among these a trusted one. */
  forbids(state: SourceState, piece: number): boolean {
    const givers = this.wrongBy.get(piece);
    const wasWrong = givers?.has(state.source.id) === true;
    if (!wasWrong && state.distrusted === undefined) return false;
    for (const other of this.states.values()) {
      if (!this.isUsable(other) || givers?.has(other.source.id) === true) continue;
      if (wasWrong || other.distrusted === undefined) return true;
    }
    return false;
  }

  /** Every source sent it wrong, and none is right often enough to be asked once more. */
  private isLost(givers: ReadonlySet<number>): boolean {
    for (const state of this.states.values())
      if (this.isUsable(state) && (state.distrusted === undefined || !givers.has(state.source.id))) return false;
    return true;
  }
}
