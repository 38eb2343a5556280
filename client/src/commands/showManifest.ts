import * as vscode from 'vscode';
import type { Session } from '../session';
import { askForTarget, nameOf, targetOf } from '../targets';
import { manifestDocument } from '../views/manifestDocument';

/** "Show Manifest": what the hub says about the image. `options.anew`: what it said before does not count. */
export async function showManifest(session: Session, argument: unknown, options?: unknown): Promise<void> {
  const target = targetOf(argument) ?? (await askForTarget(vscode.l10n.t('Show the manifest of which image?')));
  if (target === undefined) return;
  const title = vscode.l10n.t('Asking for the manifest of {0}', nameOf(target));
  const anew = typeof options === 'object' && options !== null && 'anew' in options && options.anew === true;
  const { items } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      if (anew) await session.server.request('refresh', { what: 'answers' }, token);
      return session.server.request('inspect', { target }, token);
    },
  );
  if (items.length === 0) void vscode.window.showInformationMessage(vscode.l10n.t('{0} names no image.', nameOf(target)));
  else await session.documents.show(manifestDocument(nameOf(target), items));
}
