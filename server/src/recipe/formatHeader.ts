import type { OffsetEdit } from '../text/finding';
import { isSpace } from './engineText';
import type { EditGroup } from './editGroup';
import { lineAround } from './place';
import type { HeaderEntry, Stage } from './syntax';
import { headerKeyOf } from './vocabulary';

/** Edits of a header: `Key: value` with the key as it is usually written, no indentation, no space at the ends, one blank line behind. */
export function formatHeader(text: string, stage: Stage): EditGroup[] {
  return [...stage.header.entries.map((entry) => formatEntry(text, entry)), blankLinesBehind(text, stage)];
}

function formatEntry(text: string, entry: HeaderEntry): EditGroup {
  const { keyRange, key } = entry;
  const [first] = entry.lines;
  if (first === undefined || key === '' || text.slice(keyRange.end, first.start).includes('\n')) return [];
  const line = lineAround(text, keyRange.start);
  // The engines also trim other space than JavaScript's regular expressions know.
  const isIndentedBySpace = /^[ \t]*$/.test(text.slice(line.start, keyRange.start));
  const separator = text.slice(keyRange.end, first.start);
  if (!isIndentedBySpace || !/^[ \t]*:[ \t]*$/.test(separator)) return [];
  const edits: OffsetEdit[] = [
    { range: { start: line.start, end: keyRange.start }, newText: '' },
    { range: keyRange, newText: spelling(entry) },
    { range: { start: keyRange.end, end: first.start }, newText: first.start === first.end ? ':' : ': ' },
  ];
  if (entry.lines.length === 1) {
    let end = line.end;
    while (end > first.end && isSpace(text.charCodeAt(end - 1))) end--;
    edits.push({ range: { start: end, end: line.end }, newText: '' });
  }
  return edits.filter(({ range, newText }) => text.slice(range.start, range.end) !== newText);
}

function spelling({ key, name }: HeaderEntry): string {
  const known = headerKeyOf(name);
  if (known === undefined) return key;
  return known.numbered === true ? known.name + name.slice(known.name.length) : known.name;
}

/** One blank line between the header and the first section. */
function blankLinesBehind(text: string, stage: Stage): EditGroup {
  const section = stage.sections[0];
  const { entries, comments } = stage.header;
  if (section === undefined || entries.length === 0) return [];
  const last = Math.max(...entries.map(({ range }) => range.end), ...comments.map(({ end }) => end));
  const from = lineAround(text, last).end;
  const to = section.lineRange.start;
  const between = text.slice(from, to);
  if (to <= from || !/^[ \t\r\n]*$/.test(between)) return [];
  const newline = between.includes('\r\n') ? '\r\n' : '\n';
  return between === newline + newline ? [] : [{ range: { start: from, end: to }, newText: newline + newline }];
}
