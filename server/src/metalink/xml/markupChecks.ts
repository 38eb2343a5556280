import { t } from '../../text/l10n';
import { endOfName, isSpace, skipSpace } from './characters';
import { replacement } from './problems';
import type { ProblemList } from './problems';

/** Judges a comment whose `-->` is at `close`; `dashes` is where the first `--` of its content is (XML 1.0, section 2.5). */
export function checkComment(dashes: number, close: number, list: ProblemList): void {
  if (dashes === close) return;
  const range = { start: dashes, end: dashes + 2 };
  list.add(dashes, dashes + 2, t('`--` is not allowed inside a comment.'), { fixes: [replacement(t('Write `- -`'), range, '- -')] });
}

/** Judges a processing instruction that is no XML declaration and whose `?>` is at `close` (XML 1.0, section 2.6). */
export function checkInstruction(text: string, start: number, close: number, list: ProblemList): void {
  const nameEnd = endOfName(text, start + 2);
  const target = text.slice(start + 2, nameEnd);
  if (target === '') list.add(start, start + 2, t('A processing instruction names its target.'));
  else if (target.toLowerCase() === 'xml') {
    list.add(start, nameEnd, t('The target `{0}` is reserved. The declaration is written `<?xml … ?>`.', target));
  } else if (nameEnd !== close && !isSpace(text.charCodeAt(nameEnd))) {
    list.add(start, nameEnd, t('A space is missing behind the target `{0}`.', target));
  } else if (target.includes(':')) list.add(start + 2, nameEnd, t('The target of a processing instruction has no colon.'));
}

/** Reports an XML declaration that does not start at `first`, the document's first character. `alone`: no markup stands before it. */
export function reportLateDeclaration(text: string, first: number, start: number, end: number, alone: boolean, list: ProblemList): void {
  const onlySpace = skipSpace(text, first) >= start;
  const fix = alone
    ? replacement(t('Remove what is before the declaration'), { start: first, end: start }, '', onlySpace)
    : replacement(t('Remove the declaration'), { start, end }, '');
  list.add(
    start,
    start + 5,
    t('The XML declaration must be the very first thing in the document. Readers refuse anything before it, a space too.'),
    { fixes: [fix] },
  );
}
