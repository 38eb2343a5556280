import type { Finding, Fix, OffsetEdit } from '../text/finding';
import { t } from '../text/l10n';
import { overlaps } from '../text/range';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { lineEndOf } from './format';
import { headerEntry } from './lookup';
import type { Stage } from './syntax';

/** Something that can be done at a place. Offsets are those of the text; `lsp/` turns it into the protocol's form. */
export interface RecipeAction {
  readonly title: string;
  readonly kind: 'quickfix' | 'refactor.rewrite';
  readonly edits: readonly OffsetEdit[];
}

/** What can be done in `range` besides the fixes of single findings: all findings of one rule mended at once, and small rewrites. */
export function codeActionsRecipe(context: RecipeContext, range: TextRange, findings: readonly Finding[]): RecipeAction[] {
  const here = findings.filter((finding) => overlaps(finding.range, range));
  return [...sameRule(here, findings), ...rewrites(context, range)];
}

/** Where a rule speaks more than once and has one fix each: mend all of them. */
function sameRule(here: readonly Finding[], findings: readonly Finding[]): RecipeAction[] {
  return [...new Set(here.map(({ code }) => code))].flatMap((code) => {
    const fixes = findings
      .filter((finding) => finding.code === code)
      .flatMap(({ fixes: all }) => all?.find(({ preferred }) => preferred === true) ?? []);
    if (fixes.length < 2) return [];
    return [{ title: t('Fix all {0} findings of {1}', fixes.length, code), kind: 'quickfix' as const, edits: merge(fixes) }];
  });
}

/** Fixes one after the other; one that overlaps an earlier one is left out as a whole. */
function merge(fixes: readonly Fix[]): OffsetEdit[] {
  const taken: OffsetEdit[] = [];
  for (const { edits } of fixes) {
    const clashes = edits.some(
      (edit) =>
        taken.some((other) => edit.range.start < other.range.end && other.range.start < edit.range.end) ||
        taken.some((other) => other.range.start === edit.range.start && other.range.end === edit.range.end),
    );
    if (!clashes) taken.push(...edits);
  }
  return taken.sort((a, b) => a.range.start - b.range.start);
}

function rewrites(context: RecipeContext, range: TextRange): RecipeAction[] {
  const stage = context.parsed.recipe.stages.find(({ range: whole }) => whole.start <= range.start && range.end <= whole.end);
  if (stage === undefined) return [];
  return [...toBuildArgument(context, stage, range)];
}

/**
 * Turns the selected part of a header value, or the tag of `From`, into a build argument with that default. One character is no selection:
 * it is the cursor of editors such as Helix.
 */
function toBuildArgument(context: RecipeContext, stage: Stage, range: TextRange): RecipeAction[] {
  const { text } = context.parsed.recipe;
  const entry = stage.header.entries.find(({ valueRange }) => valueRange.start <= range.start && range.end <= valueRange.end);
  if (entry === undefined || entry.name === 'bootstrap' || entry.lines.length > 1 || entry !== headerEntry(stage, entry.name)) return [];
  const selected = range.end > range.start + 1 ? range : entry.name === 'from' ? tagOf(text, entry.valueRange) : entry.valueRange;
  if (selected === undefined) return [];
  const value = text.slice(selected.start, selected.end);
  if (value.trim() !== value || value === '' || /[{}\r\n]/.test(value)) return [];
  const name = entry.name === 'from' ? 'VERSION' : entry.key.toUpperCase().replace(/\W+/g, '_');
  if (stage.placeholders.some((placeholder) => placeholder.name === name)) return [];
  const newline = lineEndOf(text);
  const section = stage.sections.find(({ keyword }) => keyword === 'arguments');
  const line = `    ${name}=${value}${newline}`;
  const insertion =
    section === undefined
      ? { at: stage.header.range.end, newText: `%arguments${newline}${line}${newline}` }
      : { at: section.bodyRange.start, newText: line };
  const behindHeader = section === undefined && !text.slice(0, insertion.at).endsWith('\n') ? newline + newline : '';
  return [
    {
      title: t('Make {0} a build argument', `"${value.slice(0, 40)}"`),
      kind: 'refactor.rewrite',
      edits: [
        { range: selected, newText: `{{ ${name} }}` },
        { range: { start: insertion.at, end: insertion.at }, newText: behindHeader + insertion.newText },
      ],
    },
  ];
}

function tagOf(text: string, { start, end }: TextRange): TextRange | undefined {
  const tag = /:([\w.-]+)(?=@|$)/.exec(text.slice(start, end));
  return tag ? { start: start + tag.index + 1, end: start + tag.index + tag[0].length } : undefined;
}
