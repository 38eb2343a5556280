import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canDownload } from '../../../server/src/metalink/canDownload';
import { convertMetalink, entryOf } from '../../../server/src/metalink/convert';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { mergeMetalinks } from '../../../server/src/metalink/merge';
import { metalinkModel } from '../../../server/src/metalink/model';
import type { MetalinkFile, MetalinkModel } from '../../../server/src/metalink/model';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { resolveEdits } from '../../../server/src/metalink/resolveEdits';
import type { ResolvedValues } from '../../../server/src/metalink/resolveEdits';
import { sortByPriority } from '../../../server/src/metalink/sortByPriority';
import { writeMetalink } from '../../../server/src/metalink/write';
import type { MetalinkDocument } from '../../../server/src/metalink/write';
import { decodeXml } from '../../../server/src/metalink/xml/decode';
import type { Finding, OffsetEdit } from '../../../server/src/text/finding';
import { createSourceText } from '../../../server/src/text/sourceText';
import { describeCorpus } from '../corpus';
import { metalinkRows } from './corpusIndex';

const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const md5 = '098f6bcd4621d373cade4e832627b4f6';

function check(text: string): Finding[] {
  return checkMetalink(createSourceText(text), parseMetalink(text));
}

function errorsOf(text: string): string[] {
  return check(text)
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code} ${message}`);
}

function modelOf(text: string): MetalinkModel {
  return metalinkModel(parseMetalink(text));
}

function onlyFile(text: string): MetalinkFile {
  const file = modelOf(text).files[0];
  if (file === undefined) throw new Error('no file');
  return file;
}

function apply(text: string, edits: readonly OffsetEdit[]): string {
  return [...edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end), text);
}

const meta4 = (inner: string): string => `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${inner}</metalink>`;

const full: MetalinkDocument = {
  generator: 'container-metalink/1.0',
  origin: { url: 'https://example.org/tool.meta4?a=1&b=2', dynamic: true },
  published: '2026-05-01T12:15:02Z',
  updated: '2026-05-02T12:15:02Z',
  files: [
    {
      name: 'images/tool "1.4" <&>.sif',
      identity: 'Tool & Co',
      version: '1.4',
      description: 'a < b\nc ]]> d',
      publisher: { name: 'The "Lab" & Sons', url: 'https://example.org/?x=1&y=2' },
      copyright: '© 2026',
      logo: 'https://example.org/logo.png',
      languages: ['en', 'pt-BR'],
      operatingSystems: ['LINUX'],
      size: 2n ** 60n,
      hashes: [
        { type: 'md5', value: md5 },
        { type: 'sha-256', value: sha256 },
      ],
      pieces: [],
      signatures: [{ mediatype: 'application/pgp-signature', value: '-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----' }],
      urls: [{ url: 'https://example.org/tool.sif?a=1&b=2', priority: 1, location: 'de' }, { url: 'https://example.net/tool.sif' }],
      metaurls: [{ url: 'https://example.org/tool.torrent', mediatype: 'torrent', priority: 20, name: 'folder/tool.sif' }],
      extensions: [
        { name: 'x:note', attributes: { 'xmlns:x': 'urn:x', k: '"v"' }, content: ['a & b', { name: 'x:in', attributes: {}, content: [] }] },
      ],
    },
  ],
};

describe('write', () => {
  const text = writeMetalink(full);
  it('has no finding but those about the example', () =>
    expect(
      check(text)
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['M4-036', 'M4-086', 'M4-104']));
  it('is read as it was written', () => {
    const file = onlyFile(text);
    const { extensions, ...written } = full.files[0] ?? { name: '' };
    expect(extensions).toHaveLength(1);
    expect(text).toContain('<x:note xmlns:x="urn:x" k="&quot;v&quot;">');
    expect(entryOf(file, file.name ?? '')).toMatchObject({ ...written, urls: [{ priority: 1 }, { priority: 999_999 }] });
  });
  it('is read as it was written, root', () => expect(modelOf(text)).toMatchObject({ ...full, files: [{}] }));
  it('is laid out for people', () => expect(text.split('\n').slice(0, 4)).toEqual(['<?xml version="1.0" encoding="UTF-8"?>', '<metalink xmlns="urn:ietf:params:xml:ns:metalink">', '  <generator>container-metalink/1.0</generator>', '  <origin dynamic="true">https://example.org/tool.meta4?a=1&amp;b=2</origin>'])); // prettier-ignore
  it('keeps any text through a round trip', () => {
    const legal = fc
      .string({ unit: 'grapheme' })
      .filter((value) => !/[\u0000-\u001f\ud800-\udfff\ufffe\uffff]/u.test(value) && value.trim() === value && value !== '');
    fc.assert(
      fc.property(legal, (value) => {
        const file = onlyFile(
          writeMetalink({
            files: [{ name: 'f', description: value, publisher: { name: value }, urls: [{ url: 'https://example.org/f' }] }],
          }),
        );
        expect([file.description, file.publisher?.name]).toEqual([value, value]);
      }),
    );
  });
  it('never writes what is not well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = writeMetalink({
          files: [{ name: value, identity: value, hashes: [{ type: value, value }], urls: [{ url: value, location: value }] }],
        });
        expect(parseMetalink(text).document.problems).toEqual([]);
      }),
    );
  });
});

describe('model', () => {
  it('takes only what is well-formed', () => {
    const file = onlyFile(
      meta4(
        `<file name="../f"><size>-1</size><hash>${sha256}</hash><hash type="SHA256">${sha256.toUpperCase()}</hash><hash type="sha-256">12</hash>` +
          '<url>relative</url><url priority="0"> https://example.org/f </url><url location="DE" priority="+07">ftp://example.org/f</url><metaurl mediatype="x">https://e.org/t</metaurl></file>',
      ),
    );
    expect(file).toMatchObject({
      name: undefined,
      writtenName: '../f',
      size: undefined,
      hashes: [{ type: 'sha-256', value: sha256 }],
      metaurls: [],
    });
    expect(file.urls.map(({ url, priority, location }) => [url, priority, location])).toEqual([
      ['https://example.org/f', 999_999, undefined],
      ['ftp://example.org/f', 7, 'de'],
    ]);
  });
  it.each([
    [65536, 1, true],
    [65537, 1, false],
    [65537, 2, true],
    [0, 1, false],
  ])('a file of %i bytes with %i pieces of 64 KiB is covered: %s', (size, count, complete) => {
    const text = meta4(
      `<file name="f"><size>${String(size)}</size><pieces length="65536" type="sha-256">${`<hash>${sha256}</hash>`.repeat(count)}</pieces></file>`,
    );
    expect(onlyFile(text).pieces[0]?.complete).toBe(complete);
  });
  it('has line numbers', () => {
    const file = onlyFile(
      meta4(`\n<file name="f">\n<size>1</size>\n<hash type="sha-256">${sha256}</hash>\n<url>https://e.org/f</url></file>`),
    );
    expect([file.line, file.sizeLine, file.hashes[0]?.line, file.urls[0]?.line]).toEqual([2, 3, 4, 5]);
  });
  it('reads Metalink 3 in the same terms', () => {
    const text = `<metalink version="3.0" xmlns="http://www.metalinker.org/" pubdate="Tue, 11 Sep 12 07:36 EST" generator="MirrorBrain 2.1 (see http://x)"><version>1.0</version>
      <files><file name="f"><size> 70000 </size><os>Linux-x86</os><verification><hash type="sha256">${sha256}</hash>
      <pieces length="65536" type="sha1"><hash piece="1">${'b'.repeat(40)}</hash><hash piece="0">${'a'.repeat(40)}</hash></pieces></verification>
      <resources><url type="http" preference="100" location="US">http://e.org/f</url><url type="http" preference="0">http://e.net/f</url><url type="bittorrent">http://e.org/f.torrent</url></resources></file></files></metalink>`;
    const model = modelOf(text);
    expect(model).toMatchObject({ version: 3, published: '2012-09-11T07:36:00-05:00', generator: 'MirrorBrain/2.1' });
    expect(model.files[0]).toMatchObject({
      size: 70000n,
      version: '1.0',
      operatingSystems: ['LINUX'],
      hashes: [{ type: 'sha-256' }],
      pieces: [{ type: 'sha-1', complete: true, hashes: ['a'.repeat(40), 'b'.repeat(40)] }],
      urls: [{ priority: 1, location: 'us' }, { priority: 101 }],
      metaurls: [{ mediatype: 'torrent', priority: 999_999 }],
    });
  });
});

