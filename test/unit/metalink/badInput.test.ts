import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canDownload } from '../../../server/src/metalink/canDownload';
import { convertMetalink } from '../../../server/src/metalink/convert';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { formatMetalink } from '../../../server/src/metalink/format';
import { metalinkModel } from '../../../server/src/metalink/model';
import { parseMetalink } from '../../../server/src/metalink/parse';
import type { ParsedMetalink } from '../../../server/src/metalink/parse';
import { decodeXml } from '../../../server/src/metalink/xml/decode';
import type { XmlElement } from '../../../server/src/metalink/xml/tree';
import type { Finding } from '../../../server/src/text/finding';
import { createSourceText } from '../../../server/src/text/sourceText';
import { describeCorpus } from '../corpus';

/** Everything that reads a document, and what must hold of any text. */
function survive(text: string): { parsed: ParsedMetalink; findings: Finding[] } {
  const parsed = parseMetalink(text);
  const findings = checkMetalink(createSourceText(text), parsed);
  canDownload(parsed, metalinkModel(parsed));
  convertMetalink(parsed);
  for (const { range, fixes } of findings) {
    expect(range.start >= 0 && range.end >= range.start && range.end <= text.length).toBe(true);
    for (const { edits } of fixes ?? [])
      for (const edit of edits) expect(edit.range.end <= text.length && edit.range.start <= edit.range.end).toBe(true);
  }
  if (parsed.root !== undefined) expectNested(parsed.root, 0, text.length);
  return { parsed, findings };
}

function expectNested(element: XmlElement, start: number, end: number): void {
  const { nameEnd, openEnd, closeStart } = element;
  const ordered =
    element.start >= start &&
    element.start < nameEnd &&
    nameEnd <= openEnd &&
    openEnd <= closeStart &&
    closeStart <= element.end &&
    element.end <= end;
  if (!ordered) throw new Error(`<${element.name}> at ${String(element.start)} is out of order`);
  let from = openEnd;
  for (const child of element.children) {
    expectNested(child, from, closeStart);
    from = child.end;
  }
}

const plain = '<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="f">\n    <size>14</size>\n    <hash type="md5">098f6bcd4621d373cade4e832627b4f6</hash>\n    <url priority="1" location="de">https://example.org/f?a=1&amp;b=2</url>\n    <!-- note -->\n    <description><![CDATA[x]]></description>\n  </file>\n</metalink>\n'; // prettier-ignore

describe('bad input', () => {
  it('any text', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void survive(text)),
      { numRuns: 500 },
    ));
  it('any text of markup', () => {
    const part = fc.constantFrom('<', '>', '</', '/>', '<metalink xmlns="urn:ietf:params:xml:ns:metalink">', '<file name="', '"', '=', '&', ';', '<!--', '-->', '<![CDATA[', ']]>', '<?', '?>', '<!DOCTYPE', '[', ']', '<url>', '</url>', '<pieces ', '<hash', ' ', '\n', 'a'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => void survive(parts.join(''))),
      { numRuns: 1500 },
    );
  });
  it('a `<` at any place of a valid document', () => {
    for (let at = 0; at <= plain.length; at++) {
      const { findings } = survive(`${plain.slice(0, at)}<${plain.slice(at)}`);
      const harmless = at > plain.indexOf('<!-- ') + 3 && at < plain.indexOf(' -->') + 2;
      const inCdata = at >= plain.indexOf('[x]') + 1 && at <= plain.indexOf(']]>');
      if (!harmless && !inCdata)
        expect(
          findings.some(({ code }) => code === 'M4-001'),
          String(at),
        ).toBe(true);
    }
  });
  it('truncated anywhere', () => {
    for (let at = 0; at < plain.length - 1; at++)
      expect(survive(plain.slice(0, at)).findings.some(({ code }) => code === 'M4-001')).toBe(true);
  });
  it('any character left out', () => {
    for (let at = 0; at < plain.length; at++) survive(plain.slice(0, at) + plain.slice(at + 1));
  });
});

