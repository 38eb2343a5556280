import type { Fix } from '../../text/finding';
import type { TextRange } from '../../text/range';

/** An attribute as written. Offsets are UTF-16 offsets into the document's text. */
export interface XmlAttribute {
  /** Name as written, prefix included. */
  readonly name: string;
  readonly prefix: string;
  readonly local: string;
  /** Namespace name; empty for an attribute without prefix (Namespaces in XML 1.0, section 6.2). */
  readonly namespace: string;
  readonly nameRange: TextRange;
  /** Between the quotes. Empty, behind the name, when no value was written. */
  readonly valueRange: TextRange;
  /** Value after attribute-value normalisation (XML 1.0, section 3.3.3). */
  readonly value: string;
  /** False when `=` or the value is missing: such an attribute is a problem already and its value means nothing. */
  readonly hasValue: boolean;
  /** The value holds a reference to an entity of the DOCTYPE, which is never expanded: `value` keeps it as written. */
  readonly unresolved: boolean;
}

/**
 * An element as written. The layout is the same for every element, leaves share one empty children list, and text is not copied:
 * `textOf` reads it on demand. That keeps 40,000 hashes cheap.
 */
export interface XmlElement {
  /** Name as written, prefix included. */
  readonly name: string;
  readonly prefix: string;
  readonly local: string;
  /** Namespace name; empty when there is none. */
  readonly namespace: string;
  readonly parent: XmlElement | undefined;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** Offset of the `<` of the start tag. */
  readonly start: number;
  /** Offset behind the name in the start tag. */
  readonly nameEnd: number;
  /** Offset behind the `>` of the start tag: where the content starts. */
  readonly openEnd: number;
  /** Offset where the content ends: the `</` of the end tag; `openEnd` for `<a/>`. */
  readonly closeStart: number;
  /** Offset behind the element. */
  readonly end: number;
  readonly selfClosing: boolean;
  /** False when the end tag is missing. */
  readonly closed: boolean;
  /** The content is character data alone, without references, comments, CDATA sections, processing instructions or CR. */
  readonly plain: boolean;
  /** The content holds a reference to an entity of the DOCTYPE, which is never expanded. */
  readonly unresolved: boolean;
  /** Offset of the first character of the content that is text and no white space; -1 when there is none. */
  readonly textStart: number;
}

/** A stretch of markup that is no element. */
export interface XmlMarkup {
  readonly kind: 'declaration' | 'doctype' | 'comment' | 'cdata' | 'instruction';
  readonly start: number;
  readonly end: number;
}

/** Something that keeps a text from being well-formed. */
export interface XmlProblem {
  readonly message: string;
  readonly range: TextRange;
  readonly fixes?: readonly Fix[];
  readonly related?: readonly { readonly range: TextRange; readonly message: string }[];
}

/** What the reader makes of any text. */
export interface XmlDocument {
  readonly text: string;
  /** The first element outside all others, also in a text with problems. */
  readonly root: XmlElement | undefined;
  /** Comments, CDATA sections, processing instructions, the declaration and the DOCTYPE, in document order. */
  readonly markup: readonly XmlMarkup[];
  /** In document order of discovery; at most `XmlLimits.problems`. */
  readonly problems: readonly XmlProblem[];
  /** The reader stopped before the end of the text because a limit was reached. */
  readonly incomplete: boolean;
}

/** What a document may cost. A text beyond a limit is a problem, never an exhausted process. */
export interface XmlLimits {
  /** UTF-16 units. */
  readonly characters: number;
  readonly elements: number;
  /** Nested elements; deeper ones are passed over. */
  readonly depth: number;
  readonly problems: number;
}

/** The stretch of an element's name in its start tag. */
export function nameRange(element: XmlElement): TextRange {
  return { start: element.start + 1, end: element.nameEnd };
}

/** The stretch of an element's content. */
export function contentRange(element: XmlElement): TextRange {
  return { start: element.openEnd, end: element.closeStart };
}

/** The attribute without namespace of that name. */
export function attributeOf(element: XmlElement, name: string): XmlAttribute | undefined {
  for (const attribute of element.attributes) if (attribute.name === name) return attribute;
  return undefined;
}
