import { describe, expect, test } from 'vitest';
import { completeMetalink } from '../../../server/src/metalink/completion';
import { applyEdits, contextOf, errorsOf, inFile, inner, meta4, withCursor } from './documents';

const options = { now: Date.UTC(2026, 4, 1, 12, 15, 2, 250), generator: 'container-metalink/1.0', snippets: false };

function complete(marked: string, snippets = false) {
  const { text, offset } = withCursor(marked);
  const context = contextOf(text);
  return completeMetalink(context, offset, { ...options, snippets })
    .sort((a, b) => (a.sortText ?? '').localeCompare(b.sortText ?? ''))
    .map((item) => {
      const edit = item.textEdit;
      if (edit === undefined || !('range' in edit)) throw new Error('no text edit');
      return { label: item.label, item, result: applyEdits(context, [edit]) };
    });
}

const labels = (marked: string) => complete(marked).map(({ label }) => label);

function taken(marked: string, label: string, snippets = false): string {
  const found = complete(marked, snippets).find((candidate) => candidate.label === label);
  if (found === undefined) throw new Error(`${label} is not offered`);
  return found.result;
}

describe('what is offered', () => {
  test.each<[string, string[], string[]]>([
    // marked text, offered among others, not offered
    ['|', ['metalink'], ['file', 'url']],
    ['<|', ['metalink'], ['file']],
    ['<?xml version="1.0"?>\n<me|', ['metalink'], ['file']],
    ['<?xml ver|sion="1.0"?>\n', [], ['metalink']],
    [meta4('|'), ['file', 'generator', 'origin', 'published', 'updated'], ['url', 'metalink']],
    [meta4('<|'), ['file', 'generator'], ['url']],
    [meta4('<generator>a/1</generator><|'), ['file', 'origin'], ['generator']],
    [meta4('<file name="a"><url>https://a.org/f</url></file>|'), ['file'], []],
    [inFile('<|'), ['url', 'size', 'hash', 'pieces', 'identity', 'metaurl', 'signature'], ['file', 'generator']],
    [inFile('<size>1</size><si|'), ['url', 'signature'], ['size']],
    [inFile('<url>https://a.org/f</url>\n<|\n'), ['url', 'metaurl'], ['published']],
    [inFile('<pieces length="1" type="sha-256"><|</pieces>'), ['hash'], ['url']],
    [inFile('<pub|lisher name="a"/>'), ['publisher', 'url'], []],
    [inFile('<!-- | -->'), [], ['url']],
    [inFile('<size>|</size>'), [], ['url']],
    [inFile('<x:a xmlns:x="urn:x">|</x:a>'), [], ['url', 'file']],
    ['<metalink xmlns="http://www.metalinker.org/" version="3.0"><files>|</files></metalink>', [], ['file', 'url']],
    ['<m:metalink xmlns:m="urn:ietf:params:xml:ns:metalink">|</m:metalink>', ['m:file', 'm:generator'], ['file']],
    // attributes
    [inFile('<url |>https://a.org/f</url>'), ['priority', 'location'], ['mediatype', 'xml:lang']],
    [inFile('<url priority="1" |>https://a.org/f</url>'), ['location'], ['priority']],
    [inFile('<url pri|>https://a.org/f</url>'), ['priority', 'location'], []],
    [inFile('<url priority="1"|>https://a.org/f</url>'), [], ['location']],
    [inFile('<metaurl |/>'), ['mediatype', 'priority', 'name'], ['location']],
    [inFile('<hash |></hash>'), ['type'], []],
    [inFile('<pieces length="1" type="sha-256"><hash |></hash></pieces>'), [], ['type']],
    [inFile('<description |>a</description>'), ['xml:lang'], []],
    [meta4('<file |></file>'), ['name'], []],
    ['<metalink xmlns="urn:ietf:params:xml:ns:metalink"><origin |/></metalink>', ['dynamic'], []],
    ['<metalink |></metalink>', ['xmlns'], []],
    ['<metalink xmlns="|"></metalink>', ['urn:ietf:params:xml:ns:metalink'], []],
    ['<metalink xmlns="urn:ietf|"></metalink>', ['urn:ietf:params:xml:ns:metalink'], []],
    [meta4('').replace('>', ' |>'), [], ['xmlns']],
    // values
    [inFile('<hash type="sha-256">a</hash><hash type="|"></hash>'), ['sha-512'], ['sha-256']],
    [inFile('<hash type="sha-|256">a</hash>'), ['sha-256', 'sha-512'], []],
    [inFile('<os>LINUX</os><os>|</os>'), ['MACOS'], ['LINUX']],
    [inFile('<language>de</language><language>|</language>'), ['en', 'pt-BR', 'sw'], ['de']],
    [inFile('<description xml:lang="|">a</description>'), ['de', 'ky'], []],
    [meta4('<file name="a/tool-1.4.sif"><identity>|</identity></file>'), ['tool'], []],
    [meta4('<file name="a/tool-1.4.sif"><version>|</version></file>'), ['1.4'], []],
    [meta4('<file name="ubuntu_22.04"><version>|</version></file>'), ['22.04'], []],
    [meta4('<file name="a"><publisher name="Lab" url="https://l.org/"/></file><file name="b"><publisher name="|"/></file>'), ['Lab'], []],
    [
      meta4('<file name="a"><publisher name="Lab" url="https://l.org/"/></file><file name="b"><publisher name="Lab" url="|"/></file>'),
      ['https://l.org/'],
      [],
    ],
    [meta4('<file name="a"><logo>https://l.org/a.png</logo></file><file name="b"><logo>|</logo></file>'), ['https://l.org/a.png'], []],
    [inFile('<metaurl mediatype="torrent" name="|">https://a.org/f.torrent</metaurl>'), ['f'], []],
    [inFile('<hash type="|"></hash>'), ['sha-256', 'sha-512', 'md5'], []],
    [inFile('<hash type="sha-|"></hash>'), ['sha-256', 'sha-512'], []],
    [inFile('<hash type="|'), ['sha-256'], []],
    [inFile('<url location="|">x</url>'), ['de', 'gb', 'us'], ['uk']],
    [inFile('<signature mediatype="|"></signature>'), ['application/pgp-signature'], ['torrent']],
    [inFile('<metaurl mediatype="|"></metaurl>'), ['torrent', 'application/metalink4+xml'], []],
    [inFile('<pieces type="|" length="1"/>'), ['sha-256'], []],
    [inFile('<os>|</os>'), ['LINUX'], []],
    [inFile('<os>LI|</os>'), ['LINUX'], []],
    [inFile('<language>|</language>'), ['en', 'de', 'pt-BR'], []],
    [inFile('<description xml:lang="|">a</description>'), ['en', 'de'], []],
    [meta4('<origin dynamic="|">https://a.org/</origin>'), ['true', 'false'], []],
    [meta4('<published>|</published>'), ['2026-05-01T12:15:02Z'], []],
    [meta4('<updated>2020|</updated>'), ['2026-05-01T12:15:02Z'], []],
    [meta4('<generator>|</generator>'), ['container-metalink/1.0'], []],
    [meta4('<file name="|"><url>https://a.org/d/tool%201.sif?x=1</url></file>'), ['tool%201.sif'], []],
    [inFile('<url priority="1">x</url><url priority="7">x</url><url priority="|">x</url>'), ['8'], ['1', '2']],
    [inFile('<metaurl priority="2" mediatype="torrent">x</metaurl><url priority="|">x</url>'), ['3'], []],
    // end tags
    [inFile('<size>1</|'), ['</size>'], ['url']],
    [inFile('</|'), ['</file>'], []],
  ])('%s', (marked, offered, absent) => {
    const found = labels(marked);
    expect(found).toEqual(expect.arrayContaining(offered));
    expect(found.filter((label) => absent.includes(label))).toEqual([]);
    if (offered.length === 0) expect(found).toEqual([]);
  });
});

