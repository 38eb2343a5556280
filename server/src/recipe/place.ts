import { touches } from '../text/range';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { sectionAt, stageAt } from './lookup';
import type { HeaderEntry, Section, SectionContent, Stage } from './syntax';

/** What stands, or could stand, at an offset: what completion, hover and signature help go by. */
export type Place =
  | { readonly kind: 'header-key'; readonly stage?: Stage; readonly range: TextRange }
  | { readonly kind: 'header-value'; readonly stage: Stage; readonly entry: HeaderEntry; readonly range: TextRange }
  /** The percent sign and the name; `indentation` is the space before it, which the engines do not stand. */
  | {
      readonly kind: 'section-name';
      readonly stage?: Stage;
      readonly section?: Section;
      readonly range: TextRange;
      readonly indentation: TextRange;
    }
  /** A word behind the name; `index` counts from 0. */
  | {
      readonly kind: 'section-argument';
      readonly stage: Stage;
      readonly section: Section;
      readonly range: TextRange;
      readonly index: number;
    }
  /** A word of a line of `%labels`, `%files`, `%arguments` and their like; word 1 of labels and arguments is the whole rest. */
  | { readonly kind: 'word'; readonly stage: Stage; readonly section: Section; readonly range: TextRange; readonly index: number }
  | {
      readonly kind: 'placeholder';
      readonly stage: Stage | undefined;
      readonly range: TextRange;
      readonly nameRange: TextRange;
      readonly closed: boolean;
    }
  | { readonly kind: 'text'; readonly stage: Stage; readonly section: Section }
  | { readonly kind: 'comment'; readonly stage?: Stage };

/** The place at a UTF-16 offset. Cannot fail: offsets outside are clamped. */
export function placeAt(context: RecipeContext, offset: number): Place {
  const { source, parsed } = context;
  const at = Math.min(Math.max(offset, 0), source.text.length);
  const line = lineAround(source.text, at);
  const stage = stageAt(parsed.recipe, at);
  const section = stage && sectionAt(stage, at);
  const isComment = section?.content.kind !== 'script' ? commentBefore(source.text, line, at, section) : false;
  const placeholder = isComment ? undefined : placeholderAround(source.text, line, at);
  if (placeholder) return { kind: 'placeholder', stage, ...placeholder };
  const sectionLine = section === undefined ? undefined : sectionLinePlace(source.text, stage, section, line, at);
  if (sectionLine) return sectionLine;
  if (isComment) return stage ? { kind: 'comment', stage } : { kind: 'comment' };
  if (stage === undefined || section === undefined) return headerPlace(source.text, stage, line, at);
  return bodyPlace(source.text, stage, section, section.content, line, at);
}

/** The line of an offset, as the engines split lines: at LF, a carriage return before it left out. */
export function lineAround(text: string, offset: number): TextRange {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  let end = newline < 0 ? text.length : newline;
  if (end > start && text.charAt(end - 1) === '\r') end--;
  return { start: Math.min(start, offset), end: Math.max(end, offset) };
}

/** Whether the offset is behind a `#` that begins a comment: anywhere in headers and section lines, at the start in lists. */
function commentBefore(text: string, line: TextRange, offset: number, section: Section | undefined): boolean {
  const before = text.slice(line.start, offset);
  if (section === undefined || touches(section.lineRange, offset)) return before.includes('#');
  return section.content.kind !== 'help' && before.trimStart().startsWith('#');
}

function placeholderAround(
  text: string,
  line: TextRange,
  offset: number,
): { range: TextRange; nameRange: TextRange; closed: boolean } | undefined {
  // No name is that long, and the expressions below stay fast on an endless line.
  const from = Math.max(line.start, offset - 200);
  const open = /\{\{[ \t]*(\w*)([ \t]*)$/.exec(text.slice(from, offset));
  if (!open) return undefined;
  const [whole, typed = '', gap = ''] = open;
  const rest = text.slice(offset, Math.min(line.end, offset + 200));
  const more = /^\w*/.exec(rest)?.[0] ?? '';
  // Behind the name and a space, the name is finished.
  if (typed !== '' && gap !== '') return undefined;
  const closing = /^[ \t]*\}\}/.exec(rest.slice(more.length))?.[0] ?? '';
  const start = from + open.index;
  const nameRange = { start: start + whole.length - typed.length, end: offset + more.length };
  return {
    range: { start, end: offset + more.length + closing.length },
    nameRange,
    closed: closing !== '',
  };
}

