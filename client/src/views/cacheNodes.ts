import * as os from 'node:os';
import * as vscode from 'vscode';
import type { CacheEntryView, CacheKindView, CacheView } from '../../../server/src/protocol';
import { formatAge, formatBytes, formatExactBytes } from '../format';
import { orphanText, verdictWord } from './contentsDocument';

/** What the cache view shows, level by level. */
export type CacheNode =
  /** The view takes over the totals when they were counted. */
  | { readonly type: 'cache'; cache: CacheView }
  | { readonly type: 'kind'; readonly cache: CacheView; readonly kind: CacheKindView }
  | EntryNode
  | { readonly type: 'leftovers'; readonly cache: CacheView; readonly leftovers: NonNullable<CacheView['leftovers']> }
  | { readonly type: 'more'; readonly cache: CacheView; readonly count: number }
  | { readonly type: 'message'; readonly text: string };

export interface EntryNode {
  readonly type: 'entry';
  readonly cache: CacheView;
  readonly entry: CacheEntryView;
  /** What it stands below when it stands below its kind too: an id may be in the tree only once. */
  readonly below?: string;
  /** What an image of an OCI layout consists of. */
  readonly parts?: readonly CacheEntryView[];
}

/** Kinds whose entries are images that can be opened and run; the others are layers and files of layouts. */
const partKinds = ['blob', 'oci', 'docker', 'metadata'];
/** Orphans that hold no whole image. */
const noImage = ['temporary', 'in-progress', 'old-layout', 'broken-link', 'foreign'];

export function treeItemOf(node: CacheNode): vscode.TreeItem {
  switch (node.type) {
    case 'cache':
      return cacheItem(node.cache);
    case 'kind':
      return kindItem(node.cache, node.kind);
    case 'entry':
      return entryItem(node);
    case 'leftovers':
      return leftoversItem(node.cache, node.leftovers);
    case 'more':
      return moreItem(node.count);
    case 'message':
      return messageItem(node.text);
  }
}

const engineNames = { apptainer: 'Apptainer', singularity: 'SingularityCE', singularity2: 'Singularity 2' } as const;

function cacheItem(cache: CacheView): vscode.TreeItem {
  const engines = [cache.engine, ...(cache.alsoOf === undefined ? [] : [cache.alsoOf])].map((engine) => engineNames[engine]);
  const name = engines.join(', ');
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  const size = amount(cache.bytes);
  item.id = cache.root;
  item.description = [size, ...(cache.shared === true ? [vscode.l10n.t('shared, read only')] : []), tilde(cache.root)].join(' · ');
  item.iconPath = new vscode.ThemeIcon(cache.problem !== undefined ? 'warning' : cache.shared === true ? 'organization' : 'archive');
  item.tooltip = [cache.root, cache.problem, cache.writable ? undefined : vscode.l10n.t('read only')]
    .filter((line) => line !== undefined)
    .join('\n');
  item.contextValue = 'cache';
  item.accessibilityInformation = { label: vscode.l10n.t('Cache of {0} in {1}, {2}', name, cache.root, size) };
  return item;
}

function kindItem(cache: CacheView, kind: CacheKindView): vscode.TreeItem {
  const item = new vscode.TreeItem(kind.title, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `${cache.root}\n${kind.kind}`;
  const count = kind.count?.toLocaleString(vscode.env.language);
  item.description = count === undefined ? amount(kind.bytes) : `${count} · ${amount(kind.bytes)}`;
  item.iconPath = new vscode.ThemeIcon(partKinds.includes(kind.kind) ? 'layers' : 'folder');
  item.contextValue = 'kind';
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0}: {1} entries, {2}', kind.title, kind.count ?? '', amount(kind.bytes)),
  };
  return item;
}

/** Bytes, or that they are being counted. */
function amount(bytes: number | undefined): string {
  return bytes === undefined ? vscode.l10n.t('counting…') : formatBytes(bytes);
}

function tilde(folder: string): string {
  const home = os.homedir();
  return folder.startsWith(`${home}/`) ? `~${folder.slice(home.length)}` : folder;
}

