import * as vscode from 'vscode';
import { openNewText } from '../newText';
import type { Session } from '../session';
import { sampleRecipe } from '../templates';

/** What is wrong in the sample. */
const mistake = /^%tests\b/m;
/** Milliseconds that the mark at the mistake may take to come. */
const patience = 5000;

/** "Open Sample Recipe": the recipe of the walkthrough. Its second step is done when the mistake is gone from the text. */
export async function openSample(session: Session): Promise<vscode.TextDocument> {
  const { document } = await openNewText('singularity', sampleRecipe);
  const watcher = vscode.workspace.onDidChangeTextDocument((event) => {
    if (event.document !== document || mistake.test(document.getText())) return;
    void vscode.commands.executeCommand('setContext', 'containerMetalink.sampleFixed', true);
    watcher.dispose();
  });
  session.context.subscriptions.push(watcher);
  return document;
}

/** Behind the second step of the walkthrough: puts the cursor at the mistake of the sample and offers its quick fix. */
export async function showSampleMistake(session: Session): Promise<void> {
  const isSample = (document: vscode.TextDocument) =>
    document.isUntitled && document.languageId === 'singularity' && mistake.test(document.getText());
  const document = vscode.workspace.textDocuments.find(isSample) ?? (await openSample(session));
  const place = document.positionAt(document.getText().search(mistake));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(place, place) });
  await marked(document.uri, place.line);
  await vscode.commands.executeCommand('editor.action.quickFix');
}

/** Waits until a diagnostic stands in a line: what was opened just now has none yet, and no quick fix without. */
async function marked(uri: vscode.Uri, line: number): Promise<void> {
  const isMarked = () => vscode.languages.getDiagnostics(uri).some(({ range }) => range.start.line === line);
  if (isMarked()) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(end, patience);
    const listener = vscode.languages.onDidChangeDiagnostics(() => {
      if (isMarked()) end();
    });
  });
}
