import fs from 'node:fs/promises';
import type { CacheLocation } from './find';

/**
 * Each place once: engines may share one by their variables or by links, and a shared cache may be the user's own. Of caches in one place
 * the first that is in use stands, and names the other engine. Asked before anything is counted or removed: a second way to the same file
 * is no copy of it.
 */
export async function distinctCaches(caches: readonly CacheLocation[]): Promise<CacheLocation[]> {
  const byPlace = new Map<string, CacheLocation[]>();
  for (const cache of caches) {
    const place = await realPlace(cache.root);
    const same = byPlace.get(place);
    if (same) same.push(cache);
    else byPlace.set(place, [cache]);
  }
  return [...byPlace.values()].flatMap((same) => {
    const stands = same.find(({ disabled, shared }) => disabled === undefined && !shared) ?? same[0];
    const other = same.find(({ engine, shared }) => engine !== stands?.engine && !shared);
    return stands === undefined ? [] : [other === undefined ? stands : { ...stands, alsoOf: other.engine }];
  });
}

/** Where links lead; the path itself for what is not there, or may not be looked at. */
async function realPlace(folder: string): Promise<string> {
  return fs.realpath(folder).catch(() => folder);
}
