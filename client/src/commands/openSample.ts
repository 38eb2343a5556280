import * as vscode from 'vscode';
import { openNewText } from '../newText';
import type { Session } from '../session';
import { sampleRecipe } from '../templates';

/** "Open Sample Recipe": the recipe of the walkthrough. Its second step is done when the mistake is gone from the text. */
export async function openSample(session: Session): Promise<void> {
  const { document } = await openNewText('singularity', sampleRecipe);
  const watcher = vscode.workspace.onDidChangeTextDocument((event) => {
    if (event.document !== document || /^%tests\b/m.test(document.getText())) return;
    void vscode.commands.executeCommand('setContext', 'containerMetalink.sampleFixed', true);
    watcher.dispose();
  });
  session.context.subscriptions.push(watcher);
}
