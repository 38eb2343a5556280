import { dockerHubSizes, searchDockerHub } from './dockerHub';
import type { Hub, HubOptions, HubWorld, ResolvedImage, SearchList, SearchQuery } from './hub';
import { HubError } from './hub';
import { searchCatalog } from './ociCatalog';
import type { FetchedManifest } from './ociImages';
import { getConfig, getManifest, headManifest, identifierOf, platformManifest } from './ociImages';
import { openManifest } from './ociOpen';
import { listReferrers } from './ociReferrers';
import { summarise, totalSize } from './ociSummary';
import { listTags } from './ociTags';
import { imageEntries } from './platformChoice';
import { searchQuay } from './quay';
import type { RegistryClient } from './registryClient';
import { formatDigest } from '../image/digest';
import type { ImageReference, RegistryReference } from '../image/reference';
import { formatReference } from '../image/reference';
import type { ImageSummary, Platform } from '../image/summary';
import { t } from '../text/l10n';

/** `docker://` and `oras://`: OCI registries (opencontainers/distribution-spec), with what Docker Hub and Quay add. */
export function createOciHub(world: HubWorld, client: RegistryClient): Hub {
  return {
    accepts: (reference) => reference.kind === 'registry',
    resolve: async (reference, options) => resolve(world, client, await askedAt(world, registryReference(reference)), options),
    manifest: (reference, options) => describe(world, client, registryReference(reference), options),
    tags: async (reference, options) => listTags(world, client, await askedAt(world, registryReference(reference)), options),
    search: (query, options) => search(world, client, query, options),
    open: async (reference, options) => {
      const registry = registryReference(reference);
      const at = await askedAt(world, registry);
      const platform = platformFor(world, registry, options);
      const top = await getManifest(client, at, options);
      const chosen = await platformManifest(client, at, top, platform, options);
      return openManifest({ client, reference: registry, at, top, chosen, asked: options.platform ?? world.platform(), options });
    },
    referrers: async (reference, options) => {
      const registry = await askedAt(world, registryReference(reference));
      const digest = registry.digest ?? (await resolve(world, client, registry, options)).digest;
      return digest ? listReferrers(client, registry, digest, options) : [];
    },
  };
}

function registryReference(reference: ImageReference): RegistryReference {
  if (reference.kind === 'registry') return reference;
  throw new HubError('unsupported', t('{0} is in no registry.', formatReference(reference)), undefined);
}

/**
 * The reference as it is asked for: Apptainer goes to the first mirror of a registry and to no other (A
 * `internal/pkg/ociimage/sourcesink.go` getDockerImage); `oras://` knows no mirrors.
 */
async function askedAt(world: HubWorld, reference: RegistryReference): Promise<RegistryReference> {
  const mirror = reference.scheme === 'docker' ? await world.mirror?.(reference.registry) : undefined;
  if (mirror === undefined) return reference;
  const [registry = '', ...folders] = mirror.location.split('/');
  return { ...reference, registry, repository: [...folders, reference.repository].join('/') };
}

/** What the user chose; else what the path says (`arm64v8/alpine`); else this machine. */
function platformFor(world: HubWorld, reference: RegistryReference, options: HubOptions): Platform {
  return options.platform ?? reference.platform ?? world.platform();
}

/** HEAD: not counted as a pull by Docker Hub. The header is not trusted for a digest that was asked for: GET by it would have to match. */
async function resolve(world: HubWorld, client: RegistryClient, reference: RegistryReference, options: HubOptions): Promise<ResolvedImage> {
  const head = await headManifest(client, reference, options);
  if (head) return { ...head, ...(reference.digest && { digest: reference.digest }), fetchedAt: world.now() };
  const { digest, mediaType, bytes } = await getManifest(client, reference, options);
  return { digest, mediaType, size: bytes.length, fetchedAt: world.now() };
}

async function describe(world: HubWorld, client: RegistryClient, reference: RegistryReference, options: HubOptions): Promise<ImageSummary> {
  const at = await askedAt(world, reference);
  const top = await getManifest(client, at, options);
  const notes: string[] = at === reference ? [] : [t('Asked at the mirror {0} (registries.conf).', at.registry)];
  const [chosen, sizes] = await Promise.all([
    platformManifest(client, at, top, platformFor(world, reference, options), options).catch((error: unknown) => {
      if (!(error instanceof HubError) || error.kind !== 'no-platform') throw error;
      notes.push(error.message);
      return undefined;
    }),
    platformSizes(world, client, at, top, options),
  ]);
  const config = chosen?.manifest.kind === 'manifest' ? await getConfig(client, at, chosen.manifest.config, options) : undefined;
  return summarise({ reference, top, chosen, config, sizes, notes, fetchedAt: world.now() });
}

/** Images of an index whose sizes are looked up at most. */
const mostSizes = 8;

/** Sizes are worth a request each where requests do not count as pulls; Docker Hub tells all in one. What fails is left out. */
async function platformSizes(
  world: HubWorld,
  client: RegistryClient,
  reference: RegistryReference,
  top: FetchedManifest,
  options: HubOptions,
): Promise<ReadonlyMap<string, number>> {
  if (top.manifest.kind !== 'index') return new Map();
  const quiet = (error: unknown): undefined => {
    if (options.signal?.aborted) throw error;
    world.log.debug(`no sizes for ${reference.repository}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  };
  if (reference.registry === 'docker.io') {
    const tag = reference.digest ? undefined : identifierOf(reference);
    return (
      (tag === undefined ? undefined : await dockerHubSizes(world, reference.repository, tag, options).catch(quiet)) ??
      new Map<string, number>()
    );
  }
  const entries = imageEntries(top.manifest.entries).slice(0, mostSizes);
  const sizes = await Promise.all(
    entries.map(async ({ digest }) => {
      const fetched = await getManifest(client, reference, options, formatDigest(digest)).catch(quiet);
      return fetched?.manifest.kind === 'manifest' ? ([digest.hex, totalSize(fetched.manifest)] as const) : undefined;
    }),
  );
  return new Map(sizes.filter((size) => size !== undefined));
}

function search(world: HubWorld, client: RegistryClient, query: SearchQuery, options: HubOptions): Promise<SearchList> {
  const host = query.host ?? 'docker.io';
  const timed = withDeadline(options);
  if (host === 'docker.io') return searchDockerHub(world, query.text, timed);
  if (host === 'quay.io') return searchQuay(world, query.text, timed);
  return searchCatalog(world, client, { host, text: query.text }, options);
}

/** One request has no part of an answer to give: at the deadline it fails. */
function withDeadline(options: HubOptions): HubOptions {
  if (options.deadline === undefined) return options;
  const late = AbortSignal.timeout(options.deadline);
  return { ...options, signal: options.signal ? AbortSignal.any([options.signal, late]) : late };
}
