import * as fs from 'node:fs/promises';
import { constants } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Where programs and environment modules are looked for; a parameter, so that tests say it. */
export interface Surroundings {
  /** Value of `PATH`. */
  readonly path: string;
  /** Value of `MODULEPATH`: the folders of environment modules. */
  readonly modulePath: string;
  /** What a relative path is relative to. */
  readonly folder: string;
}

const manyEntries = 500;

/** The program that a setting names: a path (`~` is the home folder), or a bare name, which is looked for on `PATH`. */
export async function findProgram(name: string, around: Surroundings): Promise<string | undefined> {
  if (!/[/\\]/.test(name)) return findOnPath(name, around);
  const program = path.resolve(around.folder, name.replace(/^~(?=[/\\])/, os.homedir()));
  return (await isProgram(program)) ? program : undefined;
}

/** Relative entries of `PATH` are passed over: what a folder of strangers holds must not be started by its name. */
async function findOnPath(name: string, { path: list }: Surroundings): Promise<string | undefined> {
  for (const folder of list.split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const program = path.join(folder, name);
    if (await isProgram(program)) return program;
  }
  return undefined;
}

/**
 * The first of the modules that is there: a file or folder of that name below `MODULEPATH`, also one level down, where sites sort
 * modules by subject (`tools/apptainer`). Gives the name for `module load`.
 */
export async function findModule(names: readonly string[], { modulePath }: Surroundings): Promise<string | undefined> {
  const folders = modulePath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const folder of folders) {
    const found = await moduleIn(folder, names);
    if (found !== undefined) return found;
  }
  for (const folder of folders) {
    for (const subject of (await subfolders(folder)).slice(0, manyEntries)) {
      const found = await moduleIn(path.join(folder, subject), names);
      if (found !== undefined) return `${subject}/${found}`;
    }
  }
  return undefined;
}

async function moduleIn(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) for (const file of [name, `${name}.lua`]) if (await exists(path.join(folder, file))) return name;
  return undefined;
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await fs.readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return []; // MODULEPATH often names folders that are not there
  }
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await fs.access(file, constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false; // not there, or not to be run by this user
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await fs.access(file);
    return true;
  } catch {
    return false;
  }
}
