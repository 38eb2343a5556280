// What a hover on a reference offers to do.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnalysedDocument } from '../../../server/src/lsp/language';
import { describePlace } from '../../../server/src/lsp/onlineAnswers';
import { createRecipeContext } from '../../../server/src/operations/languages';
import { readSettings } from '../../../server/src/operations/readSettings';
import { placesOf } from '../../../server/src/operations/referencePlaces';
import { noWorkspaceRules } from '../../../server/src/operations/workspaceRules';
import { createSourceText } from '../../../server/src/text/sourceText';
import { startHubWorld } from './hubWorld';
import type { HubWorld } from './hubWorld';

let started: HubWorld;
beforeAll(async () => void (started = await startHubWorld()));
afterAll(() => started.close());

test.each([
  [true, 'open/base:1.0'],
  [true, 'open/nothing:1'],
  [false, 'open/base:1.0'],
])('online: %s, of %s: it is refreshed only where a hub would be asked', async (isOnline, image) => {
  const source = createSourceText(`Bootstrap: docker\nFrom: ${new URL(started.hub.origin).host}/${image}\n`);
  const context = createRecipeContext(source, { settings: readSettings({}), workspace: noWorkspaceRules });
  const [place] = placesOf('recipe', context);
  const document = { uri: 'file:///a.def', source } as AnalysedDocument;
  const world = started.worldWith({ 'online.enabled': isOnline, 'online.hosts': ['*'] });
  const { signal } = new AbortController();
  const text = await describePlace(world, place!, { document, signal, commandLinks: true });
  expect(text.includes('[Refresh](command:')).toBe(isOnline);
});