describe('canDownload', () => {
  const blocked = (text: string): string[][] => {
    const parsed = parseMetalink(text);
    return [...canDownload(parsed, metalinkModel(parsed)).values()].map((findings) => findings.map(({ code }) => code));
  };
  const file = (name: string): string => `<file name="${name}"><url>https://e.org/f</url></file>`;
  it('nothing stands against a plain file', () => expect(blocked(meta4(file('f')))).toEqual([[]]));
  it('an error in a file blocks that file', () => expect(blocked(meta4(file('../f') + file('g')))).toEqual([['M4-033'], []]));
  it('an error of the document blocks all', () =>
    expect(blocked(meta4(`<generator>a b</generator>${file('f')}${file('g')}`))).toEqual([['M4-092'], ['M4-092']]));
  it('MirrorBrain publishers never do', () =>
    expect(blocked(meta4(`<publisher><name>n</name><url>u</url></publisher>${file('f')}`))).toEqual([[]]));
  it('another element under the root does', () =>
    expect(blocked(meta4(`<publisher><name>n</name><size/></publisher>${file('f')}`))[0]).toContain('M4-029'));
  it('a DOCTYPE does', () => expect(blocked(`<!DOCTYPE metalink>${meta4(file('f'))}`)).toEqual([['M4-004']]));
  it('an unclosed document does', () => expect(blocked(meta4(file('f')).slice(0, -3))[0]).toContain('M4-001'));
});

