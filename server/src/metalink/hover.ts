import type { Hover } from 'vscode-languageserver-types';
import { groupedNumber, humanBytes } from '../text/human';
import { t } from '../text/l10n';
import type { TextRange } from '../text/range';
import type { MetalinkContext } from './context';
import { attributeDocumentation, elementDocumentation, sectionLink } from './documentation';
import { placeAt } from './place';
import { childrenNamed } from './parse';
import type { ParsedMetalink } from './parse';
import { hashFunction } from './registries';
import { integerOf, isNonNegativeInteger } from './values';
import { definitionOf } from './definition';
import { countryName, languageName } from './displayNames';
import { metalink3Namespace, metalinkNamespace } from './vocabulary';
import { attributeOf, contentRange } from './xml/tree';
import type { XmlElement } from './xml/tree';
import { textOf } from './xml/value';

/** What the element, attribute or value under the caret means, with the section of the RFC; undefined where there is nothing to say. */
export function metalinkHover({ parsed, source }: MetalinkContext, offset: number): Hover | undefined {
  const place = placeAt(parsed, offset);
  const hover = (range: TextRange, ...lines: (string | undefined)[]): Hover | undefined => {
    const value = lines.filter((line) => line !== undefined && line !== '').join('\n\n');
    return value === '' ? undefined : { contents: { kind: 'markdown', value }, range: source.rangeOf(range) };
  };
  switch (place.kind) {
    case 'name':
      return hover(place.range, ...aboutElement(place.element));
    case 'attribute-name':
      return hover(place.attribute.nameRange, ...aboutAttribute(place.element, place.attribute.name));
    case 'attribute-value':
      return hover(
        place.attribute.valueRange,
        aboutValue(place.attribute.name, place.attribute.value),
        ...aboutAttribute(place.element, place.attribute.name),
      );
    case 'content': {
      const { element } = place;
      if (element === undefined || element.children.length > 0) return undefined;
      return hover(contentRange(element), aboutContent(parsed, element), ...aboutElement(element));
    }
    case 'tag':
    case 'markup':
      return undefined;
  }
}

function aboutElement(element: XmlElement): (string | undefined)[] {
  if (element.namespace === metalink3Namespace) return aboutMetalink3(element);
  const definition = definitionOf(element);
  const documentation = definition && elementDocumentation(definition.name);
  return documentation === undefined ? [] : [`**${element.local}** — ${documentation}`, reference(definition?.section)];
}

function aboutAttribute(element: XmlElement, name: string): (string | undefined)[] {
  if (/^xmlns(:|$)/.test(name)) return aboutNamespace(element, name);
  const definition = definitionOf(element);
  if (definition === undefined) return [];
  const documentation = attributeDocumentation(element.local, name);
  const section = name === 'xml:lang' ? '2' : definition.attributes.find((attribute) => attribute.name === name)?.section;
  return documentation === undefined ? [] : [`**${name}** — ${documentation}`, reference(section)];
}

function aboutNamespace(element: XmlElement, name: string): (string | undefined)[] {
  const declared = attributeOf(element, name)?.value;
  if (declared === metalinkNamespace)
    return [
      t('The namespace of Metalink 4: readers know its elements by it. Which prefix stands for it has no meaning.'),
      reference('1.2'),
    ];
  return declared === metalink3Namespace ? [t('The namespace of Metalink 3; the document can be converted to Metalink 4.')] : [];
}

/** Elements that kept their meaning are told with it; the older format itself has no RFC. */
function aboutMetalink3(element: XmlElement): (string | undefined)[] {
  const documentation = elementDocumentation(element.local);
  return documentation === undefined
    ? []
    : [`**${element.local}** — ${documentation}`, t('Metalink 3; it can be converted to Metalink 4.')];
}

function reference(section: string | undefined): string | undefined {
  return section && `[${t('RFC 5854, section {0}', section)}](${sectionLink(section)})`;
}

function aboutValue(name: string, value: string): string | undefined {
  switch (name) {
    case 'location':
      return countryName(value);
    case 'xml:lang':
      return languageName(value);
    case 'length':
      return isNonNegativeInteger(value) ? `${groupedNumber(BigInt(value))} = ${humanBytes(BigInt(value))}` : undefined;
    case 'type': {
      const hash = hashFunction(value);
      if (hash === undefined) return undefined;
      return hash.strong
        ? t('{0} hexadecimal digits; fit for verification', hash.digits)
        : t('{0} hexadecimal digits; too weak for verification', hash.digits);
    }
    default:
      return undefined;
  }
}

function aboutContent(parsed: ParsedMetalink, element: XmlElement): string | undefined {
  if (element.namespace !== metalink3Namespace && definitionOf(element) === undefined) return undefined;
  const text = textOf(parsed.document, element).trim();
  if (element.local === 'size') {
    const size = integerOf(text);
    return size === undefined ? undefined : t('{0} bytes = {1}', groupedNumber(size), humanBytes(size));
  }
  if (element.local === 'language') return languageName(text);
  if (element.local === 'hash' && element.parent?.local === 'pieces') return aboutPiece(parsed, element, element.parent);
  return undefined;
}

/** Which bytes of the file a piece hash stands for; the last piece may be shorter. */
function aboutPiece(parsed: ParsedMetalink, element: XmlElement, pieces: XmlElement): string | undefined {
  const length = Number(attributeOf(pieces, 'length')?.value);
  if (!Number.isSafeInteger(length) || length <= 0) return undefined;
  const index = childrenNamed(pieces, 'hash').indexOf(element);
  const [size] = pieces.parent === undefined ? [] : childrenNamed(pieces.parent, 'size');
  const bytes = Number(size && textOf(parsed.document, size).trim());
  const rest = bytes - index * length;
  return t(
    'Part {0}: from byte {1}, {2} long',
    index + 1,
    groupedNumber(index * length),
    humanBytes(rest > 0 && rest < length ? rest : length),
  );
}
