import type { TextRange } from './range';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** One replacement in a text: UTF-16 offsets into the text that was analysed. */
export interface OffsetEdit {
  readonly range: TextRange;
  readonly newText: string;
}

/** A way to mend a finding. */
export interface Fix {
  /** What the fix does, as a menu entry: "Change to `%test`". */
  readonly title: string;
  readonly edits: readonly OffsetEdit[];
  /** The document's file gets this extension, dot included. Only where the editor can rename files. */
  readonly extension?: string;
  /** The one that "Auto Fix" takes. */
  readonly preferred?: boolean;
  /** Safe to apply without a look at it: takes part in fix-all on save. */
  readonly fixAll?: boolean;
}

/** What a rule says about a place in a text. Plain data; the lsp/ room turns it into a diagnostic, cli.ts into a line. */
export interface Finding {
  /** The rule's id, which is the diagnostic's code: `parse/unknown-section`, `M4-033`. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, what the engine does about it, what to do. */
  readonly message: string;
  readonly range: TextRange;
  readonly fixes?: readonly Fix[];
  readonly related?: readonly { readonly range: TextRange; readonly message: string }[];
  readonly tags?: readonly ('unnecessary' | 'deprecated')[];
}

/** A row of a language's rule table. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** One line: what the rule finds. */
  readonly title: string;
  /** File below docs/rules/, without folder: `parse-unknown-section.md`. */
  readonly page: string;
  /**
   * How its findings are mended: `quick` by a fix that somebody chooses; `save` by one that is the only one and no guess, and so takes part
   * in fix-all on save. Absent where only the author can.
   */
  readonly fix?: 'quick' | 'save';
}

/** The fixes of a finding of `rule`: the only one of a rule that is mended on save takes part in fix-all. */
export function fixesFor(fix: Rule['fix'], fixes: readonly Fix[]): readonly Fix[] {
  const [only] = fixes;
  return fix === 'save' && fixes.length === 1 && only?.preferred === true ? [{ ...only, fixAll: true }] : fixes;
}
