import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, openFile, until } from './workspace';

suite('language features', () => {
  test('diagnostics of a recipe quote the engine and lead to a page', async () => {
    const found = await diagnosticsOf(await openFile('tool.def'));
    const unknown = found.find(({ message }) => message.includes('%tests'));
    assert.ok(unknown, found.map(({ message }) => message).join('\n'));
    assert.match(unknown.message, /invalid section\(s\) specified/);
    assert.equal(typeof unknown.code === 'object' ? unknown.code.value : unknown.code, 'parse/unknown-section');
    assert.equal(unknown.severity, vscode.DiagnosticSeverity.Error);
  });

  test('diagnostics of a metalink carry the ids of the rules', async () => {
    const found = await diagnosticsOf(await openFile('tool.meta4'));
    const codes = found.map(({ code }) => String(typeof code === 'object' ? code.value : code));
    assert.ok(
      codes.some((code) => /^M4-\d{3}$/.test(code)),
      codes.join(', '),
    );
  });

  test('a quick fix changes the section, and the diagnostic goes', async () => {
    const document = await openFile('tool.def');
    const [unknown] = (await diagnosticsOf(document)).filter(({ message }) => message.includes('%tests'));
    assert.ok(unknown);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      unknown.range,
    );
    const fix = actions.find(({ title }) => title.includes('%test'));
    assert.ok(fix?.edit, actions.map(({ title }) => title).join(', '));
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /^%test$/m);
    await until(
      'the diagnostic is gone',
      () => !vscode.languages.getDiagnostics(document.uri).some(({ message }) => message.includes('%tests')),
    );
    await vscode.commands.executeCommand('undo');
  });

  test('hover on a section explains it', async () => {
    const document = await openFile('tool.def');
    const position = document.positionAt(document.getText().indexOf('%post') + 2);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
    const text = hovers.flatMap(({ contents }) => contents).map((part) => (part instanceof vscode.MarkdownString ? part.value : ''));
    assert.match(text.join('\n'), /build/i);
  });

  test('completion offers sections', async () => {
    const document = await openFile('tool.def');
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const end = document.lineAt(document.lineCount - 1).range.end;
    await editor.edit((edit) => edit.insert(end, '\n%'));
    const position = document.lineAt(document.lineCount - 1).range.end;
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      position,
      '%',
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(
      labels.some((label) => label.includes('runscript')),
      labels.join(', '),
    );
    await vscode.commands.executeCommand('undo');
  });

  test('the outline has the sections', async () => {
    const document = await openFile('tool.def');
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    const names = symbols.flatMap(({ name, children }) => [name, ...children.map((child) => child.name)]).join(', ');
    assert.match(names, /post/);
    assert.match(names, /labels/);
  });

  test('a setting takes effect at once', async () => {
    const document = await openFile('tool.def');
    const severityOf = () => vscode.languages.getDiagnostics(document.uri).find(({ message }) => message.includes('%tests'))?.severity;
    await until('there is an error', () => severityOf() === vscode.DiagnosticSeverity.Error);
    const settings = vscode.workspace.getConfiguration('containerMetalink');
    await settings.update('rules', { 'parse/unknown-section': 'information' }, vscode.ConfigurationTarget.Workspace);
    await until('it is an information', () => severityOf() === vscode.DiagnosticSeverity.Information);
    await settings.update('rules', undefined, vscode.ConfigurationTarget.Workspace);
    await until('it is an error again', () => severityOf() === vscode.DiagnosticSeverity.Error);
  });
});
