import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnostic, DocumentDiagnosticReport } from 'vscode-languageserver/node';
import { methods } from '../../server/src/protocol';
import { clientCapabilities, startSession } from './session';
import type { Session, SessionOptions } from './session';

const recipe = 'Bootstrap: docker\nFrom: ubuntu:22.04\n\n%labels\n  Author Jane\n\n%tests\n  true\n';
const metalink =
  '<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="../x.sif">\n    <url>http://h/x.sif</url>\n  </file>\n</metalink>\n';
const codes = (found: readonly Diagnostic[]) => found.map((d) => d.code);
const pulling: SessionOptions['capabilities'] = {
  textDocument: { ...clientCapabilities.textDocument, diagnostic: {} },
  workspace: { ...clientCapabilities.workspace, diagnostics: { refreshSupport: true } },
};

let session: Session;
let folder: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'protocol-diagnostics-')));
});
afterEach(async () => {
  await session.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const uriOf = (name: string) => pathToFileURL(path.join(folder, name)).href;

describe('a client that is pushed diagnostics', () => {
  test('several documents of both languages at once, each with its own findings', async () => {
    session = await startSession();
    const names = Array.from({ length: 8 }, (_, n) => `file-${n}`);
    for (const name of names) {
      await session.open(uriOf(`${name}.def`), 'singularity', recipe);
      await session.open(uriOf(`${name}.meta4`), 'metalink', metalink);
    }
    for (const name of names) {
      await session.diagnosticsUntil(uriOf(`${name}.def`), (d) => codes(d).includes('parse/unknown-section'));
      await session.diagnosticsUntil(uriOf(`${name}.meta4`), (d) => d.some((x) => JSON.stringify(x.message).includes('../x.sif')));
    }
  });

  test('is told nothing is left when a document is closed', async () => {
    session = await startSession();
    const uri = uriOf('a.def');
    await session.open(uri, 'singularity', recipe);
    await session.diagnosticsUntil(uri, (d) => d.length > 0);
    await session.client.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await session.diagnosticsUntil(uri, (d) => d.length === 0);
  });

  test('is not offered to ask for them', async () => {
    session = await startSession();
    expect(session.initialized.capabilities.diagnosticProvider).toBeUndefined();
  });

  test('a language of others is left alone: no diagnostics, empty answers', async () => {
    session = await startSession();
    const uri = uriOf('notes.md');
    await session.open(uri, 'markdown', recipe);
    const textDocument = { uri };
    const position = { line: 0, character: 3 };
    expect(await session.request('textDocument/hover', { textDocument, position })).toBeNull();
    expect(await session.request('textDocument/completion', { textDocument, position })).toEqual([]);
    expect(await session.request('textDocument/documentSymbol', { textDocument })).toEqual([]);
    expect(await session.request('textDocument/semanticTokens/full', { textDocument })).toEqual({ data: [] });
    await session.open(uriOf('a.def'), 'apptainer', recipe);
    await session.diagnosticsUntil(uriOf('a.def'), (d) => d.length > 0);
    const published = session.notified.filter(({ params }) => JSON.stringify(params).includes('notes.md'));
    expect(published).toEqual([]);
  });
});

describe('a client that asks for diagnostics', () => {
  const ask = async (uri: string): Promise<Diagnostic[]> => {
    const report = await session.request<DocumentDiagnosticReport>('textDocument/diagnostic', { textDocument: { uri } });
    if (report.kind !== 'full') throw new Error('a full report was expected');
    return report.items;
  };

  test('gets them at once, for the text as it stands, and is pushed none', async () => {
    session = await startSession({ capabilities: pulling });
    expect(session.initialized.capabilities.diagnosticProvider).toMatchObject({ interFileDependencies: false });
    const uri = uriOf('a.def');
    await session.open(uri, 'singularity', recipe);
    expect(codes(await ask(uri))).toContain('parse/unknown-section');
    await session.change(uri, 2, [{ range: { start: { line: 6, character: 5 }, end: { line: 6, character: 6 } }, text: '' }]);
    expect(codes(await ask(uri))).not.toContain('parse/unknown-section');
    expect(session.notified.filter(({ method }) => method === 'textDocument/publishDiagnostics')).toEqual([]);
  });

  test('is told to ask again when a setting changed', async () => {
    session = await startSession({ capabilities: pulling });
    const uri = uriOf('a.def');
    await session.open(uri, 'singularity', recipe);
    await ask(uri);
    const refreshed = new Promise<void>((resolve) =>
      session.client.onRequest('workspace/diagnostic/refresh', () => {
        resolve();
        return null;
      }),
    );
    await session.setSettings({ rules: { 'parse/unknown-section': 'off' } });
    await refreshed;
    expect(codes(await ask(uri))).not.toContain('parse/unknown-section');
  });

  test('one that cannot be told to ask again is pushed them instead', async () => {
    session = await startSession({ capabilities: { ...pulling, workspace: clientCapabilities.workspace } });
    await session.open(uriOf('a.def'), 'singularity', recipe);
    await session.diagnosticsUntil(uriOf('a.def'), (d) => d.length > 0);
  });
});

describe('the workspace file', () => {
  const write = (value: unknown) =>
    fs.writeFileSync(path.join(folder, '.container-metalink.json'), typeof value === 'string' ? value : JSON.stringify(value));
  const changed = () =>
    session.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf('.container-metalink.json'), type: 2 }] });
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { Author: { type: 'string', pattern: '^[A-Z].* <.*>$' } },
  };

  test('its rules, required labels and label schemas hold below it, and change as it changes', async () => {
    fs.mkdirSync(path.join(folder, 'below'));
    fs.writeFileSync(path.join(folder, 'labels.json'), JSON.stringify(schema));
    write({ rules: { 'parse/unknown-section': 'off' }, labels: { required: ['Version'] } });
    session = await startSession({ folders: [pathToFileURL(folder).href] });
    const uri = uriOf('below/a.def');
    await session.open(uri, 'singularity', recipe);
    const first = await session.diagnosticsUntil(uri, (d) => codes(d).includes('lint/label-missing'));
    expect(codes(first)).not.toContain('parse/unknown-section');

    write({ rules: { 'parse/unknown-section': 'warning' }, labels: { schemas: ['labels.json'] } });
    await changed();
    const second = await session.diagnosticsUntil(uri, (d) => codes(d).includes('parse/unknown-section'));
    expect(second.find((d) => d.code === 'parse/unknown-section')?.severity).toBe(2);
    expect(codes(second)).toContain('lint/label-value');
    expect(codes(second)).not.toContain('lint/label-missing');
  });

  test('what it ignores has no findings, until it no longer does', async () => {
    fs.mkdirSync(path.join(folder, 'old'), { recursive: true });
    write({ ignore: ['old/**'] });
    session = await startSession({ folders: [pathToFileURL(folder).href] });
    await session.open(uriOf('old/a.def'), 'singularity', recipe);
    await session.open(uriOf('b.def'), 'singularity', recipe);
    await session.diagnosticsUntil(uriOf('b.def'), (d) => codes(d).includes('parse/unknown-section'));
    const published = session.notified.filter(
      ({ method, params }) => method === 'textDocument/publishDiagnostics' && (params as { uri: string }).uri === uriOf('old/a.def'),
    );
    expect(published).toEqual([]);
    write({});
    await changed();
    await session.diagnosticsUntil(uriOf('old/a.def'), (d) => codes(d).includes('parse/unknown-section'));
  });

  test('one that is no JSON counts as absent, and the log says so', async () => {
    write('{ "rules": ');
    session = await startSession({ folders: [pathToFileURL(folder).href] });
    await session.open(uriOf('a.def'), 'singularity', recipe);
    await session.diagnosticsUntil(uriOf('a.def'), (d) => codes(d).includes('parse/unknown-section'));
    expect(session.logged.join('\n')).toContain('.container-metalink.json');
  });

  test('the user’s own settings win', async () => {
    write({ rules: { 'parse/unknown-section': 'off' } });
    session = await startSession({ folders: [pathToFileURL(folder).href], settings: { rules: { 'parse/unknown-section': 'hint' } } });
    await session.open(uriOf('a.def'), 'singularity', recipe);
    const found = await session.diagnosticsUntil(uriOf('a.def'), (d) => codes(d).includes('parse/unknown-section'));
    expect(found.find((d) => d.code === 'parse/unknown-section')?.severity).toBe(4);
  });

  test('is watched where the client watches files for servers', async () => {
    const workspace = { ...clientCapabilities.workspace, didChangeWatchedFiles: { dynamicRegistration: true } };
    session = await startSession({ capabilities: { ...clientCapabilities, workspace } });
    await expect
      .poll(() => session.registered)
      .toMatchObject([
        { method: 'workspace/didChangeWatchedFiles', registerOptions: { watchers: [{ globPattern: '**/.container-metalink.json' }] } },
      ]);
  });

  test('a folder that is added to the workspace brings its file with it', async () => {
    write({ rules: { 'parse/unknown-section': 'off' } });
    const inner = path.join(folder, 'inner');
    fs.mkdirSync(inner);
    const workspace = { ...clientCapabilities.workspace, workspaceFolders: true };
    session = await startSession({ folders: [pathToFileURL(inner).href], capabilities: { ...clientCapabilities, workspace } });
    session.client.onRequest('workspace/workspaceFolders', () => [{ uri: pathToFileURL(folder).href, name: 'all' }]);
    const uri = uriOf('inner/a.def');
    await session.open(uri, 'singularity', recipe);
    await session.diagnosticsUntil(uri, (d) => codes(d).includes('parse/unknown-section'));
    await session.client.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: [{ uri: pathToFileURL(folder).href, name: 'all' }], removed: [{ uri: pathToFileURL(inner).href, name: 'inner' }] },
    });
    await session.diagnosticsUntil(uri, (d) => !codes(d).includes('parse/unknown-section'));
  });
});

