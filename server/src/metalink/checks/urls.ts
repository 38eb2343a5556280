import type { OffsetEdit } from '../../text/finding';
import { t } from '../../text/l10n';
import { removeElement } from '../edits';
import { childrenNamed } from '../parse';
import { countries, countryMistakes, metaurlTypes } from '../registries';
import { encodeIri, hasOuterSpace, isIri, isMediaType, isPriority, schemeOf, trimSpace, userinfoOf } from '../values';
import { xmlNamespace } from '../xml/namespaces';
import { attributeOf, contentRange, nameRange } from '../xml/tree';
import type { XmlAttribute, XmlElement } from '../xml/tree';
import { escapeText } from '../xml/value';
import { fixBy, fixWith, mostEditsOfOneFix } from './context';
import type { CheckContext } from './context';
import { checkPath } from './names';

/** The sources of one file: M4-110 … M4-118. */
export function checkMirrors(context: CheckContext, urls: readonly XmlElement[], metaurls: readonly XmlElement[]): void {
  const seen = new Map<string, XmlElement>();
  for (const url of urls) {
    checkPriority(context, url);
    const location = attributeOf(url, 'location');
    if (location !== undefined) checkLocation(context, location);
    const value = checkIri(context, url);
    if (value === undefined) continue;
    checkScheme(context, url, value, fetched);
    checkRepeated(context, url, value, seen);
  }
  for (const metaurl of metaurls) {
    checkPriority(context, metaurl);
    checkMetaurlType(context, metaurl);
    const name = attributeOf(metaurl, 'name');
    if (name?.hasValue === true && !name.unresolved) checkMetaurlName(context, name);
    const value = checkIri(context, metaurl);
    if (value !== undefined) checkScheme(context, metaurl, value, fetchedByMetaurl);
  }
}

const fetched: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'ftps']);
const fetchedByMetaurl: ReadonlySet<string> = new Set([...fetched, 'magnet']);

/** M4-006, M4-114: the content of `url`, `metaurl` and `origin` is an IRI with a scheme. Returns it when it is one. */
export function checkIri(context: CheckContext, element: XmlElement, rule: 'M4-114' | 'M4-096' = 'M4-114'): string | undefined {
  const value = context.valueOf(element);
  if (value === undefined) return undefined;
  const range = element.selfClosing ? nameRange(element) : contentRange(element);
  const plain = trimSpace(value);
  if (plain === '') {
    context.report(
      rule,
      range.start === range.end ? nameRange(element) : range,
      t('`{0}` is empty. Write a URL such as `https://example.org/tool.sif`.', element.name),
      {
        fixes: [fixWith(t('Remove `{0}`', element.name), [removeElement(context.document, element)], { preferred: false })],
      },
    );
    return undefined;
  }
  if (plain !== value) {
    context.report('M4-006', range, t('White space around a URL is part of it, and a URL holds none. Write `{0}` alone.', plain), {
      fixes: [fixBy(t('Remove the white space'), range, escapeText(plain), { safe: true })],
    });
  }
  if (isIri(plain)) return plain;
  const message =
    schemeOf(plain) === undefined
      ? t('`{0}` is relative. A URL starts with a scheme, as in `https://…`; only aria2 joins it to the address of this document.', plain)
      : t('`{0}` is no URL: it holds a character that must be percent-encoded, such as a space as `%20`.', plain);
  context.report(rule, range, message, { fixes: iriFixes(context, element, plain) });
  return undefined;
}

function iriFixes(context: CheckContext, element: XmlElement, value: string): ReturnType<typeof fixBy>[] {
  const range = contentRange(element);
  if (schemeOf(value) !== undefined) {
    const encoded = encodeIri(value);
    return isIri(encoded) ? [fixBy(t('Change to `{0}`', encoded), range, escapeText(encoded))] : [];
  }
  const absolute = absoluteOf(context, element, value);
  return absolute === undefined || !isIri(absolute) ? [] : [fixBy(t('Change to `{0}`', absolute), range, escapeText(absolute))];
}

/** What a relative URL most likely means: joined to `xml:base`, which was written for that, or to the origin; a host alone lacks `https:`. */
function absoluteOf(context: CheckContext, element: XmlElement, value: string): string | undefined {
  const base = baseOf(element) ?? originOf(context, element);
  if (base !== undefined) return URL.canParse(value, base) ? new URL(value, base).href : undefined;
  const host = /^(?:\/\/)?([a-z0-9-]+(?:\.[a-z0-9-]+)+\/.*)$/i.exec(value)?.[1];
  if (host !== undefined && isIri(`https://${host}`)) return `https://${host}`;
  // A document most likely stands beside what it describes.
  const neighbour = element.local === 'origin' ? firstUrl(context, element) : undefined;
  return neighbour !== undefined && URL.canParse(value, neighbour) ? new URL(value, neighbour).href : undefined;
}