describe('hostile documents are read in bounded time', () => {
  const meta4 = (inner: string): string =>
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="f">${inner}<url>https://e.org/f</url></file></metalink>`;
  const codes = (text: string): Set<string> => new Set(survive(text).findings.map(({ code }) => code));
  it('billion laughs', () => {
    const levels = Array.from({ length: 20 }, (_, n) => `<!ENTITY l${String(n + 1)} "${`&l${String(n)};`.repeat(10)}">`).join('');
    const text = `<!DOCTYPE metalink [<!ENTITY l0 "lol">${levels}]>${meta4('<description>&l20;</description>')}`;
    expect(codes(text)).toContain('M4-004');
    expect(metalinkModel(parseMetalink(text)).files[0]?.description).toBe('&l20;');
  });
  it('external entities are not read', () => {
    const text = `<!DOCTYPE metalink [<!ENTITY x SYSTEM "file:///etc/passwd">]>${meta4('<description>&x;</description>')}`;
    expect(metalinkModel(parseMetalink(text)).files[0]?.description).toBe('&x;');
  });
  it('depth of 100,000', () => expect(codes(meta4('<a>'.repeat(100_000) + '</a>'.repeat(100_000)))).toContain('M4-001'));
  it('100,000 unclosed elements', () => expect(codes('<a>'.repeat(100_000))).toContain('M4-001'));
  it('100,000 stray end tags', () => expect(codes(meta4('</b>'.repeat(100_000)))).toContain('M4-001'));
  it('100,000 attributes', () =>
    expect(codes(meta4(`<os ${Array.from({ length: 100_000 }, (_, n) => `a${String(n)}="1"`).join(' ')}>LINUX</os>`))).toContain('M4-012'));
  it('100,000 namespace declarations', () =>
    survive(
      meta4(
        `<x:a xmlns:x="u" ${Array.from({ length: 100_000 }, (_, n) => `xmlns:p${String(n)}="u${String(n)}"`).join(' ')}>${'<x:b/>'.repeat(100_000)}</x:a>`,
      ),
    ));
  it('100,000 broken references', () => expect(codes(meta4(`<description>${'&'.repeat(100_000)}</description>`))).toContain('M4-001'));
  it('100,000 open quotes', () => expect(codes(meta4('<os a="'.repeat(100_000)))).toContain('M4-001'));
  it('100,000 comment openings', () => expect(codes(meta4('<!--'.repeat(100_000)))).toContain('M4-001'));
  it('a value of 10 MB', () => expect(codes(meta4(`<hash type="sha-256">${'a'.repeat(10_000_000)}</hash>`))).toContain('M4-082'));
  it('a number of a million digits', () =>
    survive(
      meta4(`<size>${'9'.repeat(1_000_000)}</size><pieces length="1" type="md5"><hash>098f6bcd4621d373cade4e832627b4f6</hash></pieces>`),
    ));
  it('a name of 1 MB', () =>
    survive(`<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${'a/'.repeat(500_000)}"/></metalink>`));
  it('100,000 files of nested names', () =>
    survive(
      `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${Array.from({ length: 20_000 }, (_, n) => `<file name="d/${String(n)}/f"><url>https://e.org/${String(n)}</url></file>`).join('')}</metalink>`,
    ));
  it('100 MB of one element are not read', () => {
    const { parsed, findings } = survive(meta4(`<description>${'x'.repeat(100_000_000)}</description>`));
    expect([parsed.document.incomplete, parsed.root, findings.map(({ code }) => code)]).toEqual([true, undefined, ['M4-001']]);
  });
  it('two million elements are read up to the limit', () =>
    expect(survive(meta4('<os/>'.repeat(2_000_000))).parsed.document.incomplete).toBe(true));
});

