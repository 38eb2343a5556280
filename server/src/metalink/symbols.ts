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
  const symbol = (
    element: XmlElement,
    name: string,
    kind: DocumentSymbol['kind'],
    detail: string,
    children: DocumentSymbol[] = [],
  ): DocumentSymbol => ({
    name: name === '' ? element.name : name,
    detail,
    kind,
    range: source.rangeOf({ start: element.start, end: element.end }),
    selectionRange: source.rangeOf(nameRange(element)),
    children,
  });
  const text = (element: XmlElement) => textOf(parsed.document, element).trim();

  const leaf = (element: XmlElement): DocumentSymbol => {
    const label = attributeOf(element, 'type')?.value ?? attributeOf(element, 'priority')?.value ?? attributeOf(element, 'name')?.value;
    const name = label === undefined ? element.name : `${element.name} ${label}`;
    if (element.local === 'pieces') return symbol(element, name, symbolKind.array, t('{0} hashes', childrenNamed(element, 'hash').length));
    return symbol(element, name, symbolKind.property, shortened(text(element)));
  };
  const file = (element: XmlElement): DocumentSymbol => {
    const [identity] = childrenNamed(element, 'identity');
    return symbol(
      element,
      attributeOf(element, 'name')?.value ?? '',
      symbolKind.file,
      identity ? shortened(text(identity)) : '',
      element.children.map(leaf),
    );
  };

  return root.children.flatMap((child) =>
    child.local === 'file' ? [file(child)] : child.local === 'files' ? child.children.map(file) : [leaf(child)],
  );
}

function shortened(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > detailLength ? `${line.slice(0, detailLength - 1)}…` : line;
}
