import type { TextRange } from '../text/range';
import { byteLength, trimRange } from './engineText';
import { outline } from './outline';
import type { Mark } from './outline';
import { parseHeader } from './parseHeader';
import { parseSection } from './parseSection';
import { findPlaceholders } from './placeholders';
import type { HeaderEntry, ParsedRecipe, Placeholder, RecipeProblem, Section, Stage } from './syntax';

/**
 * Parses any text as a definition file. The tree covers the whole text; the problems are the places where the parser of Apptainer or
 * SingularityCE refuses it. Linear in the length of the text; never throws.
 */
export function parseRecipe(text: string): ParsedRecipe {
  const problems: RecipeProblem[] = [];
  const marks = outline(text);
  const pieces = stagePieces(text, marks);
  const placeholders = findPlaceholders(text);
  const stages: Stage[] = [];
  let leading: TextRange = { start: 0, end: 0 };
  let leadingComments: readonly TextRange[] = [];
  let nextPlaceholder = 0;
  for (const piece of pieces) {
    const from = nextPlaceholder;
    while ((placeholders[nextPlaceholder]?.range.start ?? Infinity) < piece.end) nextPlaceholder++;
    const stage = parseStage(text, piece, stages.length, placeholders.slice(from, nextPlaceholder), problems);
    if (piece.start === 0 && isBlank(stage)) {
      leading = stage.range;
      leadingComments = stage.header.comments;
    } else stages.push(stage);
  }
  if (stages.every((stage) => stage.empty) && problems.length === 0)
    problems.push({ code: 'parse/empty-definition', range: { start: 0, end: text.length }, stage: -1, engine: 'apptainer' });
  return { recipe: { text, range: { start: 0, end: text.length }, leading, leadingComments, stages }, problems };
}

/**
 * Parses the text of one stage, as the engines do once more after templating (parser.ParseDefinitionFile): a line `bootstrap:` in it
 * begins no other stage. Linear; never throws.
 */
export function parseStageText(text: string): ParsedRecipe {
  const problems: RecipeProblem[] = [];
  const range = { start: 0, end: text.length };
  const sections = outline(text).flatMap((mark) => (mark.kind === 'section' ? [mark] : []));
  const stage = parseStage(text, { ...range, sections }, 0, findPlaceholders(text), problems);
  const recipe = { text, range, leading: { start: 0, end: 0 }, leadingComments: [], stages: [stage] };
  return { recipe, problems };
}

/** A stretch of the text that the engines parse on its own, with the section lines in it. */
interface Piece extends TextRange {
  readonly sections: readonly Mark[];
}

function stagePieces(text: string, marks: readonly Mark[]): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let sections: Mark[] = [];
  const close = (end: number) => {
    if (end > start) pieces.push({ start, end, sections });
    start = end;
    sections = [];
  };
  for (const mark of marks) {
    if (mark.kind === 'stage') close(mark.lineStart);
    else sections.push(mark);
  }
  close(text.length);
  return pieces;
}

function parseStage(text: string, piece: Piece, index: number, placeholders: readonly Placeholder[], problems: RecipeProblem[]): Stage {
  const firstSection = piece.sections[0];
  const headerRange = { start: piece.start, end: firstSection?.lineStart ?? piece.end };
  if (headerRange.start < headerRange.end) checkToken(text, headerRange, firstSection, piece.end, index, problems);
  const header = parseHeader(text, headerRange.start, headerRange.end, index, problems);
  const sections = piece.sections.map((mark, i) => {
    const following = piece.sections[i + 1];
    const range = { start: mark.lineStart, end: following?.lineStart ?? piece.end };
    const found: RecipeProblem[] = [];
    const section = parseSection(text, mark, range, index, range.start === piece.start, found);
    checkToken(text, range, following, piece.end, index, problems, section);
    for (const problem of found) problems.push(problem);
    return section;
  });
  const empty = !header.entries.some(isKept) && sections.every((section) => isNothing(text, section));
  return { kind: 'stage', index, range: { start: piece.start, end: piece.end }, header, sections, placeholders, empty };
}

/** What bufio.Scanner holds at most, in bytes. */
const tokenLimit = 65536;

/**
 * The engines read a header, and each section, into a buffer of 64 KiB together with the whole section line that ends it. At the end of
 * the stage one byte has to stay free: the scanner notices the end by reading once more.
 */
function checkToken(
  text: string,
  range: TextRange,
  following: Mark | undefined,
  stageEnd: number,
  stage: number,
  problems: RecipeProblem[],
  section?: Section,
): void {
  const endsInLine = following !== undefined && following.next > following.lineEnd;
  const end = following === undefined ? stageEnd : following.next;
  if ((end - range.start) * 3 < tokenLimit) return;
  const bytes = byteLength(text, range.start, end);
  if (bytes < tokenLimit || (endsInLine && bytes === tokenLimit)) return;
  const shown = section === undefined ? { start: range.start, end: firstLineEnd(text, range) } : section.lineRange;
  problems.push({
    code: 'parse/token-too-long',
    range: shown,
    stage,
    bytes: byteLength(text, range.start, range.end),
    ...(section && { section }),
  });
}

function firstLineEnd(text: string, range: TextRange): number {
  const newline = text.indexOf('\n', range.start);
  return newline < 0 || newline > range.end ? range.end : newline;
}

/** Nothing but comments and blank lines. */
function isBlank(stage: Stage): boolean {
  return stage.sections.length === 0 && stage.header.entries.length === 0 && stage.header.stray.length === 0;
}

function isKept(entry: HeaderEntry): boolean {
  return entry.fate === 'kept';
}

/** Whether a section leaves no trace in the parsed definition (deffile.go, isEmpty). */
function isNothing(text: string, section: Section): boolean {
  switch (section.name) {
    case 'files':
      return false;
    case 'labels':
      return section.content.kind === 'labels' && section.content.labels.length === 0;
    default:
      return section.app === undefined && section.arguments === '' && isEmptyBody(text, section);
  }
}

/** In a stage without a header, the engines trim the first section; everywhere else a blank line is a body. */
function isEmptyBody(text: string, section: Section): boolean {
  const { start, end } = section.bodyRange;
  return section.trimmed ? isOnlySpace(text, start, end) : start === end;
}

function isOnlySpace(text: string, start: number, end: number): boolean {
  const trimmed = trimRange(text, start, end);
  return trimmed.start === trimmed.end;
}
