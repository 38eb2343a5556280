import type { TextRange } from '../text/range';
import { findCode, isRegexSpace, isWordCharacter, trimRange } from './engineText';
import type { ArgumentLine, FileLine, LabelLine } from './syntax';

// The sections that are lists of lines: %labels, %files, %arguments and their like in apps.

/** The lines of a section body that are not blank, trimmed, told apart by a `#` in front. */
export interface ListLines {
  readonly lines: readonly TextRange[];
  readonly comments: readonly TextRange[];
}

/** Splits `body` into trimmed lines; blank ones are left out. Linear. */
export function listLines(text: string, body: TextRange): ListLines {
  const lines: TextRange[] = [];
  const comments: TextRange[] = [];
  for (let start = body.start; start < body.end;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 || newline > body.end ? body.end : newline;
    const line = trimRange(text, start, end);
    if (line.start < line.end) (text.charCodeAt(line.start) === hashSign ? comments : lines).push(line);
    start = end + 1;
  }
  return { lines, comments };
}

const space = 32;
const hashSign = 35;
const equalsSign = 61;
const doubleQuote = 34;
const singleQuote = 39;
const openBrace = 123;
const closeBrace = 125;

/** A line as parser.GetLabels reads it: the key ends at the first space; there is no quoting and no comment behind the value. */
export function parseLabelLine(text: string, range: TextRange): LabelLine {
  const split = findCode(text, space, range.start, range.end);
  if (split === undefined) {
    const none = { start: range.end, end: range.end };
    return { range, keyRange: range, key: text.slice(range.start, range.end), valueRange: none, value: '' };
  }
  const keyRange = trimRange(text, range.start, split);
  const valueRange = trimRange(text, split + 1, range.end);
  return { range, keyRange, key: slice(text, keyRange), valueRange, value: slice(text, valueRange) };
}

/** A line of %arguments as args.getKeyVal reads it. */
export function parseArgumentLine(text: string, range: TextRange): ArgumentLine {
  const split = findCode(text, equalsSign, range.start, range.end);
  if (split === undefined) {
    const none = { start: range.end, end: range.end };
    return { range, status: 'no-equals', keyRange: range, key: slice(text, range), valueRange: none, value: '' };
  }
  const keyRange = trimRange(text, range.start, split);
  const found = trimRange(text, split + 1, range.end);
  const valueRange = found.start < found.end ? found : { start: split + 1, end: split + 1 };
  const status = keyRange.start < keyRange.end ? 'assigned' : 'no-key';
  return { range, status, keyRange, key: slice(text, keyRange), valueRange, value: slice(text, valueRange) };
}

/** A line of %files; undefined for a lone `"`, on which the engines crash (deffile.go, fileSplitter). */
export function parseFileLine(text: string, range: TextRange): FileLine | undefined {
  const first = nextWord(text, range.start, range.end);
  if (first === undefined) return undefined;
  const second = nextWord(text, first.end, range.end);
  const sourceRange = first;
  const source = unquote(text, first);
  if (second === undefined) return { range, sourceRange, source, destination: '' };
  const ignored = trimRange(text, second.end, range.end);
  const line = { range, sourceRange, source, destinationRange: second, destination: unquote(text, second) };
  return ignored.start < ignored.end ? { ...line, ignoredRange: ignored } : line;
}

/** A line of %appfiles: cut at the first `#`, split at the first space (A and S internal/pkg/build/apps/apps.go, copyFiles). */
export function parseAppFileLine(text: string, range: TextRange): FileLine {
  const hash = findCode(text, hashSign, range.start, range.end);
  const cut = trimRange(text, range.start, hash ?? range.end);
  const split = findCode(text, space, cut.start, cut.end);
  const sourceRange = { start: cut.start, end: split ?? cut.end };
  const comment = hash === undefined ? {} : { ignoredRange: { start: hash, end: range.end } };
  const source = slice(text, sourceRange);
  if (split === undefined) return { range, sourceRange, source, destination: '', ...comment };
  const destinationRange = { start: split + 1, end: cut.end };
  return { range, sourceRange, source, destinationRange, destination: slice(text, destinationRange), ...comment };
}

function slice(text: string, range: TextRange): string {
  return text.slice(range.start, range.end);
}

/** strings.TrimSpace, then strings.Trim of double quotes. */
function unquote(text: string, word: TextRange): string {
  let { start, end } = trimRange(text, word.start, word.end);
  while (start < end && text.charCodeAt(start) === doubleQuote) start++;
  while (end > start && text.charCodeAt(end - 1) === doubleQuote) end--;
  return text.slice(start, end);
}

/**
 * The next match, from `start` on, of the engines' fileSplitter
 * `([^\s"']*{{\s*\w+\s*}}*[^\s{}"']*)+|([^\s"']+|"([^"]*)"|'([^']*))`, by hand: the regular expression as such takes JavaScript
 * exponential time. Linear.
 */
function nextWord(text: string, start: number, end: number): TextRange | undefined {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === singleQuote) return { start: at, end: findCode(text, singleQuote, at + 1, end) ?? end };
    if (code === doubleQuote) {
      const close = findCode(text, doubleQuote, at + 1, end);
      if (close !== undefined) return { start: at, end: close + 1 };
    } else if (!isRegexSpace(code)) return { start: at, end: wordEnd(text, at, end) };
  }
  return undefined;
}

/** Where a word that starts at `start` with neither space nor quote ends: it may hold placeholders with space in them. */
function wordEnd(text: string, start: number, end: number): number {
  let matched: number | undefined;
  for (let at = start; ;) {
    const run = runEnd(text, at, end);
    const piece = lastPlaceholderPiece(text, at, run, end);
    if (piece === undefined) return matched ?? run;
    matched = piece;
    at = piece;
  }
}

/** Where the word ends when it takes the last placeholder that begins in the run `start`…`run`; undefined when there is none. */
function lastPlaceholderPiece(text: string, start: number, run: number, end: number): number | undefined {
  for (let at = run - 2; at >= start; at--) {
    if (text.charCodeAt(at) !== openBrace || text.charCodeAt(at + 1) !== openBrace) continue;
    let i = skip(text, at + 2, end, isRegexSpace);
    const name = i;
    i = skip(text, i, end, isWordCharacter);
    if (i === name) continue;
    i = skip(text, i, end, isRegexSpace);
    const close = i;
    i = skip(text, i, end, (code) => code === closeBrace);
    if (i > close) return skip(text, i, end, isPlaceholderTail);
  }
  return undefined;
}

function runEnd(text: string, start: number, end: number): number {
  return skip(text, start, end, (code) => !isRegexSpace(code) && code !== doubleQuote && code !== singleQuote);
}

function skip(text: string, start: number, end: number, accepts: (code: number) => boolean): number {
  let i = start;
  while (i < end && accepts(text.charCodeAt(i))) i++;
  return i;
}

function isPlaceholderTail(code: number): boolean {
  return !isRegexSpace(code) && code !== openBrace && code !== closeBrace && code !== doubleQuote && code !== singleQuote;
}