describe('merge', () => {
  const one = modelOf(
    meta4(`<file name="f"><size>1</size><hash type="sha-256">${sha256}</hash><url priority="2">https://a.org/f</url></file>`),
  );
  const names = (first: MetalinkModel, second: string): [string[], string[]] => {
    const { document, notes } = mergeMetalinks(first, modelOf(meta4(second)));
    return [
      document.files.map((entry) => `${entry.name}: ${(entry.urls ?? []).map(({ url }) => new URL(url).host).join(' ')}`),
      notes.map(({ kind }) => kind),
    ];
  };
  it('unites by name, best source first', () =>
    expect(names(one, '<file name="f"><url priority="1">https://b.org/f</url></file>')).toEqual([['f: b.org a.org'], []]));
  it('unites by digest', () =>
    expect(names(one, `<file name="g"><hash type="sha-256">${sha256}</hash><url>https://b.org/g</url></file>`)).toEqual([
      ['f: a.org b.org'],
      ['kept'],
    ]));
  it('keeps files apart', () =>
    expect(names(one, '<file name="g"><url>https://b.org/g</url></file>')).toEqual([['f: a.org', 'g: b.org'], []]));
  it('does not unite different sizes', () =>
    expect(names(one, '<file name="f"><size>2</size><url>https://b.org/f</url></file>')).toEqual([['f: a.org'], ['conflict']]));
  it('does not unite different digests', () =>
    expect(names(one, `<file name="f"><hash type="sha-256">${'0'.repeat(64)}</hash><url>https://b.org/f</url></file>`)).toEqual([
      ['f: a.org'],
      ['conflict'],
    ]));
  it('is valid', () => expect(errorsOf(writeMetalink(mergeMetalinks(one, one).document))).toEqual([]));
});

