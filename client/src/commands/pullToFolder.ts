import * as vscode from 'vscode';
import { pull } from '../pulling';
import type { Session } from '../session';
import { askForTarget, targetOf } from '../targets';

/** "Pull and Verify Container to Folder…". */
export async function pullToFolder(session: Session, argument: unknown): Promise<void> {
  const target = targetOf(argument) ?? (await askForTarget(vscode.l10n.t('Pull which container?')));
  if (target === undefined) return;
  const start = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Folder for the image'),
      openLabel: vscode.l10n.t('Pull to Here'),
      canSelectFiles: false,
      canSelectFolders: true,
      ...(start === undefined ? {} : { defaultUri: start }),
    })) ?? [];
  if (folder !== undefined) await pull(session, target, { kind: 'folder', path: folder.fsPath });
}
