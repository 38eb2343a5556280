import { AMPERSAND, CR, LF, LESS, TAB } from './characters';
import { readReference } from './references';
import type { XmlDocument, XmlElement } from './tree';

/**
 * The character data directly inside an element: references replaced, CDATA sections included, comments, instructions and child
 * elements left out, CRLF and CR read as LF (XML 1.0, section 2.11). References to entities of the DOCTYPE stay as written.
 */
export function textOf(document: Pick<XmlDocument, 'text'>, element: XmlElement): string {
  const { text } = document;
  if (element.plain) return text.slice(element.openEnd, element.closeStart);
  let value = '';
  let child = 0;
  let at = element.openEnd;
  while (at < element.closeStart) {
    const next = element.children[child];
    if (next?.start === at) {
      at = next.end;
      child++;
      continue;
    }
    const code = text.charCodeAt(at);
    if (code === LESS) {
      const skipped = endOfMarkup(text, at, element.closeStart);
      if (skipped.cdata !== undefined) value += skipped.cdata;
      at = skipped.end;
    } else if (code === AMPERSAND) {
      const reference = readReference(text, at);
      value += reference.kind === 'character' ? reference.value : text.slice(at, reference.end);
      at = reference.end;
    } else {
      const start = at;
      do at++;
      while (at < element.closeStart && text.charCodeAt(at) !== LESS && text.charCodeAt(at) !== AMPERSAND);
      value += withLineFeeds(text.slice(start, at));
    }
  }
  return value;
}

/**
 * An attribute's value from what stands between its quotes: references replaced, white space read as spaces (XML 1.0, section 3.3.3).
 */
export function attributeValue(raw: string): string {
  if (!/[&\t\n\r]/.test(raw)) return raw;
  let value = '';
  for (let at = 0; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    if (code === AMPERSAND) {
      const reference = readReference(raw, at);
      value += reference.kind === 'character' ? reference.value : raw.slice(at, reference.end);
      at = reference.end - 1;
    } else if (code === TAB || code === LF) value += ' ';
    else if (code === CR) {
      if (raw.charCodeAt(at + 1) !== LF) value += ' ';
    } else value += raw.charAt(at);
  }
  return value;
}

/** Text as content of an element: `&`, `<`, and `>` for the sake of `]]>`. */
export function escapeText(value: string): string {
  return value.replace(/[&<>]/g, (character) => (character === '&' ? '&amp;' : character === '<' ? '&lt;' : '&gt;'));
}

/** Text between double quotes. */
export function escapeAttribute(value: string): string {
  return escapeText(value)
    .replace(/"/g, '&quot;')
    .replace(/[\t\n\r]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

function endOfMarkup(text: string, at: number, limit: number): { readonly end: number; readonly cdata?: string } {
  const until = (close: string, from: number): number => {
    const found = text.indexOf(close, from);
    return found < 0 || found + close.length > limit ? limit : found + close.length;
  };
  if (text.startsWith('<!--', at)) return { end: until('-->', at + 4) };
  if (text.startsWith('<?', at)) return { end: until('?>', at + 2) };
  if (text.startsWith('<![CDATA[', at)) {
    const end = until(']]>', at + 9);
    return { end, cdata: withLineFeeds(text.slice(at + 9, text.startsWith(']]>', end - 3) ? end - 3 : end)) };
  }
  // Markup that the reader could not place, such as a stray `<` or an end tag without a start: it is a problem already.
  return { end: at + 1, cdata: '<' };
}

function withLineFeeds(value: string): string {
  return value.includes('\r') ? value.replace(/\r\n?/g, '\n') : value;
}
