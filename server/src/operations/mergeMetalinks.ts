import { mergeMetalinks } from '../metalink/merge';
import { metalinkModel } from '../metalink/model';
import { parseMetalink } from '../metalink/parse';
import { writeMetalink } from '../metalink/write';
import { t } from '../text/l10n';
import { readMetalinkFile } from './metalinkFile';

export interface MergedMetalinks {
  readonly text: string;
  /** What was left out or needs a look, one line each. */
  readonly report: readonly string[];
  /** Files that the documents describe differently: only the first one's entry is there. */
  readonly conflicts: number;
}

/**
 * Metalinks as one: mirrors of the same file joined, values that contradict each other named. `names`: what the documents are called in
 * messages. Throws when one of them is no metalink.
 */
export function mergeMetalinkTexts(texts: readonly string[], names: readonly string[] = []): MergedMetalinks {
  const [first, ...others] = texts;
  if (first === undefined || others.length === 0) throw new Error(t('Two metalinks are needed to merge.'));
  for (const [index, each] of texts.entries())
    if (metalinkModel(parseMetalink(each)).version === undefined)
      throw new Error(t('{0} is no metalink.', names[index] ?? t('Document {0}', index + 1)));
  let text = first;
  const report: string[] = [];
  let conflicts = 0;
  for (const other of others) {
    const { document, notes } = mergeMetalinks(metalinkModel(parseMetalink(text)), metalinkModel(parseMetalink(other)));
    report.push(...notes.map((note) => note.message));
    conflicts += notes.filter(({ kind }) => kind === 'conflict').length;
    text = writeMetalink(document);
  }
  return { text, report, conflicts };
}

/** The same for two files on disk. */
export async function mergeMetalinkFiles(first: string, second: string): Promise<MergedMetalinks> {
  return mergeMetalinkTexts([await readMetalinkFile(first), await readMetalinkFile(second)], [first, second]);
}