describe('sortByPriority', () => {
  const urls = (...list: string[]): string => meta4(`\n  <file name="f">\n    ${list.join('\n    ')}\n  </file>\n`);
  const a = '<url priority="1">https://a.org/f</url>';
  const b = '<url priority="2">https://b.org/f</url>';
  const none = '<url>https://c.org/f</url>';
  it('puts the best first', () => {
    const text = urls(none, b, '<!-- note -->', a);
    expect(apply(text, sortByPriority(parseMetalink(text)))).toBe(urls(a, b, '<!-- note -->', none));
  });
  it('leaves order alone', () => expect(sortByPriority(parseMetalink(urls(a, a.replace('a.org', 'd.org'), b, none)))).toEqual([]));
});

describe('resolveEdits', () => {
  const run = (text: string, values: ResolvedValues): string => apply(text, resolveEdits(parseMetalink(text), onlyFile(text), values));
  const values: ResolvedValues = { size: 7n, hashes: [{ type: 'sha-256', value: sha256 }] };
  const hash = `<hash type="sha-256">${sha256}</hash>`;
  it('inserts with the indentation of the document', () => {
    const text = meta4('\n\t<file name="f">\n\t\t<url>https://e.org/f</url>\n\t</file>\n');
    expect(run(text, values)).toBe(
      meta4(`\n\t<file name="f">\n\t\t<size>7</size>\n\t\t${hash}\n\t\t<url>https://e.org/f</url>\n\t</file>\n`),
    );
  });
  it('inserts behind what usually stands before', () => {
    const text = meta4('\r\n  <file name="f">\r\n    <identity>i</identity>\r\n    <url>https://e.org/f</url>\r\n  </file>\r\n');
    expect(run(text, values)).toBe(
      meta4(
        `\r\n  <file name="f">\r\n    <identity>i</identity>\r\n    <size>7</size>\r\n    ${hash}\r\n    <url>https://e.org/f</url>\r\n  </file>\r\n`,
      ),
    );
  });
  it('stays on one line', () =>
    expect(run(meta4('<file name="f"><url>https://e.org/f</url></file>'), values)).toBe(
      meta4(`<file name="f"><size>7</size>${hash}<url>https://e.org/f</url></file>`),
    ));
  it('opens an empty element', () =>
    expect(run(meta4('<file name="f"/>'), values)).toBe(meta4(`<file name="f"><size>7</size>${hash}</file>`)));
  it('replaces what is there', () =>
    expect(run(meta4('<file name="f"><size>1</size><hash type="sha256">00</hash></file>'), values)).toBe(
      meta4(`<file name="f"><size>7</size><hash type="sha256">${sha256}</hash></file>`),
    ));
  it('fills an empty element', () =>
    expect(run(meta4('<file name="f"><size/></file>'), { size: 7n })).toBe(meta4('<file name="f"><size>7</size></file>')));
  it('keeps the prefix', () =>
    expect(run('<m:metalink xmlns:m="urn:ietf:params:xml:ns:metalink"><m:file name="f"/></m:metalink>', { size: 7n })).toContain(
      '<m:size>7</m:size></m:file>',
    ));
  it('changes nothing that is right', () => {
    const text = meta4(`<file name="f"><size>7</size>${hash}</file>`);
    expect(resolveEdits(parseMetalink(text), onlyFile(text), values)).toEqual([]);
  });
  it('writes more pieces than a call takes arguments', () => {
    const hashes = Array.from({ length: 300_000 }, () => sha256);
    const text = meta4('\n  <file name="f">\n    <size>7</size>\n  </file>\n');
    expect(run(text, { pieces: [{ type: 'sha-256', length: 65536, hashes }] }).match(/<hash>/g)).toHaveLength(hashes.length);
  });
  it('writes pieces', () => {
    const text = meta4('\n  <file name="f">\n    <size>7</size>\n  </file>\n');
    const resolved = run(text, { pieces: [{ type: 'sha-256', length: 65536, hashes: [sha256] }] });
    expect(resolved).toContain(
      `\n    <size>7</size>\n    <pieces length="65536" type="sha-256">\n      <hash>${sha256}</hash>\n    </pieces>\n  </file>`,
    );
    expect(run(resolved, { pieces: [{ type: 'sha-256', length: 65536, hashes: [sha256] }] })).toBe(resolved);
  });
});

