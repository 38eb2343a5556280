// A metalink may list a hundred thousand files: what is done for each of its references by itself is bounded.
import { describe, expect, test } from 'vitest';
import { noteUsed } from '../../../server/src/lsp/onlineAnswers';
import type { AnalysedDocument } from '../../../server/src/lsp/language';
import { createMetalinkContext } from '../../../server/src/operations/languages';
import { onlineFindings } from '../../../server/src/operations/onlineFindings';
import { readSettings } from '../../../server/src/operations/readSettings';
import { placesOf } from '../../../server/src/operations/referencePlaces';
import { noWorkspaceRules } from '../../../server/src/operations/workspaceRules';
import type { World } from '../../../server/src/operations/world';
import { createSourceText } from '../../../server/src/text/sourceText';

const files = Array.from(
  { length: 3000 },
  (_, n) => `<file name="f${n}"><url>https://registry.example.org/v2/org/tool${n}/blobs/sha256:${'a'.repeat(64)}</url></file>`,
);
const text = `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${files.join('\n')}</metalink>`;
const context = createMetalinkContext(createSourceText(text), { settings: readSettings({}), workspace: noWorkspaceRules });

describe('of a metalink with 3,000 files', () => {
  test('every place is there', () => {
    const places = placesOf('metalink', context);
    expect(places).toHaveLength(3000);
    expect(places.at(-1)?.reference?.kind).toBe('url');
  });
  test('hubs are asked about some', async () => {
    let asked = 0;
    const hubs = { resolve: () => Promise.resolve({ fetchedAt: ++asked }) };
    await onlineFindings({ hubs } as unknown as World, 'metalink', context, new AbortController().signal);
    expect(asked).toBe(200);
  });
  test('other documents are offered some', () => {
    let noted = -1;
    const world = { noteReferences: (_: string, used: readonly unknown[]) => void (noted = used.length) };
    noteUsed(world as unknown as World, { uri: 'file:///many.meta4', language: { name: 'metalink' }, context } as AnalysedDocument);
    expect(noted).toBeLessThanOrEqual(1000);
    expect(noted).toBeGreaterThanOrEqual(0);
  });
});