function firstUrl(context: CheckContext, origin: XmlElement): string | undefined {
  const [file] = origin.parent === undefined ? [] : childrenNamed(origin.parent, 'file');
  const urls = file === undefined ? [] : childrenNamed(file, 'url').map((url) => trimSpace(context.valueOf(url) ?? ''));
  return urls.find((url) => /^https?:/i.test(url) && userinfoOf(url) === undefined);
}

function baseOf(element: XmlElement): string | undefined {
  for (let holder: XmlElement | undefined = element; holder !== undefined; holder = holder.parent) {
    const base = holder.attributes.find(({ local, namespace }) => local === 'base' && namespace === xmlNamespace);
    if (base !== undefined && isIri(base.value)) return base.value;
  }
  return undefined;
}

/** Edits that write the relative URLs below `holder` as its `xml:base` means them. */
export function rebasedUrls(context: CheckContext, holder: XmlElement): OffsetEdit[] {
  const files = holder.local === 'file' ? [holder] : holder.children.filter(({ local }) => local === 'file');
  const urls = holder.local === 'url' || holder.local === 'metaurl' ? [holder] : files.flatMap(({ children }) => children);
  return urls
    .filter(
      ({ local, namespace, selfClosing }) => (local === 'url' || local === 'metaurl') && namespace === holder.namespace && !selfClosing,
    )
    .slice(0, mostEditsOfOneFix)
    .flatMap((url) => {
      const value = trimSpace(context.valueOf(url) ?? '');
      if (value === '' || schemeOf(value) !== undefined || baseOf(url) === undefined) return [];
      const absolute = absoluteOf(context, url, value);
      return absolute === undefined ? [] : [{ range: contentRange(url), newText: escapeText(absolute) }];
    });
}

function originOf(context: CheckContext, element: XmlElement): string | undefined {
  let root = element;
  while (root.parent !== undefined) root = root.parent;
  const origin = root.children.find((child) => child.local === 'origin' && child.namespace === root.namespace && child !== element);
  const value = origin === undefined ? undefined : context.valueOf(origin)?.trim();
  return value !== undefined && isIri(value) ? value : undefined;
}

/** M4-115a: what is not fetched, and what must not be published. */
function checkScheme(context: CheckContext, element: XmlElement, value: string, known: ReadonlySet<string>): void {
  const scheme = schemeOf(value) ?? '';
  const range = contentRange(element);
  if (scheme === 'file') {
    context.report(
      'M4-115a',
      range,
      t('A `file:` URL is followed only in a document that is itself on this machine, and only below its folder.'),
    );
  } else if (!known.has(scheme)) {
    context.report('M4-115a', range, t('`{0}:` is not fetched. Mirrors are http, https or ftp.', scheme));
  }
  const userinfo = userinfoOf(value);
  if (userinfo === undefined) return;
  context.report(
    'M4-115a',
    range,
    t('The URL holds credentials: everybody who gets this document can use them. They are not sent from here.'),
    {
      fixes: [fixBy(t('Remove the credentials'), range, escapeText(value.replace(userinfo, '')))],
    },
  );
}

/** The same mirror twice is asked twice. */
function checkRepeated(context: CheckContext, url: XmlElement, value: string, seen: Map<string, XmlElement>): void {
  const first = seen.get(value);
  if (first === undefined) {
    seen.set(value, url);
    return;
  }
  context.report('M4-114', contentRange(url), t('This URL is there already. One of the two is enough.'), {
    severity: 'warning',
    fixes: [fixWith(t('Remove this `url`'), [removeElement(context.document, url)])],
    related: [{ range: contentRange(first), message: t('The first one') }],
    tags: ['unnecessary'],
  });
}

/** M4-110: 1 to 999999, 1 is best. */
function checkPriority(context: CheckContext, element: XmlElement): void {
  const attribute = attributeOf(element, 'priority');
  if (attribute === undefined || !attribute.hasValue || attribute.unresolved || isPriority(attribute.value)) return;
  const { value, valueRange } = attribute;
  const plain = trimSpace(value);
  if (plain !== value && isPriority(plain)) {
    context.report('M4-006', valueRange, t('White space is part of a value. Remove it around `{0}`.', plain), {
      fixes: [fixBy(t('Remove the white space'), valueRange, plain, { safe: true })],
    });
    return;
  }
  const clamped = /^(?:-\d+|\+?0+)$/.test(plain) ? '1' : /^\+?\d+$/.test(plain) ? '999999' : undefined;
  context.report(
    'M4-110',
    valueRange,
    t('A priority is a whole number from 1, the best, to 999999, not `{0}`. Readers take it for anything from best to worst.', value),
    {
      fixes: clamped === undefined ? [] : [fixBy(t('Change to `{0}`', clamped), valueRange, clamped)],
    },
  );
}

