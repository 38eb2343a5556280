import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension, manifest, openFile, until } from './workspace';

suite('activation', () => {
  test('a recipe wakes the extension', async () => {
    await openFile('tool.def');
    await until('the extension is active', () => extension().isActive);
  });

  test('every command of the manifest is registered, and titles are translated', async () => {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const declared = manifest().contributes.commands;
    assert.ok(declared.length > 40);
    for (const { command, title } of declared) {
      assert.ok(registered.has(command), `${command} is declared and not registered`);
      assert.ok(!title.startsWith('%'), `${command} has no title`);
    }
  });

  test('every language has its id, and files are recognised by name', async () => {
    const languages = await vscode.languages.getLanguages();
    for (const id of ['singularity', 'metalink', 'container-report']) assert.ok(languages.includes(id), id);
    assert.equal((await openFile('tool.def')).languageId, 'singularity');
    assert.equal((await openFile('tool.meta4')).languageId, 'metalink');
  });
});
