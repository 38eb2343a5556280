import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { recipeImages } from '../recipe/images';
import { parseRecipe } from '../recipe/parse';
import { nameToWrite } from './knownNames';
import { decodeText } from './language';
import { readRecipesNear } from './workspaceRecipes';
import type { World } from './world';

/** Milliseconds for which completion waits: on a slow file system what is found later counts for the next one. */
const patience = 300;
/** Milliseconds for which a look is not repeated. */
const recheckAfter = 10 * 60_000;

/**
 * Tells the world what the recipes of the workspace's folders use, also those that no editor has open, as far as `searchLimits` go.
 * `folders` and `open` are URIs: the workspace's folders, and the documents that editors speak for. Never rejects: what cannot be read is
 * left out.
 */
export function createWorkspaceNames(now: () => number = Date.now) {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  return {
    async note(world: Pick<World, 'noteReferences'>, folders: readonly string[], open: ReadonlySet<string>): Promise<void> {
      if (running === undefined && now() - lookedAt < recheckAfter) return;
      running ??= look(world, folders, open).finally(() => {
        lookedAt = now();
        running = undefined;
      });
      await Promise.race([running, setTimeout(patience, undefined, { ref: false })]);
    },
  };
}

async function look(world: Pick<World, 'noteReferences'>, folders: readonly string[], open: ReadonlySet<string>): Promise<void> {
  for (const folder of folders.filter((uri) => uri.startsWith('file:'))) {
    for (const { path, bytes } of await readRecipesNear(fileURLToPath(folder))) {
      const uri = pathToFileURL(path).href;
      if (!open.has(uri)) world.noteReferences(uri, usedBy(decodeText(bytes, 'recipe').text));
    }
  }
}

function usedBy(text: string) {
  return recipeImages(parseRecipe(text)).flatMap(({ parsed, unresolved }) => {
    const reference = unresolved ? undefined : parsed?.reference;
    const name = reference && nameToWrite(reference);
    return reference === undefined || name === undefined ? [] : [{ scheme: reference.scheme, name }];
  });
}
