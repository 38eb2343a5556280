import type { FoldingRange } from 'vscode-languageserver-types';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';

/**
 * What can be folded: stages of a multi-stage recipe, headers and sections, blocks of comments, indented blocks of scripts, and
 * `# region` … `# endregion`. In the order of their first lines. Linear.
 */
export function foldingRecipe(context: RecipeContext): FoldingRange[] {
  const { stages } = context.parsed.recipe;
  const folds: FoldingRange[] = [];
  const lines = readLines(context);
  const add = (range: TextRange) => {
    const fold = foldOf(context, lines, range);
    if (fold) folds.push(fold);
  };
  for (const stage of stages) {
    if (stages.length > 1) add(stage.range);
    if (stage.header.entries.length > 2) add(stage.header.range);
    for (const section of stage.sections) {
      add(section.range);
      if (section.bodyRange.end > section.bodyRange.start && section.content.kind === 'script')
        folds.push(...blocks(lines, lineOf(context, section.bodyRange.start), lineOf(context, section.bodyRange.end)));
    }
  }
  return [...folds, ...comments(lines), ...regions(lines)].sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}

interface Line {
  readonly text: string;
  readonly isBlank: boolean;
  /** Columns of space before the text; a tab counts as one. */
  readonly indentation: number;
  readonly isComment: boolean;
}

function readLines({ source }: RecipeContext): Line[] {
  return Array.from({ length: source.lineCount }, (_, index) => {
    const { start, end } = source.lineRange(index);
    // Only the beginning of a line matters here.
    const text = source.text.slice(start, Math.min(end, start + 400));
    const content = text.trimStart();
    return {
      text: content,
      isBlank: content === '',
      indentation: text.length - content.length,
      isComment: content.startsWith('#') && !content.startsWith('#!'),
    };
  });
}

function lineOf({ source }: RecipeContext, offset: number): number {
  return source.positionAt(offset).line;
}

function foldOf(context: RecipeContext, lines: readonly Line[], range: TextRange): FoldingRange | undefined {
  let start = lineOf(context, range.start);
  let end = lineOf(context, range.end);
  if (context.source.positionAt(range.end).character === 0 && end > start) end--;
  while (start < end && lines[start]?.isBlank === true) start++;
  while (end > start && lines[end]?.isBlank === true) end--;
  return end > start ? { startLine: start, endLine: end, kind: 'region' } : undefined;
}

/** Stretches that are indented deeper than the line above them. */
function blocks(lines: readonly Line[], first: number, last: number): FoldingRange[] {
  const folds: FoldingRange[] = [];
  const open: { line: number; indentation: number }[] = [];
  let previous = first;
  const close = (indentation: number) => {
    for (let top = open.at(-1); top !== undefined && top.indentation >= indentation; top = open.at(-1)) {
      open.pop();
      if (previous > top.line) folds.push({ startLine: top.line, endLine: previous });
    }
  };
  for (let index = first; index < last; index++) {
    const line = lines[index];
    if (line === undefined || line.isBlank) continue;
    close(line.indentation);
    open.push({ line: index, indentation: line.indentation });
    previous = index;
  }
  close(0);
  return folds;
}

/** Three comment lines or more in a row. */
function comments(lines: readonly Line[]): FoldingRange[] {
  const folds: FoldingRange[] = [];
  for (let start = 0; start < lines.length; start++) {
    let end = start;
    while (lines[end]?.isComment === true) end++;
    if (end - start >= 3) folds.push({ startLine: start, endLine: end - 1, kind: 'comment' });
    start = Math.max(start, end);
  }
  return folds;
}

function regions(lines: readonly Line[]): FoldingRange[] {
  const folds: FoldingRange[] = [];
  const open: number[] = [];
  lines.forEach(({ text }, index) => {
    if (/^#\s*region\b/.test(text)) open.push(index);
    else if (/^#\s*endregion\b/.test(text)) {
      const startLine = open.pop();
      if (startLine !== undefined) folds.push({ startLine, endLine: index, kind: 'region' });
    }
  });
  return folds;
}
