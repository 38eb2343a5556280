import * as vscode from 'vscode';
import type { Session } from '../../session';

/** The row that a key has selected: VS Code opens what is selected, and this one shall not be. */
let selectedByKey: { readonly path: string; readonly until: number } | undefined;
const shortly = 2000;

/**
 * Makes the row of the cache view that has the focus the selected one. Arrow keys move the focus alone, and an extension sees the
 * selection only: without this, a key would mean a row that was clicked some time ago, or none. Several selected rows stay as they are.
 */
export async function selectFocusedRow(session: Session): Promise<void> {
  if (session.caches.selection().length > 1) return;
  await vscode.commands.executeCommand('list.selectAndPreserveFocus');
  const [entry] = session.caches.selection();
  selectedByKey = entry === undefined ? undefined : { path: entry.path, until: Date.now() + shortly };
}

/** Whether the row was only selected by a key, so that its details stay closed; true once. */
export function isOnlySelected(path: string): boolean {
  const isMeant = selectedByKey?.path === path && Date.now() < selectedByKey.until;
  if (isMeant) selectedByKey = undefined;
  return isMeant;
}
