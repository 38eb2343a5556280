import * as vscode from 'vscode';
import { documentScheme } from './views/documents';

/**
 * The document that a command is about: what a code lens names, a file of the explorer, the active editor if it is of that language, else
 * one that is open in another tab: a button of the walkthrough is pressed while the walkthrough is the active editor. Undefined, after a
 * message, when there is none, or when the user gives up.
 */
export async function documentOf(
  argument: unknown,
  language: 'singularity' | 'metalink',
): Promise<{ uri: string; file?: string } | undefined> {
  if (argument instanceof vscode.Uri) return { uri: argument.toString() };
  if (typeof argument === 'object' && argument !== null && 'uri' in argument && typeof argument.uri === 'string') {
    const file = 'file' in argument && typeof argument.file === 'string' ? argument.file : undefined;
    return { uri: argument.uri, ...(file === undefined ? {} : { file }) };
  }
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === language) return { uri: document.uri.toString() };
  const open = openDocuments(language);
  if (open.length > 0) {
    const chosen = open.length === 1 ? open[0] : await choose(open, language);
    if (chosen === undefined) return undefined;
    await vscode.window.showTextDocument(chosen);
    return { uri: chosen.uri.toString() };
  }
  const message =
    language === 'metalink'
      ? vscode.l10n.t('Open a metalink (.meta4) first: the command works on the active editor.')
      : vscode.l10n.t('Open a recipe (.def) first: the command works on the active editor.');
  void vscode.window.showInformationMessage(message);
  return undefined;
}

/** Documents of a language that stand in a tab; not those that are made for reading only. */
function openDocuments(language: string): readonly vscode.TextDocument[] {
  const inTabs = new Set(
    vscode.window.tabGroups.all.flatMap(({ tabs }) =>
      tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri.toString()] : [])),
    ),
  );
  return vscode.workspace.textDocuments.filter(
    ({ languageId, uri }) => languageId === language && uri.scheme !== documentScheme && inTabs.has(uri.toString()),
  );
}

async function choose(
  open: readonly vscode.TextDocument[],
  language: 'singularity' | 'metalink',
): Promise<vscode.TextDocument | undefined> {
  const items = open.map((document) => ({
    label: vscode.workspace.asRelativePath(document.uri),
    description: document.isUntitled ? document.lineAt(0).text : '', // as in its tab
    document,
  }));
  const title = language === 'metalink' ? vscode.l10n.t('Which of the open metalinks?') : vscode.l10n.t('Which of the open recipes?');
  return (await vscode.window.showQuickPick(items, { title }))?.document;
}
