import type { DocumentLink } from 'vscode-languageserver-types';
import type { TextRange } from '../text/range';
import type { MetalinkContext } from './context';
import { trimSpace, userinfoOf } from './values';
import { attributeOf, contentRange } from './xml/tree';
import type { XmlElement } from './xml/tree';
import { textOf } from './xml/value';

const addressed: ReadonlySet<string> = new Set(['url', 'metaurl', 'logo', 'origin']);

/** Addresses that a browser can open: URLs of files, logo, publisher, origin. Those with a password in them are left out. */
export function metalinkLinks({ parsed, source }: MetalinkContext): DocumentLink[] {
  const { root, document, dialect } = parsed;
  if (root === undefined || dialect === 'other') return [];
  const links: DocumentLink[] = [];
  const add = (url: string, range: TextRange) => {
    if (/^https?:\/\/[^\s/]/i.test(url) && userinfoOf(url) === undefined) links.push({ range: source.rangeOf(range), target: url });
  };
  const visit = (element: XmlElement) => {
    if (element.namespace !== root.namespace || element.local === 'pieces') return;
    const url = element.local === 'publisher' ? attributeOf(element, 'url') : undefined;
    if (url) add(trimSpace(url.value), url.valueRange);
    if (addressed.has(element.local) && element.children.length === 0) {
      const value = textOf(document, element);
      const { start, end } = contentRange(element);
      const lead = value.length - value.trimStart().length;
      const trail = value.length - value.trimEnd().length;
      add(trimSpace(value), element.plain ? { start: start + lead, end: Math.max(start + lead, end - trail) } : { start, end });
    }
    for (const child of element.children) visit(child);
  };
  visit(root);
  return links;
}
