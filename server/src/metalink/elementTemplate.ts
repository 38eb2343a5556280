import { metalinkNamespace } from './vocabulary';
import type { AttributeDefinition, ElementDefinition } from './vocabulary';

export interface TemplatePlace {
  /** Name with the prefix that the document gives it. */
  readonly name: string;
  /** With its colon; empty where there is none. */
  readonly prefix: string;
  /** Local name of the element that it is put into; undefined for the root. */
  readonly parent: string | undefined;
  /** The next in order, where the other sources of the file have priorities. */
  readonly priority?: number | undefined;
}

/** A new element with the attributes that it has to have, as a snippet of LSP: a stop in every value, the last one behind or inside it. */
export function elementTemplate(definition: ElementDefinition, { name, prefix, parent, priority }: TemplatePlace): string {
  if (parent === undefined) return `<${name} xmlns="${metalinkNamespace}">\n  <file name="$1">\n    <url>$2</url>\n  </file>$0\n</${name}>`;
  let stop = 0;
  const required = definition.attributes
    .filter(({ required, name: attribute }) => required || (definition.name === 'hash' && attribute === 'type' && parent === 'file'))
    .map((attribute) => ` ${attribute.name}="\${${++stop}${usualValue(attribute)}}"`)
    .join('');
  const hasPriority = definition.attributes.some((attribute) => attribute.name === 'priority');
  const order = hasPriority && priority !== undefined ? ` priority="\${${++stop}:${String(priority)}}"` : '';
  const attributes = required + order;
  if (definition.content !== undefined) return `<${name}${attributes}>\${${++stop}}</${name}>$0`;
  if (definition.children.length === 0) return `<${name}${attributes}/>$0`;
  const child = definition.name === 'pieces' ? 'hash' : 'url';
  return `<${name}${attributes}>\n  <${prefix}${child}>\${${++stop}}</${prefix}${child}>$0\n</${name}>`;
}

/** The same for a client that knows no placeholders. */
export function plainTemplate(template: string): string {
  return template.replace(/\$\{\d+(?::([^}]*))?\}|\$\d/g, (_, usual: string | undefined) => usual ?? '');
}

function usualValue({ value }: AttributeDefinition): string {
  switch (value) {
    case 'hash-type':
      return ':sha-256';
    case 'media-type':
      return ':application/pgp-signature';
    case 'metaurl-type':
      return ':torrent';
    case 'length':
      return ':1048576';
    default:
      return '';
  }
}
