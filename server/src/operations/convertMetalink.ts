import { convertMetalink } from '../metalink/convert';
import { parseMetalink } from '../metalink/parse';
import type { MetalinkTextResult } from '../protocol';
import { t } from '../text/l10n';
import { createSourceText } from '../text/sourceText';
import { readMetalinkFile } from './metalinkFile';

/** Metalink 3 text as Metalink 4 text, with a line for everything that has no counterpart. Throws when it is no Metalink 3. */
export function convertMetalinkText(text: string): MetalinkTextResult {
  const parsed = parseMetalink(text);
  const { text: converted, notes } = convertMetalink(parsed);
  if (converted === undefined) {
    throw new Error(
      parsed.dialect === 'metalink4' ? t('This is Metalink 4 already.') : t('This is no Metalink 3 document that could be converted.'),
    );
  }
  const source = createSourceText(text);
  return { text: converted, report: notes.map((note) => t('line {0}: {1}', source.positionAt(note.range.start).line + 1, note.message)) };
}

/** The same for a file on disk. */
export async function convertMetalinkFile(file: string): Promise<MetalinkTextResult> {
  return convertMetalinkText(await readMetalinkFile(file));
}
