import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Range, SelectionRange } from 'vscode-languageserver-types';
import { closeTagMetalink } from '../../../server/src/metalink/closingTag';
import { metalinkLenses } from '../../../server/src/metalink/codeLens';
import { completeMetalink } from '../../../server/src/metalink/completion';
import type { MetalinkContext } from '../../../server/src/metalink/context';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { metalinkFolding } from '../../../server/src/metalink/folding';
import { formatMetalink } from '../../../server/src/metalink/format';
import { metalinkHover } from '../../../server/src/metalink/hover';
import { metalinkInlayHints } from '../../../server/src/metalink/inlayHints';
import { metalinkLinkedEditing } from '../../../server/src/metalink/linkedEditing';
import { metalinkLinks } from '../../../server/src/metalink/links';
import { metalinkModel } from '../../../server/src/metalink/model';
import type { MetalinkModel } from '../../../server/src/metalink/model';
import { prepareRenameMetalink, renameMetalink } from '../../../server/src/metalink/rename';
import { metalinkRewrites } from '../../../server/src/metalink/rewrites';
import { metalinkSelection } from '../../../server/src/metalink/selection';
import { metalinkSemanticTokens } from '../../../server/src/metalink/semanticTokens';
import { metalinkSymbols } from '../../../server/src/metalink/symbols';
import type { DocumentSymbol } from 'vscode-languageserver-types';
import { applyEdits, contextOf, corpusTexts, sample } from './documents';

const texts = [sample, ...corpusTexts(8000).map(({ text }) => text)];
const insertions = [
  '',
  '<',
  '>',
  '/',
  '"',
  "'",
  '&',
  '</',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '|',
  ' ',
  '\r',
  '<a',
  '=',
  '\ud800',
  '\u00a0',
];

/** A document of the corpus with one place changed, and an offset: mostly the place itself. */
const damaged = fc
  .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(3), fc.constantFrom(...insertions), fc.option(fc.nat(), { freq: 3 }))
  .map(([text, at, removed, added, elsewhere]) => {
    const place = at % (text.length + 1);
    const changed = text.slice(0, place) + added + text.slice(place + removed);
    return [changed, elsewhere === null ? place + added.length : elsewhere % (changed.length + 1)] as const;
  });

const options = { now: 0, generator: 'a/1', snippets: true };
const tokenTypes = { number: 0, string: 1, enumMember: 2, regexp: 3 };
const commands = { verify: 'v', pullIntoCache: 'p', checkMirrors: 'c', resolveHashes: 'r', convertMetalink: 'x' };

function isIn({ source }: MetalinkContext, { start, end }: Range): boolean {
  return end.line < source.lineCount && source.offsetAt(start) <= source.offsetAt(end);
}

function contains({ source }: MetalinkContext, outer: Range, inner: Range): boolean {
  return source.offsetAt(outer.start) <= source.offsetAt(inner.start) && source.offsetAt(inner.end) <= source.offsetAt(outer.end);
}

