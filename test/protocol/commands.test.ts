import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ProgressType } from 'vscode-languageserver/node';
import type { CodeAction, CodeLens, Command, CompletionItem, CompletionList } from 'vscode-languageserver/node';
import { startHub } from '../hub/hub';
import type { EmbeddedHub } from '../hub/hub';
import { startSession } from './session';
import type { Session, SessionOptions } from './session';

// Editors that bring no commands of ours: what lenses and code actions offer there, the server carries out.

let hub: EmbeddedHub;
let session: Session;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'commands-'));
const saved = { ...process.env };
beforeAll(async () => {
  Object.assign(process.env, { HOME: folder, APPTAINER_CACHEDIR: path.join(folder, 'apptainer') });
  hub = await startHub();
});
afterEach(async () => {
  hub.behave();
  await session.close();
});
afterAll(async () => {
  await hub.close();
  process.env = saved;
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Checksums beside the image. */
const tellsNothing = /\/mirror\/a\/.*(sha|SUMS|CHECK|md5)/;
const recipeUri = 'file:///w/tool.def';
const metalinkUri = 'file:///w/tool.meta4';
const recipe = () => `Bootstrap: docker\nFrom: ${new URL(hub.origin).host}/demo/base:1.0\n`;
const metalink = (name: string, inner = '') =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="${name}">${inner}<url>${hub.origin}/mirror/a/${name}</url></file></metalink>`;

const start = async (options: SessionOptions, uri: string, text: string) => {
  session = await startSession({ settings: { 'verify.fetchKeys': false, 'engine.path': '/nonexistent/apptainer' }, ...options });
  await session.open(uri, uri.endsWith('.def') ? 'singularity' : 'metalink', text);
};
const lenses = (uri: string) => session.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
const actions = (uri: string, line: number, character: number) =>
  session.request<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri },
    range: { start: { line, character }, end: { line, character } },
    context: { diagnostics: [] },
  });
const execute = ({ command, arguments: given }: Command) =>
  session.request<unknown>('workspace/executeCommand', { command, arguments: given });
/** The command of the lens or action with this title. */
const named = (offered: readonly { readonly title?: string; readonly command?: Command }[], title: string): Command => {
  const found = offered.find((one) => (one.title ?? one.command?.title) === title)?.command;
  if (found === undefined) throw new Error(`${title} is not offered`);
  return found;
};
const messages = () =>
  session.notified.flatMap(({ method, params }) =>
    method === 'window/showMessage' ? [(params as { readonly message: string }).message] : [],
  );

test('a command is offered when somebody carries it out', async () => {
  await start({}, recipeUri, recipe());
  const offered = session.initialized.capabilities.executeCommandProvider?.commands ?? [];
  const shown = (await lenses(recipeUri)).map(({ command }) => command);
  expect(shown.map((command) => command?.title)).toEqual(['Verify', 'Pull into cache', 'Pin digest']);
  for (const command of shown) expect(offered).toContain(command?.command);
  for (const { command } of await actions(recipeUri, 1, 8)) if (command) expect(offered).toContain(command.command);
});

test('in a folder that is not trusted none is offered, and none is carried out', async () => {
  await start({ trusted: false }, recipeUri, recipe());
  expect(await lenses(recipeUri)).toEqual([]);
  expect((await actions(recipeUri, 1, 8)).filter(({ command }) => command !== undefined)).toEqual([]);
  const command = { title: '', command: 'containerMetalink.pin', arguments: [{ uri: recipeUri, action: 'pin' }] };
  await expect(execute(command)).rejects.toThrow('not trusted');
  expect(session.edits).toEqual([]);
});

test('a client that applies no edits is not offered what ends in one', async () => {
  await start({ capabilities: { workspace: { configuration: true } } }, recipeUri, recipe());
  expect((await lenses(recipeUri)).map(({ command }) => command?.title)).toEqual(['Verify', 'Pull into cache']);
  expect((await actions(recipeUri, 1, 8)).filter(({ command }) => command !== undefined)).toEqual([]);
});

test('a client with our commands gets all of them, and none from the server', async () => {
  await start({ commandLinks: true }, recipeUri, recipe());
  expect(session.initialized.capabilities.executeCommandProvider).toBeUndefined();
  expect((await lenses(recipeUri)).map(({ command }) => command?.title)).toContain('Show manifest');
});

test.each([
  [true, true],
  [false, false],
])('completion brings a command of VS Code with commandLinks %s: %s', async (commandLinks, brought) => {
  const text = '<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="f"><hash ></hash></file></metalink>';
  await start({ commandLinks }, metalinkUri, text);
  const position = { line: 0, character: text.indexOf('></hash>') };
  const found = await session.request<CompletionItem[] | CompletionList>('textDocument/completion', {
    textDocument: { uri: metalinkUri },
    position,
  });
  const items = Array.isArray(found) ? found : found.items;
  expect(items.map(({ label }) => label)).toContain('type');
  expect(items.some(({ command }) => command !== undefined)).toBe(brought);
});

test('pin: the edit comes to the client', async () => {
  await start({}, recipeUri, recipe());
  expect(await execute(named(await actions(recipeUri, 1, 8), 'Pin the digest of this image'))).toBeNull();
  await expect.poll(() => session.edits.length, { timeout: 30_000 }).toBe(1);
  expect(JSON.stringify(session.edits[0])).toMatch(/@sha256:[0-9a-f]{64}/);
});

test('resolve: what servers tell is written at once', async () => {
  await start({}, metalinkUri, metalink('tool-1.4.sif'));
  await execute(named(await lenses(metalinkUri), 'Resolve hashes'));
  await expect.poll(() => JSON.stringify(session.edits), { timeout: 30_000 }).toContain('sha-256');
});

test('resolve: what only a download tells is asked about', async () => {
  const asked: unknown[] = [];
  hub.misbehave(tellsNothing, { kind: 'status', status: 404 });
  await start({ capabilities: { window: { showMessage: {} } } }, metalinkUri, metalink('tool-1.4.sif'));
  session.client.onRequest('window/showMessageRequest', (params: { readonly actions: readonly unknown[] }) => {
    asked.push(params.actions);
    return params.actions[0];
  });
  await execute(named(await lenses(metalinkUri), 'Resolve hashes'));
  await expect.poll(() => JSON.stringify(session.edits), { timeout: 30_000 }).toContain('sha-256');
  expect(asked).toEqual([[{ title: 'Download' }]]);
});

test('resolve: a client that answers no questions hears what to do', async () => {
  hub.misbehave(tellsNothing, { kind: 'status', status: 404 });
  await start({}, metalinkUri, metalink('tool-1.4.sif'));
  await execute(named(await lenses(metalinkUri), 'Resolve hashes'));
  await expect.poll(() => messages().join(), { timeout: 30_000 }).toContain('metalink resolve --download --write');
});

test('mirrors: findings at the URLs, and the list', async () => {
  await start({}, metalinkUri, metalink('tool-1.4.sif'));
  await execute(named(await lenses(metalinkUri), 'Check mirrors'));
  await session.diagnosticsUntil(metalinkUri, (found) => found.some(({ code }) => code === 'mirrors/good'));
  await expect.poll(() => messages().join(), { timeout: 30_000 }).toContain('This mirror answers');
});

test('verify: the verdict in one line', async () => {
  await start({}, metalinkUri, metalink('tool-1.4.sif', `<hash type="sha-256">${hub.images.image('tool-1.4.sif').sha256}</hash>`));
  await execute(named(await lenses(metalinkUri), 'Verify'));
  await expect.poll(() => messages().join(), { timeout: 30_000 }).toMatch(/tool-1\.4\.sif: intact \(sha-256 as declared/);
});

test('pull: the image is in the cache, with progress', async () => {
  await start({}, metalinkUri, metalink('tool-1.4.sif', `<hash type="sha-256">${hub.images.image('tool-1.4.sif').sha256}</hash>`));
  let progress = 0;
  session.client.onRequest('window/workDoneProgress/create', () => {
    progress++;
    return null;
  });
  await execute(named(await lenses(metalinkUri), 'Pull into cache'));
  await expect.poll(() => messages().join(), { timeout: 30_000 }).toContain(path.join(folder, 'apptainer/cache'));
  expect(progress).toBe(1);
});

test('a pull is cancelled by its progress, and nothing is told', async () => {
  hub.misbehave('/mirror/a/tool-1.4.sif', { kind: 'stall', after: 1000 });
  await start({}, metalinkUri, metalink('tool-1.4.sif', `<hash type="sha-256">${'0'.repeat(64)}</hash>`));
  let token: unknown;
  const ended = new Promise<void>((resolve) => {
    session.client.onRequest('window/workDoneProgress/create', (params: { readonly token: string }) => {
      token = params.token;
      session.client.onProgress(new ProgressType<{ readonly kind: string }>(), params.token, ({ kind }) => {
        if (kind === 'end') resolve();
      });
      return null;
    });
  });
  const before = hub.requests.length;
  await execute(named(await lenses(metalinkUri), 'Pull into cache'));
  await expect.poll(() => hub.requests.length, { timeout: 30_000 }).toBeGreaterThan(before);
  await session.client.sendNotification('window/workDoneProgress/cancel', { token });
  await ended;
  await lenses(metalinkUri); // what was told on the way is here with the answer
  expect(messages()).toEqual([]);
});

test('what goes wrong is told', async () => {
  await start({}, recipeUri, recipe());
  await execute({ title: '', command: 'containerMetalink.pin', arguments: [{ uri: 'file:///nowhere/gone.def', action: 'pin' }] });
  await expect.poll(() => messages().join(), { timeout: 30_000 }).toContain('gone.def');
});
