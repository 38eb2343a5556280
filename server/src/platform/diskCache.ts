import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from './smallFiles';
import type { Log } from './ports';

/** Something kept on disk, and when. */
export interface StoredValue {
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
  /** JSON data; its shape is the caller's to check. */
  readonly value: unknown;
}

/** A cache of JSON values in a folder. Reading and writing never reject: a cache that cannot be used is empty. */
export interface DiskCache {
  get(key: string): Promise<StoredValue | undefined>;
  put(key: string, stored: StoredValue): Promise<void>;
  /** Deletes everything. */
  clear(): Promise<void>;
}

export interface DiskCacheOptions {
  readonly folder: string;
  /** Changes with the shape of what is kept: values of other versions are deleted. */
  readonly version: number;
  /** Bytes; what was read longest ago goes first. 0 keeps nothing. */
  readonly limit: () => number;
  readonly log: Log;
}

/** Larger values are not kept, in bytes. */
const largestValue = 8 * 1024 * 1024;
/** Share of the limit that is left after a clean-up. */
const cleanTo = 0.8;

/** Opens the cache below `folder`; nothing is read or written before it is needed. */
export function createDiskCache({ folder, version, limit, log }: DiskCacheOptions): DiskCache {
  const root = path.join(folder, `v${version}`);
  /** Bytes in the folder, as far as this process knows; several processes may share it. */
  let total: Promise<number> | undefined;

  const fileOf = (key: string): string => {
    const name = createHash('sha256').update(key).digest('hex');
    return path.join(root, name.slice(0, 2), `${name.slice(2)}.json`);
  };

  async function get(key: string): Promise<StoredValue | undefined> {
    if (limit() <= 0) return undefined;
    const file = fileOf(key);
    try {
      const read: unknown = JSON.parse(await fs.readFile(file, 'utf8'));
      // The whole key is compared: the file's name is only a hash of it, and a file may be cut off.
      if (!isEntry(read) || read.key !== key) return undefined;
      const now = new Date();
      await fs.utimes(file, now, now);
      return { storedAt: read.storedAt, value: read.value };
    } catch (error) {
      if (!isMissing(error)) log.debug(`an answer on disk cannot be read: ${String(error)}`);
      return undefined;
    }
  }

  async function put(key: string, { storedAt, value }: StoredValue): Promise<void> {
    const text = JSON.stringify({ key, storedAt, value });
    const size = Buffer.byteLength(text);
    if (size > largestValue || size > limit()) return;
    const file = fileOf(key);
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      total ??= measure();
      const before = await total;
      await makeFolders(path.dirname(file), 0o700);
      await fs.writeFile(temporary, text, { mode: 0o600 });
      await fs.rename(temporary, file);
      total = Promise.resolve(before + size);
      if (before + size > limit()) total = cleanUp();
    } catch (error) {
      log.debug(`an answer cannot be kept on disk: ${String(error)}`);
      await fs.rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  async function clear(): Promise<void> {
    total = undefined;
    await fs
      .rm(root, { recursive: true, force: true })
      .catch((error: unknown) => log.warn(`answers on disk cannot be deleted: ${String(error)}`));
  }

  /** Deletes other versions' values and says how much there is. */
  async function measure(): Promise<number> {
    for (const name of await fs.readdir(folder).catch(() => [])) {
      if (/^v\d+$/.test(name) && name !== path.basename(root)) await fs.rm(path.join(folder, name), { recursive: true, force: true });
    }
    return (await files()).reduce((sum, file) => sum + file.size, 0);
  }

  async function cleanUp(): Promise<number> {
    const oldestFirst = (await files()).sort((a, b) => a.used - b.used);
    let sum = oldestFirst.reduce((bytes, file) => bytes + file.size, 0);
    for (const file of oldestFirst) {
      if (sum <= limit() * cleanTo) break;
      await fs.rm(file.path, { force: true });
      sum -= file.size;
    }
    return sum;
  }

  async function files(): Promise<{ path: string; size: number; used: number }[]> {
    const names = await fs.readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    const found = await Promise.all(
      names
        .filter((entry) => entry.isFile())
        .map(async (entry) => {
          const file = path.join(entry.parentPath, entry.name);
          const { size, mtimeMs } = await fs.stat(file).catch(() => ({ size: 0, mtimeMs: 0 }));
          return { path: file, size, used: mtimeMs };
        }),
    );
    return found;
  }

  return { get, put, clear };
}

function isEntry(value: unknown): value is StoredValue & { readonly key: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    'storedAt' in value &&
    typeof value.storedAt === 'number' &&
    'value' in value
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
