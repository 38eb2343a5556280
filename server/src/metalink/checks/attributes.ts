import { nearest } from '../../text/nearest';
import { t } from '../../text/l10n';
import type { Fix } from '../../text/finding';
import { removeAttribute, replaceAttribute } from '../edits';
import { languageMistakes } from '../registries';
import { isLanguageTag, unknownSubtag } from '../values';
import type { ElementDefinition } from '../vocabulary';
import { xmlNamespace } from '../xml/namespaces';
import type { XmlAttribute, XmlElement } from '../xml/tree';
import { fixWith } from './context';
import type { CheckContext } from './context';
import { rebasedUrls } from './urls';

/** M4-009 … M4-012, M4-066, M4-119: attributes that any element may have, and those that it may not. */
export function checkAttributes(context: CheckContext, element: XmlElement, definition: ElementDefinition): void {
  for (const attribute of element.attributes) {
    if (attribute.name === 'xmlns' || attribute.prefix === 'xmlns') continue;
    if (attribute.namespace === xmlNamespace) checkXmlAttribute(context, element, attribute, definition);
    else if (attribute.namespace === '' && !definition.attributes.some(({ name }) => name === attribute.name)) {
      reportUnknown(context, element, attribute, definition);
    }
  }
}

function checkXmlAttribute(context: CheckContext, element: XmlElement, attribute: XmlAttribute, definition: ElementDefinition): void {
  const remove = (title: string): Fix => fixWith(title, [removeAttribute(context.document, attribute)]);
  if (attribute.local === 'base') {
    const message = t('RFC 5854 does not know `xml:base`: it makes no relative URL valid. Write whole URLs.');
    const whole = context.isFull('M4-011') ? [] : rebasedUrls(context, element);
    const fix =
      whole.length === 0
        ? remove(t('Remove `xml:base`'))
        : fixWith(t('Write whole URLs and remove `xml:base`'), [removeAttribute(context.document, attribute), ...whole]);
    context.report('M4-011', attribute.nameRange, message, { fixes: [fix] });
  }
  if (attribute.local !== 'lang' || !attribute.hasValue || attribute.unresolved) return;
  if (attribute.value !== '' && !isLanguageTag(attribute.value)) {
    const message = t('`{0}` is no language tag. A tag looks like `en` or `pt-BR`.', attribute.value);
    context.report('M4-009', attribute.valueRange, message, { fixes: languageFix(attribute) });
    return;
  }
  const unknown = unknownSubtag(attribute.value);
  if (attribute.value !== '' && unknown !== undefined) {
    context.report('M4-009', attribute.valueRange, t('`{0}` in `{1}` is not registered.', unknown, attribute.value), {
      severity: 'warning',
      fixes: languageFix(attribute),
    });
  }
  if (!definition.languageSensitive && !definition.extensible) {
    const message = t('The language matters for `copyright` and `description` only. Here it says nothing.');
    context.report('M4-010', attribute.nameRange, message, { fixes: [remove(t('Remove `xml:lang`'))], tags: ['unnecessary'] });
  }
}

function languageFix(attribute: XmlAttribute): Fix[] {
  const suggestion = suggestLanguage(attribute.value);
  return suggestion === undefined
    ? []
    : [fixWith(t('Change to `{0}`', suggestion), [{ range: attribute.valueRange, newText: suggestion }])];
}

/** `en_US`, ` de ` and `jp` are what people write for a tag. */
export function suggestLanguage(value: string): string | undefined {
  const written = value
    .trim()
    .replace(/\..*$/, '')
    .replace(/[_\s]+/g, '-');
  const [language = '', ...rest] = written.split('-');
  const tag = [languageMistakes[language.toLowerCase()] ?? language, ...rest].join('-');
  return isLanguageTag(tag) && unknownSubtag(tag) === undefined ? tag : undefined;
}

function reportUnknown(context: CheckContext, element: XmlElement, attribute: XmlAttribute, definition: ElementDefinition): void {
  if (context.isFull('M4-012')) return;
  const removal = fixWith(t('Remove `{0}`', attribute.name), [removeAttribute(context.document, attribute)], { preferred: false });
  if (definition.name === 'metaurl' && attribute.name === 'location') {
    const message = t('`location` belongs to `url`. On `metaurl` it is a left-over of Metalink 3, and readers pass over it.');
    context.report('M4-119', attribute.nameRange, message, { fixes: [{ ...removal, preferred: true, fixAll: true }] });
    return;
  }
  const rename = renameFix(context, element, attribute, definition);
  const message = t('`{0}` has no attribute `{1}`. Readers pass over it, and the grammar refuses it.', definition.name, attribute.name);
  const hint = rename === undefined ? '' : ` ${t('Did you mean `{0}`?', rename.name)}`;
  context.report('M4-012', attribute.nameRange, message + hint, {
    fixes: rename === undefined ? [{ ...removal, preferred: true }] : [rename.fix, removal],
  });
}

/** What Metalink 3, RFC 6249 and tired fingers call the attributes. */
const otherNames: Readonly<Record<string, string>> = {
  pri: 'priority', preference: 'priority', geo: 'location', country: 'location', type: 'mediatype', 'media-type': 'mediatype',
  algo: 'type', algorithm: 'type', len: 'length',
}; // prettier-ignore

function renameFix(
  context: CheckContext,
  element: XmlElement,
  attribute: XmlAttribute,
  definition: ElementDefinition,
): { readonly name: string; readonly fix: Fix } | undefined {
  const missing = definition.attributes.map(({ name }) => name).filter((name) => !element.attributes.some((other) => other.name === name));
  const usual = otherNames[attribute.name.toLowerCase()];
  const name = usual !== undefined && missing.includes(usual) ? usual : nearest(attribute.name, missing);
  if (name === undefined) return undefined;
  const value = renamedValue(attribute, name);
  if (value === undefined) return undefined;
  return { name, fix: fixWith(t('Change to `{0}="{1}"`', name, value), [replaceAttribute(context.document, attribute, name, value)]) };
}

/** The value under the new name: a preference counts the other way round (100 is best), `pgp` and `bittorrent` have media types. */
function renamedValue(attribute: XmlAttribute, name: string): string | undefined {
  const { value } = attribute;
  if (attribute.name === 'preference') return /^\d{1,3}$/.test(value) ? String(Math.max(1, 101 - Number(value))) : undefined;
  if (name === 'mediatype')
    return (
      { pgp: 'application/pgp-signature', bittorrent: 'torrent', torrent: 'torrent' }[value] ?? (value.includes('/') ? value : undefined)
    );
  if (name === 'location') return value.toLowerCase();
  return value;
}
