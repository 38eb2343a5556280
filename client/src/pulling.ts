import * as path from 'node:path';
import * as vscode from 'vscode';
import type { PulledItem, PullParams, Target } from '../../server/src/protocol';
import { requestWithProgress } from './progress';
import type { Session } from './session';
import { nameOf } from './targets';
import { verificationDocument } from './views/verificationReport';

/** Pulls a target, asks before anything is replaced, and tells the outcome with what can be done next. */
export async function pull(session: Session, target: Target, destination: PullParams['destination']): Promise<void> {
  const title = vscode.l10n.t('Pulling {0}', nameOf(target));
  let result = await requestWithProgress(session.server, 'pull', { target, destination }, title);
  const existing = result?.items.filter(({ outcome }) => outcome === 'exists') ?? [];
  if (existing.length > 0 && (await mayReplace(existing)))
    result = await requestWithProgress(session.server, 'pull', { target, destination, overwrite: true }, title);
  if (result === undefined) return tellCancelled(session, target, destination);
  session.caches.refresh();
  if (result.items.some(({ outcome }) => outcome !== 'failed'))
    void vscode.commands.executeCommand('setContext', 'containerMetalink.containerVerified', true);
  for (const item of result.items) if (item.outcome !== 'exists') void tell(session, item, target);
}

/** What became of the part that came before the user cancelled: to go on from, or to delete, as the user chooses. */
async function tellCancelled(session: Session, target: Target, destination: PullParams['destination']): Promise<void> {
  session.caches.refresh();
  const name = nameOf(target);
  if (vscode.workspace.getConfiguration('containerMetalink').get<string>('download.onCancel') === 'delete') {
    void vscode.window.showInformationMessage(vscode.l10n.t('The pull of {0} was cancelled, and what came so far was deleted.', name));
    return;
  }
  const goOn = vscode.l10n.t('Go On');
  const deleteIt = vscode.l10n.t('Delete the Partial File');
  const message = vscode.l10n.t('The pull of {0} was cancelled. What came so far is kept: the next pull goes on from there.', name);
  const choice = await vscode.window.showInformationMessage(message, goOn, deleteIt);
  if (choice === goOn) await pull(session, target, destination);
  else if (choice === deleteIt) await discard(session, target, destination);
}

async function discard(session: Session, target: Target, destination: PullParams['destination']): Promise<void> {
  const { kept } = await session.server.request('discard', { target, destination });
  session.caches.refresh();
  if (kept.length > 0) void vscode.window.showWarningMessage(kept.join('; '));
  else vscode.window.setStatusBarMessage(vscode.l10n.t('What came so far of {0} was deleted.', nameOf(target)), 4000);
}

async function mayReplace(existing: readonly PulledItem[]): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const detail = existing.map(({ path: place, message }) => [message, place].filter((text) => text !== undefined).join('\n')).join('\n\n');
  const question = vscode.l10n.t('There is something else of that name already. Replace it by what was pulled?');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, replace)) === replace;
}

async function tell(session: Session, item: PulledItem, target: Target): Promise<void> {
  const showReport = vscode.l10n.t('Show Report');
  const copyPath = vscode.l10n.t('Copy Path');
  const run = vscode.l10n.t('Run');
  const showLog = vscode.l10n.t('Show Log');
  const failed = item.outcome === 'failed';
  const actions = [
    ...(item.report === undefined ? [] : [showReport]),
    ...(item.path === undefined ? [] : [copyPath]),
    ...(item.path !== undefined && (await session.engine.find()) !== undefined ? [run] : []),
    ...(failed ? [showLog] : []),
  ];
  const show = failed ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
  const choice = await show(item.message, ...actions);
  if (choice === showReport && item.report !== undefined)
    await session.documents.show(verificationDocument(item.title, [item.report], target));
  else if (choice === copyPath && item.path !== undefined) await vscode.env.clipboard.writeText(item.path);
  else if (choice === run && item.path !== undefined)
    await vscode.commands.executeCommand('containerMetalink.run', { kind: 'path', path: path.normalize(item.path) });
  else if (choice === showLog) session.log.show();
}
