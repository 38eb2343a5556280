import type { OffsetEdit } from '../text/finding';
import type { TextRange } from '../text/range';
import type { EditGroup } from './editGroup';
import { lineAround } from './place';
import type { FileLine, LabelLine, Section } from './syntax';

/** Edits of the section line, and of the lines of `%labels` and `%files`. The engines refuse an indented section: that is left to a quick fix. */
export function formatSection(text: string, section: Section, indentation: string): EditGroup {
  return [...formatSectionLine(text, section), ...formatLines(text, section, indentation)];
}

/** One blank line between `%labels` or `%files` and what follows; none at the end of the text. */
export function separateSection(text: string, section: Section, isLast: boolean): EditGroup {
  if (!isList(section) || section.bodyRange.end === section.bodyRange.start) return [];
  const { start, end } = section.bodyRange;
  let from = end;
  while (from > start && /[ \t\r\n]/.test(text.charAt(from - 1))) from--;
  // The line end of the last line, or of the section line, stays.
  const lineEnd = lineAround(text, from).end;
  const newline = text.startsWith('\r\n', lineEnd) ? '\r\n' : '\n';
  const tail = from === start ? start : lineEnd;
  const wanted = from === start ? (isLast ? '' : newline) : isLast ? newline : newline + newline;
  return text.slice(tail, end) === wanted ? [] : [{ range: { start: tail, end }, newText: wanted }];
}

/** Sections whose lines, not whose text, are part of the definition. That of `%arguments`, `%appfiles` and `%applabels` is kept as text. */
export function isList({ name }: Section): boolean {
  return name === 'labels' || name === 'files';
}

function formatSectionLine(text: string, { name, keyword, markRange, nameRange, lineRange, argumentsRange }: Section): OffsetEdit[] {
  if (keyword === undefined || name !== keyword) return [];
  const edits: OffsetEdit[] = [{ range: { start: markRange.start, end: nameRange.end }, newText: `%${keyword}` }];
  let end = lineRange.end;
  while (end > argumentsRange.start && /[ \t]/.test(text.charAt(end - 1))) end--;
  if (text.charAt(end - 1) === ' ' && end === argumentsRange.start) end--;
  edits.push({ range: { start: end, end: lineRange.end }, newText: '' });
  return edits.filter(({ range, newText }) => text.slice(range.start, range.end) !== newText);
}

function formatLines(text: string, section: Section, indentation: string): OffsetEdit[] {
  if (!isList(section)) return [];
  const { content } = section;
  if (content.kind === 'labels')
    return [...columns(text, content.labels.map(labelColumns), indentation), ...commentLines(text, content.comments, indentation)];
  if (content.kind === 'files')
    return [...columns(text, content.files.map(fileColumns), indentation), ...commentLines(text, content.comments, indentation)];
  return [];
}

interface Columns {
  readonly line: TextRange;
  readonly first: TextRange;
  readonly second: TextRange | undefined;
}

function labelColumns({ range, keyRange, valueRange }: LabelLine): Columns {
  return { line: range, first: keyRange, second: valueRange.end > valueRange.start ? valueRange : undefined };
}

function fileColumns({ range, sourceRange, destinationRange }: FileLine): Columns {
  return { line: range, first: sourceRange, second: destinationRange };
}

/** Puts the second words of consecutive lines below each other, as long as the first ones are not too different in length. */
function columns(text: string, rows: readonly Columns[], indentation: string): OffsetEdit[] {
  const widths = columnWidths(text, rows);
  return rows.flatMap(({ line, first, second }, index) => {
    const around = lineAround(text, line.start);
    const edits: OffsetEdit[] = [
      { range: { start: around.start, end: line.start }, newText: indentation },
      { range: { start: line.end, end: around.end }, newText: '' },
    ];
    if (second && /^ +$/.test(text.slice(first.end, second.start)))
      edits.push({
        range: { start: first.end, end: second.start },
        newText: ' '.repeat((widths[index] ?? 0) - (first.end - first.start) + 1),
      });
    return edits.filter(
      ({ range, newText }) => /^[ \t]*$/.test(text.slice(range.start, range.end)) && text.slice(range.start, range.end) !== newText,
    );
  });
}

function columnWidths(text: string, rows: readonly Columns[]): number[] {
  const widths: number[] = [];
  for (let start = 0; start < rows.length;) {
    let end = start + 1;
    while (end < rows.length && areNeighbours(text, rows[end - 1], rows[end])) end++;
    const block = rows.slice(start, end);
    const lengths = block.filter(({ second }) => second !== undefined).map(({ first }) => first.end - first.start);
    const widest = Math.max(0, ...lengths);
    const isEven = widest - Math.min(widest, ...lengths) <= 24;
    for (const { first } of block) widths.push(isEven ? widest : first.end - first.start);
    start = end;
  }
  return widths;
}

function areNeighbours(text: string, above: Columns | undefined, below: Columns | undefined): boolean {
  if (above === undefined || below === undefined) return false;
  return (text.slice(above.line.end, below.line.start).match(/\n/g)?.length ?? 0) === 1;
}

function commentLines(text: string, comments: readonly TextRange[], indentation: string): OffsetEdit[] {
  return comments.flatMap((comment) => {
    const around = lineAround(text, comment.start);
    const edits = [
      { range: { start: around.start, end: comment.start }, newText: indentation },
      { range: { start: comment.end, end: around.end }, newText: '' },
    ];
    return edits.filter(
      ({ range, newText }) => /^[ \t]*$/.test(text.slice(range.start, range.end)) && text.slice(range.start, range.end) !== newText,
    );
  });
}
