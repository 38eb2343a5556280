import type { LayoutUse } from '../cache/blobs';
import { planClean } from '../cache/clean';
import type { KeptEntry } from '../cache/clean';
import { removePlanned } from '../cache/remove';
import type { CacheCleanParams, CacheCleanResult } from '../protocol';
import { chosenCaches, collectEntries } from './cacheEntries';
import { withMemory } from './cacheViews';
import type { World } from './world';

/**
 * What a clean frees, or frees it. What the last verification found damaged counts as damaged as long as it is the same file. Rejects when
 * aborted before anything was removed.
 */
export async function cleanCaches(
  world: World,
  params: CacheCleanParams & { readonly engine?: string },
  signal: AbortSignal,
): Promise<CacheCleanResult> {
  const index = await world.cacheIndex();
  const problems: KeptEntry[] = [];
  const layouts = new Map<string, LayoutUse>();
  const caches = await chosenCaches(world, params.engine);
  // A copy in another engine's cache counts as a duplicate, so all caches are looked at.
  const looked = params.duplicatesOnly === true ? await chosenCaches(world, undefined) : caches;
  const entries = (await collectEntries(looked, params.paths, { signal, problems, layouts })).map((entry) =>
    withMemory(entry, index.get(entry.path, entry.bytes, entry.modified)),
  );
  const plan = planClean({ caches, entries, layouts, now: Date.now() }, params);
  const row = ({ entry, reason }: (typeof plan.planned)[number]) => ({ path: entry.path, bytes: entry.frees, reason });
  const bytes = plan.planned.reduce((sum, { entry }) => sum + entry.frees, 0);
  if (params.dryRun) return { removed: plan.planned.map(row), kept: [...problems, ...plan.kept], bytes };
  signal.throwIfAborted();
  const result = await removePlanned(caches, plan, { signal });
  return { removed: result.removed.map(row), kept: [...problems, ...result.kept], bytes: result.bytes };
}
