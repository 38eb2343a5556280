import * as vscode from 'vscode';
import type { MetalinkTextResult } from '../../server/src/protocol';

/** Opens a new, unsaved document with this text. */
export async function openNewText(language: string, content: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language, content }));
}

/**
 * Opens a metalink that the server wrote as an unsaved document of this name, and tells what was left out or needs a look.
 * Without a folder on a disk the document has no name yet.
 */
export async function openMetalinkText({ text, report }: MetalinkTextResult, name: string, log: vscode.LogOutputChannel): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (folder === undefined) await openNewText('metalink', text);
  else await openNamedText(await freeName(folder.uri, name), text);
  if (report.length === 0) return;
  for (const line of report) log.warn(line);
  const showLog = vscode.l10n.t('Show Log');
  const message = report.length === 1 ? (report[0] ?? '') : vscode.l10n.t('{0} remarks, the first: {1}', report.length, report[0] ?? '');
  if ((await vscode.window.showInformationMessage(message, showLog)) === showLog) log.show();
}

async function openNamedText(file: vscode.Uri, text: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file.with({ scheme: 'untitled' }));
  const editor = await vscode.window.showTextDocument(document);
  await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), text));
  const start = new vscode.Position(0, 0);
  editor.selection = new vscode.Selection(start, start);
  editor.revealRange(new vscode.Range(start, start));
}

/** `tool.meta4`, or `tool-2.meta4` and so on: a name that neither a file nor an open document has. */
async function freeName(folder: vscode.Uri, name: string): Promise<vscode.Uri> {
  const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.path));
  const extension = /\.[^.]*$/.exec(name)?.[0] ?? '';
  const stem = name.slice(0, name.length - extension.length);
  for (let count = 1; ; count++) {
    const uri = vscode.Uri.joinPath(folder, count === 1 ? name : `${stem}-${count}${extension}`);
    if (!open.has(uri.path) && !(await exists(uri))) return uri;
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false; // nothing of that name, or nothing that can be seen
  }
}