describe('time grows with the size, not with its square', () => {
  const meta4 = (inner: string): string => `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${inner}</metalink>`;
  const file = (inner: string): string => meta4(`<file name="f">${inner}<url>https://e.org/f</url></file>`);
  const many = (count: number, part: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => part(index)).join('');
  const older = (inner: string): string => `<metalink version="3.0" xmlns="http://www.metalinker.org/"><files>${inner}</files></metalink>`;
  const spaces = (count: number): string => ' '.repeat(count * 40);
  const digest = 'a'.repeat(40);
  // Each of these took the square of its size once.
  const cases: [string, (count: number) => string][] = [
    ['files without TLS', (n) => meta4(many(n, (i) => `<file name="f${String(i)}"><url>http://e.org/${String(i)}</url></file>`))],
    ['files of one name', (n) => meta4(many(n, (i) => `<file name="a-${String(i + 2)}"/><file name="a"/>`))],
    ['misplaced elements', (n) => meta4(many(n, (i) => `<publisher name="x"/><file name="f${String(i)}"/>`))],
    ['publishers of MirrorBrain', (n) => meta4(many(n, (i) => `<publisher><name>x</name></publisher><file name="f${String(i)}"/>`))],
    ['piece lists', (n) => file(`<size>1</size>${many(n, (i) => `<pieces type="t${String(i)}" length="1"><hash>aa</hash></pieces>`)}`)],
    ['comments', (n) => file(many(n, () => '<!-- c -->\n<os>LINUX</os>\n'))],
    ['spaces inside a size', (n) => file(`<size>1${spaces(n)}1</size>`)],
    ['spaces inside a URL', (n) => file(`<url>https://e.org/a${spaces(n)}b</url>`)],
    ['spaces inside a generator', (n) => meta4(`<generator>a${spaces(n)}b</generator>`)],
    ['slashes inside a generator', (n) => meta4(`<generator>a${' /'.repeat(n * 20)}b</generator>`)],
    ['spaces inside a date', (n) => meta4(`<published>Tue, ${spaces(n)}1 Jan</published>`)],
    ['spaces inside a name', (n) => meta4(`<file name="a${spaces(n)}b"/>`)],
    ['Metalink 3 files of one name', (n) => older(many(n, () => '<file name="f"><resources><url>http://e.org/</url></resources></file>'))],
    [
      'Metalink 3 pieces',
      (n) =>
        older(
          `<file name="f"><verification><pieces type="sha1" length="1">${many(n * 4, (i) => `<hash piece="${String(i)}">${digest}</hash>`)}</pieces></verification><resources><url>http://e.org/</url></resources></file>`,
        ),
    ],
  ];
  const milliseconds = (text: string): number => {
    const before = process.cpuUsage();
    const parsed = parseMetalink(text);
    const source = createSourceText(text);
    checkMetalink(source, parsed);
    convertMetalink(parsed);
    formatMetalink({ source, parsed, options: {} });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  it.each(cases)('%s', (_name, make) => {
    milliseconds(make(100));
    // Eight times the size: eight times the time, not sixty-four times. In a few milliseconds noise decides.
    const small = Math.max(milliseconds(make(250)), 10);
    expect(milliseconds(make(2000)) / small).toBeLessThan(32);
  });
});

describe('bytes', () => {
  const declared = (encoding: string, inner = 'é'): string => `<?xml version="1.0" encoding="${encoding}"?><a>${inner}</a>`;
  const utf16 = (text: string, bigEndian = false): Uint8Array => {
    const bytes = Buffer.from(text, 'utf16le');
    return bigEndian ? bytes.swap16() : bytes;
  };
  const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  it.each<[string, Uint8Array, string, number]>([
    ['UTF-8', Buffer.from(declared('UTF-8')), 'utf-8', 0],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${declared('UTF-8')}`), 'utf-8', 0],
    ['UTF-16 little endian', utf16(`\ufeff${declared('UTF-16')}`), 'utf-16le', 0],
    ['UTF-16 big endian', utf16(`\ufeff${declared('UTF-16')}`, true), 'utf-16be', 0],
    ['UTF-16 without a mark', utf16(declared('UTF-16')), 'utf-16le', 0],
    ['UTF-16BE without a mark', utf16(declared('UTF-16BE'), true), 'utf-16be', 0],
    ['Latin 1', latin1(declared('ISO-8859-1')), 'windows-1252', 0],
    ['no declaration', Buffer.from('<a>é</a>'), 'utf-8', 0],
    ['Latin 1 that says nothing', latin1('<a>é</a>'), 'utf-8', 1],
    ['Latin 1 that says UTF-8', latin1(declared('UTF-8')), 'utf-8', 1],
    ['UTF-8 that says UTF-16', Buffer.from(declared('UTF-16')), 'utf-8', 1],
    ['UTF-16 that says UTF-8', utf16(`\ufeff${declared('UTF-8')}`), 'utf-16le', 1],
    ['a mark that contradicts', Buffer.from(`\ufeff${declared('ISO-8859-1')}`), 'utf-8', 1],
    ['an unknown encoding', Buffer.from(declared('klingon')), 'utf-8', 0],
    ['nothing', new Uint8Array(), 'utf-8', 0],
    ['two marks', Buffer.from(`\ufeff\ufeff${declared('UTF-8')}`), 'utf-8', 1],
    ['UTF-8 that says ASCII', Buffer.from(declared('US-ASCII')), 'windows-1252', 1],
    ['half a UTF-16 unit', new Uint8Array([0xff, 0xfe, 0x3c]), 'utf-16le', 1],
  ])('%s', (_name, bytes, encoding, problems) => {
    const decoded = decodeXml(bytes);
    expect([decoded.encoding, decoded.problems.length]).toEqual([encoding, problems]);
    if (problems === 0 && bytes.length > 0) expect(decoded.text.endsWith('<a>é</a>')).toBe(true);
    expect(decoded.text.startsWith('\ufeff')).toBe(false);
  });
  it('any bytes', () => fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void survive(decodeXml(bytes).text))));
});

describeCorpus('corpus documents, damaged', 'metalink', (folder) => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(xml|meta4|metalink)$/.test(name));
  const texts = files
    .filter((name) => statSync(path.join(folder, name)).size < 10_000)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
  it('2,000 of them are survived', () => {
    const edit = fc.record({ at: fc.nat(), remove: fc.nat(30), insert: fc.string({ unit: 'binary', maxLength: 3 }) });
    fc.assert(
      fc.property(fc.constantFrom(...texts), edit, (text, { at, remove, insert }) => {
        const start = at % (text.length + 1);
        survive(text.slice(0, start) + insert + text.slice(start + remove));
      }),
      { numRuns: 2000, seed: 5854 },
    );
  });
});
