import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompletionItem, CompletionList, DocumentSymbol, Hover } from 'vscode-languageserver-types';
import { startSession } from './session';
import type { Session } from './session';

const recipe = 'Bootstrap: docker\nFrom: ubuntu:22.04\n\n%labels\n  Author Jane\n\n%tests\n  true\n';
const uri = 'file:///tmp/tool.def';
let session: Session;

beforeAll(async () => {
  session = await startSession({ trusted: false });
  await session.open(uri, 'singularity', recipe);
});
afterAll(() => session.close());

const at = (line: number, character: number) => ({ textDocument: { uri }, position: { line, character } });

describe('a recipe over JSON-RPC', () => {
  test('an unknown section is reported with its page, and can be mended', async () => {
    const found = await session.diagnosticsUntil(uri, (d) => d.some((x) => x.code === 'parse/unknown-section'));
    const diagnostic = found.find((d) => d.code === 'parse/unknown-section');
    expect(diagnostic).toMatchObject({ severity: 1, range: { start: { line: 6 } } });
    expect(diagnostic?.message).toContain('%test');
    expect(diagnostic?.codeDescription?.href).toContain('parse-unknown-section.md');
    const actions = await session.request<{ title: string; edit: { changes: Record<string, { newText: string }[]> } }[]>(
      'textDocument/codeAction',
      {
        textDocument: { uri },
        range: diagnostic?.range,
        context: { diagnostics: [diagnostic] },
      },
    );
    expect(actions.map((a) => a.edit.changes[uri]?.map((e) => e.newText).join(''))).toContainEqual(expect.stringContaining('test'));
  });

  test('completion of agents', async () => {
    const answer = await session.request<CompletionItem[] | CompletionList>('textDocument/completion', at(0, 11));
    const items = Array.isArray(answer) ? answer : answer.items;
    expect(items.map((i) => i.label)).toEqual(expect.arrayContaining(['library', 'docker', 'oras', 'localimage']));
  });

  test('hover on a section', async () => {
    const hover = await session.request<Hover>('textDocument/hover', at(3, 2));
    expect(JSON.stringify(hover.contents)).toContain('labels');
  });

  test('outline by stage and section', async () => {
    const symbols = await session.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    const names = (all: readonly DocumentSymbol[]): string[] => all.flatMap((s) => [s.name, ...names(s.children ?? [])]);
    expect(names(symbols)).toEqual(expect.arrayContaining(['%labels', '%tests']));
  });

  test('an incremental change is the same as the whole text', async () => {
    await session.change(uri, 2, [{ range: { start: { line: 6, character: 1 }, end: { line: 6, character: 6 } }, text: 'test' }]);
    const found = await session.diagnosticsUntil(uri, (d) => !d.some((x) => x.code === 'parse/unknown-section'));
    expect(found.filter((d) => d.severity === 1)).toEqual([]);
  });

  test('a setting takes effect live', async () => {
    await session.setSettings({ rules: { 'lint/*': 'off' } });
    await session.diagnosticsUntil(uri, (d) => !d.some((x) => String(x.code).startsWith('lint/')));
  });
});
