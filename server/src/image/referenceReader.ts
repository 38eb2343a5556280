import type { ParsedReference, ReferenceOptions, ReferencePart, ReferenceParts, ReferenceScheme } from './referenceModel';
import type { Finding, Fix, Severity } from '../text/finding';
import type { TextRange } from '../text/range';
import { t } from '../text/l10n';

/** One text on its way to a reference: collects parts and problems, and knows where the text stands in its document. */
export interface ReferenceReader {
  readonly text: string;
  readonly options: ReferenceOptions;
  /** A part by its offsets in `text`; undefined when it does not stand in the text (it came from a header). */
  part(start: number, end: number): ReferencePart | undefined;
  range(start: number, end: number): TextRange;
  setParts(parts: { readonly [K in keyof ReferenceParts]?: ReferenceParts[K] | undefined }): void;
  /** A problem at offsets of `text`; `replacement` becomes a quick fix for exactly that stretch. */
  problem(problem: ReferenceProblem): void;
  finish(scheme: ReferenceScheme | undefined, reference: ParsedReference['reference']): ParsedReference;
}

export interface ReferenceProblem {
  readonly code: string;
  /** Default: `error` for `build/…`, `warning` for `lint/…`. */
  readonly severity?: Severity;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly fix?: { readonly title: string; readonly replacement: string; readonly start?: number; readonly end?: number };
}

/** What is wrong with one part of a reference. Offsets are into the part; without, the whole part. */
export interface Flaw {
  readonly code: string;
  readonly message: string;
  readonly from?: number;
  readonly to?: number;
  /** What belongs in the place of the stretch. */
  readonly replacement?: string;
  readonly title?: string;
}

/** Reports a flaw of the part that stands at `start` in the reader's text and is `length` long. */
export function reportFlaw(reader: ReferenceReader, start: number, length: number, flaw: Flaw | undefined): void {
  if (!flaw) return;
  const { code, message, from = 0, to = length, replacement, title } = flaw;
  const fix = replacement === undefined ? undefined : { title: title ?? t('Change to `{0}`', replacement), replacement };
  reader.problem({ code, start: start + from, end: start + to, message, ...(fix && { fix }) });
}

export function createReader(text: string, options: ReferenceOptions): ReferenceReader {
  const offset = options.offset ?? 0;
  const problems: Finding[] = [];
  let parts: ReferenceParts = {};

  const clamp = (at: number): number => Math.min(Math.max(at, 0), text.length);
  const range = (start: number, end: number): TextRange => ({ start: offset + clamp(start), end: offset + clamp(end) });

  return {
    text,
    options,
    range,
    part: (start, end) =>
      start < 0 || end < start || end > text.length ? undefined : { text: text.slice(start, end), range: range(start, end) },
    setParts: (more) => {
      const known = Object.entries(more).filter(([, value]) => value !== undefined);
      parts = { ...parts, ...Object.fromEntries(known) };
    },
    problem: ({ code, severity, start, end, message, fix }) => {
      // What came from a header cannot be marked here: then the whole text is.
      const inHeader = end <= 0 && text.length > 0;
      const fixes: Fix[] =
        fix === undefined || (inHeader && fix.start === undefined)
          ? []
          : [
              {
                title: fix.title,
                edits: [{ range: range(fix.start ?? start, fix.end ?? end), newText: fix.replacement }],
                preferred: true,
              },
            ];
      problems.push({
        code,
        severity: severity ?? (code.startsWith('lint/') ? 'warning' : 'error'),
        message,
        range: inHeader ? range(0, text.length) : range(start, end),
        ...(fixes.length > 0 && { fixes }),
      });
    },
    finish: (scheme, reference) => {
      const stops = problems.some((p) => p.severity === 'error');
      return { text, parts, problems, ...(scheme && { scheme }), ...(reference && !stops && { reference }) };
    },
  };
}
