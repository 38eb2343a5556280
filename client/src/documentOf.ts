import * as vscode from 'vscode';

/** The document that a command is about: what a code lens names, a file of the explorer, else the active editor if it is of that language. */
export function documentOf(argument: unknown, language: 'singularity' | 'metalink'): { uri: string; file?: string } | undefined {
  if (argument instanceof vscode.Uri) return { uri: argument.toString() };
  if (typeof argument === 'object' && argument !== null && 'uri' in argument && typeof argument.uri === 'string') {
    const file = 'file' in argument && typeof argument.file === 'string' ? argument.file : undefined;
    return { uri: argument.uri, ...(file === undefined ? {} : { file }) };
  }
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === language) return { uri: document.uri.toString() };
  const message =
    language === 'metalink'
      ? vscode.l10n.t('Open a metalink (.meta4) first: the command works on the active editor.')
      : vscode.l10n.t('Open a recipe (.def) first: the command works on the active editor.');
  void vscode.window.showInformationMessage(message);
  return undefined;
}
