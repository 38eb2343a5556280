/** Bytes from `from` up to, not including, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A set of byte offsets as sorted, disjoint, non-adjacent ranges. */
export class RangeSet {
  private ranges: { from: number; to: number }[] = [];
  private count = 0;

  constructor(ranges: Iterable<Range> = []) {
    for (const { from, to } of ranges) this.add(from, to);
  }

  /** Bytes in the set. */
  get bytes(): number {
    return this.count;
  }

  get list(): readonly Range[] {
    return this.ranges;
  }

  add(from: number, to: number): void {
    if (to <= from) return;
    const first = this.firstEndingAt(from);
    let last = first;
    let start = from;
    let end = to;
    for (let range = this.ranges[last]; range !== undefined && range.from <= to; range = this.ranges[++last]) {
      start = Math.min(start, range.from);
      end = Math.max(end, range.to);
      this.count -= range.to - range.from;
    }
    this.ranges.splice(first, last - first, { from: start, to: end });
    this.count += end - start;
  }

  remove(from: number, to: number): void {
    if (to <= from) return;
    const first = this.firstEndingAt(from);
    let last = first;
    const rest: { from: number; to: number }[] = [];
    for (let range = this.ranges[last]; range !== undefined && range.from < to; range = this.ranges[++last]) {
      this.count -= Math.min(range.to, to) - Math.max(range.from, from);
      if (range.from < from) rest.push({ from: range.from, to: Math.min(range.to, from) });
      if (range.to > to) rest.push({ from: to, to: range.to });
    }
    this.ranges.splice(first, last - first, ...rest);
  }

  /** The range that contains `offset`, if any. */
  at(offset: number): Range | undefined {
    const range = this.ranges[this.firstEndingAt(offset + 1)];
    return range !== undefined && range.from <= offset ? range : undefined;
  }

  /** The first range with a byte at or behind `offset`, cut to begin there. */
  next(offset: number): Range | undefined {
    const range = this.ranges[this.firstEndingAt(offset + 1)];
    return range === undefined ? undefined : { from: Math.max(range.from, offset), to: range.to };
  }

  /** Every byte of [from, to) is in the set. */
  covers(from: number, to: number): boolean {
    if (to <= from) return true;
    const range = this.at(from);
    return range !== undefined && range.to >= to;
  }

  /** The bytes of [0, size) that are not in the set. */
  gaps(size: number): RangeSet {
    const gaps = new RangeSet([{ from: 0, to: size }]);
    for (const { from, to } of this.ranges) gaps.remove(from, to);
    return gaps;
  }

  /** Index of the first range whose end is at or behind `offset`. */
  private firstEndingAt(offset: number): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = this.ranges[middle];
      if (range !== undefined && range.to < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
