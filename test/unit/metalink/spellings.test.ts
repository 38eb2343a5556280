import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { metalinkRules } from '../../../server/src/metalink/rules';
import { decodeXml } from '../../../server/src/metalink/xml/decode';
import { textOf } from '../../../server/src/metalink/xml/value';
import type { XmlElement } from '../../../server/src/metalink/xml/tree';
import { createSourceText } from '../../../server/src/text/sourceText';

// XML has many ways to write one document. Whatever a rule says of one of them, it says of all.

const pages = path.resolve(import.meta.dirname, '../../../docs/rules');

function examples(): [string, string][] {
  return metalinkRules.flatMap(({ id, page }) => {
    const written = readFileSync(path.join(pages, page), 'utf8');
    return [...written.matchAll(/^## (Reported|Not reported)\n\n```xml ?\S*\n([\s\S]*?)\n```/gm)].map(
      ([, heading = '', text = '']): [string, string] => [`${id} ${heading.toLowerCase()}`, wholeDocument(text)],
    );
  });
}

function wholeDocument(written: string): string {
  if (/^<(\w+:)?metalink|^<[!?]/.test(written)) return written;
  const file = written.startsWith('<file') ? written : `<file name="f">\n${written}\n<url>https://example.org/f</url></file>`;
  return `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><origin>https://example.org/f.meta4</origin>${file}</metalink>`;
}

/** Ids and severities, in no order: positions differ between spellings, verdicts do not. */
function verdict(text: string, decoding: ReturnType<typeof decodeXml>['problems'] = []): string[] {
  return checkMetalink(createSourceText(text), parseMetalink(text), { decoding })
    .map(({ code, severity }) => `${code} ${severity}`)
    .sort();
}

function bytes(text: string, encoding: 'utf8' | 'utf16le' | 'utf16be', mark = true): Uint8Array {
  const marked = mark ? `\ufeff${text}` : text;
  const result = Buffer.from(marked, encoding === 'utf8' ? 'utf8' : 'utf16le');
  return encoding === 'utf16be' ? result.swap16() : result;
}

/** The document again from its tree, with leaves, names and attributes written as `style` says. */
interface Style {
  readonly leaf?: (value: string) => string;
  readonly prefix?: string;
  readonly quote?: '"' | "'";
  readonly attributes?: 'reversed';
}

function rewrite(text: string, style: Style): string {
  const { document, root } = parseMetalink(text);
  if (root === undefined) throw new Error('the example has no element');
  const { prefix = '', quote = '"' } = style;
  const nameOf = (element: XmlElement): string =>
    prefix !== '' && element.prefix === '' && element.namespace === root.namespace ? `${prefix}:${element.name}` : element.name;
  const write = (element: XmlElement): string => {
    const attributes = element.attributes.map(({ name, valueRange }) => {
      const raw = document.text.slice(valueRange.start, valueRange.end);
      const value = quote === '"' ? raw.replaceAll('"', '&quot;') : raw.replaceAll("'", '&apos;');
      const declared = name === 'xmlns' && element === root && prefix !== '' ? `xmlns:${prefix}` : name;
      return `${declared}=${quote}${value}${quote}`;
    });
    if (style.attributes === 'reversed') attributes.reverse();
    const tag = [nameOf(element), ...attributes].join(' ');
    if (element.selfClosing) return `<${tag}/>`;
    let content = '';
    if (element.children.length === 0 && element.plain && style.leaf !== undefined && element.textStart >= 0) {
      content = style.leaf(textOf(document, element));
    } else {
      let at = element.openEnd;
      for (const child of element.children) {
        content += document.text.slice(at, child.start) + write(child);
        at = child.end;
      }
      content += document.text.slice(at, element.closeStart);
    }
    return `<${tag}>${content}</${nameOf(element)}>`;
  };
  return document.text.slice(0, root.start) + write(root) + document.text.slice(root.end);
}

const reference = (value: string): string =>
  Array.from(value, (character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`).join('');

const styles: [string, Style][] = [
  ['with a prefix', { prefix: 'm' }],
  ['with single quotes', { quote: "'" }],
  ['with attributes the other way round', { attributes: 'reversed' }],
  ['with values in CDATA', { leaf: (value) => `<![CDATA[${value}]]>` }],
  ['with values by character references', { leaf: reference }],
  ['with comments inside values', { leaf: (value) => `<!-- ' -->${value.slice(0, 3)}<!--<hash>-->${value.slice(3)}<!-- -->` }],
  ['with instructions inside values', { leaf: (value) => `<?a?>${value.slice(0, 3)}<?b c?>${value.slice(3)}` }],
];

/** Names are judged as written where a finding is about the writing itself. */
const wellFormed = examples().filter(([, text]) => parseMetalink(text).document.problems.length === 0);

describe.each(wellFormed)('%s', (_name, text) => {
  const expected = verdict(text);
  it.each(styles)('%s', (_style, style) => expect(verdict(rewrite(text, style))).toEqual(expected));
  it('with CRLF', () => expect(verdict(text.replaceAll('\n', '\r\n'))).toEqual(expected));
  it.each([['utf8'], ['utf16le'], ['utf16be']] as const)('in %s with a byte-order mark', (encoding) => {
    const decoded = decodeXml(bytes(text, encoding));
    expect(verdict(decoded.text, decoded.problems)).toEqual(expected);
  });
  it('behind a declaration', () => {
    if (text.startsWith('<?xml')) return;
    expect(verdict(`<?xml version='1.0' encoding="utf-8" standalone='yes' ?>\n<!-- x -->\n<?x y?>\n${text}\n<!-- x -->`)).toEqual(expected);
  });
});
