import type { TextRange } from '../text/range';
import type { ParsedMetalink } from './parse';
import type { XmlAttribute, XmlElement } from './xml/tree';

/** What stands at an offset of a document. */
export type Place =
  /** Between tags, in the content of `element` (undefined: outside the root). */
  | { readonly kind: 'content'; readonly element: XmlElement | undefined }
  /** In an element's name in its start or end tag. */
  | { readonly kind: 'name'; readonly element: XmlElement; readonly range: TextRange }
  /** In a start tag, where an attribute may stand. */
  | { readonly kind: 'tag'; readonly element: XmlElement }
  | { readonly kind: 'attribute-name'; readonly element: XmlElement; readonly attribute: XmlAttribute }
  | { readonly kind: 'attribute-value'; readonly element: XmlElement; readonly attribute: XmlAttribute }
  /** In a comment, a processing instruction, the declaration or the DOCTYPE: nothing of the vocabulary is there. */
  | { readonly kind: 'markup' };

/** What stands at an offset, ends included: the caret behind a name still belongs to it. */
export function placeAt(parsed: ParsedMetalink, offset: number): Place {
  if (insideMarkup(parsed, offset)) return { kind: 'markup' };
  const element = elementAt(parsed, offset);
  if (element === undefined) return { kind: 'content', element: undefined };
  if (offset > element.start && offset <= element.nameEnd)
    return { kind: 'name', element, range: { start: element.start + 1, end: element.nameEnd } };
  const endName = endNameRange(parsed, element);
  if (endName && offset >= endName.start && offset <= endName.end) return { kind: 'name', element, range: endName };
  // A start tag that is not finished ends where the next markup begins, the caret is still in it there.
  const unfinished = parsed.document.text[element.openEnd - 1] !== '>';
  if (offset > element.nameEnd && (offset < element.openEnd || (unfinished && offset === element.openEnd))) {
    for (const attribute of element.attributes) {
      if (attribute.hasValue && offset >= attribute.valueRange.start && offset <= attribute.valueRange.end)
        return { kind: 'attribute-value', element, attribute };
      if (offset >= attribute.nameRange.start && offset <= attribute.nameRange.end) return { kind: 'attribute-name', element, attribute };
    }
    return { kind: 'tag', element };
  }
  return { kind: 'content', element };
}

function insideMarkup({ document }: ParsedMetalink, offset: number): boolean {
  return document.markup.some(({ kind, start, end }) => kind !== 'cdata' && offset > start && offset < end);
}

/** The innermost element around an offset: between its `<` (not before it) and its end. */
export function elementAt(parsed: ParsedMetalink, offset: number): XmlElement | undefined {
  let found: XmlElement | undefined;
  let candidate = parsed.root;
  while (
    candidate !== undefined &&
    offset > candidate.start &&
    (offset < candidate.end || (!candidate.closed && offset <= candidate.end))
  ) {
    found = candidate;
    candidate = childAt(candidate.children, offset);
  }
  return found;
}

/** Where the name stands in the end tag; undefined when there is none. */
export function endNameRange({ document }: ParsedMetalink, element: XmlElement): TextRange | undefined {
  if (element.selfClosing || !element.closed) return undefined;
  const start = element.closeStart + 2;
  const end = start + element.name.length;
  return document.text.startsWith(element.name, start) ? { start, end } : undefined;
}

/** Children are in document order: found by halving, so that 40,000 hashes cost seventeen looks. */
function childAt(children: readonly XmlElement[], offset: number): XmlElement | undefined {
  let low = 0;
  let high = children.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((children[middle]?.start ?? 0) < offset) low = middle;
    else high = middle - 1;
  }
  return children[low];
}
