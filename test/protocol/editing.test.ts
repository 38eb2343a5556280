import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CodeAction, DocumentSymbol, FoldingRange, Range, SelectionRange, TextEdit } from 'vscode-languageserver-types';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { startSession } from './session';
import type { Session } from './session';

let session: Session;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.close());

let opened = 0;
async function open(text: string, languageId = 'singularity'): Promise<string> {
  const uri = `file:///tmp/editing-${++opened}.${languageId === 'metalink' ? 'meta4' : 'def'}`;
  await session.open(uri, languageId, text);
  return uri;
}
const apply = (text: string, edits: TextEdit[]) => TextDocument.applyEdits(TextDocument.create('', '', 0, text), edits);

const recipe = [
  'Bootstrap: docker',
  'From: ubuntu:{{ version }}',
  'Stage: build',
  '',
  '%arguments',
  '  version=22.04',
  '',
  '%post',
  '  echo {{ version }}',
  '',
  'Bootstrap: docker',
  'From: alpine',
  '',
  '%files from build',
  '  /usr/bin/tool /usr/bin/',
  '',
].join('\n');
const metalink = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<metalink xmlns="urn:ietf:params:xml:ns:metalink">',
  '<file name="tool.sif">',
  '<size>12</size>',
  '<url>https://a.example/tool.sif</url>',
  '</file>',
  '</metalink>',
  '',
].join('\n');
const at = (uri: string, line: number, character: number) => ({ textDocument: { uri }, position: { line, character } });

describe('rename', () => {
  test('of a stage changes every mention', async () => {
    const uri = await open(recipe);
    const edit = await session.request<{ changes: Record<string, TextEdit[]> }>('textDocument/rename', {
      ...at(uri, 2, 8),
      newName: 'compile',
    });
    const renamed = apply(recipe, edit.changes[uri] ?? []);
    expect(renamed).toContain('Stage: compile');
    expect(renamed).toContain('%files from compile');
  });

  test('to a name that cannot be one is refused, and the error says why', async () => {
    const uri = await open(recipe);
    const refused = session.request('textDocument/rename', { ...at(uri, 2, 8), newName: 'two words' });
    await expect(refused).rejects.toMatchObject({ code: -32803 });
    const message = await refused.catch((error: unknown) => (error instanceof Error ? error.message : ''));
    expect(message).toMatch(/name/i);
    expect(session.notified.filter(({ method }) => method === 'window/showMessage')).toEqual([]);
  });

  test('of what has no name is not offered', async () => {
    const uri = await open(recipe);
    expect(await session.request('textDocument/prepareRename', at(uri, 8, 3))).toBeNull();
  });
});

describe('formatting', () => {
  const untidy = 'bootstrap:docker\nFrom:   alpine   \n\n\n\n\n%post\necho hi   \n%labels\nAuthor Jane\n';

  test('of a whole recipe is stable', async () => {
    const uri = await open(untidy);
    const options = { tabSize: 4, insertSpaces: true };
    const once = apply(untidy, await session.request<TextEdit[]>('textDocument/formatting', { textDocument: { uri }, options }));
    expect(once).not.toBe(untidy);
    const again = await open(once);
    expect(await session.request('textDocument/formatting', { textDocument: { uri: again }, options })).toEqual([]);
  });

  test('of a range leaves the rest alone', async () => {
    const uri = await open(untidy);
    const edits = await session.request<TextEdit[]>('textDocument/rangeFormatting', {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 1, character: 3 } },
      options: { tabSize: 4, insertSpaces: true },
    });
    expect(edits.length).toBeGreaterThan(0);
    expect(apply(untidy, edits)).toContain('%post\necho hi   \n%labels\nAuthor Jane\n');
  });

  test('of a metalink indents it', async () => {
    const uri = await open(metalink, 'metalink');
    const edits = await session.request<TextEdit[]>('textDocument/formatting', {
      textDocument: { uri },
      options: { tabSize: 2, insertSpaces: true },
    });
    expect(apply(metalink, edits)).toContain('\n    <size>12</size>\n');
  });
});

describe('semantic tokens', () => {
  async function words(text: string, languageId?: string): Promise<string[]> {
    const uri = await open(text, languageId);
    const { data } = await session.request<{ data: number[] }>('textDocument/semanticTokens/full', { textDocument: { uri } });
    const legend = session.initialized.capabilities.semanticTokensProvider?.legend.tokenTypes ?? [];
    const lines = text.split('\n');
    const found: string[] = [];
    let line = 0;
    let character = 0;
    for (let i = 0; i < data.length; i += 5) {
      const [down = 0, right = 0, length = 0, type = -1] = data.slice(i, i + 4);
      character = down === 0 ? character + right : right;
      line += down;
      found.push(`${legend[type] ?? 'no type'} ${lines[line]?.slice(character, character + length) ?? 'outside'}`);
    }
    expect(data.length % 5).toBe(0);
    return found;
  }

  test('of a recipe are its words', async () => {
    const found = await words(recipe);
    expect(found.filter((word) => word.includes('version')).length).toBeGreaterThanOrEqual(3);
    expect(found.filter((word) => word.endsWith(' build'))).toHaveLength(2);
    expect(found.join('\n')).not.toMatch(/no type|outside/);
  });

  test('behind characters outside the basic plane, and with CRLF', async () => {
    const found = await words('Bootstrap: docker\r\nFrom: a\r\n\r\n%post\r\n  echo 🦀🦀 {{ version }}\r\n');
    expect(found.filter((word) => word.endsWith('version'))).toHaveLength(1);
  });

  test('of a metalink', async () => {
    const found = await words(metalink, 'metalink');
    expect(found).toContain('number 12');
  });
});

