import fs from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from './systemError';

let atOnce = false;

/**
 * From now on this thread does the small operations below by itself. Each is a few microseconds of the system, but a tenth of a
 * millisecond by Node's thread pool: a pull of many small files is made of them. Not for the thread that answers an editor: a network
 * file system that hangs would hang it too.
 */
export function doSmallFileWorkAtOnce(): void {
  atOnce = true;
}

function run<Result>(now: () => Result, later: () => Promise<Result>): Promise<Result> {
  if (!atOnce) return later();
  try {
    return Promise.resolve(now());
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Operations of `node:fs/promises` that touch names and small files only: same arguments, same results, same errors. */
export const smallFiles = {
  stat: (path: string): Promise<fs.Stats> =>
    run(
      () => fs.statSync(path),
      () => fs.promises.stat(path),
    ),
  bigStat: (path: string): Promise<fs.BigIntStats> =>
    run(
      () => fs.statSync(path, { bigint: true }),
      () => fs.promises.stat(path, { bigint: true }),
    ),
  lstat: (path: string): Promise<fs.Stats> =>
    run(
      () => fs.lstatSync(path),
      () => fs.promises.lstat(path),
    ),
  /** The system's own, as `node:fs/promises` has it. */
  realpath: (path: string): Promise<string> =>
    run(
      () => fs.realpathSync.native(path),
      () => fs.promises.realpath(path),
    ),
  readText: (path: string): Promise<string> =>
    run(
      () => fs.readFileSync(path, 'utf8'),
      () => fs.promises.readFile(path, 'utf8'),
    ),
  /** Fails with `EEXIST` when there is one. */
  writeNew: (path: string, text: string, mode: number): Promise<void> =>
    run(
      () => fs.writeFileSync(path, text, { flag: 'wx', mode }),
      () => fs.promises.writeFile(path, text, { flag: 'wx', mode }),
    ),
  mkdir: (path: string, mode = 0o777): Promise<void> =>
    run(
      () => fs.mkdirSync(path, mode),
      () => fs.promises.mkdir(path, mode),
    ),
  link: (from: string, to: string): Promise<void> =>
    run(
      () => fs.linkSync(from, to),
      () => fs.promises.link(from, to),
    ),
  rename: (from: string, to: string): Promise<void> =>
    run(
      () => fs.renameSync(from, to),
      () => fs.promises.rename(from, to),
    ),
  unlink: (path: string): Promise<void> =>
    run(
      () => fs.unlinkSync(path),
      () => fs.promises.unlink(path),
    ),
  chmod: (path: string, mode: number): Promise<void> =>
    run(
      () => fs.chmodSync(path, mode),
      () => fs.promises.chmod(path, mode),
    ),
  statfs: (path: string): Promise<fs.BigIntStatsFs> =>
    run(
      () => fs.statfsSync(path, { bigint: true }),
      () => fs.promises.statfs(path, { bigint: true }),
    ),
  open: (path: string, flags: number, mode: number): Promise<number> =>
    run(
      () => fs.openSync(path, flags, mode),
      () => new Promise((resolve, reject) => fs.open(path, flags, mode, (error, fd) => (error === null ? resolve(fd) : reject(error)))),
    ),
  fstat: (fd: number): Promise<fs.BigIntStats> =>
    run(
      () => fs.fstatSync(fd, { bigint: true }),
      () =>
        new Promise((resolve, reject) => fs.fstat(fd, { bigint: true }, (error, stat) => (error === null ? resolve(stat) : reject(error)))),
    ),
  close: (fd: number): Promise<void> =>
    run(
      () => fs.closeSync(fd),
      () => new Promise((resolve, reject) => fs.close(fd, (error) => (error ? reject(error) : resolve()))),
    ),
};

/**
 * Makes a folder and those above it, with permission bits `mode`; nothing happens when it is there. Rejects with the system's errors.
 * (`recursive` of Node's own mkdir never ends below a folder that is there and takes no new ones, as /proc.)
 */
export async function makeFolders(path: string, mode = 0o777): Promise<void> {
  if ((await missingAbove(path, mode)) === undefined) return;
  const above = dirname(path);
  if (above !== path) await makeFolders(above, mode);
  const error = await missingAbove(path, mode);
  if (error !== undefined) throw error;
}

/** Makes one folder unless it is there; the error when that above it is missing. */
async function missingAbove(path: string, mode: number): Promise<Error | undefined> {
  try {
    await smallFiles.mkdir(path, mode);
  } catch (error) {
    if (await isFolder(path)) return undefined;
    if (hasCode(error, 'ENOENT') && error instanceof Error) return error;
    throw error;
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return await smallFiles.stat(path).then(
    (stat) => stat.isDirectory(),
    () => false, // the error of the caller says more
  );
}

/** Removes a file, if there is one. */
export async function removeFile(path: string): Promise<void> {
  try {
    await smallFiles.unlink(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
