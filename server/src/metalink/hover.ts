import type { Hover } from 'vscode-languageserver-types';
import { groupedNumber, humanBytes } from '../text/human';
import { t } from '../text/l10n';
import type { TextRange } from '../text/range';
import type { MetalinkContext } from './context';
import { attributeDocumentation, elementDocumentation, sectionLink } from './documentation';
import { placeAt } from './place';
import { childrenNamed } from './parse';
import { hashFunction } from './registries';
import { isNonNegativeInteger } from './values';
import { vocabulary } from './vocabulary';
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
      return hover(contentRange(element), aboutContent(element, textOf(parsed.document, element).trim()), ...aboutElement(element));
    }
    case 'tag':
      return undefined;
  }
}

function aboutElement(element: XmlElement): (string | undefined)[] {
  const definition = vocabulary.get(element.local);
  const documentation = elementDocumentation(element.local);
  return documentation === undefined ? [] : [`**${element.local}** — ${documentation}`, reference(definition?.section)];
}

function aboutAttribute(element: XmlElement, name: string): (string | undefined)[] {
  const definition = vocabulary.get(element.local)?.attributes.find((attribute) => attribute.name === name);
  const documentation = attributeDocumentation(element.local, name);
  return documentation === undefined ? [] : [`**${name}** — ${documentation}`, reference(definition?.section)];
}

function reference(section: string | undefined): string | undefined {
  return section && `[${t('RFC 5854, section {0}', section)}](${sectionLink(section)})`;
}

function aboutValue(name: string, value: string): string | undefined {
  if (name === 'location' && /^[A-Za-z]{2}$/.test(value)) return countryName(value);
  if (name === 'length' && isNonNegativeInteger(value)) return `${groupedNumber(BigInt(value))} = ${humanBytes(BigInt(value))}`;
  if (name === 'type') {
    const hash = hashFunction(value);
    if (hash)
      return hash.strong
        ? t('{0} hexadecimal digits; fit for verification', hash.digits)
        : t('{0} hexadecimal digits; too weak for verification', hash.digits);
  }
  return undefined;
}

function aboutContent(element: XmlElement, text: string): string | undefined {
  if (element.local === 'size' && isNonNegativeInteger(text))
    return t('{0} bytes = {1}', groupedNumber(BigInt(text)), humanBytes(BigInt(text)));
  if (element.local === 'hash' && element.parent?.local === 'pieces') {
    const length = Number(attributeOf(element.parent, 'length')?.value);
    const index = childrenNamed(element.parent, 'hash').indexOf(element);
    if (Number.isSafeInteger(length) && length > 0)
      return t('Part {0}: from byte {1}, {2} long', index + 1, groupedNumber(index * length), humanBytes(length));
  }
  return undefined;
}

/** The country's English name, or undefined for a code that means none. */
export function countryName(code: string): string | undefined {
  const name = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' }).of(code.toUpperCase());
  return name === undefined || name === code.toUpperCase() ? undefined : name;
}
