import * as vscode from 'vscode';
import type { CacheEntryView, CacheListResult, CacheView } from '../../../server/src/protocol';
import { formatBytes } from '../format';
import type { Server } from '../languageClient';
import { isVirtualWorkspace } from '../virtualWorkspace';
import { treeItemOf } from './cacheNodes';
import type { CacheNode, EntryNode } from './cacheNodes';

/** The view of the container caches. Nothing on the disk is looked at before the view is shown. */
export interface CacheTree {
  /** Reads everything anew that is shown. */
  refresh(): void;
  /** Takes over what a verification found, without reading the caches again. */
  update(entries: readonly CacheEntryView[]): void;
  /** Shows only entries whose title, path, reference or digest holds this text; empty: all. */
  filter(text: string): Promise<void>;
  /** The entries that are selected in the view. */
  selection(): readonly CacheEntryView[];
  /** The caches when the view was last read. */
  caches(): readonly CacheView[];
}

type State = 'empty' | 'filled' | 'nothing-found' | 'error';

/** So many entries of a kind are shown, the newest; the others are found by the filter. Blobs are shown below their images. */
const shownEntries = 1000;
const shownBlobs = 20_000;
/** Milliseconds for which the tree waits for the totals of the caches; later ones are filled in. */
const patience = 400;

