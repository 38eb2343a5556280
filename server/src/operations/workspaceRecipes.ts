import fs from 'node:fs/promises';
import path from 'node:path';
import { languageByName } from './language';

/** What a search looks at, at most: it runs on login nodes, over network file systems. */
export interface SearchLimits {
  /** Entries of folders. */
  readonly entries: number;
  /** Folders below the first one: 3 is `images/tool/1.4/`. */
  readonly depth: number;
  readonly files: number;
  /** Bytes of one file; larger ones are left out. */
  readonly bytes: number;
}

export const searchLimits: SearchLimits = { entries: 2000, depth: 3, files: 100, bytes: 100_000 };

/**
 * Recipes in `folder` and not far below, by their names, as far as the limits go: nearer ones first; links, hidden folders and
 * `node_modules` are not followed. Never rejects: what cannot be read is left out.
 */
export async function readRecipesNear(
  folder: string,
  limits: SearchLimits = searchLimits,
): Promise<{ readonly path: string; readonly bytes: Uint8Array }[]> {
  const found: { path: string; bytes: Uint8Array }[] = [];
  let entriesLeft = limits.entries;
  let level = [folder];
  for (let depth = 0; depth <= limits.depth && level.length > 0; depth++) {
    const below: string[] = [];
    for (const current of level) {
      for (const entry of await listFolder(current, entriesLeft)) {
        entriesLeft--;
        const file = path.join(current, entry.name);
        if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') below.push(file);
        else if (entry.isFile() && languageByName(file) === 'recipe' && found.length < limits.files) {
          const bytes = await readSmall(file, limits.bytes);
          if (bytes !== undefined) found.push({ path: file, bytes });
        }
      }
      if (entriesLeft <= 0 || found.length >= limits.files) return found;
    }
    level = below;
  }
  return found;
}

/** The first `limit` entries; a folder of a hundred thousand is not read to its end. */
async function listFolder(folder: string, limit: number): Promise<{ name: string; isFile(): boolean; isDirectory(): boolean }[]> {
  const entries = [];
  try {
    const directory = await fs.opendir(folder);
    for await (const entry of directory) {
      if (entries.length >= limit) break; // which closes the folder
      entries.push(entry);
    }
  } catch {
    return entries; // not readable for us, or gone: nothing of ours to offer from there
  }
  return entries;
}

async function readSmall(file: string, limit: number): Promise<Uint8Array | undefined> {
  try {
    const { size } = await fs.stat(file);
    return size <= limit ? await fs.readFile(file) : undefined;
  } catch {
    return undefined; // gone, or not readable for us
  }
}
