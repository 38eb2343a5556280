import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  CompletionList,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  SelectionRange,
  SemanticTokens,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver-types';
import type { LinkedEditingRanges } from 'vscode-languageserver/node';
import { clientCommands, methods } from '../../server/src/protocol';
import type { CheckMirrorsResult, MetalinkResolveResult, MetalinkTextResult } from '../../server/src/protocol';
import { startHub } from '../hub/hub';
import type { EmbeddedHub } from '../hub/hub';
import { startSession } from './session';
import type { Session } from './session';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'metalink-protocol-'));
let session: Session;
let hub: EmbeddedHub;
let documents = 0;

beforeAll(async () => {
  hub = await startHub();
  session = await startSession({ trusted: true, settings: { inlayHints: { enabled: true } }, storagePath: path.join(folder, 'storage') });
});
afterEach(() => hub.behave());
afterAll(async () => {
  await session.close();
  await hub.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const meta4 = (inner: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n${inner}</metalink>\n`;
const plain = meta4(
  '  <file name="tool.sif">\n    <size>640169</size>\n    <url priority="2">https://b.example.org/tool.sif</url>\n    <url priority="1">https://a.example.org/tool.sif</url>\n  </file>\n',
);

/** Opens a text under a name of its own. */
async function open(text: string, name = 'a.meta4'): Promise<string> {
  const uri = pathToFileURL(path.join(folder, String(documents++), name)).href;
  await session.open(uri, 'metalink', text);
  return uri;
}

/** Line and character of a stretch of the text, plus an offset in it. */
function at(text: string, part: string, plus = 0): { line: number; character: number } {
  const before = text.slice(0, text.indexOf(part) + plus).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

function ask<T>(method: string, uri: string, more: object = {}): Promise<T> {
  return session.request<T>(`textDocument/${method}`, { textDocument: { uri }, ...more });
}

function applied(text: string, edits: readonly TextEdit[]): string {
  const starts = text.split('\n').reduce<number[]>((all, line) => [...all, (all.at(-1) ?? 0) + line.length + 1], [0]);
  const offset = ({ line, character }: { line: number; character: number }) => (starts[line] ?? text.length) + character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce((result, { range, newText }) => result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end)), text);
}

describe('answers from the text', () => {
  test('diagnostics with their page, and a fix that mends', async () => {
    const text = plain.replace('priority="2"', 'priority="0"');
    const uri = await open(text);
    const [found] = (await session.diagnosticsUntil(uri, (all) => all.some(({ code }) => code === 'M4-110'))).filter(
      ({ code }) => code === 'M4-110',
    );
    expect(found).toMatchObject({ severity: 1, range: { start: at(text, '"0"', 1) } });
    expect(found?.codeDescription?.href).toContain('M4-110');
    const actions = await ask<CodeAction[]>('codeAction', uri, { range: found?.range, context: { diagnostics: [found] } });
    const fix = actions.find(({ kind }) => kind === 'quickfix');
    expect(applied(text, fix?.edit?.changes?.[uri] ?? [])).toContain('priority="1"');
  });

  test('completion, with placeholders only for those who know them', async () => {
    const text = plain.replace('    <size>', '    <\n    <size>');
    const uri = await open(text);
    const answer = await ask<CompletionItem[] | CompletionList>('completion', uri, { position: at(text, '    <\n', 5) });
    const items = Array.isArray(answer) ? answer : answer.items;
    expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(['hash', 'identity', 'pieces']));
    expect(items.map(({ label }) => label)).not.toContain('size');
  });

  test('hover, outline, folds, links, hints, lenses, tokens', async () => {
    const uri = await open(plain);
    const hover = await ask<Hover>('hover', uri, { position: at(plain, '<size>', 2) });
    expect(JSON.stringify(hover.contents)).toContain('rfc5854#section-4.2.14');
    const [file] = await ask<DocumentSymbol[]>('documentSymbol', uri);
    expect([file?.name, file?.children?.map(({ name }) => name)]).toEqual(['tool.sif', ['size', 'url 2', 'url 1']]);
    expect((await ask<FoldingRange[]>('foldingRange', uri)).map(({ startLine, endLine }) => [startLine, endLine])).toEqual([[1, 6], [2, 5]]); // prettier-ignore
    expect((await ask<DocumentLink[]>('documentLink', uri)).map(({ target }) => target)).toContain('https://a.example.org/tool.sif');
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    expect((await ask<InlayHint[]>('inlayHint', uri, { range })).map(({ label }) => label)).toEqual(['640 kB']);
    expect((await ask<CodeLens[]>('codeLens', uri)).map(({ command }) => command?.title)).toEqual(['Verify', 'Pull into cache', 'Check mirrors', 'Resolve hashes']); // prettier-ignore
    expect((await ask<SemanticTokens>('semanticTokens/full', uri)).data.length).toBe(15);
    const [selection] = await ask<SelectionRange[]>('selectionRange', uri, { positions: [at(plain, '640169', 2)] });
    expect(selection?.range).toEqual({ start: at(plain, '640169'), end: at(plain, '640169', 6) });
  });

  test('formatting, sorting, renaming, linked editing, closing tags', async () => {
    const loose = plain.replace(/\n +/g, '');
    const uri = await open(loose);
    const edits = await ask<TextEdit[]>('formatting', uri, { options: { tabSize: 2, insertSpaces: true } });
    expect(applied(loose, edits)).toBe(plain);
    const sorted = await open(plain);
    const position = at(plain, 'name="tool', 7);
    const actions = await ask<CodeAction[]>('codeAction', sorted, {
      range: { start: position, end: position },
      context: { diagnostics: [] },
    });
    const sort = actions.find(({ kind }) => kind === 'refactor.rewrite');
    expect(applied(plain, sort?.edit?.changes?.[sorted] ?? [])).toMatch(/priority="1"[^]*priority="2"/);
    const renamed = await ask<WorkspaceEdit>('rename', sorted, { position, newName: 'x & y.sif' });
    expect(applied(plain, renamed.changes?.[sorted] ?? [])).toContain('name="x &amp; y.sif"');
    await expect(ask('rename', sorted, { position, newName: '../x' })).rejects.toThrow('M4-033');
    const linked = await ask<LinkedEditingRanges>('linkedEditingRange', sorted, { position: at(plain, '<size>', 2) });
    expect(linked.ranges).toHaveLength(2);
    const open2 = plain.replace('<size>640169</size>', '<size>');
    const typed = await open(open2);
    const closing = await ask<TextEdit[]>('onTypeFormatting', typed, {
      position: at(open2, '<size>', 6),
      ch: '>',
      options: { tabSize: 2, insertSpaces: true },
    });
    expect(applied(open2, closing)).toContain('<size></size>');
  });
});

test('sources are sorted by an edit of the open document', async () => {
  const uri = await open(plain);
  const before = session.edits.length;
  expect(await session.request(methods.metalinkSort, { uri })).toEqual({ moved: 2 });
  expect(applied(plain, session.edits[before]?.changes?.[uri] as TextEdit[])).toMatch(/priority="1"[^]*priority="2"/);
});

describe('a file of the wrong extension', () => {
  const rename = async (renames: boolean) => {
    const abilities = { documentChanges: true, resourceOperations: renames ? ['rename'] : [] };
    const asking = await startSession({ capabilities: { workspace: { configuration: true, workspaceEdit: abilities } } });
    try {
      const uri = 'file:///tmp/tool.1.metalink';
      await asking.open(uri, 'metalink', plain);
      const found = await asking.diagnosticsUntil(uri, (all) => all.some(({ code }) => code === 'M4-005'));
      const actions = await asking.request<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: found.find(({ code }) => code === 'M4-005')?.range,
        context: { diagnostics: found },
      });
      return actions.find(({ title }) => title.startsWith('Rename'));
    } finally {
      await asking.close();
    }
  };
  test('is renamed by the editor', async () =>
    expect(await rename(true)).toMatchObject({
      kind: 'quickfix',
      diagnostics: [{ code: 'M4-005' }],
      edit: { documentChanges: [{ kind: 'rename', oldUri: 'file:///tmp/tool.1.metalink', newUri: 'file:///tmp/tool.1.meta4' }] },
    }));
  test('where the editor can do that', async () => expect(await rename(false)).toBeUndefined());
});

describe('with the hub', () => {
  const image = () => `${hub.origin}/metalink/tool-1.4.sif`;
  const missing = () => meta4(`  <file name="tool-1.4.sif">\n    <url>${image()}</url>\n  </file>\n`);

  test('missing values are resolved by an edit of the open document', async () => {
    const uri = await open(missing());
    const result = await session.request<MetalinkResolveResult>(methods.metalinkResolve, { uri });
    expect(result).toMatchObject({ applied: 2, needDownload: [] });
    expect(result.report.join()).toContain('told by header of');
    const edit = session.edits.at(-1)?.changes?.[uri] as TextEdit[];
    expect(applied(missing(), edit)).toContain(`<hash type="sha-256">${hub.images.image('tool-1.4.sif').sha256}</hash>`);
  });

  test('what is missing is resolved by a code action at the finding', async () => {
    const uri = await open(missing());
    const found = (await session.diagnosticsUntil(uri, (all) => all.some(({ code }) => code === 'M4-046'))).filter(
      ({ code }) => code === 'M4-046',
    );
    const actions = await ask<CodeAction[]>('codeAction', uri, {
      range: found[0]?.range,
      context: { diagnostics: found, only: ['quickfix'] },
    });
    const action = actions.find(({ command }) => command?.command === clientCommands.resolveHashes);
    expect(action).toMatchObject({ title: 'Resolve size and hashes from hubs and servers', kind: 'quickfix', diagnostics: found });
    // The client's command asks this of the server.
    const [params] = (action?.command?.arguments ?? []) as unknown[];
    expect(params).toEqual({ uri, file: 'tool-1.4.sif' });
    const before = session.edits.length;
    await session.request<MetalinkResolveResult>(methods.metalinkResolve, params);
    const mended = applied(missing(), session.edits[before]?.changes?.[uri] as TextEdit[]);
    await session.change(uri, 2, [{ text: mended }]);
    await session.diagnosticsUntil(uri, (all) => !all.some(({ code }) => code === 'M4-046' || code === 'M4-085'));
  });

  test('pieces that do not fit are computed from a download', async () => {
    const { size, sha256 } = hub.images.image('tool-1.4.sif');
    const text = missing().replace(
      '    <url>',
      `    <size>${size}</size>\n    <hash type="sha-256">${sha256}</hash>\n    <pieces length="65536" type="sha-256">\n      <hash>${sha256}</hash>\n    </pieces>\n    <url>`,
    );
    const uri = await open(text);
    const found = await session.diagnosticsUntil(uri, (all) => all.some(({ code }) => code === 'M4-064'));
    const range = found.find(({ code }) => code === 'M4-064')?.range;
    const actions = await ask<CodeAction[]>('codeAction', uri, { range, context: { diagnostics: found } });
    const action = actions.find(({ title }) => title === 'Compute the pieces anew from a download');
    const [params] = (action?.command?.arguments ?? []) as unknown[];
    expect(await session.request(methods.metalinkResolve, params)).toMatchObject({ applied: 0, needDownload: ['tool-1.4.sif'] });
    const before = session.edits.length;
    expect(await session.request(methods.metalinkResolve, { ...(params as object), download: true })).toMatchObject({ applied: 1 });
    await session.change(uri, 2, [{ text: applied(text, session.edits[before]?.changes?.[uri] as TextEdit[]) }]);
    await session.diagnosticsUntil(uri, (all) => !all.some(({ code }) => code === 'M4-064'));
  });

  test('nothing is resolved in a folder that is not trusted', async () => {
    const strange = await startSession({ trusted: false });
    try {
      const uri = 'file:///tmp/strange.meta4';
      await strange.open(uri, 'metalink', missing());
      const found = await strange.diagnosticsUntil(uri, (all) => all.some(({ code }) => code === 'M4-046'));
      const actions = await strange.request<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: found.find(({ code }) => code === 'M4-046')?.range,
        context: { diagnostics: found },
      });
      expect(actions.filter(({ command }) => command !== undefined)).toEqual([]);
    } finally {
      await strange.close();
    }
  });

  test('mirrors are checked, the findings stand at their URLs', async () => {
    const text = missing().replace('</url>', `</url>\n    <url>${hub.origin}/mirror/a/nothing.sif</url>`);
    const uri = await open(text);
    const { mirrors } = await session.request<CheckMirrorsResult>(methods.checkMirrors, { uri });
    expect(mirrors.map(({ ok }) => ok)).toEqual([true, false]);
    const found = await session.diagnosticsUntil(uri, (all) => all.some(({ code }) => code === 'mirrors/bad'));
    expect(found.find(({ code }) => code === 'mirrors/bad')).toMatchObject({ severity: 2, range: { start: { line: 4 } } });
  });

  test('a metalink is created, converted, merged', async () => {
    const created = await session.request<MetalinkTextResult>(methods.metalinkCreate, {
      targets: [{ kind: 'reference', reference: image() }],
    });
    expect(created.text).toContain(hub.images.image('tool-1.4.sif').sha256);
    const old = '<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="tool-1.4.sif"><resources><url>https://old.example.org/t</url></resources></file></files></metalink>'; // prettier-ignore
    const converted = await session.request<MetalinkTextResult>(methods.metalinkConvert, { uri: await open(old, 'a.metalink') });
    expect(converted.text).toContain('urn:ietf:params:xml:ns:metalink');
    const uris = [await open(created.text), await open(converted.text)];
    const merged = await session.request<MetalinkTextResult>(methods.metalinkMerge, { uris });
    expect(merged.text).toContain('https://old.example.org/t');
    expect(merged.text).toContain(image());
  });

  test('why nothing is created is said', async () =>
    expect(
      session.request(methods.metalinkCreate, { targets: [{ kind: 'path', path: path.join(folder, 'nothing.sif') }] }),
    ).rejects.toThrow('There is no file'));
});
