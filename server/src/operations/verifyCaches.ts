import type { KeptEntry } from '../cache/clean';
import { findEntry } from '../cache/list';
import { verifyEntry } from '../cache/verifyEntry';
import type { VerifiedEntry } from '../cache/verifyEntry';
import type { CacheEntryView, CacheVerifyResult } from '../protocol';
import { t } from '../text/l10n';
import { chosenCaches, collectEntries } from './cacheEntries';
import { describeEntries } from './cacheViews';
import type { ProgressListener } from './progress';
import type { World } from './world';

export interface VerifyCachesOptions {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** Told for each entry when it is done. */
  readonly onEntry?: (entry: CacheEntryView) => void;
  readonly engine?: string;
}

/**
 * Compares entries with their names, their signatures and what was noted when they were pulled; the verdicts are remembered, also those
 * until it was aborted. An entry that cannot be read is a problem, not the end; one that vanished meanwhile is left out.
 */
export async function verifyCaches(
  world: World,
  paths: readonly string[] | undefined,
  { signal, onProgress, onEntry, engine }: VerifyCachesOptions,
): Promise<CacheVerifyResult> {
  const problems: KeptEntry[] = [];
  const wanted = paths && new Set(paths);
  const caches = await chosenCaches(world, engine);
  const entries = (await collectEntries(caches, paths, { signal, problems })).filter(
    (entry) => (entry.oddity === undefined || entry.oddity === 'unused-blob') && wanted?.has(entry.path) !== false,
  );
  if (paths)
    for (const file of paths)
      if (![...entries, ...problems].some((each) => each.path === file))
        problems.push({ path: file, problem: t('it is no entry of a cache that can be verified') });
  const index = await world.cacheIndex();
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const { keys } = await world.keys({ files: [], offline: true });
  const views: CacheEntryView[] = [];
  let done = 0;
  try {
    for (const entry of entries) {
      signal.throwIfAborted();
      const known = index.get(entry.path, entry.bytes, entry.modified);
      const before = done;
      done += entry.bytes;
      let checked: VerifiedEntry;
      try {
        checked = await verifyEntry(entry, {
          keys,
          signal,
          ...(known?.sha256 !== undefined && { recordedSha256: known.sha256 }),
          onProgress: (bytes) => onProgress({ what: known?.title ?? entry.name, done: before + bytes, total }),
        });
      } catch (error) {
        signal.throwIfAborted();
        if ((await findEntry(caches, entry.path)) !== undefined)
          problems.push({ path: entry.path, problem: error instanceof Error ? error.message : String(error) });
        continue;
      }
      index.remember(entry.path, entry.bytes, entry.modified, {
        verdict: checked.verdict,
        mismatch: checked.mismatch,
        verified: Date.now(),
        ...(checked.sha256 !== undefined && { sha256: checked.sha256 }),
      });
      const [view] = await describeEntries(world, [entry], signal, 1);
      if (view === undefined) continue;
      views.push({ ...view, ...(checked.problem !== undefined && { problem: checked.problem }) });
      onEntry?.(views.at(-1) ?? view);
    }
  } finally {
    await index.save();
  }
  return { entries: views, ...(problems.length > 0 && { problems }) };
}
