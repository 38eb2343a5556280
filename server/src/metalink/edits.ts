import type { OffsetEdit } from '../text/finding';
import type { TextRange } from '../text/range';
import type { XmlAttribute, XmlDocument, XmlElement } from './xml/tree';
import { escapeAttribute } from './xml/value';

// Minimal edits to an open document: they keep its indentation, its line ends and its prefixes.

/** Takes an element away, with its line where it stands alone on it. */
export function removeElement(document: XmlDocument, { start, end }: XmlElement): OffsetEdit {
  return removeMarkup(document, { start, end });
}

/** Takes a stretch of markup away, with its line where it stands alone on it. */
export function removeMarkup(document: XmlDocument, range: TextRange): OffsetEdit {
  return { range: aloneOnLines(document.text, range), newText: '' };
}

/** Takes an attribute away, with the white space before it. */
export function removeAttribute(document: XmlDocument, attribute: XmlAttribute): OffsetEdit {
  let start = attribute.nameRange.start;
  while (/\s/.test(document.text.charAt(start - 1))) start--;
  return { range: { start, end: endOfAttribute(document.text, attribute) }, newText: '' };
}

/** Gives an element an attribute, or another value to the one it has. */
export function setAttribute(element: XmlElement, name: string, value: string): OffsetEdit {
  const present = element.attributes.find((attribute) => attribute.name === name && attribute.hasValue);
  if (present !== undefined) return { range: present.valueRange, newText: escapeAttribute(value) };
  return { range: { start: element.nameEnd, end: element.nameEnd }, newText: ` ${name}="${escapeAttribute(value)}"` };
}

/** Gives an attribute another name and value. */
export function replaceAttribute(document: XmlDocument, attribute: XmlAttribute, name: string, value: string): OffsetEdit {
  return {
    range: { start: attribute.nameRange.start, end: endOfAttribute(document.text, attribute) },
    newText: `${name}="${escapeAttribute(value)}"`,
  };
}

/** Puts an element behind `after`, a child of `parent`, or in front of its other content; `lines` is its text, one line an entry. */
export function insertChild(document: XmlDocument, parent: XmlElement, lines: readonly string[], after?: XmlElement): OffsetEdit {
  const { text } = document;
  const sibling = after ?? parent.children[0];
  const indent = sibling === undefined ? guessIndent(document, parent) : indentOf(text, sibling.start);
  const separator = indent === undefined ? '' : endOfLine(text) + indent;
  const block = lines.join(indent === undefined ? '' : separator);
  if (parent.selfClosing) {
    const closing = indent === undefined ? '' : endOfLine(text) + (indentOf(text, parent.start) ?? '');
    return { range: { start: parent.openEnd - 2, end: parent.openEnd }, newText: `>${separator}${block}${closing}</${parent.name}>` };
  }
  if (after !== undefined) return { range: { start: after.end, end: after.end }, newText: separator + block };
  const start = parent.openEnd;
  const closesOnSameLine = sibling === undefined && indent !== undefined && !/[\r\n]/.test(text.slice(start, parent.closeStart));
  return {
    range: { start, end: start },
    newText: separator + block + (closesOnSameLine ? endOfLine(text) + (indentOf(text, parent.start) ?? '') : ''),
  };
}

/** The name an element of the vocabulary has in this document: with the prefix of `like`. */
export function qualified(like: XmlElement, local: string): string {
  return like.prefix === '' ? local : `${like.prefix}:${local}`;
}

/** White space before `offset` on its line; undefined when something else stands there. */
export function indentOf(text: string, offset: number): string | undefined {
  let start = offset;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  const before = text[start - 1];
  return before === '\n' || before === '\r' || start === 0 ? text.slice(start, offset) : undefined;
}

/** The line end that the text uses. */
export function endOfLine(text: string): string {
  const feed = text.indexOf('\n');
  return feed > 0 && text[feed - 1] === '\r' ? '\r\n' : '\n';
}

/** One step of indentation in this document: what its first nested element has more than its parent. */
export function indentUnit(document: XmlDocument): string {
  const parent = document.root;
  const child = parent?.children[0];
  const inner = child === undefined ? undefined : indentOf(document.text, child.start);
  const outer = parent === undefined ? undefined : indentOf(document.text, parent.start);
  return inner !== undefined && outer !== undefined && inner.startsWith(outer) && inner.length > outer.length
    ? inner.slice(outer.length)
    : '  ';
}

function guessIndent(document: XmlDocument, parent: XmlElement): string | undefined {
  const outer = indentOf(document.text, parent.start);
  // A document on one line stays on one line.
  return outer === undefined || !/[\r\n]/.test(document.text.slice(0, parent.start)) ? undefined : outer + indentUnit(document);
}

function aloneOnLines(text: string, range: TextRange): TextRange {
  const indent = indentOf(text, range.start);
  if (indent === undefined || range.start - indent.length === 0) return range;
  const rest = /^[ \t]*(?=\r|\n|$)/.exec(text.slice(range.end, range.end + 200));
  if (rest === null) return range;
  const lineStart = range.start - indent.length;
  const breakLength = text.startsWith('\r\n', lineStart - 2) ? 2 : 1;
  return { start: lineStart - breakLength, end: range.end + rest[0].length };
}

function endOfAttribute(text: string, attribute: XmlAttribute): number {
  if (!attribute.hasValue) return attribute.nameRange.end;
  const { end } = attribute.valueRange;
  return text[end] === '"' || text[end] === "'" ? end + 1 : end;
}