/** Makes and registers the view `containerMetalink.caches`. */
export function createCacheTree(context: vscode.ExtensionContext, server: Server, log: vscode.LogOutputChannel): CacheTree {
  const changed = new vscode.EventEmitter<CacheNode | undefined>();
  const updates = new Map<string, CacheEntryView>();
  /** Paths of entries that have been seen and are damaged: the badge counts them. */
  const damaged = new Set<string>();
  const order = new Intl.Collator(vscode.env.language, { numeric: true, sensitivity: 'base' });
  let caches: readonly CacheView[] = [];
  let wanted = '';
  /** Ends with the next reading of the caches, and what was asked for with it. */
  let reading = new vscode.CancellationTokenSource();
  /** What a filter found, by cache and kind: it is asked for to know whether a kind is shown, and again when it is unfolded. */
  const found = new Map<string, Promise<CacheListResult>>();

  async function children(node: CacheNode | undefined): Promise<CacheNode[]> {
    const { token } = reading;
    try {
      return await childrenOf(node);
    } catch (error) {
      // The caches are being read anew: VS Code asks again for what is unfolded.
      if (token.isCancellationRequested) return [];
      throw error;
    }
  }

  async function childrenOf(node: CacheNode | undefined): Promise<CacheNode[]> {
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
        return (node.parts ?? []).map((entry) => ({ type: 'entry', cache: node.cache, entry, below: node.entry.path }));
      case 'more':
      case 'message':
        return [];
    }
  }

  async function roots(): Promise<CacheNode[]> {
    if (isVirtualWorkspace()) return []; // what the welcome text of the view says
    reading.cancel();
    reading.dispose();
    reading = new vscode.CancellationTokenSource();
    found.clear();
    const { token } = reading;
    try {
      ({ caches } = await server.request('cacheList', { totals: false }, token));
    } catch (error) {
      if (token.isCancellationRequested) return [];
      log.error(error instanceof Error ? error.message : String(error));
      await show('error');
      return [];
    }
    const nodes = caches.map((cache) => ({ type: 'cache' as const, cache }));
    const counted = Promise.all(nodes.map((node) => count(node, token)));
    await Promise.race([counted, new Promise((resolve) => setTimeout(resolve, patience))]);
    for (const node of nodes)
      if (node.cache.bytes === undefined) void counted.then(() => (token.isCancellationRequested ? undefined : filled()));
    const shown = await Promise.all(
      nodes.map(async (node) => ({ node, isShown: wanted === '' || (await kindsOf(node.cache)).length > 0 })),
    );
    const rows = shown.flatMap(({ node, isShown }) => (isShown ? [node] : []));
    await show(caches.length === 0 ? 'empty' : rows.length === 0 ? 'nothing-found' : 'filled');
    return rows;
  }

  /** Fills in the totals of one cache; on a network disk this takes its time. */
  async function count(node: Extract<CacheNode, { type: 'cache' }>, token: vscode.CancellationToken): Promise<void> {
    const { root } = node.cache;
    try {
      const [counted] = (await server.request('cacheList', { root }, token)).caches;
      if (token.isCancellationRequested || counted === undefined) return;
      node.cache = counted;
      caches = caches.map((cache) => (cache.root === root ? counted : cache));
      changed.fire(node);
    } catch (error) {
      if (!token.isCancellationRequested) log.error(error instanceof Error ? error.message : String(error));
    }
  }

  async function kindsOf(cache: CacheView): Promise<CacheNode[]> {
    const filledKinds = cache.kinds.filter(({ count: entries }) => entries !== 0);
    const matching = await Promise.all(
      filledKinds.map(async (kind) => ({ kind, isShown: wanted === '' || (await listed(cache, kind.kind)).entries.length > 0 })),
    );
    const kinds = matching.filter(({ isShown }) => isShown).map(({ kind }): CacheNode => ({ type: 'kind', cache, kind }));
    return [
      ...(cache.problem === undefined || wanted !== '' ? [] : [{ type: 'message', text: cache.problem } as const]),
      ...kinds,
      ...(cache.leftovers === undefined || wanted !== '' ? [] : [{ type: 'leftovers', cache, leftovers: cache.leftovers } as const]),
    ];
  }

  async function leftoversOf(cache: CacheView): Promise<CacheNode[]> {
    const { entries } = await server.request('cacheList', { root: cache.root, only: 'leftovers' }, reading.token);
    return entries.map((entry) => ({ type: 'entry', cache, entry, below: 'leftovers' }));
  }

  async function entriesOf(cache: CacheView, kind: string): Promise<CacheNode[]> {
    const { entries, more } = await listed(cache, kind);
    const current = entries.map((entry) => updates.get(entry.path) ?? entry);
    countDamaged(current);
    // Below its kind stands an image, below that its parts; what no image uses stands beside them.
    const top = current.filter(({ usedBy, role }) => wanted !== '' || role === 'image' || usedBy === undefined);
    const nodes = top.sort(byName).map((entry): EntryNode => {
      const parts = wanted === '' && entry.imageBytes !== undefined ? current.filter(({ usedBy }) => usedBy?.includes(entry.path)) : [];
      return { type: 'entry', cache, entry, ...(parts.length > 0 && { parts }) };
    });
    return [...nodes, ...(more === undefined ? [] : [{ type: 'more', cache, count: more } as const])];
  }

  function listed(cache: CacheView, kind: string): Promise<CacheListResult> {
    const limit = kind === 'blob' ? shownBlobs : shownEntries;
    const ask = () => server.request('cacheList', { root: cache.root, kind, limit, filter: wanted }, reading.token);
    if (wanted === '') return ask();
    const key = `${cache.root}\n${kind}`;
    const known = found.get(key) ?? ask();
    found.set(key, known);
    return known;
  }

  /** By title as people count, what has none after it. */
  function byName(a: CacheEntryView, b: CacheEntryView): number {
    if (a.unnamed !== b.unnamed) return a.unnamed === true ? 1 : -1;
    return order.compare(a.title, b.title) || b.modified - a.modified;
  }

  const view = vscode.window.createTreeView<CacheNode>('containerMetalink.caches', {
    treeDataProvider: { onDidChangeTreeData: changed.event, getTreeItem: treeItemOf, getChildren: children },
    canSelectMany: true,
    showCollapseAll: true,
  });
  context.subscriptions.push(changed, view, { dispose: () => reading.dispose() });

  async function show(state: State): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'containerMetalink.cacheState', state);
    if (state === 'empty' || state === 'error') view.description = '';
    else filled();
  }

  function filled(): void {
    const isCounted = caches.every(({ bytes }) => bytes !== undefined);
    const total = isCounted ? formatBytes(caches.reduce((sum, { bytes = 0 }) => sum + bytes, 0)) : vscode.l10n.t('counting…');
    view.description = wanted === '' ? total : vscode.l10n.t('{0} · only "{1}"', total, wanted);
  }

  function countDamaged(seen: readonly CacheEntryView[]): void {
    for (const { path, verdict } of seen) {
      if (verdict === 'failed') damaged.add(path);
      else damaged.delete(path);
    }
    const value = damaged.size;
    view.badge = value === 0 ? undefined : { value, tooltip: vscode.l10n.t('{0} damaged cache entries', value) };
  }

  return {
    refresh() {
      updates.clear();
      // What is still there is counted when it is read again.
      damaged.clear();
      countDamaged([]);
      changed.fire(undefined);
    },
    update(entries) {
      for (const entry of entries) updates.set(entry.path, entry);
      countDamaged(entries);
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
