import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension, openFile, until } from './workspace';

suite('documents and commands', () => {
  suiteSetup(() => extension().activate());

  test('the sample recipe opens as a new document of its language', async () => {
    await vscode.commands.executeCommand('containerMetalink.openSample');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'singularity');
    assert.equal(document.isUntitled, true);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('a report is a read-only document with actions, whose text can be copied', async () => {
    await openFile('tool.def');
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const image = vscode.Uri.joinPath(folder, 'image.sif');
    await vscode.workspace.fs.writeFile(image, Buffer.from('no image at all'));
    await vscode.commands.executeCommand('containerMetalink.verify', image);
    const document = await until('the report is open', () => {
      const active = vscode.window.activeTextEditor?.document;
      return active?.uri.scheme === 'container-metalink' ? active : undefined;
    });
    assert.equal(document.languageId, 'container-report');
    assert.match(document.lineAt(0).text, /image\.sif/);
    assert.equal(vscode.workspace.fs.isWritableFileSystem('container-metalink'), false);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(document.uri, Buffer.from('changed')));
    await until('the report has its actions', async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
      return lenses.some(({ command }) => command?.command === 'containerMetalink.verify');
    });
  });

  test('the server can be started again, and answers', async () => {
    await vscode.commands.executeCommand('containerMetalink.restartServer');
    const document = await openFile('tool.def');
    await until('the outline is there', async () => {
      const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
        'vscode.executeDocumentSymbolProvider',
        document.uri,
      );
      return symbols !== undefined && symbols.length > 0;
    });
  });

  test('without an engine there are no build tasks, and the context says so', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'container-build' });
    assert.deepEqual(tasks, []);
  });
});
