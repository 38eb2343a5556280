import type { Range } from './rangeSet';

/** Bytes [from, to) that came from `source`. */
export interface Contribution extends Range {
  readonly source: number;
}

/** Which source gave which bytes; what came later replaces what was there. */
export class Contributions {
  private parts: Contribution[] = [];

  constructor(parts: Iterable<Contribution> = []) {
    for (const part of parts) this.add(part.from, part.to, part.source);
  }

  get list(): readonly Contribution[] {
    return this.parts;
  }

  add(from: number, to: number, source: number): void {
    if (to <= from) return;
    const last = this.parts[this.parts.length - 1];
    if (last === undefined || last.to < from) this.parts.push({ from, to, source });
    else if (last.to === from && last.source === source) this.parts[this.parts.length - 1] = { from: last.from, to, source };
    else this.insert(from, to, source);
  }

  remove(from: number, to: number): void {
    this.parts = this.parts.flatMap((part) => {
      if (part.to <= from || part.from >= to) return [part];
      const left = part.from < from ? [{ ...part, to: from }] : [];
      return part.to > to ? [...left, { ...part, from: to }] : left;
    });
  }

  /** The sources that gave bytes of [from, to). */
  sourcesOf(from: number, to: number): Set<number> {
    return new Set(this.parts.filter((part) => part.from < to && part.to > from).map((part) => part.source));
  }

  /** What `source` gave. */
  of(source: number): Contribution[] {
    return this.parts.filter((part) => part.source === source);
  }

  private insert(from: number, to: number, source: number): void {
    this.remove(from, to);
    let start = from;
    let end = to;
    const at = this.parts.findIndex((part) => part.from >= to);
    const index = at < 0 ? this.parts.length : at;
    const before = this.parts[index - 1];
    const after = this.parts[index];
    let first = index;
    let count = 0;
    if (before?.to === from && before.source === source) [start, first, count] = [before.from, index - 1, 1];
    if (after?.from === to && after.source === source) [end, count] = [after.to, count + 1];
    this.parts.splice(first, count, { from: start, to: end, source });
  }
}
