import { wrongAnswer } from './askHub';
import type { HubError } from './hub';
import type { IndexEntry } from './platformChoice';
import { listOf, objectOf, textOf, wholeNumberOf } from './shape';
import type { JsonObject } from './shape';
import type { Digest } from '../image/digest';
import { parseDigest } from '../image/digest';
import { t } from '../text/l10n';

export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
  /** A `internal/pkg/client/oras/config.go`. */
  sifConfig: 'application/vnd.sylabs.sif.config.v1+json',
  sifLayer: 'application/vnd.sylabs.sif.layer.v1.sif',
  /** Before Singularity 3.7, spelled like this. */
  sifLayerLegacy: 'appliciation/vnd.sylabs.sif.layer.tar',
} as const;

/** What a client of images accepts (distribution spec; GGCR `fetcher.go`). */
export const acceptedManifests = [mediaTypes.ociIndex, mediaTypes.dockerList, mediaTypes.ociManifest, mediaTypes.dockerManifest].join(', ');

export interface Descriptor {
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Further places of a layer that may not be distributed. */
  readonly urls?: readonly string[];
  /** The content itself, base64. */
  readonly data?: string;
}

export type Manifest =
  | {
      readonly kind: 'index';
      readonly mediaType: string;
      readonly entries: readonly IndexEntry[];
      readonly annotations: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'manifest';
      readonly mediaType: string;
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
      readonly annotations: Readonly<Record<string, string>>;
      readonly artifactType?: string;
    };

/** Descriptors in one manifest: no image has more, and nothing is gained by reading them. */
const mostDescriptors = 10_000;

/**
 * Reads an index or a manifest of either family (OCI image spec; Docker's manifest-v2-2). `contentType` decides where the document
 * itself does not say. Throws `HubError` wrong-answer when it is neither.
 */
export function readManifest(text: string, contentType: string, registry: string): Manifest {
  const wrong = (what: string): HubError => wrongAnswer(registry, what);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw wrongAnswer(registry, t('its manifest is not JSON'), cause);
  }
  const document = objectOf(parsed);
  if (!document) throw wrong(t('its manifest is no JSON object'));
  const mediaType = textOf(document.mediaType) ?? contentType.split(';', 1)[0]?.trim() ?? '';
  if (mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed || document.schemaVersion === 1) {
    throw wrong(t('the image is in Docker’s first format (schema 1), which the engines do not read any more'));
  }
  const annotations = textMap(document.annotations);
  if (Array.isArray(document.manifests)) {
    const entries = listOf(document.manifests).slice(0, mostDescriptors).map(readEntry);
    if (entries.some((entry) => entry === undefined)) throw wrong(t('its index holds a malformed entry'));
    return { kind: 'index', mediaType, entries: entries.filter((entry) => entry !== undefined), annotations };
  }
  const config = readDescriptor(document.config);
  if (!config || !Array.isArray(document.layers)) throw wrong(t('what it sent is neither a manifest nor an index'));
  const layers = listOf(document.layers).slice(0, mostDescriptors).map(readDescriptor);
  if (layers.some((layer) => layer === undefined)) throw wrong(t('its manifest holds a malformed layer'));
  const artifactType = textOf(document.artifactType);
  return {
    kind: 'manifest',
    mediaType,
    config,
    layers: layers.filter((layer) => layer !== undefined),
    annotations,
    ...(artifactType !== undefined && { artifactType }),
  };
}

export function isSifLayer(layer: Descriptor): boolean {
  return layer.mediaType === mediaTypes.sifLayer || layer.mediaType === mediaTypes.sifLayerLegacy;
}

/** Whether the configuration is one of a container image, and not of some other artifact. */
export function isImageConfig(config: Descriptor): boolean {
  return config.mediaType === mediaTypes.ociConfig || config.mediaType === mediaTypes.dockerConfig;
}

function readDescriptor(value: unknown): Descriptor | undefined {
  const fields = objectOf(value);
  const digest = parseDigest(textOf(fields?.digest) ?? '');
  const size = wholeNumberOf(fields?.size);
  const mediaType = textOf(fields?.mediaType) ?? '';
  if (!fields || !digest || size === undefined) return undefined;
  const urls = listOf(fields.urls).flatMap((url) => textOf(url) ?? []);
  const data = textOf(fields.data);
  return {
    digest,
    size,
    mediaType,
    ...(fields.annotations !== undefined && { annotations: textMap(fields.annotations) }),
    ...(urls.length > 0 && { urls }),
    ...(data !== undefined && { data }),
  };
}

function readEntry(value: unknown): IndexEntry | undefined {
  const descriptor = readDescriptor(value);
  const fields = objectOf(value);
  if (!descriptor || !fields) return undefined;
  const { digest, size, mediaType, annotations } = descriptor;
  const platform = objectOf(fields.platform);
  const artifactType = textOf(fields.artifactType);
  return {
    digest,
    size,
    mediaType,
    ...(platform && { platform: readPlatform(platform) }),
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
  };
}

function readPlatform(fields: JsonObject): NonNullable<IndexEntry['platform']> {
  const variant = textOf(fields.variant);
  const osVersion = textOf(fields['os.version']);
  return {
    os: textOf(fields.os) ?? '',
    architecture: textOf(fields.architecture) ?? '',
    ...(variant !== undefined && { variant }),
    ...(osVersion !== undefined && { osVersion }),
  };
}

/** Texts by name; what is no text is left out. */
export function textMap(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(value) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}
