import * as vscode from 'vscode';
import type { CacheEntryView, CacheView } from '../../../server/src/protocol';
import { formatBytes } from '../format';
import type { Server } from '../languageClient';
import { isVirtualWorkspace } from '../virtualWorkspace';
import { treeItemOf } from './cacheNodes';
import type { CacheNode } from './cacheNodes';

/** The view of the container caches. Nothing on the disk is looked at before the view is shown. */
export interface CacheTree {
  /** Reads everything anew that is shown. */
  refresh(): void;
  /** Takes over what a verification found, without reading the caches again. */
  update(entries: readonly CacheEntryView[]): void;
  /** Shows only entries whose title, path or reference holds this text; empty: all. */
  filter(text: string): Promise<void>;
  /** The entries that are selected in the view. */
  selection(): readonly CacheEntryView[];
  /** The totals when the view was last read. */
  caches(): readonly CacheView[];
}

type State = 'empty' | 'filled' | 'nothing-found' | 'error';

/** Makes and registers the view `containerMetalink.caches`. */
export function createCacheTree(context: vscode.ExtensionContext, server: Server, log: vscode.LogOutputChannel): CacheTree {
  const changed = new vscode.EventEmitter<CacheNode | undefined>();
  const updates = new Map<string, CacheEntryView>();
  let caches: readonly CacheView[] = [];
  let wanted = '';

  async function children(node: CacheNode | undefined): Promise<CacheNode[]> {
    switch (node?.type) {
      case undefined:
        return roots();
      case 'cache':
        return kindsOf(node.cache);
      case 'kind':
        return entriesOf(node.cache, node.kind.kind);
      case 'leftovers':
        return leftoversOf(node.cache);
      case 'entry':
      case 'message':
        return [];
    }
  }

  async function roots(): Promise<CacheNode[]> {
    if (isVirtualWorkspace()) return []; // what the welcome text of the view says
    try {
      ({ caches } = await server.request('cacheList', {}));
    } catch (error) {
      log.error(error instanceof Error ? error.message : String(error));
      await show('error');
      return [];
    }
    const nodes = await Promise.all(caches.map(async (cache) => ({ cache, kinds: wanted === '' ? [] : await kindsOf(cache) })));
    const shown = nodes.filter(({ kinds }) => wanted === '' || kinds.length > 0);
    await show(caches.length === 0 ? 'empty' : shown.length === 0 ? 'nothing-found' : 'filled');
    return shown.map(({ cache }) => ({ type: 'cache', cache }));
  }

  async function kindsOf(cache: CacheView): Promise<CacheNode[]> {
    const filled = cache.kinds.filter(({ count }) => count > 0);
    const matching = await Promise.all(
      filled.map(async (kind) => ({ kind, shown: wanted === '' || (await entriesOf(cache, kind.kind)).length > 0 })),
    );
    const kinds = matching.filter(({ shown }) => shown).map(({ kind }): CacheNode => ({ type: 'kind', cache, kind }));
    return [
      ...(cache.problem === undefined ? [] : [{ type: 'message', text: cache.problem } as const]),
      ...kinds,
      ...(cache.leftovers === undefined || wanted !== '' ? [] : [{ type: 'leftovers', cache, leftovers: cache.leftovers } as const]),
    ];
  }

  async function leftoversOf(cache: CacheView): Promise<CacheNode[]> {
    const nodes = await Promise.all(cache.kinds.map(({ kind }) => entriesOf(cache, kind)));
    // Entries stand below their kind too: one id may be in the tree only once.
    return nodes
      .flat()
      .flatMap((node): CacheNode[] => (node.type === 'entry' && isLeftover(node.entry) ? [{ ...node, below: 'leftovers' }] : []));
  }

  async function entriesOf(cache: CacheView, kind: string): Promise<CacheNode[]> {
    const { entries } = await server.request('cacheList', { root: cache.root, kind });
    return entries
      .map((entry) => updates.get(entry.path) ?? entry)
      .filter((entry) => matches(entry, wanted))
      .map((entry) => ({ type: 'entry', cache, entry }));
  }

  const view = vscode.window.createTreeView<CacheNode>('containerMetalink.caches', {
    treeDataProvider: { onDidChangeTreeData: changed.event, getTreeItem: treeItemOf, getChildren: children },
    canSelectMany: true,
    showCollapseAll: true,
  });
  context.subscriptions.push(changed, view);

  async function show(state: State): Promise<void> {
    const total = formatBytes(caches.reduce((sum, { bytes }) => sum + bytes, 0));
    view.description =
      state === 'empty' || state === 'error' ? '' : wanted === '' ? total : vscode.l10n.t('{0} · only "{1}"', total, wanted);
    await vscode.commands.executeCommand('setContext', 'containerMetalink.cacheState', state);
  }

  function countDamaged(): void {
    const value = [...updates.values()].filter(({ verdict }) => verdict === 'failed').length;
    view.badge = value === 0 ? undefined : { value, tooltip: vscode.l10n.t('{0} damaged cache entries', value) };
  }

  return {
    refresh() {
      updates.clear();
      countDamaged();
      changed.fire(undefined);
    },
    update(entries) {
      for (const entry of entries) updates.set(entry.path, entry);
      countDamaged();
      changed.fire(undefined);
    },
    async filter(text) {
      wanted = text.trim().toLowerCase();
      await vscode.commands.executeCommand('setContext', 'containerMetalink.cacheFiltered', wanted !== '');
      changed.fire(undefined);
    },
    selection: () => view.selection.flatMap((node) => (node.type === 'entry' ? [node.entry] : [])),
    caches: () => caches,
  };
}

/** What an interrupted download left behind. */
export function isLeftover(entry: CacheEntryView): boolean {
  return entry.orphan === 'temporary';
}

function matches(entry: CacheEntryView, wanted: string): boolean {
  return wanted === '' || [entry.title, entry.path, entry.reference ?? ''].some((text) => text.toLowerCase().includes(wanted));
}
