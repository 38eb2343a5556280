import { describe, expect, it } from 'vitest';
import { readXml } from '../../../../server/src/metalink/xml/reader';
import { attributeOf, contentRange, nameRange } from '../../../../server/src/metalink/xml/tree';
import type { XmlDocument, XmlElement } from '../../../../server/src/metalink/xml/tree';
import { textOf } from '../../../../server/src/metalink/xml/value';

const at = (document: XmlDocument, range: { start: number; end: number }): string => document.text.slice(range.start, range.end);

function root(document: XmlDocument): XmlElement {
  if (document.root === undefined) throw new Error('no root');
  return document.root;
}

describe('positions', () => {
  const document = readXml('<?xml version="1.0"?>\n<m:a xmlns:m="urn:x" k = \'v&amp;w\'>é😀<b/> <c>t</c></m:a >\n');
  const element = root(document);
  it('has no problem', () => expect(document.problems).toEqual([]));
  it('name, prefix, namespace', () =>
    expect([at(document, nameRange(element)), element.prefix, element.local, element.namespace]).toEqual(['m:a', 'm', 'a', 'urn:x']));
  it('attribute name and value', () => {
    const attribute = attributeOf(element, 'k');
    expect(attribute && [at(document, attribute.nameRange), at(document, attribute.valueRange), attribute.value]).toEqual([
      'k',
      'v&amp;w',
      'v&w',
    ]);
  });
  it('content', () => expect(at(document, contentRange(element))).toBe('é😀<b/> <c>t</c>'));
  it('whole', () => expect(document.text.slice(element.start, element.end)).toMatch(/^<m:a .*<\/m:a >$/u));
  it('text without children', () => expect(textOf(document, element)).toBe('é😀 '));
  it('children', () => expect(element.children.map((child) => document.text.slice(child.start, child.end))).toEqual(['<b/>', '<c>t</c>']));
  it('children have no namespace', () => expect(element.children.map((child) => child.namespace)).toEqual(['', '']));
  it('markup', () => expect(document.markup.map((part) => part.kind)).toEqual(['declaration']));
});

describe('text', () => {
  const cases: [string, string][] = [
    ['<a>x</a>', 'x'],
    ['<a>&lt;&#65;&#x1F600;</a>', '<A😀'],
    ['<a><![CDATA[<&]]></a>', '<&'],
    ['<a>x<!-- c -->y<?p i?>z</a>', 'xyz'],
    ['<a>1\r\n2\r3</a>', '1\n2\n3'],
    ['<a>x<b>inner</b>y</a>', 'xy'],
    ['<a/>', ''],
    ['<!DOCTYPE a [<!ENTITY e "v">]><a>&e;</a>', '&e;'],
  ];
  it.each(cases)('%j is %j', (text, expected) => {
    const document = readXml(text);
    expect(document.problems).toEqual([]);
    expect(textOf(document, root(document))).toBe(expected);
  });
});

// Each case: a text, the exact stretch that is reported between « and ».
describe('what is not well-formed', () => {
  const cases: string[] = [
    '<a><«b»></a>',
    '<a>«</b>»</a>',
    '<a/><«b»/>',
    '<a k="1" «k»="2"/>',
    '<a>«&nope;»</a>',
    '<a>«&»</a>',
    '<a>«&amp» x</a>',
    '<a k="«<»"/>',
    '<a k="«&»"/>',
    '<a>«\u0001»</a>',
    '<a>«\ud800»</a>',
    '<a>«\uffff»</a>',
    '<a>«&#0;»</a>',
    '<a>«]]>»</a>',
    '<a>«<» 1</a>',
    '<a><!-- x «--» y --></a>',
    '<a><!-- x «--»-></a>',
    ' «<?xml» version="1.0"?><a/>',
    '<a/>«<?xml» version="1.0"?>',
    '«<?xml version="2.0"?>»<a/>',
    '«<?xml encoding="UTF-8"?>»<a/>',
    '<?xml version="1.0" encoding="«8-bit»"?><a/>',
    '<?xml version="1.0" encoding="«klingon»"?><a/>',
    '«<?XML» x?><a/>',
    '<a><«p»:b/></a>',
    '<a «p»:k="1"/>',
    '<a «xmlns:p="»"/>',
    '<a xmlns:p="u" xmlns:q="u" p:k="1" «q:k»="2"/>',
    '«text»<a/>',
    '<a/>«text»',
    '<a/>«<![CDATA[x]]>»',
    '<a>«<!»x</a>',
    '<a «k»/>',
    '<a «k=v»/>',
    '<a k="1"«l»="2"/>',
    '<a>«<b k="1" »<c/></b></a>',
    '<«a»>',
    '«<!--» <a/>',
    '<a/>«<!DOCTYPE» a>',
    '<a>«</»></a>',
    '<«a:b:c»/>',
    '<a xmlns:x="u"><«x:1»/></a>',
    '<a xmlns:x="u" «x:1»="2"/>',
    '<a xmlns:x="u" «x:y:z»="2"/>',
  ];
  it.each(cases)('%j', (marked) => {
    const start = marked.indexOf('«');
    const end = marked.indexOf('»') - 1;
    const document = readXml(marked.replace(/[«»]/g, ''));
    // An element's own problem covers `<name`; cases mark the name.
    const found = document.problems.map(({ range }) => [
      document.text[range.start] === '<' && marked[start - 1] === '<' ? range.start + 1 : range.start,
      range.end,
    ]);
    expect(found[0]).toEqual([start, end]);
  });
});

describe('goes on', () => {
  it('behind an unclosed value', () => {
    const document = readXml('<a>\n<b k="1>\n<c>x</c>\n</a>');
    expect(root(document).children.map((child) => child.name)).toEqual(['b']);
    expect(root(document).children[0]?.children.map((child) => child.name)).toEqual(['c']);
  });
  it('behind a stray end tag', () => {
    const document = readXml('<a></x><b/></a>');
    expect(root(document).children.map((child) => child.name)).toEqual(['b']);
    expect(document.problems).toHaveLength(1);
  });
  it('with the fix applied the text is well-formed', () => {
    for (const text of [
      '<a>&</a>',
      '<a>]]></a>',
      '<a k="<"/>',
      ' <?xml version="1.0"?><a/>',
      '<a><b></a>',
      '<a k=v/>',
      '<a k="1" k="2"/>',
      '<a>\u0001</a>',
    ]) {
      const problem = readXml(text).problems[0];
      const edit = problem?.fixes?.[0]?.edits[0];
      if (edit === undefined) throw new Error(`no fix for ${text}`);
      const fixed = text.slice(0, edit.range.start) + edit.newText + text.slice(edit.range.end);
      expect(readXml(fixed).problems, fixed).toEqual([]);
    }
  });
});

describe('limits', () => {
  const limits = { characters: 1000, elements: 5, depth: 3, problems: 2 };
  it('characters', () => expect(readXml(`<a>${'x'.repeat(2000)}</a>`, limits)).toMatchObject({ incomplete: true, root: undefined }));
  it('elements', () => expect(readXml(`<a>${'<b/>'.repeat(20)}</a>`, limits).incomplete).toBe(true));
  it('depth', () => {
    const document = readXml('<a><b><c><d><e/></d></c></b></a>', limits);
    expect(document.problems).toHaveLength(1);
    expect(root(document).end).toBe(document.text.length);
  });
  it('problems', () => expect(readXml('<a>&&&&&</a>', limits).problems).toHaveLength(2));
});