describe('settings', () => {
  test('that a client without workspace/configuration sends itself hold', async () => {
    session = await startSession({ capabilities: { ...clientCapabilities, workspace: {} } });
    await session.open(uriOf('a.def'), 'singularity', recipe);
    await session.diagnosticsUntil(uriOf('a.def'), (d) => codes(d).includes('parse/unknown-section'));
    await session.client.sendNotification('workspace/didChangeConfiguration', {
      settings: { containerMetalink: { rules: { 'parse/unknown-section': 'off' } } },
    });
    await session.diagnosticsUntil(uriOf('a.def'), (d) => !codes(d).includes('parse/unknown-section'));
  });

  test.each([null, 'text', { containerMetalink: 3 }, { containerMetalink: { rules: [], 'engine.kind': 7 } }])(
    'of a wrong shape count as not set: %j',
    async (settings) => {
      session = await startSession({ capabilities: { ...clientCapabilities, workspace: {} } });
      await session.client.sendNotification('workspace/didChangeConfiguration', { settings });
      await session.open(uriOf('a.def'), 'singularity', recipe);
      await session.diagnosticsUntil(uriOf('a.def'), (d) => codes(d).includes('parse/unknown-section'));
    },
  );
});

describe('trust', () => {
  const hover = async (uri: string) =>
    JSON.stringify(await session.request('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 8 } }));

  test('without initialization options nothing is asked, and everything local works', async () => {
    session = await startSession({ bare: true });
    const uri = uriOf('a.def');
    await session.open(uri, 'singularity', recipe);
    await session.diagnosticsUntil(uri, (d) => codes(d).includes('parse/unknown-section'));
    expect(await hover(uri)).not.toContain('sha256:');
  });

  test('arrives with the client’s notification', async () => {
    session = await startSession({ trusted: false, settings: { 'online.hosts': [] } });
    const uri = uriOf('a.def');
    await session.open(uri, 'singularity', recipe);
    expect(await hover(uri)).not.toContain('online.hosts');
    await session.client.sendNotification(methods.trust, { trusted: true });
    // Asked now, and refused by the list of hosts: the refusal names the setting.
    expect(await hover(uri)).toContain('online.hosts');
  });
});

describe('what must not stop the server', () => {
  test('a cancelled request is answered', async () => {
    session = await startSession();
    const uri = uriOf('a.def');
    await session.open(uri, 'singularity', recipe);
    const { CancellationTokenSource } = await import('vscode-languageserver/node');
    const source = new CancellationTokenSource();
    const asked = session.client.sendRequest(
      'textDocument/hover',
      { textDocument: { uri }, position: { line: 3, character: 2 } },
      source.token,
    );
    source.cancel();
    await asked.then(
      () => undefined,
      (error: unknown) => expect(error).toMatchObject({ code: -32800 }),
    );
    expect(await session.request('textDocument/hover', { textDocument: { uri }, position: { line: 3, character: 2 } })).not.toBeNull();
  });

  test('requests for what is not open, not there, out of range', async () => {
    session = await startSession();
    const uri = uriOf('a.def');
    await session.open(uri, 'singularity', recipe);
    for (const position of [
      { line: 999, character: 0 },
      { line: 0, character: 999 },
    ]) {
      await session.request('textDocument/hover', { textDocument: { uri }, position });
      await session.request('textDocument/completion', { textDocument: { uri }, position });
    }
    expect(await session.request('textDocument/documentSymbol', { textDocument: { uri: uriOf('closed.def') } })).toEqual([]);
    await expect(session.request('containerMetalink/nothing', {})).rejects.toMatchObject({ code: -32601 });
    await expect(session.request(methods.inspect, {})).rejects.toMatchObject({ code: -32803 });
    await expect(session.request(methods.metalinkConvert, { uri: uriOf('missing.metalink') })).rejects.toMatchObject({ code: -32803 });
    expect(await session.request('textDocument/documentSymbol', { textDocument: { uri } })).not.toEqual([]);
  });

  test('a document of 5 MB', async () => {
    session = await startSession();
    const uri = uriOf('large.def');
    const line = '  echo "a line of a very long recipe"\n';
    await session.open(uri, 'singularity', `${recipe}\n%post\n${line.repeat(5_000_000 / line.length)}`);
    await session.diagnosticsUntil(uri, (d) => codes(d).includes('parse/unknown-section'));
    await session.change(uri, 2, [{ range: { start: { line: 6, character: 5 }, end: { line: 6, character: 6 } }, text: '' }]);
    await session.diagnosticsUntil(uri, (d) => !codes(d).includes('parse/unknown-section'));
  });
});
