import type { OffsetEdit } from '../text/finding';
import { overlaps } from '../text/range';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { formatHeader } from './formatHeader';
import { formatSection, isList, separateSection } from './formatSections';
import { meaningOf } from './meaning';
import { lineAround } from './place';
import type { ParsedRecipe } from './syntax';
import type { EditGroup } from './editGroup';

export interface FormatOptions {
  /** Columns of an indentation. */
  readonly tabSize: number;
  readonly insertSpaces: boolean;
}

/**
 * Edits that make a recipe tidy and leave its meaning alone: what the engines parse, and what they make of build arguments, is the
 * same afterwards, which is checked before any edit is returned. Scripts and help texts are never touched: each of their bytes is part
 * of the image. What is done: `Key: value` in the header, canonical spelling of keys and section names, aligned columns of `%labels`
 * and `%files`, no space at the ends of such lines, one blank line around them, a line end at the end of the text.
 *
 * @param within only edits that touch its lines
 */
export function formatRecipe({ parsed }: RecipeContext, options: FormatOptions, within?: TextRange): OffsetEdit[] {
  const { text } = parsed.recipe;
  const indentation = options.insertSpaces ? ' '.repeat(Math.min(Math.max(options.tabSize, 1), 16)) : '\t';
  const lines = within && { start: lineAround(text, within.start).start, end: lineAround(text, within.end).end };
  const groups = groupsOf(parsed, indentation)
    .map((group) => group.filter((edit) => lines === undefined || overlaps(edit.range, lines)))
    .filter((group) => group.length > 0);
  const meaning = meaningOf(text);
  const keepsMeaning = (edits: readonly OffsetEdit[]) => meaningOf(applyEdits(text, edits)) === meaning;
  const all = groups.flat();
  if (all.length === 0) return [];
  if (keepsMeaning(all)) return sorted(all);
  // Rare: something in the text is not what it looks like. Keep the groups that are harmless together.
  let kept: OffsetEdit[] = [];
  for (const group of groups.slice(0, 200)) if (keepsMeaning([...kept, ...group])) kept = [...kept, ...group];
  return sorted(kept);
}

/** A text with edits that do not overlap applied. */
export function applyEdits(text: string, edits: readonly OffsetEdit[]): string {
  const parts: string[] = [];
  let copied = 0;
  for (const { range, newText } of sorted(edits)) {
    parts.push(text.slice(copied, range.start), newText);
    copied = range.end;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

function groupsOf(parsed: ParsedRecipe, indentation: string): EditGroup[] {
  const { text, stages } = parsed.recipe;
  const groups: EditGroup[] = [];
  for (const stage of stages) {
    if (stage.empty) continue;
    groups.push(...formatHeader(text, stage));
    stage.sections.forEach((section, index) => {
      groups.push(formatSection(text, section, indentation));
      groups.push(separateSection(text, section, index === stage.sections.length - 1 && stage === stages.at(-1)));
    });
  }
  const last = stages.at(-1)?.sections.at(-1);
  if (text !== '' && !text.endsWith('\n') && !(last && isList(last)))
    groups.push([{ range: { start: text.length, end: text.length }, newText: lineEndOf(text) }]);
  return groups;
}

/** The line end that the text uses first. */
export function lineEndOf(text: string): string {
  const newline = text.indexOf('\n');
  return newline > 0 && text.charAt(newline - 1) === '\r' ? '\r\n' : '\n';
}

function sorted(edits: readonly OffsetEdit[]): OffsetEdit[] {
  return [...edits].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}
