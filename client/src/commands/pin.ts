import * as vscode from 'vscode';
import type { PinParams } from '../../../server/src/protocol';
import { documentOf } from '../documentOf';
import type { Session } from '../session';

/** "Pin Images to Digests", on the whole recipe or on the reference that a lens or hover names. */
export async function pin(session: Session, argument: unknown): Promise<void> {
  await change(session, argument, 'pin');
}

/** "Unpin Images from Digests". */
export async function unpin(session: Session, argument: unknown): Promise<void> {
  await change(session, argument, 'unpin');
}

/** "Update Pinned Digests": to what the tags mean now. */
export async function updatePins(session: Session, argument: unknown): Promise<void> {
  await change(session, argument, 'update');
}

async function change(session: Session, argument: unknown, action: PinParams['action']): Promise<void> {
  const document = await documentOf(argument, 'singularity');
  if (document === undefined) return;
  const params = isPinParams(argument) ? argument : { uri: document.uri, action };
  const { changed, report } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: progressTitle(params.action), cancellable: true },
    (_progress, token) => session.server.request('pin', params, token),
  );
  if (changed > 0 && params.action === 'pin') void vscode.commands.executeCommand('setContext', 'containerMetalink.imagePinned', true);
  for (const line of report) session.log.info(line);
  const message = [outcome(params.action, changed), ...report.slice(0, 1)].join(' ');
  const showLog = vscode.l10n.t('Show Log');
  if ((await vscode.window.showInformationMessage(message, ...(report.length > 1 ? [showLog] : []))) === showLog) session.log.show();
}

function isPinParams(value: unknown): value is PinParams {
  return typeof value === 'object' && value !== null && 'uri' in value && 'action' in value;
}

function progressTitle(action: PinParams['action']): string {
  return action === 'unpin' ? vscode.l10n.t('Unpinning images') : vscode.l10n.t('Asking the hubs for digests');
}

function outcome(action: PinParams['action'], changed: number): string {
  switch (action) {
    case 'pin':
      return changed === 1 ? vscode.l10n.t('One image was pinned.') : vscode.l10n.t('{0} images were pinned.', changed);
    case 'unpin':
      return changed === 1 ? vscode.l10n.t('One image was unpinned.') : vscode.l10n.t('{0} images were unpinned.', changed);
    case 'update':
      return changed === 1 ? vscode.l10n.t('One digest was renewed.') : vscode.l10n.t('{0} digests were renewed.', changed);
  }
}