describe('the order', () => {
  test.each<[string, string[]]>([
    [meta4('|'), ['file']],
    [inFile('<|'), ['url']],
    [inFile('<url>https://a.org/f</url><|'), ['size', 'hash', 'identity']],
    [inFile('<size>1</size><hash type="md5">a</hash><url>https://a.org/f</url><|'), ['identity']],
    [meta4('<file name="a"/><|'), ['origin', 'generator']],
    [inFile('<hash type="|"></hash>'), ['sha-256']],
    [inFile('<os>|</os>'), ['LINUX']],
    [inFile('<metaurl |/>'), ['mediatype', 'priority', 'name']],
    [inFile('<size>8589934592</size><pieces length="|" type="sha-256"/>'), ['8388608']],
    [inFile('<pieces length="|" type="sha-256"/>'), ['1048576']],
  ])('%s', (marked, first) => expect(labels(marked).slice(0, first.length)).toEqual(first));

  test('countries are found by name', () => {
    const germany = complete(inFile('<url location="|">x</url>')).find(({ label }) => label === 'de')?.item;
    expect(germany).toMatchObject({ detail: 'Germany', filterText: 'de Germany' });
  });
  test('what is recommended is said', () => {
    expect(complete(inFile('|')).find(({ label }) => label === 'size')?.item.detail).toBe('recommended');
    expect(complete(inFile('<hash type="md5">a</hash>|')).find(({ label }) => label === 'hash')?.item.detail).toBeUndefined();
  });
  test('what is required is said', () => {
    expect(complete(inFile('<metaurl |/>')).find(({ label }) => label === 'mediatype')?.item.detail).toBe('required');
    expect(complete(inFile('|')).find(({ label }) => label === 'url')?.item.detail).toBe('required');
    expect(complete(inFile('<metaurl mediatype="torrent">x</metaurl>|')).find(({ label }) => label === 'url')?.item.detail).toBeUndefined();
  });
});

