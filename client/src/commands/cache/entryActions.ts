import * as vscode from 'vscode';
import type { CacheEntryView } from '../../../../server/src/protocol';
import { pull } from '../../pulling';
import type { Session } from '../../session';
import { cacheEntryOf } from '../../targets';
import { cacheEntryDocument } from '../../views/contentsDocument';

/** The entries that a command of the cache view is about: the selected ones when the item is among them, else the item. */
export function entriesOf(session: Session, argument: unknown): readonly CacheEntryView[] {
  const entry = cacheEntryOf(argument);
  const selected = session.caches.selection();
  if (entry === undefined) return selected;
  return selected.some(({ path }) => path === entry.path) ? selected : [entry];
}

/** "Show Details": what is known about the entry and what is inside it. */
export async function details(session: Session, argument: unknown): Promise<void> {
  const [entry] = entriesOf(session, argument);
  if (entry !== undefined)
    await session.documents.show(cacheEntryDocument(await session.server.request('cacheDetails', { path: entry.path })));
}

/** "Pull Again": the reference that the entry was pulled by. */
export async function pullAgain(session: Session, argument: unknown): Promise<void> {
  for (const { reference, engine } of entriesOf(session, argument))
    if (reference !== undefined)
      await pull(session, { kind: 'reference', reference }, { kind: 'cache', ...(engine === 'singularity2' ? {} : { engine }) });
}

/** "Copy Path". */
export async function copyPath(session: Session, argument: unknown): Promise<void> {
  if (typeof argument === 'object' && argument !== null && 'cache' in argument && !('entry' in argument)) {
    const { root } = argument.cache as { root: string }; // a cache's item of views/cacheNodes.ts
    return copy([root]);
  }
  await copy(entriesOf(session, argument).map(({ path }) => path));
}

/** "Copy Digest". */
export async function copyDigest(session: Session, argument: unknown): Promise<void> {
  await copy(entriesOf(session, argument).map(({ digest }) => digest));
}

/** "Copy Reference". */
export async function copyReference(session: Session, argument: unknown): Promise<void> {
  await copy(entriesOf(session, argument).map(({ reference }) => reference));
}

/** "Use in Recipe": inserts the reference at the cursor of the recipe that was used last. */
export async function insertReference(session: Session, argument: unknown): Promise<void> {
  const [entry] = entriesOf(session, argument);
  const editor =
    vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.find(({ document }) => document.languageId === 'singularity');
  if (entry?.reference === undefined) return;
  if (editor?.document.languageId !== 'singularity') {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a recipe and put the cursor where the reference shall stand.'));
    return;
  }
  const [agent = '', rest = entry.reference] = entry.reference.split(/:\/\/(.*)/s);
  const line = editor.document.lineAt(editor.selection.active.line).text;
  // After `From:` only the part behind the scheme stands; on an empty line the two header lines are meant.
  const text = /^\s*$/.test(line) ? `Bootstrap: ${agent}\nFrom: ${rest}\n` : /^\s*from\s*:/i.test(line) ? rest : entry.reference;
  await editor.edit((edit) => edit.replace(editor.selection, text));
  await vscode.window.showTextDocument(editor.document, editor.viewColumn);
}

/** "Reveal in File Manager": in the explorer of the desktop, or, on a remote machine, in a terminal there. */
export async function reveal(session: Session, argument: unknown): Promise<void> {
  const path = entriesOf(session, argument)[0]?.path ?? rootOf(argument);
  if (path === undefined) return;
  const uri = vscode.Uri.file(path);
  if (vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop)
    await vscode.commands.executeCommand('revealFileInOS', uri);
  else vscode.window.createTerminal({ cwd: vscode.Uri.joinPath(uri, rootOf(argument) === undefined ? '..' : '.') }).show();
}

function rootOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('cache' in argument) || 'entry' in argument) return undefined;
  return (argument.cache as { root: string }).root; // a cache's item of views/cacheNodes.ts
}

async function copy(texts: readonly (string | undefined)[]): Promise<void> {
  const lines = texts.filter((text) => text !== undefined);
  if (lines.length === 0) return;
  await vscode.env.clipboard.writeText(lines.join('\n'));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied'), 2000);
}
