import type { FetchedManifest } from './ociImages';
import { isImageConfig, isSifLayer, textMap } from './ociManifest';
import type { Manifest } from './ociManifest';
import { imageEntries, platformOf } from './platformChoice';
import { listOf, objectOf, textOf } from './shape';
import type { JsonObject } from './shape';
import type { RegistryReference } from '../image/reference';
import { fullName } from '../image/referenceNames';
import type { ImageSummary, Platform } from '../image/summary';

/** What was fetched about an image. */
export interface ImageFacts {
  readonly reference: RegistryReference;
  readonly top: FetchedManifest;
  /** The manifest for the platform: `top` itself when that is no index; undefined when there is none for it. */
  readonly chosen: FetchedManifest | undefined;
  /** JSON of the chosen manifest's configuration. */
  readonly config: unknown;
  /** Bytes to fetch for each image of an index, by digest in hexadecimal. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
  readonly fetchedAt: number;
}

/** Puts together what a hover, `inspect` and a manifest document show. */
export function summarise({ reference, top, chosen, config, sizes, notes, fetchedAt }: ImageFacts): ImageSummary {
  const manifest = chosen?.manifest.kind === 'manifest' ? chosen.manifest : undefined;
  const kind = kindOf(top.manifest, manifest);
  const file = kind === 'sif' ? manifest?.layers[0] : undefined;
  const about = objectOf(config);
  const platform = platformOfConfig(about);
  return {
    reference: `${reference.scheme}://${fullName(reference)}`,
    kind,
    digest: file?.digest ?? top.digest,
    mediaType: top.mediaType,
    ...(manifest && { size: totalSize(manifest) }),
    ...(chosen && (kind === 'sif' || chosen !== top) && { platformDigest: chosen.digest }),
    ...(platform && { platform }),
    ...(top.manifest.kind === 'index' && { platforms: platformsOf(top.manifest, sizes) }),
    ...(manifest && { layers: manifest.layers.map(({ digest, size, mediaType }) => ({ digest, size, mediaType })) }),
    ...(manifest && { config: { digest: manifest.config.digest, size: manifest.config.size, mediaType: manifest.config.mediaType } }),
    ...annotationsOf(top.manifest, manifest),
    ...fromConfig(about, { ...top.manifest.annotations, ...manifest?.annotations }),
    ...(notes.length > 0 && { notes }),
    fetchedAt,
  };
}

type ImageManifest = Extract<Manifest, { kind: 'manifest' }>;

function kindOf(top: Manifest, manifest: ImageManifest | undefined): ImageSummary['kind'] {
  if (manifest?.layers.length === 1 && manifest.layers.every(isSifLayer)) return 'sif';
  if (top.kind === 'index') return 'oci-index';
  return manifest && isImageConfig(manifest.config) ? 'oci-image' : 'artifact';
}

/** Bytes that a pull fetches: layers and configuration. */
export function totalSize(manifest: ImageManifest): number {
  return manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
}

function platformsOf(
  index: Extract<Manifest, { kind: 'index' }>,
  sizes: ReadonlyMap<string, number>,
): NonNullable<ImageSummary['platforms']> {
  return imageEntries(index.entries).map((entry) => {
    const size = sizes.get(entry.digest.hex);
    const { os, architecture, variant } = platformOf(entry);
    return {
      platform: { os, architecture, ...(variant !== undefined && { variant }) },
      digest: entry.digest,
      ...(size !== undefined && { size }),
    };
  });
}

function annotationsOf(top: Manifest, manifest: ImageManifest | undefined): Pick<ImageSummary, 'annotations'> {
  const file = manifest?.layers.length === 1 ? manifest.layers[0]?.annotations : undefined;
  const annotations = { ...top.annotations, ...manifest?.annotations, ...file };
  return Object.keys(annotations).length > 0 ? { annotations } : {};
}

/** OCI image spec, config.md; Docker's image JSON has the same names. */
function fromConfig(about: JsonObject | undefined, annotations: Readonly<Record<string, string>>): Partial<ImageSummary> {
  const run = objectOf(about?.config);
  const labels = textMap(run?.Labels);
  const created = textOf(about?.created) ?? annotations['org.opencontainers.image.created'] ?? labels['org.opencontainers.image.created'];
  const author =
    textOf(about?.author) ??
    labels['org.opencontainers.image.authors'] ??
    annotations['org.opencontainers.image.authors'] ??
    labels.maintainer;
  const entrypoint = texts(run?.Entrypoint);
  const command = texts(run?.Cmd);
  const environment = texts(run?.Env);
  const user = textOf(run?.User);
  return {
    ...(created !== undefined && { created }),
    ...(author !== undefined && { author }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(entrypoint.length > 0 && { entrypoint }),
    ...(command.length > 0 && { command }),
    ...(environment.length > 0 && { environment }),
    ...(user !== undefined && { user }),
  };
}

function texts(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}

export function platformOfConfig(about: JsonObject | undefined): Platform | undefined {
  const architecture = textOf(about?.architecture);
  const variant = textOf(about?.variant);
  if (architecture === undefined) return undefined;
  return { os: textOf(about?.os) ?? 'linux', architecture, ...(variant !== undefined && { variant }) };
}
