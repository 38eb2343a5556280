import type { Finding, Fix, OffsetEdit, Severity } from '../text/finding';
import { t } from '../text/l10n';
import { overlaps } from '../text/range';
import type { TextRange } from '../text/range';
import type { ShellComment, ShellSpan } from '../text/shellComment';
import type { RecipeContext } from './context';
import { lineAround } from './place';
import { applySettings } from './severity';
import type { ShellScript } from './shellScripts';

/** What ShellCheck says about a script, as findings of the recipe: code `shellcheck/SC2086`, severities as set, ignored ones left out. */
export function shellFindings(context: RecipeContext, script: ShellScript, comments: readonly ShellComment[]): Finding[] {
  const place = offsetsOf(context.source.text, script.section.bodyRange);
  const findings = comments.flatMap((comment): Finding[] => {
    const range = place(comment);
    const { placeholders } = script.stage;
    // A placeholder is a constant only in the text that is checked.
    if (
      constantRules.has(comment.code) &&
      placeholders.some((placeholder) => overlaps(placeholder.range, linesOf(context.source.text, range)))
    )
      return [];
    const fix = fixOf(comment, place);
    const touchesPlaceholder = fix?.edits.some((edit) =>
      placeholders.some(({ range: { start, end } }) => edit.range.start < end && start < edit.range.end),
    );
    return [
      {
        code: `shellcheck/SC${comment.code}`,
        severity: severityOf(comment, script),
        message: comment.message,
        range,
        ...(fix && touchesPlaceholder !== true && { fixes: [fix] }),
      },
    ];
  });
  return applySettings(context.source.text, findings, context.options);
}

/** The page of ShellCheck's wiki about a finding of `shellFindings`; undefined for other codes. */
export function shellCheckPage(code: string): string | undefined {
  const number = /^shellcheck\/(SC\d+)$/.exec(code)?.[1];
  return number === undefined ? undefined : `https://www.shellcheck.net/wiki/${number}`;
}

function linesOf(text: string, { start, end }: TextRange): TextRange {
  return { start: lineAround(text, start).start, end: lineAround(text, end).end };
}

/** Rules about conditions and loops that cannot vary. */
const constantRules: ReadonlySet<number> = new Set([2043, 2050, 2078, 2157, 2158, 2159, 2160, 2161, 2193, 2194]);

function severityOf({ level, code }: ShellComment, { dialect }: ShellScript): Severity {
  // What a POSIX shell lacks is a mistake only where we know that the base image has no more.
  if (code >= 3000 && code < 4000 && dialect === 'sh') return 'information';
  if (level === 'error') return code < 2000 ? 'error' : 'warning';
  return level === 'warning' ? 'warning' : 'hint';
}

function fixOf(comment: ShellComment, place: (span: ShellSpan) => TextRange): Fix | undefined {
  if (comment.fix === undefined || comment.fix.length === 0) return undefined;
  const edits: OffsetEdit[] = [...comment.fix]
    .sort((a, b) => a.line - b.line || a.column - b.column || b.precedence - a.precedence)
    .map((replacement) => ({ range: place(replacement), newText: replacement.replacement }));
  return { title: t('Apply ShellCheck’s fix for {0}', `SC${comment.code}`), edits, preferred: true };
}

/** Lines and columns of a script to offsets of the recipe, whose lines may end with a carriage return and hold characters of two units. */
export function offsetsOf(text: string, body: TextRange): (span: ShellSpan) => TextRange {
  const starts = [body.start];
  for (let newline = text.indexOf('\n', body.start); newline >= 0 && newline + 1 < body.end; newline = text.indexOf('\n', newline + 1))
    starts.push(newline + 1);
  const offsetAt = (line: number, column: number): number => {
    const start = starts[line - 1];
    if (start === undefined) return body.end;
    const next = starts[line];
    let end = next === undefined ? body.end : next - 1;
    if (text.charAt(end - 1) === '\n') end--;
    if (end > start && text.charAt(end - 1) === '\r') end--;
    let offset = start;
    for (let passed = 1; passed < column && offset < end; passed++) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
    return Math.min(offset, end);
  };
  return (span) => {
    const start = offsetAt(span.line, span.column);
    return { start, end: Math.max(start, offsetAt(span.endLine, span.endColumn)) };
  };
}
