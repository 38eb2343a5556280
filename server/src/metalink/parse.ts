import { readXml } from './xml/reader';
import type { XmlDocument, XmlElement } from './xml/tree';
import { metalink3Namespace, metalinkNamespace } from './vocabulary';

/**
 * Which language a document speaks. `metalink3` is the older one in its own namespace, with `files`; `other` is anything else,
 * text without elements included.
 */
export type Dialect = 'metalink4' | 'metalink3' | 'other';

/** A text as tree, with its problems. */
export interface ParsedMetalink {
  readonly document: XmlDocument;
  readonly dialect: Dialect;
  readonly root: XmlElement | undefined;
}

/** Reads any text; linear, never throws. Editor and puller use this one reader. */
export function parseMetalink(text: string): ParsedMetalink {
  const document = readXml(text);
  return { document, dialect: dialectOf(document.root), root: document.root };
}

/** The children of an element with that name in its own namespace. */
export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.local === name && child.namespace === element.namespace);
}

function dialectOf(root: XmlElement | undefined): Dialect {
  if (root?.local !== 'metalink') return 'other';
  if (root.namespace === metalinkNamespace) return 'metalink4';
  return root.namespace === metalink3Namespace && childrenNamed(root, 'files').length > 0 ? 'metalink3' : 'other';
}
