import { xmlNamespace } from './xml/namespaces';
import type { XmlDocument, XmlElement } from './xml/tree';
import { textOf } from './xml/value';
import type { ExtensionElement } from './write';

/** A foreign element, and how to carry it into another document. */
export interface Extension extends XmlElement {
  /** The element as data of its own: every namespace that it uses is declared on it. */
  carry(document: XmlDocument): ExtensionElement;
}

/** The children of an element that are in another namespace than it is. */
export function extensionsOf(parent: XmlElement): Extension[] {
  return parent.children
    .filter((child) => child.namespace !== parent.namespace)
    .map((child) => ({ ...child, carry: (document: XmlDocument) => carry(document, child, new Map()) }));
}

function carry(document: XmlDocument, element: XmlElement, declared: ReadonlyMap<string, string>): ExtensionElement {
  const inForce = new Map(declared);
  const attributes: Record<string, string> = {};
  const declare = (prefix: string, namespace: string): void => {
    if (prefix === 'xml' || namespace === xmlNamespace || inForce.get(prefix) === namespace) return;
    inForce.set(prefix, namespace);
    attributes[prefix === '' ? 'xmlns' : `xmlns:${prefix}`] = namespace;
  };
  declare(element.prefix, element.namespace);
  for (const attribute of element.attributes) {
    if (attribute.name === 'xmlns' || attribute.prefix === 'xmlns') continue;
    if (attribute.prefix !== '') declare(attribute.prefix, attribute.namespace);
    attributes[attribute.name] = attribute.value;
  }
  const text = textOf(document, element);
  const content = element.children.length === 0 ? [text] : element.children.map((child) => carry(document, child, inForce));
  return { name: element.name, attributes, content };
}
