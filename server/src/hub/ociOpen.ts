import type { FileSource, HubOptions, OpenedFile, OpenedImage } from './hub';
import { HubError } from './hub';
import type { FetchedManifest } from './ociImages';
import { blobPath, pullScope, subjectOf } from './ociImages';
import type { Descriptor, Manifest } from './ociManifest';
import { isImageConfig, isSifLayer } from './ociManifest';
import type { RegistryClient } from './registryClient';
import { wrongAnswer } from './askHub';
import { formatDigest } from '../image/digest';
import type { RegistryReference } from '../image/reference';
import { fullName, safeFileName, suggestedFileName } from '../image/referenceNames';
import type { Platform } from '../image/summary';
import { t } from '../text/l10n';

export interface OpenRequest {
  readonly client: RegistryClient;
  readonly reference: RegistryReference;
  /** The same where it is asked for: at a mirror, perhaps. */
  readonly at: RegistryReference;
  readonly top: FetchedManifest;
  readonly chosen: FetchedManifest;
  /** What the user or this machine asks for, whatever the path says. */
  readonly asked: Platform;
  readonly options: HubOptions;
}

type ImageManifest = Extract<Manifest, { kind: 'manifest' }>;

/** Files of an image and how to get them. `oras://` wants a SIF, `docker://` an image; each says so in the engine's words. */
export async function openManifest(request: OpenRequest): Promise<OpenedImage> {
  const { manifest } = request.chosen;
  if (manifest.kind !== 'manifest') throw wrongAnswer(request.reference.registry, t('its index leads to an index'));
  return request.reference.scheme === 'oras' ? openSif(request, manifest) : openImage(request, manifest);
}

/** A `internal/pkg/client/oras/oras.go`: one layer of a SIF type; the configuration's type is not looked at. */
async function openSif(request: OpenRequest, manifest: ImageManifest): Promise<OpenedImage> {
  const { reference, chosen } = request;
  const [layer] = manifest.layers;
  const unsupported = (message: string): HubError => new HubError('unsupported', message, reference.registry);
  if (manifest.layers.length !== 1 || !layer) {
    const hint = isImageConfig(manifest.config) ? ` ${t('It is a container image: use `docker://`.')}` : '';
    throw unsupported(t('The engine stops with "ORAS SIF image should have a single layer, found {0}".', manifest.layers.length) + hint);
  }
  if (!isSifLayer(layer)) {
    const hint = isImageConfig(manifest.config) ? ` ${t('It is a container image: use `docker://`.')}` : '';
    throw unsupported(t('The engine stops with "invalid layer mediatype: {0}".', layer.mediaType) + hint);
  }
  const title = layer.annotations?.['org.opencontainers.image.title'];
  const name = title === undefined ? suggestedFileName(reference) : safeFileName(title);
  return {
    ...describe(request),
    kind: 'sif',
    files: [await openBlob(request, layer, { name, role: 'image' })],
    identity: { kind: 'oras', digest: layer.digest },
    manifest: { digest: chosen.digest, mediaType: chosen.mediaType, bytes: chosen.bytes },
  };
}

async function openImage(request: OpenRequest, manifest: ImageManifest): Promise<OpenedImage> {
  const { reference, top, chosen, asked } = request;
  if (manifest.layers.some(isSifLayer) || !isImageConfig(manifest.config)) {
    const hint = manifest.layers.some(isSifLayer)
      ? t('It is a SIF: use `oras://`.')
      : t('It is an artifact of another kind: {0}.', manifest.config.mediaType);
    const message = t(
      'The engine stops with "unsupported image-specific operation on artifact with type "{0}"".',
      manifest.config.mediaType,
    );
    throw new HubError('unsupported', `${message} ${hint}`, reference.registry);
  }
  const config = await openBlob(request, manifest.config, { name: blobName(manifest.config), role: 'config' });
  const layers = await Promise.all(manifest.layers.map((layer) => openBlob(request, layer, { name: blobName(layer), role: 'layer' })));
  return {
    ...describe(request),
    kind: 'oci-image',
    files: [config, ...layers],
    identity: {
      kind: 'oci',
      digest: top.digest,
      platformDigest: chosen.digest,
      platform: asked,
      ...(reference.platform && { pathPlatform: reference.platform }),
    },
    manifest: { digest: chosen.digest, mediaType: chosen.mediaType, bytes: chosen.bytes },
  };
}

function describe({ reference }: OpenRequest): Pick<OpenedImage, 'reference'> {
  return { reference: `${reference.scheme}://${fullName(reference)}` };
}

/** The name of a blob in an OCI layout (OCI image spec, image-layout.md). */
function blobName({ digest }: Descriptor): string {
  return digest.hex;
}

async function openBlob(request: OpenRequest, blob: Descriptor, file: Pick<OpenedFile, 'name' | 'role'>): Promise<OpenedFile> {
  const { client, at, chosen, options } = request;
  const { registry, repository } = at;
  const url = await client.url(registry, blobPath(at, blob.digest), options);
  const own: FileSource = {
    url,
    priority: 1,
    headers: (signal) => client.headers({ registry, repository, scope: pullScope(at), options: { ...options, ...(signal && { signal }) } }),
  };
  const others = (blob.urls ?? [])
    .filter((other) => /^https:\/\//i.test(other) && URL.canParse(other))
    .map((other) => ({ url: other, priority: 2 }));
  return {
    ...file,
    mediaType: blob.mediaType,
    size: blob.size,
    expected: [
      {
        digest: blob.digest,
        // By digest the chain from the reference to the file is closed: only then it is the author who says so.
        source: at.digest
          ? t('the digest in the reference, by the manifest {0}', formatDigest(chosen.digest))
          : t('manifest of {0}', `${registry}/${subjectOf(at)}`),
        channel: at.digest ? 'user' : url.startsWith('https:') ? 'https' : 'http',
      },
    ],
    sources: [own, ...others],
    acceptsRanges: true,
  };
}
