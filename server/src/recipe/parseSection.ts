import type { TextRange } from '../text/range';
import { findCode, isSpace, toLower, trimRange } from './engineText';
import type { Mark } from './outline';
import { listLines, parseAppFileLine, parseArgumentLine, parseFileLine, parseLabelLine } from './parseLines';
import type { FileLine, RecipeProblem, Section, SectionContent } from './syntax';
import { isAppSectionKeyword, isSectionKeyword } from './vocabulary';
import type { AppSectionKeyword, SectionKeyword } from './vocabulary';

/**
 * Parses the section at `mark`, which reaches over `range`, as parseTokenSection of both engines does (deffile.go); `leads` when its
 * line is the first one of the stage. Appends to `problems`. Linear; cannot fail.
 */
export function parseSection(
  text: string,
  mark: Mark,
  range: TextRange,
  stage: number,
  leads: boolean,
  problems: RecipeProblem[],
): Section {
  const line = { start: mark.lineStart, end: withoutReturn(text, mark) };
  const words = readLine(text, mark, line, leads);
  const bodyRange = { start: mark.next, end: range.end };
  const { content, crash } = readContent(text, words.keyword, bodyRange);
  const section: Section = {
    kind: 'section',
    range,
    lineRange: line,
    markRange: words.mark,
    nameRange: words.nameRange,
    name: words.name,
    keyword: words.keyword,
    argumentsRange: words.arguments,
    arguments: text.slice(words.arguments.start, words.arguments.end),
    ...commentIn(text, words.arguments),
    ...appOf(text, words.keyword, words.arguments),
    bodyRange,
    trimmed: leads,
    content,
  };
  report(text, section, stage, problems);
  if (crash !== undefined && section.name === 'files') problems.push({ code: 'parse/lone-quote', range: crash, stage, section });
  return section;
}

function withoutReturn(text: string, mark: Mark): number {
  return mark.lineEnd > mark.lineStart && text.charCodeAt(mark.lineEnd - 1) === carriageReturn ? mark.lineEnd - 1 : mark.lineEnd;
}

const carriageReturn = 13;
const space = 32;
const percentSign = 37;
const hashSign = 35;

interface SectionWords {
  readonly mark: TextRange;
  readonly name: string;
  readonly nameRange: TextRange;
  readonly keyword: SectionKeyword | AppSectionKeyword | undefined;
  readonly arguments: TextRange;
}

function readLine(text: string, mark: Mark, line: TextRange, leads: boolean): SectionWords {
  let markEnd = mark.at;
  while (markEnd < line.end && text.charCodeAt(markEnd) === percentSign) markEnd++;
  const percent = { start: mark.at, end: markEnd };
  const isIndented = mark.at > line.start && !leads;
  const nameStart = isIndented ? line.start : markEnd;
  const firstSpace = findCode(text, space, nameStart, line.end);
  const nameEnd = firstSpace ?? line.end;
  const name = toLower(text.slice(nameStart, nameEnd));
  if (isSectionKeyword(name) || isAppSectionKeyword(name)) {
    const argumentsStart = firstSpace === undefined ? line.end : firstSpace + 1;
    const nameRange = { start: nameStart, end: nameEnd };
    return { mark: percent, name, nameRange, keyword: name, arguments: { start: argumentsStart, end: line.end } };
  }
  return { mark: percent, name, ...readIntention(text, markEnd, line.end) };
}

/** What the author of a line that the engines refuse most likely meant: the first word behind the percent sign. */
function readIntention(text: string, start: number, end: number): Omit<SectionWords, 'mark' | 'name'> {
  let from = start;
  while (from < end && isSpace(text.charCodeAt(from))) from++;
  let to = from;
  while (to < end && !isSpace(text.charCodeAt(to)) && text.charCodeAt(to) !== hashSign && !isInvisible(text.charCodeAt(to))) to++;
  const word = toLower(text.slice(from, to));
  const keyword = isSectionKeyword(word) || isAppSectionKeyword(word) ? word : undefined;
  let argumentsStart = to;
  while (argumentsStart < end && isSpace(text.charCodeAt(argumentsStart))) argumentsStart++;
  return { nameRange: { start: from, end: to }, keyword, arguments: { start: argumentsStart, end } };
}

