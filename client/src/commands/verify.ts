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
  const result = await requestWithProgress(session.server, 'verify', { target }, vscode.l10n.t('Verifying {0}', name));
  if (result === undefined) return;
  if (result.reports.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} names no image that could be verified.', name));
    return;
  }
  await session.documents.show(verificationDocument(name, result.reports, target));
}
