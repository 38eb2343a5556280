import type { CodeAction, CodeActionContext, Diagnostic, Range, TextEdit } from 'vscode-languageserver-types';
import type { Finding, Fix, OffsetEdit } from '../text/finding';
import type { SourceText } from '../text/sourceText';
import { overlaps } from '../text/range';
import { t } from '../text/l10n';
import type { AnalysedDocument } from './language';

export const fixAllKind = 'source.fixAll.containerMetalink';

/**
 * Quick fixes for the findings under `range`, and "fix all" when it is asked for or something can be fixed safely. `renames`: the client
 * can rename a file as part of an edit; without, fixes that do so are left out.
 */
export function codeActions(
  document: AnalysedDocument,
  findings: readonly Finding[],
  range: Range,
  context: CodeActionContext,
  { renames }: { readonly renames: boolean },
): CodeAction[] {
  const { source, uri } = document;
  const only = context.only ?? ['quickfix', 'refactor', 'source.fixAll'];
  const wants = (kind: string) => only.some((wanted) => kind === wanted || kind.startsWith(`${wanted}.`));
  const asked = { start: source.offsetAt(range.start), end: source.offsetAt(range.end) };
  const actions: CodeAction[] = [];
  if (wants('quickfix')) {
    for (const finding of findings) {
      if (!overlaps(finding.range, asked)) continue;
      const diagnostic = context.diagnostics.find((d) => isSame(d, finding, source));
      for (const fix of finding.fixes ?? [])
        if (fix.extension === undefined || (renames && hasFile(uri))) actions.push(quickFix(fix, diagnostic, source, uri));
    }
  }
  for (const rewrite of document.language.rewrites?.(document.context, asked, findings) ?? []) {
    if (!wants(rewrite.kind)) continue;
    actions.push({
      title: rewrite.title,
      kind: rewrite.kind,
      edit: { changes: { [uri]: rewrite.edits.map((edit) => toTextEdit(edit, source)) } },
    });
  }
  if (wants(fixAllKind)) {
    const edits = fixAllEdits(findings);
    if (edits.length > 0) {
      actions.push({
        title: t('Fix all that is safe to fix ({0})', edits.length),
        kind: fixAllKind,
        edit: { changes: { [uri]: edits.map((e) => toTextEdit(e, source)) } },
      });
    }
  }
  return actions;
}

/** The edits of every fix that is safe without a look at it; of overlapping ones the first. In ascending order. */
export function fixAllEdits(findings: readonly Finding[]): OffsetEdit[] {
  const taken: OffsetEdit[] = [];
  for (const finding of findings) {
    const fix = finding.fixes?.find((f) => f.fixAll);
    if (fix === undefined || fix.edits.some((edit) => taken.some((other) => collides(edit, other)))) continue;
    taken.push(...fix.edits);
  }
  return taken.sort((a, b) => a.range.start - b.range.start);
}

function collides(a: OffsetEdit, b: OffsetEdit): boolean {
  const sameInsert = a.range.start === b.range.start && a.range.end === b.range.end;
  return sameInsert || (a.range.start < b.range.end && b.range.start < a.range.end);
}

function quickFix(fix: Fix, diagnostic: Diagnostic | undefined, source: SourceText, uri: string): CodeAction {
  return {
    title: fix.title,
    kind: 'quickfix',
    ...(diagnostic && { diagnostics: [diagnostic] }),
    ...(fix.preferred && { isPreferred: true }),
    edit:
      fix.extension === undefined
        ? { changes: { [uri]: fix.edits.map((edit) => toTextEdit(edit, source)) } }
        : { documentChanges: [{ kind: 'rename', oldUri: uri, newUri: uri.replace(/\.[^./]*$/, fix.extension) }] },
  };
}

/** A document that was never saved has no file that could be renamed. */
function hasFile(uri: string): boolean {
  return !uri.startsWith('untitled:');
}

export function toTextEdit(edit: OffsetEdit, source: SourceText): TextEdit {
  return { range: source.rangeOf(edit.range), newText: edit.newText };
}

/** The diagnostic that a finding became. */
export function isSame(diagnostic: Diagnostic, finding: Finding, source: SourceText): boolean {
  if (diagnostic.code !== finding.code) return false;
  const { start, end } = source.rangeOf(finding.range);
  const range = diagnostic.range;
  return (
    range.start.line === start.line &&
    range.start.character === start.character &&
    range.end.line === end.line &&
    range.end.character === end.character
  );
}
