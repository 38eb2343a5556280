import { mergeMetalinks } from '../metalink/merge';
import { metalinkModel } from '../metalink/model';
import { parseMetalink } from '../metalink/parse';
import { writeMetalink } from '../metalink/write';
import type { MetalinkTextResult } from '../protocol';
import { t } from '../text/l10n';
import { readMetalinkFile } from './metalinkFile';

/** Metalinks as one: mirrors of the same file joined, values that contradict each other named. Throws when one of them is no metalink. */
export function mergeMetalinkTexts(texts: readonly string[]): MetalinkTextResult {
  const [first, ...others] = texts;
  if (first === undefined || others.length === 0) throw new Error(t('Two metalinks are needed to merge.'));
  let text = first;
  const report: string[] = [];
  for (const other of others) {
    const [one, two] = [text, other].map((each) => metalinkModel(parseMetalink(each)));
    if (one?.version === undefined || two?.version === undefined) throw new Error(t('One of the documents is no metalink.'));
    const { document, notes } = mergeMetalinks(one, two);
    report.push(...notes.map((note) => note.message));
    text = writeMetalink(document);
  }
  return { text, report };
}

/** The same for two files on disk. */
export async function mergeMetalinkFiles(first: string, second: string): Promise<MetalinkTextResult> {
  return mergeMetalinkTexts([await readMetalinkFile(first), await readMetalinkFile(second)]);
}