/** Every feature answers, and what it answers is in the text. */
function askEverything(context: MetalinkContext, offset: number): void {
  const { source } = context;
  const cursor = source.positionAt(offset);
  for (const item of completeMetalink(context, offset, options)) {
    if (item.textEdit === undefined || !('range' in item.textEdit)) throw new Error('no edit');
    const { start, end } = item.textEdit.range;
    expect([start.line, end.line]).toEqual([cursor.line, cursor.line]);
    expect(start.character <= cursor.character && cursor.character <= end.character).toBe(true);
  }
  const hover = metalinkHover(context, offset);
  if (hover?.range) expect(isIn(context, hover.range)).toBe(true);
  symbolsNest(context, metalinkSymbols(context));
  for (const { startLine, endLine } of metalinkFolding(context)) expect(startLine < endLine && endLine < source.lineCount).toBe(true);
  for (let range: SelectionRange | undefined = metalinkSelection(context, offset); range; range = range.parent) {
    expect(isIn(context, range.range)).toBe(true);
    if (range.parent) expect(contains(context, range.parent.range, range.range)).toBe(true);
  }
  for (const { range } of metalinkLinks(context)) expect(isIn(context, range)).toBe(true);
  for (const { range } of metalinkLenses(context, 'file:///a', commands)) expect(isIn(context, range)).toBe(true);
  metalinkInlayHints(context, { start: 0, end: source.text.length });
  expect(metalinkSemanticTokens(context, tokenTypes).every((number) => number >= 0)).toBe(true);
  const linked = metalinkLinkedEditing(context, offset)?.ranges.map(({ start, end }) =>
    source.text.slice(source.offsetAt(start), source.offsetAt(end)),
  );
  if (linked) expect(linked[0]).toBe(linked[1]);
  expect(renameMetalink(context, offset, 'other') === undefined).toBe(prepareRenameMetalink(context, offset) === undefined);
  applyEdits(context, closeTagMetalink(context, offset, source.text[offset - 1] ?? ''));
  metalinkRewrites(context, { start: offset, end: offset });
  for (const { range } of checkMetalink(source, context.parsed))
    expect(range.start <= range.end && range.end <= source.text.length).toBe(true);
}

function symbolsNest(context: MetalinkContext, symbols: readonly DocumentSymbol[], outer?: Range): void {
  for (const symbol of symbols) {
    expect(symbol.name).not.toBe('');
    expect(contains(context, symbol.range, symbol.selectionRange)).toBe(true);
    if (outer) expect(contains(context, outer, symbol.range)).toBe(true);
    symbolsNest(context, symbol.children ?? [], symbol.range);
  }
}

/** The model without places. */
function plain(model: MetalinkModel): unknown {
  return JSON.parse(
    JSON.stringify(model, (key, value: unknown) =>
      ['range', 'line', 'sizeLine'].includes(key) ? undefined : typeof value === 'bigint' ? `${value}` : value,
    ),
  );
}

function formatKeepsEverything(text: string): void {
  const context = contextOf(text);
  const formatted = applyEdits(context, formatMetalink(context));
  expect(formatted.replace(/[ \t\r\n]/g, '')).toBe(text.replace(/[ \t\r\n]/g, ''));
  const again = contextOf(formatted);
  expect(plain(metalinkModel(again.parsed))).toEqual(plain(metalinkModel(context.parsed)));
  expect(applyEdits(again, formatMetalink(again))).toBe(formatted);
}

test('a `<` at any place of a valid document: everything answers', () => {
  for (let at = 0; at <= sample.length; at++) askEverything(contextOf(`${sample.slice(0, at)}<${sample.slice(at)}`), at + 1);
}, 60_000);

test('a character less at any place: everything answers', () => {
  for (let at = 0; at < sample.length; at += 2) askEverything(contextOf(sample.slice(0, at) + sample.slice(at + 1)), at);
}, 60_000);

test('an attribute value that swallows tags: everything answers', () => {
  const text =
    '<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="&<size>10</size><pieces type="sha-1" length="-5"><hash>a</hash></pieces></file></metalink>';
  for (let at = 0; at <= text.length; at++) askEverything(contextOf(text), at);
});

test('documents that are changed anywhere: everything answers', () => {
  fc.assert(
    fc.property(damaged, ([text, offset]) => askEverything(contextOf(text), offset)),
    { numRuns: 400 },
  );
}, 60_000);

describe('formatting touches no value, is done after one time, keeps the model', () => {
  test('on the corpus', () => {
    for (const { name, text } of corpusTexts(60_000)) expect(() => formatKeepsEverything(text), name).not.toThrow();
  }, 60_000);
  test('on damaged documents', () => {
    fc.assert(
      fc.property(damaged, ([text]) => formatKeepsEverything(text)),
      { numRuns: 300 },
    );
  }, 60_000);
});
