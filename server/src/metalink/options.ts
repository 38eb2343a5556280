import type { XmlProblem } from './xml/tree';

/** What checking depends on besides the text. */
export interface MetalinkOptions {
  /** Severity by rule id, a trailing `*` matches many: `off`, `hint`, `information`, `warning`, `error`. Other words change nothing. */
  readonly rules?: Readonly<Record<string, string>>;
  /** The document's file name or URI, for M4-005. */
  readonly fileName?: string;
  /** What `decodeXml` had against the bytes. */
  readonly decoding?: readonly XmlProblem[];
}