describe('structure', () => {
  test('start and end tag of an element are edited together', async () => {
    const uri = await open(metalink, 'metalink');
    const linked = await session.request<{ ranges: Range[] }>('textDocument/linkedEditingRange', at(uri, 3, 2));
    expect(linked.ranges).toEqual([
      { start: { line: 3, character: 1 }, end: { line: 3, character: 5 } },
      { start: { line: 3, character: 10 }, end: { line: 3, character: 14 } },
    ]);
  });

  test('sections and stages fold', async () => {
    const uri = await open(recipe);
    const folds = await session.request<FoldingRange[]>('textDocument/foldingRange', { textDocument: { uri } });
    expect(folds.map(({ startLine }) => startLine)).toEqual(expect.arrayContaining([4, 7, 13]));
    for (const fold of folds) expect(fold.endLine).toBeGreaterThan(fold.startLine);
  });

  test('selections grow, each around the one before, for every position that was asked', async () => {
    const uri = await open(recipe);
    const positions = [
      { line: 2, character: 8 },
      { line: 8, character: 12 },
    ];
    const selections = await session.request<SelectionRange[]>('textDocument/selectionRange', { textDocument: { uri }, positions });
    expect(selections).toHaveLength(2);
    for (const [index, start] of selections.entries()) {
      const position = positions[index] ?? { line: -1, character: -1 };
      let steps = 0;
      for (let selection: SelectionRange | undefined = start; selection; selection = selection.parent) {
        const { range } = selection;
        expect(before(range.start, position) && before(position, range.end)).toBe(true);
        if (selection.parent) {
          expect(before(selection.parent.range.start, range.start) && before(range.end, selection.parent.range.end)).toBe(true);
        }
        steps++;
      }
      expect(steps).toBeGreaterThan(2);
    }
  });

  test('the outline holds every range of its children', async () => {
    const uri = await open(recipe);
    const symbols = await session.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    const check = (symbol: DocumentSymbol): void => {
      expect(before(symbol.range.start, symbol.selectionRange.start) && before(symbol.selectionRange.end, symbol.range.end)).toBe(true);
      for (const child of symbol.children ?? []) {
        expect(before(symbol.range.start, child.range.start) && before(child.range.end, symbol.range.end)).toBe(true);
        check(child);
      }
    };
    symbols.forEach(check);
    expect(symbols).toHaveLength(2);
  });
});

describe('code actions', () => {
  const faulty = 'Bootstrap: docker\nFrom: alpine\n\n%tests\n  true\n';
  const whole = { start: { line: 0, character: 0 }, end: { line: 5, character: 0 } };
  const actions = async (uri: string, only?: string[]) =>
    session.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: whole,
      context: { diagnostics: [], ...(only && { only }) },
    });

  test('a quick fix mends what it is for', async () => {
    const uri = await open(faulty);
    const fixes = await actions(uri, ['quickfix']);
    const mended = fixes.map((fix) => apply(faulty, fix.edit?.changes?.[uri] ?? []));
    expect(mended).toContainEqual(faulty.replace('%tests', '%test'));
    expect(fixes.every(({ kind }) => kind === 'quickfix')).toBe(true);
  });

  test.each([['source.fixAll'], ['source.fixAll.containerMetalink']])('"%s" gives one action for all that is safe', async (kind) => {
    const text = 'bootstrap: docker\nFrom: alpine\n\n%Labels\n  Author Jane\n';
    const uri = await open(text);
    const found = await actions(uri, [kind]);
    expect(found.every((action) => action.kind === 'source.fixAll.containerMetalink')).toBe(true);
    expect(found.length).toBeLessThanOrEqual(1);
    for (const action of found) expect(apply(text, action.edit?.changes?.[uri] ?? [])).not.toBe(text);
  });

  test('kinds that are not asked for are not given', async () => {
    const uri = await open(faulty);
    expect(await actions(uri, ['source.organizeImports'])).toEqual([]);
  });
});

function before(a: { line: number; character: number }, b: { line: number; character: number }): boolean {
  return a.line < b.line || (a.line === b.line && a.character <= b.character);
}
