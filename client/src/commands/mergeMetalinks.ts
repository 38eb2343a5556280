import * as vscode from 'vscode';
import { openMetalinkText } from '../newText';
import type { Session } from '../session';

/** "Merge Metalinks…": those selected in the explorer, else those chosen from the workspace. */
export async function mergeMetalinks(session: Session, _argument: unknown, selection: unknown): Promise<void> {
  const selected = Array.isArray(selection) ? (selection as readonly unknown[]).filter((uri) => uri instanceof vscode.Uri) : [];
  const uris = selected.length > 1 ? selected : await choose();
  if (uris.length < 2) return;
  const result = await session.server.request('metalinkMerge', { uris: uris.map(String) });
  await openMetalinkText(result, 'merged.meta4', session.log);
}

async function choose(): Promise<readonly vscode.Uri[]> {
  const found = await vscode.workspace.findFiles('**/*.{meta4,metalink}', '**/node_modules/**', 200);
  if (found.length < 2) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There are no two metalinks in this workspace to merge.'));
    return [];
  }
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })).sort((a, b) => a.label.localeCompare(b.label));
  const title = vscode.l10n.t('Merge which metalinks? At least two.');
  const chosen = (await vscode.window.showQuickPick(items, { title, canPickMany: true })) ?? [];
  return chosen.map(({ uri }) => uri);
}
