import type { SourceText } from '../text/sourceText';
import type { MetalinkOptions } from './options';
import type { ParsedMetalink } from './parse';

/** What every feature of the Metalink language is asked about: one version of a text, its tree and what is set for it. */
export interface MetalinkContext {
  readonly source: SourceText;
  readonly parsed: ParsedMetalink;
  readonly options: MetalinkOptions;
}