function leftoversItem(cache: CacheView, { count, bytes }: NonNullable<CacheView['leftovers']>): vscode.TreeItem {
  const title =
    count === 1 ? vscode.l10n.t('One leftover of an interrupted download') : vscode.l10n.t('{0} leftovers of interrupted downloads', count);
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `${cache.root}\nleftovers`;
  item.description = formatBytes(bytes);
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = cache.writable ? 'leftovers' : '';
  item.accessibilityInformation = { label: `${title}, ${formatBytes(bytes)}` };
  return item;
}

function entryItem(node: EntryNode): vscode.TreeItem {
  const { cache, entry, below, parts } = node;
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(printable(entry.title), parts === undefined ? None : Collapsed);
  item.id = below === undefined ? entry.path : `${below}\n${entry.path}`;
  const remark = entry.orphan === undefined || entry.verdict === 'failed' ? verdictMark(entry) : `! ${orphanText(entry.orphan)}`;
  const size = entry.linkTo === undefined ? formatBytes(entry.imageBytes ?? entry.bytes) : `→ ${printable(entry.linkTo)}`;
  item.description = [remark, size, formatAge(entry.modified)].filter((text) => text !== undefined).join(' · ');
  item.iconPath = entryIcon(entry);
  item.tooltip = entryTooltip(entry);
  item.contextValue = entryContext(cache, entry);
  item.command = {
    command: 'containerMetalink.cache.details',
    title: vscode.l10n.t('Show Details'),
    arguments: [node, 'glance'],
  };
  item.accessibilityInformation = { label: `${printable(entry.title)}, ${item.description}` };
  return item;
}

function verdictMark({ verdict }: CacheEntryView): string | undefined {
  if (verdict === undefined || verdict === 'unverified') return undefined;
  return `${verdict === 'failed' ? '✗' : '✓'} ${verdictWord(verdict)}`;
}

function entryIcon(entry: CacheEntryView): vscode.ThemeIcon {
  if (entry.verdict === 'failed') return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  if (entry.orphan !== undefined) return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  if (entry.verdict === 'signed') return new vscode.ThemeIcon('verified-filled', new vscode.ThemeColor('testing.iconPassed'));
  if (entry.verdict === 'intact') return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
  return new vscode.ThemeIcon(isImage(entry) || entry.role === 'image' ? 'package' : 'file');
}

/** Names in a cache come from outside: the tooltip is plain text, so that nothing in them becomes a link. */
function entryTooltip(entry: CacheEntryView): string {
  const lines = [
    printable(entry.title),
    entry.path,
    formatExactBytes(entry.imageBytes ?? entry.bytes),
    entry.reference,
    entry.digest,
    entry.orphan === undefined ? undefined : orphanText(entry.orphan),
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** Words that the menus of package.json look for. */
function entryContext(cache: CacheView, entry: CacheEntryView): string {
  const words = [
    'entry',
    isImage(entry) ? 'image' : '',
    entry.reference === undefined ? '' : 'reference',
    entry.digest === undefined ? '' : 'digest',
    // A layer goes with the images that use it.
    cache.writable && (entry.usedBy === undefined || entry.role === 'image') ? 'deletable' : '',
  ];
  return words.filter((word) => word !== '').join(' ');
}

function isImage(entry: CacheEntryView): boolean {
  return !partKinds.includes(entry.kind) && !noImage.includes(entry.orphan ?? '');
}

function moreItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('… and {0} older ones', count.toLocaleString(vscode.env.language)));
  item.iconPath = new vscode.ThemeIcon('filter');
  item.tooltip = vscode.l10n.t('Find them by a part of their name, path, reference or digest');
  item.command = { command: 'containerMetalink.cache.filter', title: vscode.l10n.t('Filter Cache Entries…') };
  return item;
}

function messageItem(text: string): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  item.tooltip = text;
  item.iconPath = new vscode.ThemeIcon('info');
  return item;
}

/** File names may hold line breaks, reversed text and other invisible characters: they are shown, not obeyed. */
function printable(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}
