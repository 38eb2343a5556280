import type { SelectionRange } from 'vscode-languageserver-types';
import { touches } from '../text/range';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { sectionAt, stageAt } from './lookup';
import { lineAround } from './place';
import type { Section, Stage } from './syntax';

/** From the word at an offset outwards: value, line, body, section, stage, the whole text. Each holds the one before. */
export function selectionRecipe(context: RecipeContext, offset: number): SelectionRange {
  const { source, parsed } = context;
  const at = Math.min(Math.max(offset, 0), source.text.length);
  const stage = stageAt(parsed.recipe, at);
  const section = stage && sectionAt(stage, at);
  const line = lineAround(source.text, at);
  const content = trimmed(source.text, line);
  const candidates: TextRange[] = [
    parsed.recipe.range,
    ...(stage ? [stage.range, ...headerRanges(stage, section, at)] : []),
    ...(section ? sectionRanges(source.text, section, at) : []),
    line,
    ...(touches(content, at) ? [content] : []),
    ...(stage?.placeholders.filter(({ range }) => touches(range, at)).flatMap(({ range, nameRange }) => [range, nameRange]) ?? []),
    wordAround(source.text, line, at),
  ];
  let selection: SelectionRange | undefined;
  let outer: TextRange | undefined;
  for (const range of candidates.filter((candidate) => touches(candidate, at)).sort((a, b) => b.end - b.start - (a.end - a.start))) {
    const isInside =
      outer === undefined || (range.start >= outer.start && range.end <= outer.end && range.end - range.start < outer.end - outer.start);
    if (!isInside) continue;
    selection = { range: source.rangeOf(range), ...(selection && { parent: selection }) };
    outer = range;
  }
  return selection ?? { range: source.rangeOf({ start: at, end: at }) };
}

function headerRanges(stage: Stage, section: Section | undefined, offset: number): TextRange[] {
  if (section !== undefined) return [];
  const entries = stage.header.entries.filter(({ range }) => touches(range, offset));
  return [stage.header.range, ...entries.flatMap(({ range, keyRange, valueRange }) => [range, valueRange, keyRange])];
}

function sectionRanges(text: string, section: Section, offset: number): TextRange[] {
  const ranges = [section.range, trimmed(text, section.range), section.bodyRange, trimmed(text, section.bodyRange)];
  const { content } = section;
  if (content.kind === 'labels') for (const line of content.labels) ranges.push(line.range, line.keyRange, line.valueRange);
  if (content.kind === 'arguments') for (const line of content.arguments) ranges.push(line.range, line.keyRange, line.valueRange);
  if (content.kind === 'files')
    for (const line of content.files) ranges.push(line.range, line.sourceRange, ...(line.destinationRange ? [line.destinationRange] : []));
  if (touches(section.lineRange, offset))
    ranges.push(
      section.nameRange,
      { start: section.markRange.start, end: Math.max(section.markRange.end, section.nameRange.end) },
      section.argumentsRange,
    );
  return ranges;
}

function trimmed(text: string, { start, end }: TextRange): TextRange {
  let from = start;
  let to = end;
  while (from < to && /\s/.test(text.charAt(from))) from++;
  while (to > from && /\s/.test(text.charAt(to - 1))) to--;
  return { start: from, end: to };
}

function wordAround(text: string, line: TextRange, offset: number): TextRange {
  let { start, end } = { start: offset, end: offset };
  while (start > line.start && /[\w.-]/.test(text.charAt(start - 1))) start--;
  while (end < line.end && /[\w.-]/.test(text.charAt(end))) end++;
  return { start, end };
}
