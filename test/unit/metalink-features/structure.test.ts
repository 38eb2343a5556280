import { describe, expect, test } from 'vitest';
import type { DocumentSymbol, SelectionRange } from 'vscode-languageserver-types';
import { metalinkLenses } from '../../../server/src/metalink/codeLens';
import { metalinkFolding } from '../../../server/src/metalink/folding';
import { metalinkInlayHints } from '../../../server/src/metalink/inlayHints';
import { metalinkLinks } from '../../../server/src/metalink/links';
import { metalinkSelection } from '../../../server/src/metalink/selection';
import { metalinkSemanticTokens } from '../../../server/src/metalink/semanticTokens';
import { metalinkSymbols } from '../../../server/src/metalink/symbols';
import { contextOf, inFile, sample, withCursor, meta4 } from './documents';

const metalink3 = `<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="f"><size>5000</size>
<verification><hash type="md5">a</hash></verification><resources><url preference="90">https://a.org/f</url></resources></file></files></metalink>`;

function names(symbols: readonly DocumentSymbol[], indent = ''): string[] {
  return symbols.flatMap((symbol) => [
    `${indent}${symbol.name}${symbol.detail === undefined || symbol.detail === '' ? '' : ` — ${symbol.detail}`}`,
    ...names(symbol.children ?? [], `${indent}  `),
  ]);
}

test('the outline of a document', () =>
  expect(names(metalinkSymbols(contextOf(sample)))).toEqual([
    'generator — container-metalink/1.0',
    'origin — https://example.org/tool.meta4',
    'published — 2026-05-01T12:15:02Z',
    'images/tool-1.4.sif — tool',
    '  identity — tool',
    '  version — 1.4',
    '  publisher Lab',
    '  logo — https://lab.example.org/logo.png',
    '  language — en',
    '  os — LINUX',
    '  size — 2621440',
    '  hash sha-256 — 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f…',
    '  pieces sha-256 — 3 hashes',
    '  signature — -----BEGIN PGP SIGNATURE-----',
    '  url 1 — https://a.example.org/tool-1.4.sif',
    '  url 2 — https://user:secret@b.example.org/tool-1.4.sif',
    '  metaurl 3 — https://example.org/tool.torrent',
  ]));

test('the outline of Metalink 3', () =>
  expect(names(metalinkSymbols(contextOf(metalink3)))).toEqual([
    'f',
    '  size — 5000',
    '  verification',
    '    hash md5 — a',
    '  resources',
    '    url 90 — https://a.org/f',
  ]));

test('what folds: comments, what nests, long values; the end tag stays', () =>
  expect(metalinkFolding(contextOf(sample))).toEqual([
    { startLine: 1, endLine: 2, kind: 'comment' },
    { startLine: 3, endLine: 28 },
    { startLine: 7, endLine: 27 },
    { startLine: 16, endLine: 19 },
    { startLine: 21, endLine: 23 },
  ]));

describe('selections grow', () => {
  test.each<[string, string[]]>([
    [inFile('<size>12|3</size>'), ['123', '<size>123</size>', '<size>123</size>', '<file name="f"><size>123</size></file>']],
    [inFile('<url location="d|e">x</url>'), ['de', 'location="de"', '<url location="de">', '<url location="de">x</url>']],
    [inFile('<url loc|ation="de">x</url>'), ['location', 'location="de"', '<url location="de">']],
    [inFile('<u|rl>x</url>'), ['url', '<url>', '<url>x</url>']],
    [inFile('<url>x</u|rl>'), ['url', '<url>x</url>']],
  ])('%s', (marked, expected) => {
    const { text, offset } = withCursor(marked);
    const context = contextOf(text);
    const found: string[] = [];
    for (let range: SelectionRange | undefined = metalinkSelection(context, offset); range; range = range.parent)
      found.push(text.slice(context.source.offsetAt(range.range.start), context.source.offsetAt(range.range.end)));
    // Equal stretches are one selection.
    expect(found.slice(0, new Set(expected).size)).toEqual([...new Set(expected)]);
    expect(found.at(-1)).toBe(text);
  });
});

