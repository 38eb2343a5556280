import * as vscode from 'vscode';
import type { Session } from '../session';

/** Behind code lenses such as "Copy digest". */
export async function copyText(_session: Session, text: unknown): Promise<void> {
  if (typeof text !== 'string') return;
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied'), 2000);
}

/** Behind "Copy report": the whole text of the report in the active editor. */
export async function copyReport(session: Session): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document !== undefined) await copyText(session, session.documents.textOf(document.uri) ?? document.getText());
}
