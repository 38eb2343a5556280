import { expect, test } from 'vitest';
import { clientCapabilities, startSession } from './session';

const lens = { refreshSupport: true };

test.each<[string, Record<string, unknown>, string[]]>([
  ['lenses and hints', { codeLens: lens, inlayHint: lens }, ['workspace/codeLens/refresh', 'workspace/inlayHint/refresh']],
  ['lenses', { codeLens: lens }, ['workspace/codeLens/refresh']],
  ['nothing that the client does not know', {}, []],
])('a change of settings has the client fetch anew: %s', async (_title, workspace, expected) => {
  const session = await startSession({ capabilities: { workspace: { ...clientCapabilities.workspace, ...workspace } } });
  const asked: string[] = [];
  for (const method of ['workspace/codeLens/refresh', 'workspace/inlayHint/refresh'])
    session.client.onRequest(method, () => {
      asked.push(method);
      return null;
    });
  const uri = 'file:///tmp/refresh.def';
  await session.open(uri, 'singularity', 'Bootstrap: docker\nFrom: alpine:3.22\n');
  const lenses = () => session.request<unknown[]>('textDocument/codeLens', { textDocument: { uri } });
  expect((await lenses()).length).toBeGreaterThan(0);
  await session.setSettings({ codeLens: { enabled: false } });
  await expect.poll(() => asked.toSorted()).toEqual(expected);
  await expect.poll(lenses).toEqual([]);
  await session.close();
});
