import fs from 'node:fs';
import path from 'node:path';
import { t } from '../text/l10n';
import { languageOf } from './check';
import { filesBelow } from './filesBelow';
import { pinReferences } from './pin';
import type { Pinned, PinOptions } from './pin';
import { readTextFile } from './textFile';
import type { World } from './world';

export interface PinnedFile extends Pinned {
  /** Absolute. */
  readonly path: string;
  /** Its text, which the edits are for. */
  readonly text: string;
}

export interface PinFolderOptions extends Omit<PinOptions, 'offset'> {
  /** The text of a file as it stands in an editor. */
  openText(path: string): string | undefined;
}

/** Files that are looked at side by side. */
const together = 4;

/**
 * Pins, unpins or renews the digests in every recipe below a folder. A file that cannot be read has its cause in its report. Rejects only
 * when aborted.
 */
export async function pinFolder(world: World, folder: string, options: PinFolderOptions): Promise<PinnedFile[]> {
  const files: string[] = [];
  for await (const file of filesBelow(folder, options.signal)) if (isRecipe(file)) files.push(file);
  const pinned: PinnedFile[] = [];
  for (let next = 0; next < files.length; next += together) {
    options.signal.throwIfAborted();
    pinned.push(...(await Promise.all(files.slice(next, next + together).map((file) => pinFile(world, folder, file, options)))));
  }
  return pinned;
}

/** By name, and by content where the name says little. */
function isRecipe(file: string): boolean {
  try {
    return languageOf(file, fs.readFileSync(file), false) === 'recipe';
  } catch {
    return true; // The report tells why it cannot be read.
  }
}

async function pinFile(world: World, folder: string, file: string, options: PinFolderOptions): Promise<PinnedFile> {
  const name = path.relative(folder, file);
  try {
    const text = options.openText(file) ?? (await readTextFile(file));
    const { edits, report } = await pinReferences(world, text, { action: options.action, signal: options.signal });
    return { path: file, text, edits, report: report.map((line) => `${name}: ${line}`) };
  } catch (error) {
    options.signal.throwIfAborted();
    const cause = error instanceof Error ? error.message : String(error);
    return { path: file, text: '', edits: [], report: [t('{0}: cannot be read: {1}', name, cause)] };
  }
}
