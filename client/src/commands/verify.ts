import * as vscode from 'vscode';
import { requestWithProgress } from '../progress';
import type { Session } from '../session';
import { askForTarget, nameOf, targetOf } from '../targets';
import { verificationDocument } from '../views/verificationReport';

/** "Verify Container": gathers the evidence and opens the report. */
export async function verify(session: Session, argument: unknown): Promise<void> {
  const target = targetOf(argument) ?? (await askForTarget(vscode.l10n.t('Verify which container?')));
  if (target === undefined) return;
  const name = nameOf(target);
  const wish = wishOf(argument);
  const keys = wish === 'key-file' ? await askForKeyFiles() : [];
  if (keys === undefined) return;
  const params = { target, keys, legacy: wish === 'legacy' };
  const result = await requestWithProgress(session.server, 'verify', params, vscode.l10n.t('Verifying {0}', name));
  if (result === undefined) return;
  if (result.reports.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} names no image that could be verified.', name));
    return;
  }
  await session.documents.show(verificationDocument(name, result.reports, target));
  await vscode.commands.executeCommand('setContext', 'containerMetalink.containerVerified', true);
}

/** What a report's action asks for besides: a key file to choose, or the signatures of old engines. */
function wishOf(argument: unknown): unknown {
  return typeof argument === 'object' && argument !== null && 'wish' in argument ? argument.wish : undefined;
}

async function askForKeyFiles(): Promise<string[] | undefined> {
  const uris = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Public keys or certificates that you trust for this verification'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Keys')]: ['asc', 'gpg', 'pgp', 'pub', 'pem', 'crt', 'cer', 'key'], [vscode.l10n.t('All files')]: ['*'] },
  });
  return uris?.map(({ fsPath }) => fsPath);
}
