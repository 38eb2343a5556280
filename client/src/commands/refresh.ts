import * as vscode from 'vscode';
import type { Session } from '../session';

/** "Ask Hubs Anew": what hubs said no longer counts. */
export async function refresh(session: Session): Promise<void> {
  await session.server.request('refresh', { what: 'answers' });
  vscode.window.setStatusBarMessage(vscode.l10n.t('Hubs are asked anew.'), 4000);
}

/** "Clear Stored Answers of Hubs": also those kept on the disk for use offline. */
export async function clearAnswers(session: Session): Promise<void> {
  await session.server.request('refresh', { what: 'caches' });
  void vscode.window.showInformationMessage(vscode.l10n.t('The stored answers of hubs are gone. Container caches are as they were.'));
}

/** "Restart Language Server". */
export async function restartServer(session: Session): Promise<void> {
  await session.server.restart();
  vscode.window.setStatusBarMessage(vscode.l10n.t('The language server was started again.'), 4000);
}

/** "Show Log". */
export function showLog(session: Session): void {
  session.log.show();
}
