import * as vscode from 'vscode';
import type { CacheEntryView, CacheView } from '../../../../server/src/protocol';
import { pull } from '../../pulling';
import type { Session } from '../../session';
import { cacheEntryOf } from '../../targets';
import { cacheEntryDocument } from '../../views/contentsDocument';
import type { DocumentContent } from '../../views/documentContent';
import { isOnlySelected } from './focusedRow';

/** The entries that a command of the cache view is about: the selected ones when the item is among them, else the item. */
export function entriesOf(session: Session, argument: unknown): readonly CacheEntryView[] {
  const entry = cacheEntryOf(argument);
  const selected = session.caches.selection();
  if (entry === undefined) return selected;
  return selected.some(({ path }) => path === entry.path) ? selected : [entry];
}

/** "Show Details": what is known about the entry and what is inside it. A click in the view comes with `glance`. */
export async function details(session: Session, argument: unknown, how: unknown): Promise<void> {
  const entry = cacheEntryOf(argument) ?? entriesOf(session, argument)[0];
  if (entry === undefined || isOnlySelected(entry.path)) return;
  await session.documents.show(await detailsOf(session, entry.path), { glance: how === 'glance' });
}

/** The document that describes an entry as it is now. */
export async function detailsOf(session: Session, path: string): Promise<DocumentContent> {
  return cacheEntryDocument(await session.server.request('cacheDetails', { path }));
}

/** "Pull Again": the reference that the entry was pulled by. */
export async function pullAgain(session: Session, argument: unknown): Promise<void> {
  await pullEntries(session, entriesOf(session, argument));
}

/** Pulls what is known by a reference, one after the other: each may ask before it replaces something. */
export async function pullEntries(session: Session, entries: readonly CacheEntryView[]): Promise<void> {
  for (const { reference, engine } of entries)
    if (reference !== undefined)
      await pull(session, { kind: 'reference', reference }, { kind: 'cache', ...(engine === 'singularity2' ? {} : { engine }) });
}

/** "Copy Path". */
export async function copyPath(session: Session, argument: unknown): Promise<void> {
  const cache = cacheEntryOf(argument) === undefined ? cacheOf(argument) : undefined;
  await copy(cache === undefined ? entriesOf(session, argument).map(({ path }) => path) : [cache.root]);
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
  const entry = cacheEntryOf(argument) ?? (cacheOf(argument) === undefined ? session.caches.selection()[0] : undefined);
  const path = entry?.path ?? cacheOf(argument)?.root;
  if (path === undefined) return;
  const uri = vscode.Uri.file(path);
  if (vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop)
    await vscode.commands.executeCommand('revealFileInOS', uri);
  else vscode.window.createTerminal({ cwd: entry === undefined ? uri : vscode.Uri.joinPath(uri, '..') }).show();
}

/** The cache that an item of the cache view belongs to. */
export function cacheOf(argument: unknown): CacheView | undefined {
  return typeof argument === 'object' && argument !== null && 'cache' in argument ? (argument.cache as CacheView) : undefined; // set by views/cacheNodes.ts only
}

async function copy(texts: readonly (string | undefined)[]): Promise<void> {
  const lines = texts.filter((text) => text !== undefined);
  if (lines.length === 0) return;
  await vscode.env.clipboard.writeText(lines.join('\n'));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied'), 2000);
}