describe('the applied edit', () => {
  test.each<[string, string, string]>([
    // marked content of a file, label, content afterwards
    ['|', 'url', '<url></url>'],
    ['<|', 'url', '<url></url>'],
    ['<ur|', 'url', '<url></url>'],
    ['ur|', 'url', '<url></url>'],
    ['<size>1</size>\n  <ha|\n', 'hash', '<size>1</size>\n  <hash type="sha-256"></hash>\n'],
    ['<pieces length="1" type="md5">|</pieces>', 'hash', '<pieces length="1" type="md5"><hash></hash></pieces>'],
    ['<pub|', 'publisher', '<publisher name=""/>'],
    ['<url priority="1">a</url><|', 'url', '<url priority="1">a</url><url priority="2"></url>'],
    ['<url priority="1">a</url><|', 'metaurl', '<url priority="1">a</url><metaurl mediatype="torrent" priority="2"></metaurl>'],
    ['<url>a</url><|', 'url', '<url>a</url><url></url>'],
    ['<|', 'signature', '<signature mediatype="application/pgp-signature"></signature>'],
    ['<|', 'metaurl', '<metaurl mediatype="torrent"></metaurl>'],
    ['<|', 'pieces', '<pieces length="1048576" type="sha-256">\n  <hash></hash>\n</pieces>'],
    ['<ver|sion>1</version>', 'identity', '<identity>1</version>'],
    ['<url |>a</url>', 'priority', '<url priority="">a</url>'],
    ['<url loc|>a</url>', 'location', '<url location="">a</url>'],
    ['<url loc|="de">a</url>', 'location', '<url location="de">a</url>'],
    ['<url location="|">a</url>', 'gb', '<url location="gb">a</url>'],
    ["<url location='u|k'>a</url>", 'gb', "<url location='gb'>a</url>"],
    ['<os>Lin|ux</os>', 'LINUX', '<os>LINUX</os>'],
    ['<os> Lin| </os>', 'LINUX', '<os> LINUX </os>'],
    ['<size>1</|', '</size>', '<size>1</size>'],
    ['<size>1</si|>', '</size>', '<size>1</size>'],
  ])('%s + %s', (marked, label, expected) => expect(inner(taken(inFile(marked), label))).toBe(expected));

  test('placeholders only for clients that know them', () => {
    expect(inner(taken(inFile('<|'), 'hash', true))).toBe('<hash type="${1:sha-256}">${2}</hash>$0');
    expect(inner(taken(inFile('<url |>a</url>'), 'priority', true))).toBe('<url priority="$1"$0>a</url>');
    expect(complete(inFile('<|')).every(({ item }) => item.insertTextFormat !== 2)).toBe(true);
  });
  test('a whole document, filled in, lacks nothing but the size', () => {
    const text = taken('<?xml version="1.0"?>\n|', 'metalink');
    expect(text).toContain('<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="">');
    expect(errorsOf(text.replace('name=""', 'name="f"').replace('<url></url>', '<url>https://a.org/f</url>'))).toEqual([
      expect.stringContaining('M4-046'),
    ]);
  });
  test('a new element has the prefix of its parent', () => {
    const text = '<m:metalink xmlns:m="urn:ietf:params:xml:ns:metalink"><m:file name="f"><|</m:file></m:metalink>';
    expect(taken(text, 'm:pieces')).toContain('<m:pieces length="1048576" type="sha-256">\n  <m:hash></m:hash>\n</m:pieces>');
  });
});

test('an origin beside the first file, by the name of the document', () => {
  const { text, offset } = withCursor(meta4('<origin>|</origin><file name="f"><url>https://a.org/d/f?x=1</url></file>'));
  const context = { ...contextOf(text), options: { fileName: 'file:///project/tool.meta4' } };
  expect(completeMetalink(context, offset, options).map(({ label }) => label)).toEqual(['https://a.org/d/tool.meta4']);
});

test('namespace of a document element that has none', () => {
  expect(taken('<metalink |></metalink>', 'xmlns', true)).toBe('<metalink xmlns="urn:ietf:params:xml:ns:metalink"></metalink>');
});
