import type { TextEdit } from 'vscode-languageserver-types';
import type { MetalinkContext } from './context';
import { vocabulary } from './vocabulary';
import type { XmlElement } from './xml/tree';

/**
 * Indents elements by `step` a level, one a line. Only white space between tags of elements that hold elements is touched; the content of
 * every other element is a value, white space included (RFC 5854, section 2), and stays as it is. A document that is not well-formed is
 * left alone.
 */
export function formatMetalink({ parsed, source }: MetalinkContext, step = '  '): TextEdit[] {
  const { document, root } = parsed;
  if (root === undefined || document.problems.length > 0) return [];
  const { text } = document;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const edits: TextEdit[] = [];

  /** Makes the white space between two offsets a line end (empty lines are kept, at most one) and `indent`; other text there is left alone. */
  const between = (start: number, end: number, indent: string) => {
    const gap = text.slice(start, end);
    if (gap.trim() !== '') {
      reindentComments(start, end, indent);
      return;
    }
    const wanted = (gap.split('\n').length > 2 ? lineEnd : '') + lineEnd + indent;
    if (gap !== wanted) edits.push({ range: source.rangeOf({ start, end }), newText: wanted });
  };

  /** Comments and instructions between elements: each gets the indentation, what is in them stays. */
  const reindentComments = (start: number, end: number, indent: string) => {
    const inside = document.markup.filter((markup) => markup.start >= start && markup.end <= end && markup.kind !== 'cdata');
    let from = start;
    for (const markup of inside) {
      if (text.slice(from, markup.start).trim() === '') between(from, markup.start, indent);
      from = markup.end;
    }
    if (inside.length > 0 && text.slice(from, end).trim() === '')
      between(from, end, text.startsWith('</', end) ? indent.slice(step.length) : indent);
  };

  const visit = (element: XmlElement, depth: number) => {
    // Elements of other namespaces, and those that hold a value, are not ours to change.
    if (element.children.length === 0 || element.namespace !== root.namespace || vocabulary.get(element.local)?.content !== undefined)
      return;
    const indent = step.repeat(depth + 1);
    let from = element.openEnd;
    for (const child of element.children) {
      between(from, child.start, indent);
      visit(child, depth + 1);
      from = child.end;
    }
    const last = text.slice(from, element.closeStart);
    if (last.trim() === '') between(from, element.closeStart, step.repeat(depth));
    else reindentComments(from, element.closeStart, indent);
  };
  visit(root, 0);
  return edits;
}