describeCorpus('Metalink 3 of the corpus', 'metalink', (folder) => {
  const rows = metalinkRows(folder).filter(({ dialect, file }) => dialect === 'v3' && !file.startsWith('made/'));
  it.each(rows.map((row) => [row.file, row] as const))('%s converts', (name, row) => {
    const parsed = parseMetalink(decodeXml(readFileSync(path.join(folder, name))).text);
    const { text, document, notes } = convertMetalink(parsed);
    if (row.expected === 'valid') {
      expect(document?.files).toHaveLength(metalinkModel(parsed).files.length);
      expect(notes.every(({ message, range }) => message !== '' && range.end > range.start)).toBe(true);
    }
    if (text !== undefined) expect(errorsOf(text)).toEqual([]);
    else expect(row.expected).toBe('invalid');
  });
});

describe('convert', () => {
  const notesOf = (text: string): string[] => convertMetalink(parseMetalink(text)).notes.map(({ message }) => message);
  const v3 = (inner: string, attributes = ''): string =>
    `<metalink version="3.0" xmlns="http://www.metalinker.org/"${attributes}>${inner}</metalink>`;
  const file = (inner: string, url = '<url type="http">http://e.org/f</url>'): string =>
    v3(`<files><file name="f">${inner}<resources>${url}</resources></file></files>`);
  it.each([
    [file('<license><name>MIT</name></license>'), 'Metalink 4 has no `license`; it is dropped.'],
    [file('<os>Linux-x86</os>'), 'The operating system `Linux-x86` becomes `LINUX`.'],
    [file('<os>TempleOS</os>'), '`TempleOS` has no registered name; it is kept as it is.'],
    [file('', '<url maxconnections="1">http://e.org/f</url>'), '`maxconnections` has no counterpart; it is dropped.'],
    [file('', '<url type="ed2k">ed2k://x</url><url>http://e.org/f</url>'), '`ed2k://x` is no URL that Metalink 4 can hold; it is dropped.'],
    [file('', '<url type="bittorrent" location="de">http://e.org/f.torrent</url>'), 'A `metaurl` has no location; it is dropped.'],
    [file('<x:timestamp xmlns:x="urn:x">1</x:timestamp>'), '`timestamp` of another vocabulary is kept as an extension.'],
    [v3('<publisher><url>http://e.org/</url></publisher><files/>'), 'The publisher has no name; the host of its URL is taken.'],
    [v3('<files/>', ' generator="My Tool 1.0"'), 'The generator `My Tool 1.0` becomes `My-Tool/1.0`.'],
    [v3('<files/>', ' pubdate="yesterday"'), 'The date `yesterday` is not readable; it is dropped.'],
  ])('%j: %s', (text, note) => expect(notesOf(text)).toContain(note));
  it('keeps extensions', () =>
    expect(convertMetalink(parseMetalink(file('<x:t xmlns:x="urn:x" k="1">v<x:u/></x:t>'))).text).toContain('<x:t xmlns:x="urn:x" k="1">'));
  it('reads the misspelt namespace', () =>
    expect(convertMetalink(parseMetalink(file('').replace('http://www.', 'https://www.'))).text).toContain('<file name="f">'));
  it('leaves Metalink 4 alone', () => expect(convertMetalink(parseMetalink(meta4('<file name="f"/>'))).text).toBeUndefined());
  it('gives a second file of one name a number', () => {
    const twice = v3(
      '<files><file name="f.sif"><resources><url>http://e.org/1</url></resources></file><file name="f.sif"><resources><url>http://e.org/2</url></resources></file></files>',
    );
    expect(convertMetalink(parseMetalink(twice)).document?.files.map(({ name }) => name)).toEqual(['f.sif', 'f-2.sif']);
  });
});
