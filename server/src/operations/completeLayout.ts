import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { changeLayoutIndex, readLayoutIndex, withLayoutLock } from '../cache/layoutIndex';
import type { LayoutDescriptor } from '../cache/layoutIndex';
import { writeError } from '../cache/writeError';
import { hasCode } from '../platform/systemError';
import type { PulledItem } from '../protocol';
import { t } from '../text/l10n';

/** A file that was pulled into a folder, verified. `identity`: what its metalink says that it is. */
export interface PulledBlob {
  readonly path: string;
  readonly identity: string | undefined;
}

/** Registries take no longer manifests (distribution-spec, "Pushing Manifests"). */
const manifestLimit = 4 << 20;

/**
 * A metalink of a container image lists its manifest, configuration and layers by the paths of an OCI layout. The two files that make a
 * layout of them, `oci-layout` and `index.json`, are on no registry, and hold nothing that the verified manifests do not say: they are
 * written here once everything that a manifest names is there. Files of that name that are there already are kept; an `index.json` gets
 * the images that it lacks (OCI image-spec, image-layout.md). Returns what became of each layout; nothing where there is none.
 */
export async function completeLayouts(blobs: readonly PulledBlob[], signal: AbortSignal): Promise<PulledItem[]> {
  const layouts = new Map<string, PulledBlob[]>();
  for (const blob of blobs) {
    const layout = layoutOf(blob.path);
    if (layout !== undefined) layouts.set(layout, [...(layouts.get(layout) ?? []), blob]);
  }
  const items: PulledItem[] = [];
  for (const [layout, parts] of layouts) {
    const images = (await Promise.all(parts.map((part) => imageOf(layout, part)))).filter((image) => image !== undefined);
    if (images.length > 0) items.push(await complete(layout, images, signal));
  }
  return items;
}

/** The folder around `blobs/sha256/…`. */
function layoutOf(file: string): string | undefined {
  const sha256 = path.dirname(file);
  const folder = path.dirname(sha256);
  const named = /^[0-9a-f]{64}$/.test(path.basename(file)) && path.basename(sha256) === 'sha256' && path.basename(folder) === 'blobs';
  return named ? path.dirname(folder) : undefined;
}

/** The line of index.json for a blob that is the manifest of an image of which all is there. */
async function imageOf(layout: string, { path: file, identity }: PulledBlob): Promise<LayoutDescriptor | undefined> {
  if ((await fs.stat(file)).size > manifestLimit) return undefined;
  const bytes = await fs.readFile(file);
  const hex = path.basename(file);
  const manifest = manifestIn(bytes);
  if (manifest === undefined || createHash('sha256').update(bytes).digest('hex') !== hex) return undefined;
  const there = await Promise.all(manifest.digests.map((digest) => isThere(path.join(layout, 'blobs', ...digest.split(':')))));
  if (there.includes(false)) return undefined;
  const name = identity === undefined ? undefined : referenceName(identity);
  return {
    mediaType: manifest.mediaType,
    digest: `sha256:${hex}`,
    size: bytes.length,
    ...(name !== undefined && { annotations: { 'org.opencontainers.image.ref.name': name } }),
  };
}

interface Manifest {
  readonly mediaType: string;
  /** Of the configuration and the layers; a well-formed `algorithm:hex` each, so that they are safe as paths. */
  readonly digests: readonly string[];
}

function manifestIn(bytes: Buffer): Manifest | undefined {
  // Layers are compressed; a manifest and a configuration start like this.
  if (bytes[0] !== 0x7b) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined; // some other file
  }
  if (typeof value !== 'object' || value === null || !('config' in value && 'layers' in value) || !Array.isArray(value.layers))
    return undefined;
  const digests = [value.config, ...(value.layers as unknown[])].map(digestOf);
  if (!digests.every((digest) => digest !== undefined)) return undefined;
  const written = 'mediaType' in value && typeof value.mediaType === 'string' ? value.mediaType : undefined;
  return { mediaType: written ?? 'application/vnd.oci.image.manifest.v1+json', digests };
}

function digestOf(value: unknown): string | undefined {
  const digest = typeof value === 'object' && value !== null && 'digest' in value ? value.digest : undefined;
  return typeof digest === 'string' && /^[a-z0-9]+:[0-9a-f]{32,}$/.test(digest) ? digest : undefined;
}

/** The reference without its scheme, where it is a name that an annotation may hold (image-spec, annotations.md). */
function referenceName(identity: string): string | undefined {
  const name = identity.replace(/^[a-z]+:\/\//, '');
  return /^[A-Za-z0-9]+(?:(?:--|[-._:@+])[A-Za-z0-9]+)*(?:\/[A-Za-z0-9]+(?:(?:--|[-._:@+])[A-Za-z0-9]+)*)*$/.test(name) ? name : undefined;
}

async function complete(layout: string, images: readonly LayoutDescriptor[], signal: AbortSignal): Promise<PulledItem> {
  const title = t('OCI layout');
  try {
    const changed = await withLayoutLock(layout, t('adding an image'), signal, async () => {
      await readLayoutIndex(layout); // when it is broken, nothing is added
      const isNew = await writeNew(path.join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
      let added = 0;
      await changeLayoutIndex(layout, ({ manifests }) => {
        const lacking = images.filter(({ digest }) => manifests.every((there) => there.digest !== digest));
        added = lacking.length;
        return lacking.length === 0 ? undefined : [...manifests, ...lacking];
      });
      return isNew || added > 0;
    });
    const message = changed
      ? t('{0} is an OCI layout now: "oci-layout" and "index.json" were made from the verified manifests.', layout)
      : t('{0} is an OCI layout with these images already.', layout);
    return { title, outcome: changed ? 'pulled' : 'already-there', path: layout, message };
  } catch (error) {
    signal.throwIfAborted();
    const problem = writeError(error, layout);
    const message = problem instanceof Error ? problem.message : String(problem);
    return { title, outcome: 'failed', message: t('{0} could not be made an OCI layout: {1}', layout, message) };
  }
}

/** Whether the file was not there. */
async function writeNew(file: string, content: string): Promise<boolean> {
  try {
    await fs.writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return false;
  }
}

async function isThere(file: string): Promise<boolean> {
  return fs.access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}
