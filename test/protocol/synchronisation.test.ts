import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver-types';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { clientCapabilities, startSession } from './session';
import type { Session } from './session';

let session: Session;
beforeAll(async () => {
  session = await startSession({
    trusted: false,
    capabilities: {
      textDocument: { ...clientCapabilities.textDocument, diagnostic: {} },
      workspace: { ...clientCapabilities.workspace, diagnostics: { refreshSupport: true } },
    },
  });
});
afterAll(() => session.close());

const start = 'Bootstrap: docker\r\nFrom: alpine\n\n%labels\r\n  Author Jane 🦀\n\n%post\n  echo "{{ grüße }}"\n';
const pieces = ['\n', '\r\n', '\r', '%post\n', '%labels\n  A B\n', '🦀', 'é', ' ', '#', 'From: x\n', '{{ a }}', '\\\n', 'word', ''];

/** One edit: where it starts and how much it replaces, as fractions of the text, and what it puts there. */
const edit = fc.record({ from: fc.nat(1000), length: fc.nat(60), text: fc.constantFrom(...pieces) });

test('after any edits the server sees the same text as one that is given it whole', async () => {
  let documents = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), async (notifications) => {
      const edited = `file:///tmp/edited-${++documents}.def`;
      const whole = `file:///tmp/whole-${documents}.def`;
      await session.open(edited, 'singularity', start);
      const mirror = TextDocument.create(edited, 'singularity', 1, start);
      for (const [index, edits] of notifications.entries()) {
        const changes = edits.map(({ from, length, text }) => {
          const before = mirror.getText();
          const offset = boundary(before, Math.floor((from / 1000) * before.length));
          const range = {
            start: mirror.positionAt(offset),
            end: mirror.positionAt(boundary(before, Math.min(before.length, offset + length))),
          };
          TextDocument.update(mirror, [{ range, text }], index + 2);
          return { range, text };
        });
        await session.change(edited, index + 2, changes);
      }
      await session.open(whole, 'singularity', mirror.getText());
      expect(await everything(edited)).toEqual(await everything(whole));
      for (const uri of [edited, whole]) await session.client.sendNotification('textDocument/didClose', { textDocument: { uri } });
    }),
    { numRuns: 60 },
  );
});

/** All that tells one text from another. */
async function everything(uri: string): Promise<unknown> {
  const textDocument = { uri };
  const [diagnostics, symbols, tokens, folds, selection, format] = await Promise.all([
    session.request<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument }),
    session.request('textDocument/documentSymbol', { textDocument }),
    session.request('textDocument/semanticTokens/full', { textDocument }),
    session.request('textDocument/foldingRange', { textDocument }),
    session.request('textDocument/selectionRange', { textDocument, positions: [{ line: 0, character: 0 }] }),
    session.request('textDocument/formatting', { textDocument, options: { tabSize: 2, insertSpaces: true } }),
  ]);
  return JSON.parse(JSON.stringify({ diagnostics, symbols, tokens, folds, selection, format }).replaceAll(uri, 'uri')) as unknown;
}

/** The offset, or the one before it where it would cut a surrogate pair in two. */
function boundary(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return code >= 0xdc00 && code <= 0xdfff ? offset - 1 : offset;
}
