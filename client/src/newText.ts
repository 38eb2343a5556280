import * as vscode from 'vscode';
import type { MetalinkTextResult } from '../../server/src/protocol';

/** Opens a new, unsaved document with this text. */
export async function openNewText(language: string, content: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language, content }));
}

/** Opens a metalink that the server wrote, and tells what was left out or needs a look. */
export async function openMetalinkText({ text, report }: MetalinkTextResult, log: vscode.LogOutputChannel): Promise<void> {
  await openNewText('metalink', text);
  if (report.length === 0) return;
  for (const line of report) log.warn(line);
  const showLog = vscode.l10n.t('Show Log');
  const message = report.length === 1 ? (report[0] ?? '') : vscode.l10n.t('{0} remarks, the first: {1}', report.length, report[0] ?? '');
  if ((await vscode.window.showInformationMessage(message, showLog)) === showLog) log.show();
}
