import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '../platform/durable';
import { t } from '../text/l10n';
import type { VerifiedFile } from '../verify/verifiedFile';
import type { CacheLocation } from './find';
import { makeCacheFolders } from './folders';
import { placeVerified } from './placeVerified';

/** An image manifest that stands for the verified blobs, as the registry sent it. */
export interface LayoutManifest {
  /** sha-256 of `bytes`, hexadecimal. */
  readonly hex: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Adds an OCI image to the layout `blob` of a cache. Rejects as `writeLayout` does; a shared or disabled cache is never written. */
export async function putImageIntoCache(
  cache: CacheLocation,
  manifest: LayoutManifest,
  blobs: readonly LayoutBlob[],
  signal?: AbortSignal,
): Promise<string> {
  await makeCacheFolders(cache, ['blob', 'blobs', 'sha256']);
  return writeLayout(path.join(cache.root, 'blob'), manifest, blobs, signal);
}

/** A config or layer, by its sha-256 in hexadecimal. */
export interface LayoutBlob {
  readonly hex: string;
  readonly file: VerifiedFile;
}

/**
 * Adds an OCI image to a layout, which is made when it is not there: config and layers first, then the manifest, then its line in
 * index.json, so that the layout is whole at every moment. Returns the path of the manifest. Follows OCI image-spec, image-layout.md,
 * and Apptainer `internal/pkg/ociimage/sourcesink.go`. Rejects with a message for people when the folder cannot be written, or when the
 * manifest is not what its digest says.
 */
export async function writeLayout(
  layout: string,
  manifest: LayoutManifest,
  blobs: readonly LayoutBlob[],
  signal?: AbortSignal,
): Promise<string> {
  if (createHash('sha256').update(manifest.bytes).digest('hex') !== manifest.hex)
    throw new Error(t('The manifest is not what its digest says; nothing was stored.'));
  const folder = path.join(layout, 'blobs', 'sha256');
  await fs.mkdir(folder, { recursive: true });
  await writeUnlessThere(path.join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  for (const { hex, file } of blobs) await placeVerified(file, path.join(folder, hex), { mode: 0o644, ...(signal && { signal }) });
  await writeUnlessThere(path.join(folder, manifest.hex), manifest.bytes);
  await appendToIndex(path.join(layout, 'index.json'), manifest);
  return path.join(folder, manifest.hex);
}

async function appendToIndex(file: string, manifest: LayoutManifest): Promise<void> {
  const digest = `sha256:${manifest.hex}`;
  // Engines have no lock either: what another writer added between our look and our rename is looked for once more.
  for (let attempt = 0; attempt < 5; attempt++) {
    const index = await readIndex(file);
    if (index.manifests.some((m) => m.digest === digest)) return;
    const manifests = [...index.manifests, { mediaType: manifest.mediaType, size: manifest.bytes.length, digest }];
    await replaceFile(
      file,
      JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', ...index.rest, manifests }),
    );
  }
}

async function readIndex(file: string): Promise<{ manifests: { digest: string }[]; rest: object }> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { manifests: [], rest: {} };
    throw error;
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('manifests' in value) || !Array.isArray(value.manifests)) {
    throw new Error(t('{0} is no index of an OCI layout; it is left as it is. "apptainer cache clean --type blob" makes a new one.', file));
  }
  const { manifests, ...rest } = value as { manifests: { digest: string }[] };
  return { manifests, rest };
}

async function writeUnlessThere(file: string, content: string | Uint8Array): Promise<void> {
  const there = await fs.access(file).then(
    () => true,
    () => false,
  );
  if (!there) await replaceFile(file, content);
}

async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.tmp_${randomBytes(4).toString('hex')}`;
  await fs.writeFile(temporary, content, { mode: 0o644 });
  const handle = await fs.open(temporary, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(temporary, file);
}
