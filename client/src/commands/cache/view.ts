import * as vscode from 'vscode';
import type { Session } from '../../session';

/** "Refresh Caches". */
export function refreshCaches(session: Session): void {
  session.caches.refresh();
}

/** "Filter Cache Entries…": in all kinds at once, also those that are not unfolded. */
export async function filterCaches(session: Session): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Filter cache entries'),
    prompt: vscode.l10n.t('Part of a name, path or reference'),
  });
  if (text !== undefined) await session.caches.filter(text);
}

/** "Clear Filter". */
export async function clearFilter(session: Session): Promise<void> {
  await session.caches.filter('');
}