function sectionLinePlace(text: string, stage: Stage | undefined, section: Section, line: TextRange, offset: number): Place | undefined {
  if (stage === undefined || !touches(section.lineRange, offset) || line.start !== section.lineRange.start) return undefined;
  const { markRange, nameRange } = section;
  const nameEnd = Math.max(markRange.end, nameRange.end);
  // In the space before the percent sign, the range begins at the offset.
  const start = Math.min(markRange.start, offset);
  const indentation = { start: line.start, end: start };
  if (offset <= nameEnd) return { kind: 'section-name', stage, section, range: { start, end: nameEnd }, indentation };
  const { index, range } = wordAround(text, { start: nameEnd, end: line.end }, offset, Infinity);
  return { kind: 'section-argument', stage, section, range, index };
}

function headerPlace(text: string, stage: Stage | undefined, line: TextRange, offset: number): Place {
  for (const entry of stage?.header.entries ?? []) {
    if (stage === undefined || offset < entry.keyRange.end || offset > line.end) continue;
    const part = entry.lines.find((range) => touches(lineAround(text, range.start), offset));
    if (part === undefined) continue;
    const isFirst = part === entry.lines[0];
    const colon = isFirst ? text.indexOf(':', entry.keyRange.end) : -1;
    if (isFirst && offset <= colon) continue;
    const range =
      part.start === part.end ? { start: offset, end: offset } : { start: Math.min(part.start, offset), end: Math.max(part.end, offset) };
    return { kind: 'header-value', stage, entry, range };
  }
  const typed = text.slice(line.start, line.end);
  const first = line.start + (typed.length - typed.trimStart().length);
  const colon = text.indexOf(':', first);
  const end = colon < 0 || colon > line.end ? Math.max(first, line.start + typed.trimEnd().length) : colon;
  const range = offset < first ? { start: offset, end: offset } : { start: Math.min(first, offset), end: Math.max(end, offset) };
  return stage ? { kind: 'header-key', stage, range } : { kind: 'header-key', range };
}

function bodyPlace(text: string, stage: Stage, section: Section, content: SectionContent, line: TextRange, offset: number): Place {
  if (content.kind === 'labels' || content.kind === 'files') {
    const words = content.kind === 'labels' || section.keyword === 'appfiles' ? 2 : Infinity;
    return { kind: 'word', stage, section, ...wordAround(text, line, offset, words) };
  }
  if (content.kind === 'arguments') {
    const equals = text.slice(line.start, line.end).indexOf('=');
    if (equals < 0 || offset <= line.start + equals)
      return {
        kind: 'word',
        stage,
        section,
        index: 0,
        range: wordAround(text, { start: line.start, end: equals < 0 ? line.end : line.start + equals }, offset, 1).range,
      };
    return { kind: 'word', stage, section, index: 1, range: { start: line.start + equals + 1, end: line.end } };
  }
  return { kind: 'text', stage, section };
}

/** The word at `offset` and how many stand before it; the last of `count` words reaches to the end of the line. Double quotes hold a word together. */
function wordAround(text: string, line: TextRange, offset: number, count: number): { range: TextRange; index: number } {
  const words = /"[^"]*"?|[^\s"]+/g;
  words.lastIndex = line.start;
  let index = 0;
  for (let match = words.exec(text); match !== null && match.index < line.end; match = words.exec(text)) {
    const isLast = index === count - 1;
    const range = { start: match.index, end: isLast ? line.end : Math.min(words.lastIndex, line.end) };
    if (offset < range.start) break;
    if (offset <= range.end) return { range, index };
    index++;
  }
  return { range: { start: offset, end: offset }, index };
}
