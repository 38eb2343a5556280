import { createSourceText } from '../text/sourceText';
import type { SourceText } from '../text/sourceText';
import { readMetalink3 } from './model3';
import { readMetalink4 } from './model4';
import type { ParsedMetalink } from './parse';
import type { Locate, MetalinkModel } from './metalinkModel';
export type { MetalinkFile, MetalinkModel, MetalinkUrl } from './metalinkModel';

/**
 * What a document says, Metalink 3 in the terms of Metalink 4. Only values that are well-formed are in it, so it is no proof that a
 * document is valid: ask `canDownload` before anything is fetched. `source`: the document's text, where its line table is there already.
 */
export function metalinkModel(parsed: ParsedMetalink, source: SourceText = createSourceText(parsed.document.text)): MetalinkModel {
  const locate: Locate = (range) => ({ range, line: source.positionAt(range.start).line + 1 });
  if (parsed.root === undefined || parsed.dialect === 'other') return noMetalink;
  const read = parsed.dialect === 'metalink4' ? readMetalink4 : readMetalink3;
  return read(parsed.document, parsed.root, locate);
}

const noMetalink: MetalinkModel = {
  version: undefined,
  generator: undefined,
  origin: undefined,
  published: undefined,
  updated: undefined,
  signed: false,
  files: [],
};
