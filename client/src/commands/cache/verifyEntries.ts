import * as vscode from 'vscode';
import { requestWithProgress } from '../../progress';
import type { Session } from '../../session';
import { detailsOf, entriesOf, pullEntries } from './entryActions';

/** "Verify": the selected entries. */
export async function verifyEntries(session: Session, argument: unknown): Promise<void> {
  const paths = entriesOf(session, argument).map(({ path }) => path);
  if (paths.length > 0) await verify(session, { paths });
}

/** "Verify All Cache Entries". */
export async function verifyAll(session: Session): Promise<void> {
  await verify(session, {});
}

async function verify(session: Session, params: { paths?: readonly string[] }): Promise<void> {
  const result = await requestWithProgress(session.server, 'cacheVerify', params, vscode.l10n.t('Verifying cache entries'));
  if (result === undefined) return;
  session.caches.update(result.entries);
  await session.documents.renew(new Set(result.entries.map(({ path }) => path)), (path) => detailsOf(session, path));
  const damaged = result.entries.filter(({ verdict }) => verdict === 'failed');
  if (damaged.length === 0) {
    void vscode.window.showInformationMessage(
      result.entries.length === 1
        ? vscode.l10n.t('The cache entry was verified and is not damaged.')
        : vscode.l10n.t('{0} cache entries were verified, none is damaged.', result.entries.length),
    );
    return;
  }
  const again = vscode.l10n.t('Pull Again');
  const remove = vscode.l10n.t('Delete Damaged…');
  const names = damaged.map(({ title }) => title).join(', ');
  const message =
    result.entries.length === 1
      ? vscode.l10n.t('The cache entry is damaged: {0}', names)
      : damaged.length === 1
        ? vscode.l10n.t('One of {0} cache entries is damaged: {1}', result.entries.length, names)
        : vscode.l10n.t('{0} of {1} cache entries are damaged: {2}', damaged.length, result.entries.length, names);
  const repairable = damaged.filter(({ reference }) => reference !== undefined);
  const choice = await vscode.window.showWarningMessage(message, ...(repairable.length > 0 ? [again, remove] : [remove]));
  if (choice === remove) await vscode.commands.executeCommand('containerMetalink.cache.delete', damaged);
  else if (choice === again) await pullEntries(session, repairable);
}
