import * as vscode from 'vscode';
import { documentOf } from '../documentOf';
import type { Session } from '../session';

/** "Sort Sources by Priority": the URLs of every file, best first; the edit can be undone. */
export async function sortMetalink(session: Session, argument: unknown): Promise<void> {
  const params = await documentOf(argument, 'metalink');
  if (params === undefined) return;
  const { moved } = await session.server.request('metalinkSort', { uri: params.uri });
  if (moved === 0) void vscode.window.showInformationMessage(vscode.l10n.t('The sources are in order of their priority already.'));
}
