import { afterEach, expect, test } from 'vitest';
import type { CompletionItem, Diagnostic, DocumentSymbol, SignatureHelp, SymbolInformation } from 'vscode-languageserver/node';
import { clientCapabilities, startSession } from './session';
import type { Session } from './session';

// Clients that can do little: no Markdown, no outline as a tree, no other places beside a diagnostic.

let session: Session;
afterEach(() => session.close());

const uri = 'file:///w/tool.def';
const text = 'Bootstrap: docker\nFrom: debian:13\n\n%labels\n    Author a\n    Author b\n\n%files\n    a b\n';
const plain = { ...clientCapabilities, textDocument: {} };

async function answers(capabilities: Record<string, unknown>) {
  session = await startSession({ trusted: false, capabilities });
  await session.open(uri, 'singularity', text);
  const at = (line: number, character: number) => ({ textDocument: { uri }, position: { line, character } });
  const [help, items, symbols, diagnostics] = await Promise.all([
    session.request<SignatureHelp>('textDocument/signatureHelp', at(8, 6)),
    session.request<CompletionItem[]>('textDocument/completion', at(3, 2)),
    session.request<(DocumentSymbol | SymbolInformation)[]>('textDocument/documentSymbol', { textDocument: { uri } }),
    session.diagnosticsUntil(uri, (found) => found.some(isDuplicate)),
  ]);
  const documented = items.flatMap(({ documentation }) => (typeof documentation === 'object' ? [documentation] : []));
  return { help, documented, symbols, duplicate: diagnostics.find(isDuplicate) };
}

function isDuplicate({ code }: Diagnostic): boolean {
  return code === 'lint/label-duplicate';
}

test('a client that says what it can do gets it', async () => {
  const { help, documented, symbols, duplicate } = await answers(clientCapabilities);
  expect(help.signatures[0]).toMatchObject({ documentation: { kind: 'markdown' } });
  expect(new Set(documented.map(({ kind }) => kind))).toEqual(new Set(['markdown']));
  expect(symbols.some((symbol) => 'children' in symbol)).toBe(true);
  expect(duplicate?.relatedInformation).toHaveLength(1);
});

test('one that does not gets plain text, a list and the message alone', async () => {
  const { help, documented, symbols, duplicate } = await answers(plain);
  const [signature] = help.signatures;
  expect(signature).toMatchObject({ documentation: { kind: 'plaintext' } });
  for (const { documentation } of signature?.parameters ?? []) expect(documentation).toMatchObject({ kind: 'plaintext' });
  expect(new Set(documented.map(({ kind }) => kind))).toEqual(new Set(['plaintext']));
  for (const { value } of documented) expect(value).not.toMatch(/\*\*|```|\]\(/);
  const list = symbols as SymbolInformation[];
  expect(list.map(({ name }) => name)).toEqual(expect.arrayContaining(['Bootstrap', '%labels', '%files']));
  expect(list.every(({ location }) => location.uri === uri)).toBe(true);
  expect(list.find(({ name }) => name === 'Author')?.containerName).toBe('%labels');
  expect(duplicate).not.toHaveProperty('relatedInformation');
});
