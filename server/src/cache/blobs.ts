import fs from 'node:fs/promises';
import path from 'node:path';
import type { CacheLocation } from './find';
import type { CacheEntry } from './list';

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

const jsonLimit = 8 << 20;
const depthLimit = 4;

/**
 * The blobs (sha-256, hexadecimal) that the layout's index reaches: manifests, indexes, configs, layers. Undefined when the index cannot
 * be read: then nothing is known and no blob counts as unused. Follows OCI image-spec, image-layout.md.
 */
export async function usedBlobs(cache: CacheLocation): Promise<ReadonlySet<string> | undefined> {
  const layout = path.join(cache.root, 'blob');
  const index = await readJson(path.join(layout, 'index.json'));
  if (index === undefined) return undefined;
  const used = new Set<string>();
  let waiting = descriptorsOf(index);
  for (let depth = 0; depth < depthLimit && waiting.length > 0; depth++) {
    const next: Descriptor[] = [];
    for (const descriptor of waiting) {
      const hex = /^sha256:([0-9a-f]{64})$/.exec(descriptor.digest)?.[1];
      if (hex === undefined || used.has(hex)) continue;
      used.add(hex);
      if (!/manifest|index/.test(descriptor.mediaType)) continue;
      const body = await readJson(path.join(layout, 'blobs', 'sha256', hex));
      if (body !== undefined) next.push(...descriptorsOf(body));
    }
    waiting = next;
  }
  return used;
}

/** Marks the blobs that no manifest names. */
export async function markUnusedBlobs(cache: CacheLocation, entries: readonly CacheEntry[]): Promise<CacheEntry[]> {
  if (!entries.some((entry) => entry.kind === 'blob')) return [...entries];
  const used = await usedBlobs(cache);
  if (used === undefined) return [...entries];
  return entries.map((entry) =>
    entry.kind === 'blob' && entry.oddity === undefined && !used.has(entry.name) ? { ...entry, oddity: 'unused-blob' } : entry,
  );
}

function descriptorsOf(value: unknown): Descriptor[] {
  if (!isRecord(value)) return [];
  const lists = [value['manifests'], value['layers']].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return [...lists, value['config']]
    .filter(isRecord)
    .map((d) => ({ digest: String(d['digest']), size: Number(d['size']), mediaType: String(d['mediaType']) }));
}

async function readJson(file: string): Promise<unknown> {
  try {
    if ((await fs.stat(file)).size > jsonLimit) return undefined;
    return JSON.parse(await fs.readFile(file, 'utf8'));
  } catch {
    return undefined; // not there, not readable, or no JSON: not known
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
