import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { recipeImages } from '../recipe/images';
import { parseRecipe } from '../recipe/parse';
import { languageByName } from './language';
import { nameToWrite } from './knownNames';
import { readTextFile } from './textFile';
import type { World } from './world';

/** Milliseconds that the look takes at most, and for which it is not repeated: nobody waits for completion of a big tree. */
const patience = 300;
const recheckAfter = 10 * 60_000;
const limits = { entries: 3000, recipes: 300, bytes: 256 * 1024 };
const passedOver = /^\.|^node_modules$/;

/**
 * Tells the world what the recipes of the workspace's folders use, also those that no editor has open: the nearest 300 ones, looked for at
 * most every ten minutes and for 300 ms. Never rejects: what cannot be read is passed over. `open`: URIs that editors speak for.
 */
export function createWorkspaceNames(now: () => number = Date.now) {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  return {
    note(world: Pick<World, 'noteReferences'>, folders: readonly string[], open: ReadonlySet<string>): Promise<void> {
      if (running === undefined && now() - lookedAt < recheckAfter) return Promise.resolve();
      running ??= look(world, folders, open).finally(() => {
        lookedAt = now();
        running = undefined;
      });
      return running;
    },
  };
}

async function look(world: Pick<World, 'noteReferences'>, folders: readonly string[], open: ReadonlySet<string>): Promise<void> {
  const end = Date.now() + patience;
  const left = { ...limits };
  // Breadth first: what lies near the root says most about the workspace.
  const queue = folders.filter((uri) => uri.startsWith('file:')).map((uri) => fileURLToPath(uri));
  for (const folder of queue) {
    const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (Date.now() > end || left.entries-- <= 0 || left.recipes <= 0) return;
      const file = path.join(folder, entry.name);
      if (entry.isDirectory() && !passedOver.test(entry.name)) queue.push(file);
      if (!entry.isFile() || languageByName(file) !== 'recipe') continue;
      left.recipes--;
      const uri = pathToFileURL(file).href;
      if (!open.has(uri)) world.noteReferences(uri, await usedBy(file));
    }
  }
}

async function usedBy(file: string) {
  const stat = await fs.stat(file).catch(() => undefined);
  if (stat === undefined || stat.size > limits.bytes) return [];
  const text = await readTextFile(file).catch(() => '');
  return recipeImages(parseRecipe(text)).flatMap(({ parsed, unresolved }) => {
    const reference = unresolved ? undefined : parsed?.reference;
    const name = reference && nameToWrite(reference);
    return reference === undefined || name === undefined ? [] : [{ scheme: reference.scheme, name }];
  });
}
