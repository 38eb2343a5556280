import type { TextEdit } from 'vscode-languageserver-types';
import type { MetalinkContext } from './context';
import { vocabulary } from './vocabulary';
import { attributeOf } from './xml/tree';
import type { XmlElement } from './xml/tree';

/**
 * Indents elements by `step` a level, one a line. Only white space between tags of elements that hold elements is touched; the content of
 * every other element is a value, white space included (RFC 5854, section 2), and stays as it is. Comments stay on the line of what they
 * stand behind. A document that is not well-formed is left alone.
 */
export function formatMetalink({ parsed, source }: MetalinkContext, step = '  '): TextEdit[] {
  const { document, root } = parsed;
  if (root === undefined || document.problems.length > 0 || document.incomplete) return [];
  const { text } = document;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const edits: TextEdit[] = [];
  const markup = document.markup.filter(({ kind }) => kind !== 'cdata');
  let nextMarkup = 0;

  /** Makes the white space between two tags a line end (empty lines are kept, at most one) and `indent`. */
  const layOut = (start: number, end: number, indent: string) => {
    const gap = text.slice(start, end);
    const wanted = (gap.split(/\r\n|\r|\n/).length > 2 ? lineEnd : '') + lineEnd + indent;
    if (gap !== wanted) edits.push({ range: source.rangeOf({ start, end }), newText: wanted });
  };

  /** What stands between two tags: white space, comments and instructions. Other text there is a mistake, and left alone. */
  const between = (start: number, end: number, indents: { readonly inside: string; readonly last: string }) => {
    let from = start;
    // Gaps come in the order of the text, and so does markup: each is looked at once.
    for (; (markup[nextMarkup]?.start ?? end) < end; nextMarkup++) {
      const item = markup[nextMarkup];
      if (item === undefined || item.start < start || item.end > end) continue;
      const gap = text.slice(from, item.start);
      if (isSpace(gap) && /[\r\n]/.test(gap)) layOut(from, item.start, indents.inside);
      from = item.end;
    }
    if (isSpace(text.slice(from, end))) layOut(from, end, indents.last);
  };

  const visit = (element: XmlElement, depth: number) => {
    // Elements of other namespaces, and those that hold a value, are not ours to change.
    if (element.children.length === 0 || element.namespace !== root.namespace) return;
    if (vocabulary.get(element.local)?.content !== undefined || attributeOf(element, 'xml:space')?.value === 'preserve') return;
    const indent = step.repeat(depth + 1);
    let from = element.openEnd;
    for (const child of element.children) {
      between(from, child.start, { inside: indent, last: indent });
      visit(child, depth + 1);
      from = child.end;
    }
    between(from, element.closeStart, { inside: indent, last: step.repeat(depth) });
  };
  visit(root, 0);
  return edits;
}

/** White space of XML alone: a no-break space is text. */
function isSpace(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}
