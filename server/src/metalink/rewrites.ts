import type { OffsetEdit } from '../text/finding';
import { t } from '../text/l10n';
import { overlaps } from '../text/range';
import type { TextRange } from '../text/range';
import type { MetalinkContext } from './context';
import { sortByPriority } from './sortByPriority';

/** A change of the document that mends no finding. */
export interface MetalinkRewrite {
  readonly title: string;
  readonly kind: 'refactor.rewrite';
  readonly edits: readonly OffsetEdit[];
}

/** What can be done in `range`: the sources of the file there sorted by priority. */
export function metalinkRewrites({ parsed }: MetalinkContext, range: TextRange): MetalinkRewrite[] {
  const file = parsed.root?.children.find(({ local, start, end }) => local === 'file' && overlaps({ start, end }, range));
  if (file === undefined) return [];
  const edits = sortByPriority(parsed).filter((edit) => edit.range.start >= file.start && edit.range.end <= file.end);
  return edits.length === 0 ? [] : [{ title: t('Sort the sources of this file by priority'), kind: 'refactor.rewrite', edits }];
}
