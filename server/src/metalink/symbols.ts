import type { DocumentSymbol } from 'vscode-languageserver-types';
import { symbolKind } from '../text/kinds';
import { t } from '../text/l10n';
import type { MetalinkContext } from './context';
import { childrenNamed } from './parse';
import { attributeOf, nameRange } from './xml/tree';
import type { XmlElement } from './xml/tree';
import { textOf } from './xml/value';

const detailLength = 60;

/** The outline: one entry a file with its values; piece hashes are counted, not listed. */
export function metalinkSymbols({ parsed, source }: MetalinkContext): DocumentSymbol[] {
  const { root } = parsed;
  if (root === undefined) return [];

  const describe = (element: XmlElement): Pick<DocumentSymbol, 'name' | 'detail' | 'kind' | 'children'> => {
    const name = attributeOf(element, 'name')?.value ?? '';
    if (element.local === 'file') {
      const [identity] = childrenNamed(element, 'identity');
      const children = element.children.map(symbol);
      return { name: name === '' ? element.name : name, detail: identity ? text(identity) : '', kind: symbolKind.file, children };
    }
    const label = labelOf(element);
    const title = label === '' ? element.name : `${element.name} ${label}`;
    if (element.local === 'pieces')
      return { name: title, detail: t('{0} hashes', childrenNamed(element, 'hash').length), kind: symbolKind.array };
    if (element.children.length > 0) return { name: title, detail: '', kind: symbolKind.object, children: element.children.map(symbol) };
    return { name: title, detail: text(element), kind: symbolKind.property };
  };
  const symbol = (element: XmlElement): DocumentSymbol => ({
    range: source.rangeOf({ start: element.start, end: element.end }),
    selectionRange: source.rangeOf(nameRange(element)),
    ...describe(element),
  });
  const text = (element: XmlElement) => shortened(textOf(parsed.document, element).trim());

  return root.children.flatMap((child) => (child.local === 'files' ? child.children : [child])).map(symbol);
}

/** What tells an element from its namesakes: the kind of a hash, the priority of a URL, the name of a publisher. */
function labelOf(element: XmlElement): string {
  const value = ['type', 'priority', 'preference', 'name'].map((name) => attributeOf(element, name)?.value).find(Boolean);
  return value === undefined ? '' : shortened(value);
}

function shortened(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? '';
  return line.length > detailLength ? `${line.slice(0, detailLength - 1)}…` : line;
}
