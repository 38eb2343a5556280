import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../platform/systemError';
import { freshFor } from './entry';
import type { CacheEntry } from './entry';
import type { CacheLocation } from './find';
import { jsonLimit, readLayoutIndex } from './layoutIndex';
import type { LayoutDescriptor } from './layoutIndex';

/** An image (or index of images) that a layout's index.json names. */
export interface LayoutImage {
  /** sha-256 of the manifest, hexadecimal. */
  readonly hex: string;
  /** Every blob that it reaches, itself included. */
  readonly blobs: ReadonlySet<string>;
}

/** What uses the blobs of a layout. */
export interface LayoutUse {
  readonly images: readonly LayoutImage[];
  readonly used: ReadonlySet<string>;
  /** What each of them is, by its sha-256. */
  readonly roles: ReadonlyMap<string, BlobRole>;
}

export type BlobRole = 'image' | 'index' | 'config' | 'layer';

const depthLimit = 4;
/** Manifests and indexes are small; how many blobs without a use are opened to see whether they are one. */
const smallBlob = 512 << 10;
const openedLimit = 2000;

/**
 * What the index of the layout `blob` reaches: manifests, indexes, configs, layers. Undefined when the index or a manifest in it cannot
 * be read: then nothing is known, and no blob counts as unused. Follows OCI image-spec, image-layout.md.
 */
export async function readLayoutUse(cache: CacheLocation, signal?: AbortSignal): Promise<LayoutUse | undefined> {
  const layout = path.join(cache.root, 'blob');
  const images: LayoutImage[] = [];
  const used = new Set<string>();
  const roles = new Map<string, BlobRole>();
  const bodies: Bodies = new Map();
  try {
    for (const descriptor of (await readLayoutIndex(layout)).manifests) {
      signal?.throwIfAborted();
      const hex = hexOf(descriptor);
      if (hex === undefined || images.some((image) => image.hex === hex)) continue;
      const blobs = await reachedFrom(layout, descriptor, bodies, roles);
      images.push({ hex, blobs });
      for (const blob of blobs) used.add(blob);
    }
    return { images, used, roles };
  } catch {
    signal?.throwIfAborted();
    return undefined; // not readable, or no index: not known
  }
}

/**
 * Marks the blobs that no manifest names; fresh ones may belong to a fetch under way. What cannot be known is not marked. SingularityCE
 * also keeps the indexes that registries sent (ociimage/digest.go), which index.json does not name: they count as used with their image.
 */
export async function markUnusedBlobs(
  cache: CacheLocation,
  entries: readonly CacheEntry[],
  options: { readonly signal?: AbortSignal; readonly now?: number; readonly use?: LayoutUse } = {},
): Promise<CacheEntry[]> {
  if (!entries.some((entry) => entry.kind === 'blob')) return [...entries];
  const use = options.use ?? (await readLayoutUse(cache, options.signal));
  if (use === undefined) return [...entries];
  const now = options.now ?? Date.now();
  const marked: CacheEntry[] = [];
  let opened = 0;
  for (const entry of entries) {
    if (entry.kind !== 'blob' || entry.oddity !== undefined || use.used.has(entry.name)) {
      marked.push(entry);
      continue;
    }
    options.signal?.throwIfAborted();
    if (entry.bytes > 0 && entry.bytes <= smallBlob && opened < openedLimit) {
      opened++;
      if (await namesOneOf(entry.path, use.used)) {
        marked.push(entry);
        continue;
      }
    }
    marked.push({ ...entry, oddity: now - entry.modified < freshFor ? 'in-progress' : 'unused-blob' });
  }
  return marked;
}

type Bodies = Map<string, readonly NamedBlob[] | undefined>;
/** A descriptor, and what it says that the blob is; a list of images may name lists. */
type NamedBlob = LayoutDescriptor & { readonly role: BlobRole };

async function reachedFrom(layout: string, root: LayoutDescriptor, bodies: Bodies, roles: Map<string, BlobRole>): Promise<Set<string>> {
  const reached = new Set<string>();
  let waiting: readonly NamedBlob[] = [{ ...root, role: 'image' }];
  for (let depth = 0; depth < depthLimit && waiting.length > 0; depth++) {
    const next: NamedBlob[] = [];
    for (const descriptor of waiting) {
      const hex = hexOf(descriptor);
      if (hex === undefined || reached.has(hex)) continue;
      reached.add(hex);
      const isList = /index|manifest\.list/.test(descriptor.mediaType ?? '');
      if (!roles.has(hex)) roles.set(hex, descriptor.role === 'image' && isList ? 'index' : descriptor.role);
      if (descriptor.mediaType !== undefined && !/manifest|index/.test(descriptor.mediaType)) continue;
      if (!bodies.has(hex))
        bodies.set(hex, await descriptorsIn(path.join(layout, 'blobs', 'sha256', hex), descriptor.mediaType !== undefined));
      for (const found of bodies.get(hex) ?? []) next.push(found);
    }
    waiting = next;
  }
  return reached;
}

/** What a manifest or index names; undefined when it is not here: an index may name images that were never fetched. */
async function descriptorsIn(file: string, isManifest: boolean): Promise<readonly NamedBlob[] | undefined> {
  let text: string;
  try {
    if ((await fs.stat(file)).size > jsonLimit) {
      if (isManifest) throw new Error(`${file} is too long for a manifest`);
      return undefined;
    }
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return descriptorsOf(JSON.parse(text));
  } catch (error) {
    if (isManifest) throw error;
    return undefined; // of no declared type, and no JSON: a layer or anything else
  }
}

async function namesOneOf(file: string, used: ReadonlySet<string>): Promise<boolean> {
  try {
    const text = await fs.readFile(file, 'utf8');
    return text.startsWith('{') && descriptorsOf(JSON.parse(text)).some((descriptor) => used.has(hexOf(descriptor) ?? ''));
  } catch {
    return false; // not readable or no JSON: it names nothing
  }
}

function descriptorsOf(value: unknown): NamedBlob[] {
  if (!isRecord(value)) return [];
  const listed = (name: string, role: BlobRole) =>
    (Array.isArray(value[name]) ? (value[name] as unknown[]) : []).map((d) => [d, role] as const);
  const all: (readonly [unknown, BlobRole])[] = [
    ...listed('manifests', 'image'),
    ...listed('layers', 'layer'),
    [value.config, 'config'],
    [value.subject, 'image'],
    // Docker's first manifests: docker/distribution, manifest-v2-1.md.
    ...listed('fsLayers', 'layer'),
  ];
  return all.flatMap(([d, role]) => {
    const digest = isRecord(d) ? (d.digest ?? d.blobSum) : undefined;
    const mediaType = isRecord(d) && typeof d.mediaType === 'string' ? d.mediaType : 'unknown';
    return typeof digest === 'string' ? [{ digest, mediaType, role }] : [];
  });
}

function hexOf({ digest }: LayoutDescriptor): string | undefined {
  return /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
