import { metalinkNamespace, vocabulary } from './vocabulary';
import type { ElementDefinition } from './vocabulary';
import type { XmlElement } from './xml/tree';

/**
 * What RFC 5854 defines an element as. Elements without any namespace are taken for what they are meant to be, because a missing `xmlns`
 * is a mistake of its own (M4-002); those of other namespaces, Metalink 3 included, have no definition.
 */
export function definitionOf(element: XmlElement): ElementDefinition | undefined {
  return element.namespace === metalinkNamespace || element.namespace === '' ? vocabulary.get(element.local) : undefined;
}
