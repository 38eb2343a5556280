import type { TextRange } from '../text/range';

/** One entry of `%labels` or `%applabels`, as the engines split it: at the first space. */
export interface Label {
  /** As written, a tab or quotes included when the author put them there. */
  readonly key: string;
  /** Trimmed; empty when there is none. */
  readonly value: string;
  readonly keyRange: TextRange;
  /** Empty, behind the key, when there is no value. */
  readonly valueRange: TextRange;
}

/** What a vocabulary or a user's schema says about one label. */
export interface LabelDescription {
  readonly key: string;
  /** Markdown. */
  readonly description: string;
  /** Name of a typed value (formats.ts), or of a format that a user's schema names. */
  readonly format?: string;
  readonly examples: readonly string[];
  /** The only values that are allowed. */
  readonly values: readonly string[];
  /** The label to use instead. */
  readonly replacedBy?: string;
  readonly deprecated?: boolean;
  readonly required?: boolean;
}

/** Something that a schema finds wrong with a set of labels. */
export interface LabelProblem {
  readonly kind: 'value' | 'missing' | 'unknown';
  /** The label; undefined when the whole set is meant. */
  readonly key?: string;
  /** What the value should be: "a URL such as …", or the schema's own words. */
  readonly expected: string;
  /** A value that was probably meant. */
  readonly suggestion?: string;
}

/** A vocabulary of ours or a schema of the user, ready to be asked. */
export interface LabelSchema {
  /** The schema's title, shown in messages. */
  readonly title: string;
  readonly documentation?: string;
  /** The namespace that belongs to this vocabulary, with its last dot; an unknown key in it is probably misspelt. */
  readonly namespace?: string;
  readonly labels: readonly LabelDescription[];
  /** Whether this schema has a say about a recipe with these keys. */
  applies(keys: readonly string[]): boolean;
  /** Never throws. */
  validate(labels: Readonly<Record<string, string>>): readonly LabelProblem[];
}
