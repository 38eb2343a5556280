import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import type { InitializeResult, MessageConnection, PublishDiagnosticsParams } from 'vscode-languageserver/node';
import unusedClientFeatures from '../../scripts/unusedClientFeatures.json';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
const running: ChildProcess[] = [];

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'protocol-process-'));
  execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--out', folder], { stdio: 'ignore' });
});
afterAll(() => {
  for (const child of running) if (child.exitCode === null) child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly client: MessageConnection;
  readonly initialized: InitializeResult;
  /** The status that the process ends with. */
  readonly ended: Promise<number | null>;
}

async function start(processId: number | null = null, locale?: string): Promise<Started> {
  const child = spawn(process.execPath, [path.join(folder, 'cli.js'), 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  running.push(child);
  const ended = once(child, 'exit').then(([status]) => status as number | null);
  const client = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  client.listen();
  const initialized = await client.sendRequest<InitializeResult>('initialize', {
    processId,
    rootUri: null,
    capabilities: {},
    ...(locale !== undefined && { locale }),
  });
  await client.sendNotification('initialized', {});
  return { child, client, initialized, ended };
}

describe('the process of the language server', () => {
  test('answers what it is, and ends well after shutdown and exit', async () => {
    const { client, initialized, ended } = await start();
    expect(initialized.serverInfo?.name).toBe('container-metalink');
    await client.sendRequest('shutdown');
    await client.sendNotification('exit');
    expect(await ended).toBe(0);
  });

  test.each([
    ['de', /Unbekannter Abschnitt `%tests`/],
    ['de-AT', /Unbekannter Abschnitt `%tests`/],
    ['fr', /Unknown section `%tests`/],
    ['../../x', /Unknown section `%tests`/],
  ])('speaks the language of the editor: %s', async (locale, message) => {
    const { client } = await start(null, locale);
    const published = new Promise<PublishDiagnosticsParams>((resolve) => client.onNotification('textDocument/publishDiagnostics', resolve));
    const text = 'Bootstrap: docker\nFrom: debian:12\n\n%tests\n    true\n';
    const textDocument = { uri: 'file:///a.def', languageId: 'singularity', version: 1, text };
    await client.sendNotification('textDocument/didOpen', { textDocument });
    expect((await published).diagnostics.map(({ message }) => message)).toContainEqual(expect.stringMatching(message));
  });

  test('announces nothing that the client of VS Code is built without', async () => {
    const { initialized } = await start();
    const { workspace, ...capabilities } = initialized.capabilities;
    const announced = [...Object.keys(capabilities), ...Object.keys(workspace ?? {}).map((name) => `workspace.${name}`)];
    expect(announced).toContain('hoverProvider');
    expect(announced.filter((name) => Object.values(unusedClientFeatures).includes(name))).toEqual([]);
  });

  test('exit without shutdown is an error', async () => {
    const { client, ended } = await start();
    await client.sendNotification('exit');
    expect(await ended).toBe(1);
  });

  test('ends when its input ends', async () => {
    const { child, ended } = await start();
    child.stdin?.end();
    expect(await ended).toBe(1);
  });

  test('ends when the editor is gone though the pipes stay open', async () => {
    const editor = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    running.push(editor);
    const { ended } = await start(editor.pid ?? null);
    editor.kill('SIGKILL');
    expect(await ended).toBe(1);
  });

  test('reports and takes part in everything local', async () => {
    const { client, ended } = await start();
    const diagnostics = new Promise<{ diagnostics: { code: string }[] }>((resolve) =>
      client.onNotification('textDocument/publishDiagnostics', resolve),
    );
    await client.sendNotification('textDocument/didOpen', {
      textDocument: {
        uri: 'file:///tmp/a.def',
        languageId: 'singularity',
        version: 1,
        text: 'Bootstrap: docker\nFrom: a\n%tests\n  true\n',
      },
    });
    expect((await diagnostics).diagnostics.map(({ code }) => code)).toContain('parse/unknown-section');
    await client.sendRequest('shutdown');
    await client.sendNotification('exit');
    expect(await ended).toBe(0);
  });
});
