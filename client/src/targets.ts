import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CacheEntryView, Target } from '../../server/src/protocol';
import { documentScheme } from './views/documents';

const imageNames = /\.(sif|simg|img|sqsh|squashfs|sqfs)$/i;
const documentNames = /\.(def|singularity|apptainer|meta4|metalink)$|^(Singularity|Apptainer)(\..+)?$/i;
const documentLanguages = ['singularity', 'metalink'];

/** What a command was called on: a code lens, the explorer, a cache entry, else the active editor; undefined when none of them fits. */
export function targetOf(argument: unknown): Target | undefined {
  if (argument instanceof vscode.Uri) return targetOfUri(argument);
  if (isTarget(argument)) return argument;
  const entry = cacheEntryOf(argument);
  return entry === undefined ? activeTarget() : { kind: 'path', path: entry.path };
}

/** The targets of a command that works on a selection: every selected file of the explorer, or the one that it was called on. */
export function targetsOf(argument: unknown, selection: unknown): readonly Target[] {
  const chosen = Array.isArray(selection) && selection.length > 0 ? (selection as readonly unknown[]) : [argument];
  return chosen.map(targetOf).filter((target) => target !== undefined);
}

/** Asks for an image reference or a file; files of the workspace are offered. Undefined when the user gives up. */
export async function askForTarget(prompt: string): Promise<Target | undefined> {
  const found = await vscode.workspace.findFiles(
    '**/{*.sif,*.simg,*.meta4,*.metalink,*.def,Singularity,Singularity.*}',
    '**/node_modules/**',
    100,
  );
  const files = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), target: targetOfUri(uri) })).sort(byLabel);
  const browse = { label: vscode.l10n.t('$(folder-opened) Choose a File…'), alwaysShow: true };
  const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { target?: Target | undefined }>();
  picker.title = prompt;
  picker.placeholder = vscode.l10n.t('A file, or an image reference such as docker://alpine:3.22');
  picker.items = [...files, browse];
  picker.onDidChangeValue((value) => {
    const typed = readTarget(value);
    const asTyped = typed === undefined ? [] : [{ label: value, description: describe(typed), target: typed, alwaysShow: true }];
    picker.items = [...asTyped, ...files, browse];
  });
  let followed: string | undefined;
  picker.onDidChangeActive(([active]) => {
    if (active?.target !== undefined && active.label === picker.value) followed = picker.value;
  });
  const choice = await new Promise<(vscode.QuickPickItem & { target?: Target | undefined }) | undefined>((resolve) => {
    picker.onDidAccept(() => resolve(chosen(picker, followed === picker.value ? browse : undefined)));
    picker.onDidHide(() => resolve(undefined));
    picker.show();
  });
  picker.dispose();
  if (choice !== browse) return choice?.target;
  const [uri] = (await vscode.window.showOpenDialog({ title: prompt })) ?? [];
  return uri === undefined ? undefined : targetOfUri(uri);
}

/**
 * What Enter stands for. On a slow connection it may come before the list has followed the typing; then the entry that is still marked
 * does not fit the text, and the text counts. `browse`: the entry that stands for no text, once the list has followed.
 */
function chosen(
  { value, selectedItems: [selected] }: vscode.QuickPick<vscode.QuickPickItem & { target?: Target | undefined }>,
  browse: vscode.QuickPickItem | undefined,
): (vscode.QuickPickItem & { target?: Target | undefined }) | undefined {
  const target = readTarget(value);
  const fits =
    (selected !== undefined && selected === browse) || selected?.label.toLowerCase().includes(value.trim().toLowerCase()) === true;
  return target === undefined || fits ? selected : { label: value, target };
}

/** A short name for messages and titles: the file's name, or the reference. */
export function nameOf(target: Target): string {
  if (target.kind === 'reference') return target.reference;
  if (target.kind === 'path') return path.basename(target.path);
  return target.file ?? path.posix.basename(vscode.Uri.parse(target.uri).path);
}

/** The open recipe or metalink, or the image whose tab is active. */
export function activeTarget(): Target | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document !== undefined && document.uri.scheme !== documentScheme && documentLanguages.includes(document.languageId))
    return { kind: 'document', uri: document.uri.toString() };
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = typeof input === 'object' && input !== null && 'uri' in input ? input.uri : undefined;
  return uri instanceof vscode.Uri && imageNames.test(uri.path) ? targetOfUri(uri) : undefined;
}

/** The entry when the argument is an item of the cache view. */
export function cacheEntryOf(argument: unknown): CacheEntryView | undefined {
  return typeof argument === 'object' && argument !== null && 'entry' in argument ? (argument.entry as CacheEntryView) : undefined; // set by views/cacheNodes.ts only
}

function targetOfUri(uri: vscode.Uri): Target {
  const name = path.posix.basename(uri.path);
  if (documentNames.test(name) || isOpenDocument(uri)) return { kind: 'document', uri: uri.toString() };
  return { kind: 'path', path: uri.fsPath };
}

function isOpenDocument(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some(
    (document) => document.uri.toString() === uri.toString() && documentLanguages.includes(document.languageId),
  );
}

/** What the user typed: a reference with its scheme, or a path (`~` and relative to the first folder). */
function readTarget(value: string): Target | undefined {
  const text = value.trim();
  if (text === '') return undefined;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { kind: 'reference', reference: text };
  if (!/[/\\]|^~/.test(text) && !imageNames.test(text) && !documentNames.test(text)) return undefined;
  const home = text.replace(/^~(?=$|\/)/, os.homedir());
  return targetOfUri(vscode.Uri.file(path.resolve(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? os.homedir(), home)));
}

function describe(target: Target): string {
  return target.kind === 'reference'
    ? vscode.l10n.t('image reference')
    : target.kind === 'path'
      ? vscode.l10n.t('image file')
      : vscode.l10n.t('recipe or metalink');
}

function isTarget(value: unknown): value is Target {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const needed = { reference: 'reference', path: 'path', document: 'uri' }[String(value.kind)];
  return needed !== undefined && typeof (value as Record<string, unknown>)[needed] === 'string';
}

function byLabel(a: { label: string }, b: { label: string }): number {
  return a.label.localeCompare(b.label);
}
