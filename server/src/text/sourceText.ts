import type { Position, Range } from 'vscode-languageserver-types';
import type { TextRange } from './range';

/** A text with its line table: what every language feature is asked about. Immutable; one a document version. */
export interface SourceText {
  readonly text: string;
  /** Line (from 0) and UTF-16 column of an offset; offsets outside are clamped. */
  positionAt(offset: number): Position;
  /** UTF-16 offset of a position; lines and columns outside are clamped. */
  offsetAt(position: Position): number;
  rangeOf(range: TextRange): Range;
  /** The offsets of line `line` (from 0) without its line end. */
  lineRange(line: number): TextRange;
  readonly lineCount: number;
}

/** Builds the line table of `text`. Lines end at LF, CRLF or a lone CR (LSP 3.17, "Text Documents"). Linear; cannot fail. */
export function createSourceText(text: string): SourceText {
  let starts: readonly number[] | undefined;
  const lineStarts = (): readonly number[] => (starts ??= computeLineStarts(text));

  function lineOf(offset: number): number {
    const table = lineStarts();
    let low = 0;
    let high = table.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((table[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function lineRange(line: number): TextRange {
    const table = lineStarts();
    const index = Math.min(Math.max(line, 0), table.length - 1);
    const start = table[index] ?? 0;
    let end = table[index + 1] ?? text.length;
    while (end > start && isLineEnd(text.charCodeAt(end - 1))) end--;
    return { start, end };
  }

  function positionAt(offset: number): Position {
    const clamped = Math.min(Math.max(offset, 0), text.length);
    const line = lineOf(clamped);
    return { line, character: clamped - (lineStarts()[line] ?? 0) };
  }

  function offsetAt(position: Position): number {
    if (position.line < 0) return 0;
    if (position.line >= lineStarts().length) return text.length;
    const { start, end } = lineRange(position.line);
    return Math.min(start + Math.max(position.character, 0), end);
  }

  return {
    text,
    positionAt,
    offsetAt,
    rangeOf: ({ start, end }) => ({ start: positionAt(start), end: positionAt(end) }),
    lineRange,
    get lineCount() {
      return lineStarts().length;
    },
  };
}

const LF = 10;
const CR = 13;

function isLineEnd(code: number): boolean {
  return code === LF || code === CR;
}

function computeLineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === CR && text.charCodeAt(i + 1) === LF) i++;
    if (isLineEnd(code)) starts.push(i + 1);
  }
  return starts;
}
