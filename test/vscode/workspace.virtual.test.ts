import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, extension, until } from './workspace';

/** The scheme of the workspace that scripts/test-vscode.mjs opens for the suites named `*.virtual.test.ts`. */
const scheme = 'virtual-test';
const files: Readonly<Record<string, string>> = {
  '/samples/tool.def': 'Bootstrap: docker\nFrom: alpine:3.22\n\n%post\n    true\n\n%tests\n    true\n',
  '/samples/tool.meta4':
    '<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="../tool.sif">\n    <url>https://example.org/tool.sif</url>\n  </file>\n</metalink>\n',
};

suite('virtual workspace', () => {
  suiteSetup(() => vscode.workspace.registerFileSystemProvider(scheme, filesInMemory(), { isReadonly: true }));

  test('no folder is on a disk', () => {
    assert.deepEqual(
      vscode.workspace.workspaceFolders?.map(({ uri }) => uri.scheme),
      [scheme],
    );
  });

  test('diagnostics, outline, hover and completion of a recipe work', async () => {
    const document = await open('/samples/tool.def');
    assert.equal(document.languageId, 'singularity');
    assert.ok((await diagnosticsOf(document)).some(({ message }) => message.includes('%tests')));
    const at = new vscode.Position(3, 2);
    const symbols = await vscode.commands.executeCommand<unknown[]>('vscode.executeDocumentSymbolProvider', document.uri);
    const hovers = await vscode.commands.executeCommand<unknown[]>('vscode.executeHoverProvider', document.uri, at);
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at);
    assert.ok(symbols.length > 0);
    assert.ok(hovers.length > 0);
    assert.ok(items.some(({ label }) => (typeof label === 'string' ? label : label.label).includes('runscript')));
  });

  test('a metalink is checked', async () => {
    const found = await diagnosticsOf(await open('/samples/tool.meta4'));
    assert.ok(found.some(({ code }) => String(typeof code === 'object' ? code.value : code) === 'M4-033'));
  });

  test('a recipe is formatted and mended', async () => {
    const document = await open('/samples/tool.def');
    const [unknown] = (await diagnosticsOf(document)).filter(({ message }) => message.includes('%tests'));
    assert.ok(unknown);
    const fixes = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      unknown.range,
    );
    assert.ok(fixes.some(({ title, edit }) => title.includes('%test') && edit !== undefined));
  });

  test('what needs a disk does nothing, however it is called', async () => {
    const { uri } = await open('/samples/tool.def');
    const names = (extension().packageJSON as { contributes: { commands: { command: string; enablement?: string }[] } }).contributes
      .commands;
    const onDisk = names.filter(({ enablement = '' }) => enablement.includes('!virtualWorkspace')).map(({ command }) => command);
    assert.ok(onDisk.length > 15, onDisk.join(', '));
    for (const command of onDisk) await vscode.commands.executeCommand(command, uri);
    const shown = vscode.workspace.textDocuments.filter((document) => document.uri.scheme === 'container-metalink');
    assert.deepEqual(shown, []);
    assert.deepEqual(vscode.window.terminals, []);
  });
});

async function open(path: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme, path }));
  await vscode.window.showTextDocument(document);
  await until('the extension is active', () => extension().isActive);
  return document;
}

function filesInMemory(): vscode.FileSystemProvider {
  const refuse = (uri: vscode.Uri): never => {
    throw vscode.FileSystemError.NoPermissions(uri);
  };
  const textOf = (uri: vscode.Uri) => {
    const text = files[uri.path];
    if (text === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return Buffer.from(text);
  };
  return {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: (uri) =>
      uri.path === '/' || uri.path === '/samples'
        ? { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 }
        : { type: vscode.FileType.File, ctime: 0, mtime: 0, size: textOf(uri).length },
    readDirectory: () => Object.keys(files).map((path) => [path.replace('/samples/', ''), vscode.FileType.File]),
    readFile: textOf,
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}
