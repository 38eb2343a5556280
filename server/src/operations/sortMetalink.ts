import { parseMetalink } from '../metalink/parse';
import { sortByPriority } from '../metalink/sortByPriority';
import type { OffsetEdit } from '../text/finding';
import { t } from '../text/l10n';

/** A sorted document, and the edits that made it: none where all was in order. */
export interface SortedMetalink {
  readonly text: string;
  /** In ascending order. */
  readonly edits: readonly OffsetEdit[];
}

/** The sources of every file in order of their priority; everything else stays. Throws for a text that is no Metalink 4. */
export function sortMetalinkText(text: string): SortedMetalink {
  const parsed = parseMetalink(text);
  if (parsed.dialect === 'metalink3')
    throw new Error(t('This is Metalink 3: convert it first ("metalink convert"). The result is sorted.'));
  if (parsed.dialect === 'other') throw new Error(t('This is no metalink.'));
  const edits = sortByPriority(parsed).sort((a, b) => a.range.start - b.range.start);
  const sorted = edits.reduceRight((result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end), text);
  return { text: sorted, edits };
}
