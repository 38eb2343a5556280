import fs from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../platform/durable';
import { makeFolders } from '../platform/smallFiles';
import type { VerdictLevel } from '../image/verdict';

/** What is remembered of an entry: a hint, never evidence. */
export interface IndexedEntry {
  /** The reference that it was pulled by. */
  readonly reference?: string;
  /** What people call it: `lolcow 1.0 · amd64`; empty when the image was opened and tells no name. */
  readonly title?: string;
  readonly verdict?: VerdictLevel;
  /** sha-256 of the content, hexadecimal, computed when it was pulled or verified. */
  readonly sha256?: string;
  /** The content is not what the name says. */
  readonly mismatch?: boolean;
  /** Milliseconds since the epoch when it was pulled. */
  readonly pulled?: number;
  /** Milliseconds since the epoch when it was last verified. */
  readonly verified?: number;
}

/**
 * A small memory of cache entries on disk; a lost or broken file is an empty memory. Of a file that changed since only the reference is
 * remembered: its name still says where it came from, and pulling it again repairs it.
 */
export interface CacheIndex {
  get(file: string, bytes: number, modified: number): IndexedEntry | undefined;
  /** Adds to what is known; saved by `save`. */
  remember(file: string, bytes: number, modified: number, entry: IndexedEntry): void;
  /** Writes the memory, by a rename, beside what other processes wrote. Never rejects: what cannot be kept is told to `onProblem`. */
  save(): Promise<void>;
}

interface Row extends IndexedEntry {
  readonly bytes: number;
  readonly modified: number;
}

const version = 1;
const rowLimit = 20_000;
const verdicts = new Set<unknown>(['failed', 'intact', 'signed', 'unverified']);

/** Reads the index in `folder`; without a folder nothing is kept. Never rejects. */
export async function openCacheIndex(folder: string | undefined, onProblem?: (message: string) => void): Promise<CacheIndex> {
  const file = folder === undefined ? undefined : path.join(folder, 'cache-index.json');
  let rows = file === undefined ? new Map<string, Row>() : await readRows(file);
  const changed = new Map<string, Row>();
  return {
    get(name, bytes, modified) {
      return knownOf(rows.get(name), bytes, modified);
    },
    remember(name, bytes, modified, entry) {
      const row = { ...knownOf(rows.get(name), bytes, modified), ...entry, bytes, modified: Math.floor(modified) };
      rows.delete(name); // to the end: what was used last is kept longest
      rows.set(name, row);
      changed.set(name, row);
    },
    async save() {
      if (file === undefined || changed.size === 0) return;
      // A second window may have saved meanwhile: only what this one learnt replaces its rows.
      const learnt = [...changed];
      const merged = await readRows(file);
      for (const [name, row] of learnt) {
        merged.delete(name);
        merged.set(name, row);
      }
      const kept = [...merged].slice(-rowLimit);
      try {
        await makeFolders(path.dirname(file));
        await writeAtomically(file, JSON.stringify({ version, entries: Object.fromEntries(kept) }));
        for (const [name, row] of learnt) if (changed.get(name) === row) changed.delete(name);
        rows = new Map([...kept, ...changed]);
      } catch (error) {
        // A full disk is when caches are looked at: the list must not fail for want of a hint.
        onProblem?.(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

function knownOf(row: Row | undefined, bytes: number, modified: number): IndexedEntry | undefined {
  if (row === undefined || (row.bytes === bytes && row.modified === Math.floor(modified))) return row;
  return row.reference === undefined ? undefined : { reference: row.reference };
}

async function readRows(file: string): Promise<Map<string, Row>> {
  try {
    const value: unknown = JSON.parse(await fs.readFile(file, 'utf8'));
    if (!isRecord(value) || value.version !== version || !isRecord(value.entries)) return new Map();
    return new Map(Object.entries(value.entries).filter((e): e is [string, Row] => isRow(e[1])));
  } catch {
    return new Map(); // lost or broken: it is only a hint, and is made again
  }
}

/** Written by anybody with the user's rights: every field is looked at. */
function isRow(value: unknown): value is Row {
  if (!isRecord(value)) return false;
  const isKind = (kind: string, ...names: readonly string[]) => names.every((n) => value[n] === undefined || typeof value[n] === kind);
  return (
    typeof value.bytes === 'number' &&
    typeof value.modified === 'number' &&
    isKind('string', 'reference', 'title', 'sha256') &&
    isKind('number', 'pulled', 'verified') &&
    isKind('boolean', 'mismatch') &&
    (value.verdict === undefined || verdicts.has(value.verdict))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
