import type { TextRange } from '../text/range';
import { joinDecoded } from './decode';
import { findCode, toLower, trimRange } from './engineText';
import type { Header, HeaderEntry, RecipeProblem } from './syntax';
import { headerKeyOf } from './vocabulary';

/**
 * Parses `start`…`end` of `text` as the header of stage `stage`, as doHeader of both engines does (deffile.go), and goes on after a
 * mistake. Appends to `problems`. Linear; cannot fail.
 */
export function parseHeader(text: string, start: number, end: number, stage: number, problems: RecipeProblem[]): Header {
  const entries: MutableEntry[] = [];
  const comments: TextRange[] = [];
  const stray: TextRange[] = [];
  let pending: Pending | undefined;
  /** The engines are dead by then; what follows is read as its author means it. */
  let broken: MutableEntry | undefined;

  const content = trimRange(text, start, end);
  for (let lineStart = content.start; lineStart < content.end;) {
    const lineEnd = findCode(text, newline, lineStart, content.end) ?? content.end;
    const line = trimRange(text, lineStart, lineEnd);
    lineStart = lineEnd + 1;

    const hash = findCode(text, hashSign, line.start, line.end);
    if (hash !== undefined) comments.push({ start: hash, end: line.end });
    if (line.start === line.end || hash === line.start) {
      // The engines write to a map that they have not made yet, and crash.
      if (pending !== undefined && pending.entry.name !== '' && pending.entry !== broken) {
        const range = line.start < line.end ? line : pending.entry.range;
        problems.push({ code: 'parse/broken-continuation', range, stage, entry: pending.entry });
        broken = pending.entry;
      }
      continue;
    }

    const cut = { start: line.start, end: hash ?? line.end };
    let entry: MutableEntry;
    if (pending === undefined || pending.value === '') {
      const colon = findCode(text, colonSign, cut.start, cut.end);
      if (colon === undefined) {
        const range = trimRange(text, cut.start, cut.end);
        stray.push(range);
        problems.push({ code: 'parse/header-without-value', range, stage, found: text.slice(cut.start, cut.end) });
        continue;
      }
      entry = newEntry(text, cut, colon);
      entries.push(entry);
    } else {
      entry = pending.entry;
      continueEntry(text, cut, entry, pending.value);
      pending = undefined;
    }
    const last = entry.lines.at(-1)?.end ?? 0;
    if (text.charCodeAt(last - 1) === backslash && entry.value !== '') {
      dropBackslash(entry);
      pending = { entry, value: entry.value };
    } else complete(entry, stage, problems);
  }
  markReplaced(entries);
  return { kind: 'header', range: { start, end }, entries, comments, stray };
}

type MutableEntry = { -readonly [K in keyof HeaderEntry]: HeaderEntry[K] } & { lines: TextRange[] };

/**
 * The engines' two variables for a value that goes on: its entry and what there is of it. A value that is nothing but a backslash sets
 * the first without the second: the next line is read as a key, but the next blank line or comment still crashes them.
 */
interface Pending {
  readonly entry: MutableEntry;
  readonly value: string;
}

const newline = 10;
const hashSign = 35;
const colonSign = 58;
const backslash = 92;

const valueLimit = 65_536;

function newEntry(text: string, line: TextRange, colon: number): MutableEntry {
  const keyRange = trimRange(text, line.start, colon);
  const found = trimRange(text, colon + 1, line.end);
  const valueRange = found.start < found.end ? found : { start: colon + 1, end: colon + 1 };
  const key = text.slice(keyRange.start, keyRange.end);
  return {
    kind: 'header-entry',
    range: { start: keyRange.start, end: valueRange.end },
    key,
    keyRange,
    name: toLower(key),
    valueRange,
    value: text.slice(valueRange.start, valueRange.end),
    lines: [valueRange],
    fate: 'dropped',
  };
}

function continueEntry(text: string, line: TextRange, entry: MutableEntry, value: string): void {
  const added = trimRange(text, line.start, line.end);
  // The engines refuse a header this long, and joining ever longer texts line by line would not be linear.
  if (value.length < valueLimit) entry.value = joinDecoded(value, text.slice(added.start, added.end));
  entry.lines.push(added);
  entry.range = { start: entry.range.start, end: added.end };
  entry.valueRange = { start: entry.valueRange.start, end: added.end };
}

/** The value goes on: its backslash goes, and a `\n` before that becomes a line end (made for ProductPGP). */
function dropBackslash(entry: MutableEntry): void {
  const last = entry.lines.pop();
  if (last !== undefined) entry.lines.push({ start: last.start, end: Math.max(last.start, last.end - 1) });
  if (!entry.value.endsWith('\\')) return;
  const value = entry.value.slice(0, -1);
  entry.value = value.endsWith('\\n') ? value.slice(0, -2) + '\n' : value;
}

function complete(entry: MutableEntry, stage: number, problems: RecipeProblem[]): void {
  entry.fate = 'kept';
  const key = headerKeyOf(entry.name);
  const range = entry.keyRange;
  if (key === undefined) {
    entry.fate = 'unknown';
    const hasMark = entry.name.startsWith('\ufeff') && headerKeyOf(entry.name.slice(1)) !== undefined;
    problems.push({ code: hasMark ? 'parse/byte-order-mark' : 'parse/unknown-header', range, stage, entry });
  } else if (key.engine === 'apptainer') problems.push({ code: 'parse/unknown-header', range, stage, engine: 'singularity', entry });
}

function markReplaced(entries: readonly MutableEntry[]): void {
  const last = new Map<string, MutableEntry>();
  for (const entry of entries) {
    if (entry.fate !== 'kept') continue;
    const earlier = last.get(entry.name);
    if (earlier !== undefined) earlier.fate = 'replaced';
    last.set(entry.name, entry);
  }
}