/** Characters without a glyph that slip in with a copied text: soft hyphen, zero-width ones, joiners, the byte order mark. */
function isInvisible(code: number): boolean {
  return code < 0x20 || code === 0x7f || code === 0xad || code === 0x180e || (code >= 0x200b && code <= 0x200f) || isFormat(code);
}

function isFormat(code: number): boolean {
  return code === 0x2060 || code === 0xfeff;
}

function commentIn(text: string, range: TextRange): { argumentsComment?: TextRange } {
  const hash = findCode(text, hashSign, range.start, range.end);
  return hash === undefined ? {} : { argumentsComment: { start: hash, end: range.end } };
}

/** The app's name: the word between the first and the second space. It can be empty. */
function appOf(text: string, keyword: SectionWords['keyword'], range: TextRange): Pick<Section, 'app'> {
  if (keyword === undefined || !isAppSectionKeyword(keyword)) return {};
  if (range.start === range.end && text.charCodeAt(range.start - 1) !== space) return {};
  const end = findCode(text, space, range.start, range.end) ?? range.end;
  return { app: { name: text.slice(range.start, end), range: { start: range.start, end } } };
}

function readContent(
  text: string,
  keyword: SectionWords['keyword'],
  body: TextRange,
): { readonly content: SectionContent; readonly crash?: TextRange } {
  switch (keyword) {
    case undefined:
      return { content: { kind: 'unknown' } };
    case 'labels':
    case 'applabels': {
      const { lines, comments } = listLines(text, body);
      return { content: { kind: 'labels', labels: lines.map((line) => parseLabelLine(text, line)), comments } };
    }
    case 'arguments': {
      const { lines, comments } = listLines(text, body);
      return { content: { kind: 'arguments', arguments: lines.map((line) => parseArgumentLine(text, line)), comments } };
    }
    case 'appfiles': {
      const { lines, comments } = listLines(text, body);
      return { content: { kind: 'files', files: lines.map((line) => parseAppFileLine(text, line)), comments } };
    }
    case 'files':
      return readFiles(text, body);
    case 'help':
    case 'apphelp':
      return { content: { kind: 'help' } };
    default:
      return { content: { kind: 'script' } };
  }
}

function readFiles(text: string, body: TextRange): { readonly content: SectionContent; readonly crash?: TextRange } {
  const { lines, comments } = listLines(text, body);
  const files: FileLine[] = [];
  let crash: TextRange | undefined;
  for (const line of lines) {
    const file = parseFileLine(text, line);
    if (file === undefined) crash ??= line;
    else files.push(file);
  }
  const content: SectionContent = { kind: 'files', files, comments };
  return crash === undefined ? { content } : { content, crash };
}

/** Appends what the engines' parser says about the section line. */
function report(text: string, section: Section, stage: number, problems: RecipeProblem[]): void {
  const range = section.lineRange;
  if (section.trimmed && trimRange(text, section.range.start, section.range.end).end <= section.lineRange.end)
    problems.push({ code: 'parse/section-without-body', range: withMark(section), stage, section });
  if (isAppSectionKeyword(section.name)) {
    if (section.app === undefined) problems.push({ code: 'parse/app-without-name', range: withMark(section), stage, section });
    else if (text.slice(section.nameRange.start, section.nameRange.end) !== section.name)
      problems.push({ code: 'parse/app-section-case', range: withMark(section), stage, section });
  } else if (!isSectionKeyword(section.name)) {
    const code = refusalOf(text, section);
    problems.push({
      code,
      range: code === 'parse/indented-section' ? { start: range.start, end: section.nameRange.end } : withMark(section),
      stage,
      section,
    });
  }
}

function withMark(section: Section): TextRange {
  return { start: section.markRange.start, end: Math.max(section.markRange.end, section.nameRange.end) };
}

function refusalOf(
  text: string,
  section: Section,
): 'parse/indented-section' | 'parse/section-name-space' | 'parse/section-name-comment' | 'parse/unknown-section' {
  if (section.keyword === undefined) return 'parse/unknown-section';
  if (section.markRange.start > section.lineRange.start && !section.trimmed) return 'parse/indented-section';
  return text.charCodeAt(section.nameRange.end) === hashSign ? 'parse/section-name-comment' : 'parse/section-name-space';
}
