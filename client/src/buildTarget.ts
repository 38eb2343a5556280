import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { BuildOptions } from './buildScript';

/** `tool.def` is built to `tool.sif`, `Singularity.tool` to `tool.sif`; a sandbox to a folder `tool`. */
export function defaultImage({ recipe, sandbox }: Pick<BuildOptions, 'recipe' | 'sandbox'>): string {
  const { dir, base, name, ext } = path.parse(recipe);
  const isPlain = /^(Singularity|Apptainer)$/i.test(name);
  const stem = isPlain && ext !== '' ? ext.slice(1) : base === name ? name.toLowerCase() : name;
  // A sandbox named like the recipe but for its case would be the recipe itself where case does not count.
  const folder = stem.toLowerCase() === base.toLowerCase() ? `${stem}.sandbox` : stem;
  return path.join(dir, sandbox === true ? folder : `${stem}.sif`);
}

/**
 * What stands where the image would be written: nothing; something that may be replaced when the user agrees; or what must never be
 * replaced: the recipe itself, or a folder that holds the recipe or the workspace, which `--force` would delete with all that is in it.
 */
export async function targetOfBuild(image: string, recipe: string, folder: string): Promise<'free' | 'taken' | 'forbidden'> {
  const place = await real(path.resolve(folder, image));
  const kept = await Promise.all([path.resolve(folder, recipe), folder].map(real));
  if (kept.some((file) => file === place || file.startsWith(place.endsWith(path.sep) ? place : place + path.sep))) return 'forbidden';
  try {
    await fs.lstat(path.resolve(folder, image));
    return 'taken';
  } catch {
    return 'free'; // nothing there, or nothing that can be seen: the task itself looks again
  }
}

/** The path without links; of a file that is not there, its own. */
async function real(file: string): Promise<string> {
  try {
    return await fs.realpath(file);
  } catch {
    return file;
  }
}
