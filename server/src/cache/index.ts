import fs from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import type { VerdictLevel } from '../image/verdict';

/** What is remembered of an entry: a hint, never evidence. */
export interface IndexedEntry {
  /** The reference that it was pulled by. */
  readonly reference?: string;
  /** What people call it: `lolcow 1.0 · amd64`. */
  readonly title?: string;
  readonly verdict?: VerdictLevel;
  /** sha-256 of the content, hexadecimal, computed when it was pulled or verified. */
  readonly sha256?: string;
  /** The content is not what the name says. */
  readonly mismatch?: boolean;
  /** Milliseconds since the epoch when it was pulled. */
  readonly pulled?: number;
}

/** A small memory of cache entries on disk; an entry that changed since is forgotten, a lost or broken file is an empty memory. */
export interface CacheIndex {
  get(file: string, bytes: number, modified: number): IndexedEntry | undefined;
  /** Adds to what is known; saved by `save`. */
  remember(file: string, bytes: number, modified: number, entry: IndexedEntry): void;
  /** Writes the memory, by a rename. Rejects on I/O errors. */
  save(): Promise<void>;
}

interface Row extends IndexedEntry {
  readonly bytes: number;
  readonly modified: number;
}

const version = 1;
const rowLimit = 20_000;

/** Reads the index in `folder`; without a folder nothing is kept. Never rejects. */
export async function openCacheIndex(folder: string | undefined): Promise<CacheIndex> {
  const file = folder === undefined ? undefined : path.join(folder, 'cache-index.json');
  const rows = file === undefined ? new Map<string, Row>() : await readRows(file);
  let changed = false;
  return {
    get(name, bytes, modified) {
      const row = rows.get(name);
      return row?.bytes === bytes && row.modified === Math.floor(modified) ? row : undefined;
    },
    remember(name, bytes, modified, entry) {
      const before = rows.get(name);
      const same = before?.bytes === bytes && before.modified === Math.floor(modified) ? before : {};
      rows.delete(name); // to the end: what was used last is kept longest
      rows.set(name, { ...same, ...entry, bytes, modified: Math.floor(modified) });
      changed = true;
    },
    async save() {
      if (file === undefined || !changed) return;
      changed = false;
      // A second window may have saved meanwhile: its rows stay where ours do not know better.
      for (const [name, row] of await readRows(file)) if (!rows.has(name)) rows.set(name, row);
      const kept = [...rows].slice(-rowLimit);
      await fs.mkdir(path.dirname(file), { recursive: true });
      const temporary = `${file}.${randomBytes(4).toString('hex')}`;
      await fs.writeFile(temporary, JSON.stringify({ version, entries: Object.fromEntries(kept) }), { mode: 0o600 });
      await fs.rename(temporary, file);
    },
  };
}

async function readRows(file: string): Promise<Map<string, Row>> {
  try {
    const value: unknown = JSON.parse(await fs.readFile(file, 'utf8'));
    if (!isRecord(value) || value['version'] !== version || !isRecord(value['entries'])) return new Map();
    return new Map(Object.entries(value['entries']).filter((e): e is [string, Row] => isRow(e[1])));
  } catch {
    return new Map(); // lost or broken: it is only a hint, and is made again
  }
}

function isRow(value: unknown): value is Row {
  return isRecord(value) && typeof value['bytes'] === 'number' && typeof value['modified'] === 'number';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
