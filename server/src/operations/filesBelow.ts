import type { Dirent } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { languageByName } from './language';

/** Folders of tools, in which nothing is written by people. */
const passedOver = new Set(['.git', 'node_modules', '.vscode-test', '.hg', '.svn']);

/**
 * Files below a folder that are ours by name, in alphabetical order; links and folders of tools are not followed. Reads one folder at a time,
 * so that a walk through a large tree can be ended. Throws where `folder` itself cannot be read; what cannot be read below it is passed over.
 */
export async function* filesBelow(folder: string, signal?: AbortSignal): AsyncGenerator<string> {
  yield* filesOf(folder, await fs.readdir(folder, { withFileTypes: true }), signal);
}

async function* filesOf(folder: string, entries: Dirent[], signal?: AbortSignal): AsyncGenerator<string> {
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (signal?.aborted === true) return;
    const file = path.join(folder, entry.name);
    if (entry.isFile()) {
      if (languageByName(file) !== undefined) yield file;
    } else if (entry.isDirectory() && !passedOver.has(entry.name)) {
      // Not readable for us: nothing of ours to check there.
      const below = await fs.readdir(file, { withFileTypes: true }).catch(() => []);
      yield* filesOf(file, below, signal);
    }
  }
}
