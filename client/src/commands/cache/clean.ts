import * as vscode from 'vscode';
import type { CacheCleanParams, CacheCleanResult, CacheEntryView, CacheView } from '../../../../server/src/protocol';
import { formatBytes } from '../../format';
import type { Session } from '../../session';
import { cacheOf, entriesOf } from './entryActions';
import { selectFocusedRow } from './focusedRow';

type Choice = Omit<CacheCleanParams, 'dryRun'>;

/** "Delete…": the selected entries of the cache view, by its key also the one with the focus, or the entries that another command names. */
export async function deleteEntries(session: Session, argument: unknown): Promise<void> {
  if (argument === undefined) await selectFocusedRow(session);
  const entries = Array.isArray(argument) ? (argument as readonly CacheEntryView[]) : entriesOf(session, argument); // own commands only
  if (entries.length > 0) await clean(session, { paths: entries.map(({ path }) => path) });
}

/** "Delete Leftovers…": what interrupted downloads left behind in a cache, and nothing else. */
export async function deleteLeftovers(session: Session, argument: unknown): Promise<void> {
  const cache = cacheOf(argument);
  if (cache === undefined) return;
  const { entries } = await session.server.request('cacheList', { root: cache.root, only: 'leftovers' });
  if (entries.length > 0) await clean(session, { paths: entries.map(({ path }) => path) });
}

/** "Clean Caches…": by age, size or use; what would go is shown first. */
export async function cleanCaches(session: Session): Promise<void> {
  const choice = await vscode.window.showQuickPick([...cleanings(), ...kindsOf(session.caches.caches())], {
    title: vscode.l10n.t('Clean caches: what may go?'),
    placeHolder: vscode.l10n.t('Nothing is deleted before you saw the list.'),
  });
  if (choice !== undefined) await clean(session, choice.choice);
}

function cleanings(): readonly (vscode.QuickPickItem & { choice: Choice })[] {
  return [
    {
      label: vscode.l10n.t('Leftovers and orphans'),
      detail: vscode.l10n.t('Interrupted downloads, layers without image, layouts that no engine reads'),
      choice: { waste: ['leftovers', 'unused', 'outdated'] },
    },
    {
      label: vscode.l10n.t('Damaged entries'),
      detail: vscode.l10n.t('What a verification found damaged; "Pull Again" may repair it instead'),
      choice: { waste: ['damaged'] },
    },
    {
      label: vscode.l10n.t('Duplicates'),
      detail: vscode.l10n.t('Images that also stand in another cache, a shared one for example'),
      choice: { duplicatesOnly: true },
    },
    { label: vscode.l10n.t('Older than 30 days'), choice: { olderThanDays: 30 } },
    { label: vscode.l10n.t('Older than 90 days'), choice: { olderThanDays: 90 } },
    { label: vscode.l10n.t('Older than a year'), choice: { olderThanDays: 365 } },
    { label: vscode.l10n.t('Larger than 1 GB'), choice: { largerThanBytes: 1_000_000_000 } },
    { label: vscode.l10n.t('Larger than 5 GB'), choice: { largerThanBytes: 5_000_000_000 } },
    { label: vscode.l10n.t('Everything'), choice: {} },
  ];
}

/** Each kind of which something is there, with what it takes up. */
function kindsOf(caches: readonly CacheView[]): (vscode.QuickPickItem & { choice: Choice })[] {
  const kinds = new Map<string, { title: string; bytes: number }>();
  for (const { kind, title, bytes = 0 } of caches.flatMap((cache) => cache.kinds))
    kinds.set(kind, { title, bytes: bytes + (kinds.get(kind)?.bytes ?? 0) });
  const separator = { label: vscode.l10n.t('One kind'), kind: vscode.QuickPickItemKind.Separator, choice: {} };
  const items = [...kinds].map(([kind, { title, bytes }]) => ({
    label: vscode.l10n.t('Only: {0}', title),
    description: formatBytes(bytes),
    choice: { kinds: [kind] },
  }));
  return items.length === 0 ? [] : [separator, ...items];
}

/** A dry run first; then the question with what would be freed; then the clean. */
async function clean(session: Session, choice: Choice): Promise<void> {
  const plan = await session.server.request('cacheClean', { ...choice, dryRun: true });
  if (plan.removed.length === 0) {
    void vscode.window.showInformationMessage([vscode.l10n.t('There is nothing to delete.'), plan.kept[0]?.problem ?? ''].join(' ').trim());
    return;
  }
  const remove = vscode.l10n.t('Delete');
  const question =
    plan.removed.length === 1
      ? vscode.l10n.t('Delete this cache entry? This frees {0}.', formatBytes(plan.bytes))
      : vscode.l10n.t('Delete {0} cache entries? This frees {1}.', plan.removed.length, formatBytes(plan.bytes));
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail: listing(plan) }, remove)) !== remove) return;
  const result = await session.server.request('cacheClean', { ...choice, dryRun: false });
  for (const { path, problem } of result.kept) session.log.warn(`${path}: ${problem}`);
  session.caches.refresh();
  await session.documents.close(new Set(result.removed.map(({ path }) => path)));
  const message =
    result.removed.length === 1
      ? vscode.l10n.t('One entry was deleted, {0} freed.', formatBytes(result.bytes))
      : vscode.l10n.t('{0} entries were deleted, {1} freed.', result.removed.length, formatBytes(result.bytes));
  if (result.kept.length === 0) void vscode.window.showInformationMessage(message);
  else
    void vscode.window.showWarningMessage(`${message} ${vscode.l10n.t('{0} could not be deleted, the log says why.', result.kept.length)}`);
}

function listing({ removed }: CacheCleanResult): string {
  const shown = removed.slice(0, 15).map(({ path, bytes, reason }) => `${path}  ${formatBytes(bytes)}  ${reason}`);
  return [...shown, ...(removed.length > shown.length ? [vscode.l10n.t('… and {0} more', removed.length - shown.length)] : [])].join('\n');
}
