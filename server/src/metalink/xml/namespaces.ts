import { t } from '../../text/l10n';
import { endOfName } from './characters';

export const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

/** The namespace declarations in force at an element: those of its own tag, then those outside. */
export interface NamespaceScope {
  /** Name of the default namespace; empty when there is none. */
  readonly fallback: string;
  readonly own: ReadonlyMap<string, string>;
  /** The scope outside; chains are as long as elements are deep. */
  readonly outer: NamespaceScope | undefined;
}

export const outermostScope: NamespaceScope = { fallback: '', own: new Map([['xml', xmlNamespace]]), outer: undefined };

/** The namespace of an element's prefix; undefined when the prefix is not bound. */
export function namespaceOf(scope: NamespaceScope, prefix: string): string | undefined {
  if (prefix === '') return scope.fallback;
  if (prefix === 'xmlns') return xmlnsNamespace;
  for (let at: NamespaceScope | undefined = scope; at !== undefined; at = at.outer) {
    const namespace = at.own.get(prefix);
    if (namespace !== undefined) return namespace;
  }
  return undefined;
}

/** Whether an attribute declares a namespace. */
export function isDeclaration(name: string): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:');
}

/** The scope inside a tag that makes these declarations: names such as `xmlns` and `xmlns:x` with their namespace. */
export function declareAll(
  outer: NamespaceScope,
  declarations: readonly { readonly name: string; readonly value: string }[],
): NamespaceScope {
  if (declarations.length === 0) return outer;
  const fallback = declarations.find(({ name }) => name === 'xmlns')?.value ?? outer.fallback;
  const own = new Map(declarations.filter(({ name }) => name !== 'xmlns').map(({ name, value }) => [name.slice(6), value]));
  return { fallback, own, outer };
}

/** What Namespaces in XML 1.0 (sections 2.2, 3) has against a declaration; undefined when it is fine. */
export function declarationProblem(name: string, uri: string): string | undefined {
  const prefix = name === 'xmlns' ? '' : name.slice(6);
  if (prefix === 'xmlns') return t('The prefix `xmlns` must not be declared.');
  if (name.startsWith('xmlns:') && uri === '') return t('A prefix cannot be bound to an empty namespace name. Remove the declaration.');
  if (prefix === 'xml' && uri !== xmlNamespace) return t('The prefix `xml` can only be bound to `{0}`.', xmlNamespace);
  if (prefix !== 'xml' && uri === xmlNamespace) return t('The namespace `{0}` belongs to the prefix `xml`.', xmlNamespace);
  if (uri === xmlnsNamespace) return t('The namespace `{0}` must not be declared.', xmlnsNamespace);
  return undefined;
}

/** Prefix and local part of a name as written, each a name of its own (`x:1` is none). Where a colon is misplaced there is no prefix. */
export function splitName(name: string): { readonly prefix: string; readonly local: string; readonly wellFormed: boolean } {
  const colon = name.indexOf(':');
  if (colon < 0) return { prefix: '', local: name, wellFormed: true };
  const wellFormed = colon > 0 && endOfName(name, colon + 1) > colon + 1 && !name.includes(':', colon + 1);
  return wellFormed ? { prefix: name.slice(0, colon), local: name.slice(colon + 1), wellFormed } : { prefix: '', local: name, wellFormed };
}