test('links: files, metaurl, logo, publisher, origin; none with a password', () => {
  const context = contextOf(sample);
  const links = metalinkLinks(context);
  expect(links.map(({ target }) => target)).toEqual([
    'https://example.org/tool.meta4',
    'https://lab.example.org/',
    'https://lab.example.org/logo.png',
    'https://a.example.org/tool-1.4.sif',
    'https://example.org/tool.torrent',
  ]);
  for (const { range, target } of links)
    expect(sample.slice(context.source.offsetAt(range.start), context.source.offsetAt(range.end))).toBe(target);
});

describe('lenses', () => {
  const commands = { verify: 'v', pullIntoCache: 'p', checkMirrors: 'c', resolveHashes: 'r', convertMetalink: 'x' };
  const lenses = (text: string) => metalinkLenses(contextOf(text), 'file:///a.meta4', commands).map(({ command }) => command);
  test('of a file', () =>
    expect(lenses(sample)).toMatchObject([
      { title: 'Verify', command: 'v', arguments: [{ kind: 'document', uri: 'file:///a.meta4', file: 'images/tool-1.4.sif' }] },
      { title: 'Pull into cache', command: 'p' },
      { title: 'Check mirrors', command: 'c', arguments: [{ uri: 'file:///a.meta4', file: 'images/tool-1.4.sif' }] },
      { title: 'Resolve hashes', command: 'r' },
    ]));
  test('of Metalink 3', () =>
    expect(lenses(metalink3).map((command) => command?.title)).toEqual([
      'Convert to Metalink 4',
      'Verify',
      'Pull into cache',
      'Check mirrors',
    ]));
  test('of something else', () => expect(lenses('<html/>')).toEqual([]));
});

describe('inlay hints', () => {
  const hints = (text: string, from = 0, to = text.length) =>
    metalinkInlayHints(contextOf(text), { start: from, end: to }).map(({ label }) => label);
  test('sizes and piece lengths', () => expect(hints(sample)).toEqual(['2.6 MB', '1.0 MB']));
  test('only in the range', () => expect(hints(sample, 0, sample.indexOf('<identity>'))).toEqual([]));
  test.each(['<size>12</size>', '<size>abc</size>', '<size></size>', '<size>-5000</size>'])('none for %s', (text) =>
    expect(hints(inFile(text))).toEqual([]),
  );
});

test('semantic tokens: a URL with a reference in it is one token', () => {
  const context = contextOf(inFile('<url>https://a.org/f?a=1&amp;b=2</url>'));
  const data = metalinkSemanticTokens(context, { number: 0, string: 1, enumMember: 2, regexp: 3 });
  expect([data.length, data[2]]).toEqual([5, 'https://a.org/f?a=1&amp;b=2'.length]);
});

test('semantic tokens: values by their kind', () => {
  const context = contextOf(sample);
  const data = metalinkSemanticTokens(context, { number: 0, string: 1, enumMember: 2, regexp: 3 });
  const found: [string, number][] = [];
  let line = 0;
  let character = 0;
  for (let at = 0; at < data.length; at += 5) {
    const [lines = 0, characters = 0, length = 0, type = 0] = data.slice(at, at + 5);
    line += lines;
    character = lines === 0 ? character + characters : characters;
    const start = context.source.offsetAt({ line, character });
    found.push([sample.slice(start, start + length), type]);
  }
  expect(found).toEqual([
    ['https://example.org/tool.meta4', 1],
    ['2026-05-01T12:15:02Z', 0],
    ['https://lab.example.org/logo.png', 1],
    ['en', 2],
    ['LINUX', 2],
    ['2621440', 0],
    ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 3],
    ['https://a.example.org/tool-1.4.sif', 1],
    ['https://user:secret@b.example.org/tool-1.4.sif', 1],
    ['https://example.org/tool.torrent', 1],
  ]);
});

test('folding of a file with more URLs than a call takes arguments', () => {
  const context = contextOf(meta4(`<file name="f">\n${'<url>https://e.org/f</url>\n'.repeat(300_000)}</file>`));
  expect(metalinkFolding(context).at(-1)).toMatchObject({ endLine: 300_000 });
});

test('lenses only on the files that somebody could look at', () => {
  const context = contextOf(meta4('<file name="f"><url>https://e.org/f</url></file>'.repeat(3000)));
  const commands = { verify: 'v', pullIntoCache: 'p', checkMirrors: 'c', resolveHashes: 'r', convertMetalink: 'x' };
  expect(metalinkLenses(context, 'file:///a.meta4', commands)).toHaveLength(4 * 2000);
});
