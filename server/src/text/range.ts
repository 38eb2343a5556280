/** A half-open stretch of a text: UTF-16 offsets, `start` inclusive, `end` exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Whether `offset` lies in `range`, its end included: the caret behind the last character still belongs to it. */
export function touches(range: TextRange, offset: number): boolean {
  return offset >= range.start && offset <= range.end;
}

/** Whether two stretches share a character, or touch where one of them is empty. */
export function overlaps(a: TextRange, b: TextRange): boolean {
  return a.start <= b.end && b.start <= a.end;
}
