import * as vscode from 'vscode';
import type { CacheEntryView, CacheView } from '../../../server/src/protocol';
import { formatAge, formatBytes, formatExactBytes } from '../format';
import { orphanText, verdictWord } from './contentsDocument';

/** What the cache view shows, level by level. */
export type CacheNode =
  | { readonly type: 'cache'; readonly cache: CacheView }
  | { readonly type: 'kind'; readonly cache: CacheView; readonly kind: CacheView['kinds'][number] }
  | { readonly type: 'entry'; readonly cache: CacheView; readonly entry: CacheEntryView; readonly below?: 'leftovers' }
  | { readonly type: 'leftovers'; readonly cache: CacheView; readonly leftovers: NonNullable<CacheView['leftovers']> }
  | { readonly type: 'message'; readonly text: string };

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
    case 'message':
      return messageItem(node.text);
  }
}

function cacheItem(cache: CacheView): vscode.TreeItem {
  const name = { apptainer: 'Apptainer', singularity: 'SingularityCE', singularity2: 'Singularity 2' }[cache.engine];
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = cache.root;
  item.description = `${formatBytes(cache.bytes)} · ${cache.root}`;
  item.iconPath = new vscode.ThemeIcon(cache.problem === undefined ? 'archive' : 'warning');
  item.tooltip = [cache.root, cache.problem, cache.writable ? undefined : vscode.l10n.t('read only')]
    .filter((line) => line !== undefined)
    .join('\n');
  item.contextValue = 'cache';
  item.accessibilityInformation = { label: vscode.l10n.t('Cache of {0} in {1}, {2}', name, cache.root, formatBytes(cache.bytes)) };
  return item;
}

function kindItem(cache: CacheView, kind: CacheView['kinds'][number]): vscode.TreeItem {
  const item = new vscode.TreeItem(kind.title, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `${cache.root}\n${kind.kind}`;
  item.description = `${kind.count.toLocaleString(vscode.env.language)} · ${formatBytes(kind.bytes)}`;
  item.iconPath = new vscode.ThemeIcon(partKinds.includes(kind.kind) ? 'layers' : 'folder');
  item.contextValue = 'kind';
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0}: {1} entries, {2}', kind.title, kind.count, formatBytes(kind.bytes)),
  };
  return item;
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

function entryItem(node: Extract<CacheNode, { type: 'entry' }>): vscode.TreeItem {
  const { cache, entry, below } = node;
  const item = new vscode.TreeItem(printable(entry.title));
  item.id = below === undefined ? entry.path : `${below}\n${entry.path}`;
  const remark = entry.orphan === undefined || entry.verdict === 'failed' ? verdictMark(entry) : `! ${orphanText(entry.orphan)}`;
  item.description = [remark, formatBytes(entry.bytes), formatAge(entry.modified)].filter((text) => text !== undefined).join(' · ');
  item.iconPath = entryIcon(entry);
  item.tooltip = entryTooltip(entry);
  item.contextValue = entryContext(cache, entry);
  item.command = {
    command: 'containerMetalink.cache.details',
    title: vscode.l10n.t('Show Details'),
    arguments: [node],
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
  return new vscode.ThemeIcon(isImage(entry) ? 'package' : 'file');
}

/** Names in a cache come from outside: the tooltip is plain text, so that nothing in them becomes a link. */
function entryTooltip(entry: CacheEntryView): string {
  const lines = [
    printable(entry.title),
    entry.path,
    formatExactBytes(entry.bytes),
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
    cache.writable ? 'deletable' : '',
  ];
  return words.filter((word) => word !== '').join(' ');
}

function isImage(entry: CacheEntryView): boolean {
  return !partKinds.includes(entry.kind) && !noImage.includes(entry.orphan ?? '');
}

function messageItem(text: string): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  item.iconPath = new vscode.ThemeIcon('info');
  return item;
}

/** File names may hold line breaks and other invisible characters: they are shown, not obeyed. */
function printable(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '�');
}
