import type { TextRange } from '../text/range';
import type { AppSectionKeyword, Engine, SectionKeyword } from './vocabulary';

// The tree of a definition file. Every range is in UTF-16 offsets of the whole text, so a feature never adds offsets up.

/** What `parseRecipe` returns for any text. */
export interface ParsedRecipe {
  readonly recipe: Recipe;
  /** Where an engine's parser refuses (or crashes on) the text: by stage, in each in the order in which the engines read it. */
  readonly problems: readonly RecipeProblem[];
}

export interface Recipe {
  readonly text: string;
  readonly range: TextRange;
  /** Blank and comment lines above the first stage; the engines skip them. Empty when the text starts with a stage. */
  readonly leading: TextRange;
  readonly leadingComments: readonly TextRange[];
  /** The pieces that the engines parse one by one: each starts at a `Bootstrap:` at column 0, or at the start of the text. */
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly kind: 'stage';
  readonly index: number;
  readonly range: TextRange;
  readonly header: Header;
  readonly sections: readonly Section[];
  readonly placeholders: readonly Placeholder[];
  /** The engines find nothing in it and skip it without a word. */
  readonly empty: boolean;
}

/** Everything of a stage above its first section line; an empty range when there is nothing. */
export interface Header {
  readonly kind: 'header';
  readonly range: TextRange;
  readonly entries: readonly HeaderEntry[];
  /** Whole-line comments and those at the end of a line, from `#` on. */
  readonly comments: readonly TextRange[];
  /** Lines without a colon, which the engines refuse: without the space around them and without a trailing comment. */
  readonly stray: readonly TextRange[];
}

/** `Key: value`, with the lines that continue it. */
export interface HeaderEntry {
  readonly kind: 'header-entry';
  /** From the first character of the key to the last one of the value (or the colon). */
  readonly range: TextRange;
  /** The key as written. */
  readonly key: string;
  readonly keyRange: TextRange;
  /** The key as the engines look it up: lower case. */
  readonly name: string;
  /** From the first to the last character of the value, over all lines; empty, behind the colon, when there is none. */
  readonly valueRange: TextRange;
  /** The value as the engines have it: lines joined, comments cut. */
  readonly value: string;
  /** The stretch of the value on each line, without a continuing backslash. */
  readonly lines: readonly TextRange[];
  /**
   * `kept`: in the parsed definition; `replaced`: a later entry of the same key wins; `dropped`: it ends in a continuation at the end
   * of the header, and the engines forget it; `unknown`: neither engine knows the key.
   */
  readonly fate: 'kept' | 'replaced' | 'dropped' | 'unknown';
}

/** `%name arguments` with the lines up to the next section, stage or end of text. */
export interface Section {
  readonly kind: 'section';
  readonly range: TextRange;
  /** The section line, from its first character (indentation included) to its last, without the line end. */
  readonly lineRange: TextRange;
  /** The percent sign, or signs. */
  readonly markRange: TextRange;
  /** The name without the percent sign; what the author meant where the engines read another one (`%post<TAB>-c`). */
  readonly nameRange: TextRange;
  /** The name as the engines read it: in lower case, up to the first space of the unstripped line; empty for an indented line. */
  readonly name: string;
  /** Which section this is, or is meant to be; undefined when nobody can tell. */
  readonly keyword: SectionKeyword | AppSectionKeyword | undefined;
  /** Everything behind the first space of the section line. */
  readonly argumentsRange: TextRange;
  /** That text, exactly; empty when there is no space. */
  readonly arguments: string;
  /** From `#` on, where the arguments have one. */
  readonly argumentsComment?: TextRange;
  /** The app's name in app sections; absent when there is none. */
  readonly app?: { readonly name: string; readonly range: TextRange };
  /** The lines below the section line. */
  readonly bodyRange: TextRange;
  /** What starts a stage without a header: the engines trim the space around it, its last line end included. */
  readonly trimmed: boolean;
  readonly content: SectionContent;
}

export type SectionContent =
  | { readonly kind: 'script' }
  | { readonly kind: 'help' }
  | { readonly kind: 'labels'; readonly labels: readonly LabelLine[]; readonly comments: readonly TextRange[] }
  | { readonly kind: 'files'; readonly files: readonly FileLine[]; readonly comments: readonly TextRange[] }
  | { readonly kind: 'arguments'; readonly arguments: readonly ArgumentLine[]; readonly comments: readonly TextRange[] }
  | { readonly kind: 'unknown' };

/** A line of `%labels` or `%applabels`, split as the engines do: at the first space, not at a tab. */
export interface LabelLine {
  readonly range: TextRange;
  readonly keyRange: TextRange;
  readonly key: string;
  /** Empty, at the end of the line, when there is no value. */
  readonly valueRange: TextRange;
  readonly value: string;
}

/** A line of `%files` or `%appfiles`. */
export interface FileLine {
  readonly range: TextRange;
  readonly sourceRange: TextRange;
  /** The path as the engines have it, without double quotes. */
  readonly source: string;
  /** Absent when the line has one word: the destination is the source's path. */
  readonly destinationRange?: TextRange;
  readonly destination: string;
  /** Words behind the destination, which the engines ignore (a comment included). */
  readonly ignoredRange?: TextRange;
}

/** A line of `%arguments`; the engines skip one that is not `assigned` with a warning. */
export interface ArgumentLine {
  readonly range: TextRange;
  readonly status: 'assigned' | 'no-equals' | 'no-key';
  readonly keyRange: TextRange;
  readonly key: string;
  readonly valueRange: TextRange;
  readonly value: string;
}

/** `{{ name }}`. */
export interface Placeholder {
  readonly kind: 'placeholder';
  readonly range: TextRange;
  readonly nameRange: TextRange;
  readonly name: string;
  /** Apptainer leaves it alone: its rule finds a comment before it on the line. SingularityCE replaces it all the same. */
  readonly inComment: boolean;
}

/** A place where an engine's parser refuses the text. The words are in checks/parse.ts. */
export type RecipeProblem = {
  readonly range: TextRange;
  /** Index of the stage; -1 for the text as a whole. */
  readonly stage: number;
  /** Only this engine refuses; absent: both do. */
  readonly engine?: Engine;
} & (
  | { readonly code: 'parse/empty-definition' }
  | { readonly code: 'parse/header-without-value'; readonly found: string }
  | { readonly code: 'parse/unknown-header'; readonly entry: HeaderEntry }
  | { readonly code: 'parse/byte-order-mark'; readonly entry: HeaderEntry }
  | { readonly code: 'parse/broken-continuation'; readonly entry: HeaderEntry }
  | { readonly code: 'parse/token-too-long'; readonly bytes: number; readonly section?: Section }
  | { readonly code: 'parse/section-without-body'; readonly section: Section }
  | { readonly code: 'parse/app-without-name'; readonly section: Section }
  | { readonly code: 'parse/app-section-case'; readonly section: Section }
  | { readonly code: 'parse/lone-quote'; readonly section: Section }
  | { readonly code: 'parse/indented-section'; readonly section: Section }
  | { readonly code: 'parse/section-name-space'; readonly section: Section }
  | { readonly code: 'parse/section-name-comment'; readonly section: Section }
  | { readonly code: 'parse/unknown-section'; readonly section: Section }
);