/** M4-112: two letters of ISO 3166-1. */
function checkLocation(context: CheckContext, location: XmlAttribute): void {
  if (!location.hasValue || location.unresolved) return;
  const { value, valueRange } = location;
  const code = trimSpace(value).toLowerCase();
  const meant = countryMistakes[code] ?? (countries.has(code) ? code : undefined);
  const fixes = meant === undefined ? [] : [fixBy(t('Change to `{0}`', meant), valueRange, meant, { safe: meant === code })];
  if (hasOuterSpace(value) && /^[a-z]{2}$/.test(code)) {
    context.report('M4-006', valueRange, t('White space is part of a value. Remove it around `{0}`.', code), { fixes });
  } else if (!/^[a-z]{2}$/.test(value.toLowerCase())) {
    context.report('M4-112', valueRange, t('A location is a country code of two letters (ISO 3166-1), such as `de`, not `{0}`.', value), {
      fixes,
    });
  } else if (!countries.has(code)) {
    const hint = meant === undefined ? '' : ` ${t('Did you mean `{0}`?', meant)}`;
    context.report('M4-112', valueRange, t('`{0}` is no country code of ISO 3166-1.', value) + hint, { severity: 'warning', fixes });
  } else if (value !== code) {
    context.report(
      'M4-112',
      valueRange,
      t('Write country codes in lower case: aria2 compares them as they stand, and `{0}` never matches.', value),
      { severity: 'hint', fixes },
    );
  }
}

/** M4-116: a media type, or the reserved word `torrent`. */
function checkMetaurlType(context: CheckContext, metaurl: XmlElement): void {
  const attribute = attributeOf(metaurl, 'mediatype');
  if (attribute === undefined) {
    const likely = typeByAddress(context.valueOf(metaurl)?.trim() ?? '');
    const behindName = { start: metaurl.nameEnd, end: metaurl.nameEnd };
    const fixes = likely === undefined ? [] : [fixBy(t('Set `mediatype="{0}"`', likely), behindName, ` mediatype="${likely}"`)];
    context.report('M4-116', nameRange(metaurl), t('`metaurl` needs a `mediatype`: `torrent` for BitTorrent, else a media type.'), {
      fixes,
    });
    return;
  }
  if (!attribute.hasValue || attribute.unresolved) return;
  const { value, valueRange } = attribute;
  const plain = trimSpace(value);
  const range = value === '' ? attribute.nameRange : valueRange;
  if (/^application\/x-bittorrent$/i.test(plain) || (plain !== 'torrent' && /^(?:bit)?torrent$/i.test(plain))) {
    context.report('M4-116', range, t('For BitTorrent the media type is the reserved word `torrent`, not `{0}`.', value), {
      fixes: [fixBy(t('Change to `torrent`'), valueRange, 'torrent', { safe: true })],
    });
  } else if (plain !== value && (plain === 'torrent' || isMediaType(plain))) {
    context.report('M4-006', range, t('White space is part of a value. Remove it around `{0}`.', plain), {
      fixes: [fixBy(t('Remove the white space'), valueRange, plain, { safe: true })],
    });
  } else if (value !== 'torrent' && !isMediaType(value)) {
    const reserved = value !== '' && !value.includes('/');
    const message = reserved
      ? t('`{0}` has no `/`. Words without one are reserved, and only `torrent` is defined.', value)
      : t('`{0}` is no media type. Write one such as `{1}`, or `torrent`.', value, metaurlTypes[1] ?? '');
    const likely = typeByAddress(context.valueOf(metaurl)?.trim() ?? '');
    context.report('M4-116', range, message, {
      fixes: likely === undefined ? [] : [fixBy(t('Change to `{0}`', likely), valueRange, likely)],
    });
  }
}

/** What the address of a `metaurl` leads to, by its end: registries.ts lists the types in this order. */
function typeByAddress(address: string): string | undefined {
  const path = address.replace(/[?#].*$/, '');
  if (/\.torrent$|^magnet:/i.test(path)) return metaurlTypes[0];
  if (/\.meta4$/i.test(path)) return metaurlTypes[1];
  return /\.metalink$/i.test(path) ? metaurlTypes[2] : undefined;
}

function checkMetaurlName(context: CheckContext, name: XmlAttribute): void {
  if (name.value === '')
    context.report('M4-118', name.nameRange, t('The name of a `metaurl` is the path of a file inside it; it is not empty.'));
  else checkPath(context, name, 'M4-118');
}
