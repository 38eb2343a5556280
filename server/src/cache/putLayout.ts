import { createHash } from 'node:crypto';
import path from 'node:path';
import { makeFolders } from '../platform/smallFiles';
import { t } from '../text/l10n';
import type { VerifiedFile } from '../verify/verifiedFile';
import type { CacheLocation } from './find';
import { confirmContent } from './confirmContent';
import { makeCacheFolders } from './folders';
import { changeLayoutIndex, readLayoutIndex, withLayoutLock, writeUnlessThere } from './layoutIndex';
import { placeVerified } from './placeVerified';
import { lessUmask } from './umask';
import { writeError } from './writeError';

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
  return writeLayout(path.join(cache.root, 'blob'), manifest, blobs, signal, engineModes);
}

/** Permission bits in a layout. */
interface LayoutModes {
  readonly layers: number;
  /** Manifests and configurations. */
  readonly documents: number;
}

/**
 * What the engines give, whatever the umask: go-containerregistry's `layout` makes layers by CreateTemp, documents by Create, and the
 * engine's umask is 0002 by then. Seen with Apptainer 1.6.
 */
const engineModes: LayoutModes = { layers: 0o600, documents: 0o664 };

/** A config or layer, by its sha-256 in hexadecimal. */
export interface LayoutBlob {
  readonly hex: string;
  readonly file: VerifiedFile;
  /** The verified file is ours to move away; otherwise it is copied. */
  readonly move?: boolean;
}

/**
 * Adds an OCI image to a layout, which is made when it is not there: config and layers first, then the manifest, then its line in
 * index.json, so that the layout is whole at every moment. Returns the path of the manifest. Follows OCI image-spec, image-layout.md,
 * and Apptainer `internal/pkg/ociimage/sourcesink.go`. Rejects with a message for people when the folder cannot be written, or when the
 * manifest or a blob is not what its digest says.
 */
export async function writeLayout(
  layout: string,
  manifest: LayoutManifest,
  blobs: readonly LayoutBlob[],
  signal?: AbortSignal,
  modes?: LayoutModes,
): Promise<string> {
  if (createHash('sha256').update(manifest.bytes).digest('hex') !== manifest.hex)
    throw new Error(t('The manifest is not what its digest says; nothing was stored.'));
  const folder = path.join(layout, 'blobs', 'sha256');
  try {
    await makeFolders(folder);
    return await withLayoutLock(layout, t('adding an image'), signal, async () => {
      await readLayoutIndex(layout); // when it is broken, nothing is added
      await writeUnlessThere(path.join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
      // A manifest may name one layer several times.
      const distinct = new Map(blobs.map((blob) => [blob.hex, blob]));
      const plain = await lessUmask(0o666);
      const { layers = plain, documents = plain } = modes ?? {};
      const config = configOf(manifest);
      for (const blob of distinct.values()) await placeBlob(folder, blob, blob.hex === config ? documents : layers, signal);
      await writeUnlessThere(path.join(folder, manifest.hex), manifest.bytes, documents);
      await addToIndex(layout, manifest);
      return path.join(folder, manifest.hex);
    });
  } catch (error) {
    throw writeError(error, layout);
  }
}

/** sha-256 of the configuration that a manifest names, hexadecimal. */
function configOf({ bytes }: LayoutManifest): string | undefined {
  return /"config"\s*:\s*\{[^{}]*"digest"\s*:\s*"sha256:([0-9a-f]{64})"/.exec(Buffer.from(bytes).toString('utf8'))?.[1];
}

async function placeBlob(folder: string, { hex, file, move }: LayoutBlob, mode: number, signal: AbortSignal | undefined): Promise<void> {
  await confirmContent(file, hex, signal);
  // A blob's name is its content: what stands there with other bytes is damaged, and the verified one takes its place.
  const options = { mode, overwrite: true, ...(move !== undefined && { move }), ...(signal && { signal }) };
  await placeVerified(file, path.join(folder, hex), options);
}

async function addToIndex(layout: string, { hex, mediaType, bytes }: LayoutManifest): Promise<void> {
  const digest = `sha256:${hex}`;
  await changeLayoutIndex(layout, ({ manifests }) =>
    manifests.some((m) => m.digest === digest) ? undefined : [...manifests, { mediaType, size: bytes.length, digest }],
  );
}
