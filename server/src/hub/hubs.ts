import { createHmac, randomBytes } from 'node:crypto';
import { createAnswers } from './answers';
import type { Question } from './answers';
import type { Age, Hub, HubOptions, Hubs, HubStatus, HubWorld, Referrer, ResolvedImage, SearchList, TagInfo, TagList } from './hub';
import { HubError } from './hub';
import { createHubStatus } from './hubStatus';
import { createIpfsHub } from './ipfs';
import type { IpfsOptions } from './ipfs';
import { createLibraryHub } from './library';
import type { LibraryOptions } from './libraryEndpoint';
import { createOciHub } from './oci';
import { formatPlatform } from '../image/platform';
import { createRegistryClient } from './registryClient';
import { createRevalidatingClient } from './revalidation';
import { objectOf } from './shape';
import { createShubHub } from './shub';
import type { ShubOptions } from './shub';
import { createWebHub } from './web';
import type { ImageReference } from '../image/reference';
import { formatReference } from '../image/reference';
import { withoutUserinfo } from '../image/referenceNames';
import type { ImageSummary } from '../image/summary';
import { without } from '../image/without';
import { isPrivateHost } from '../platform/addresses';
import { createDiskCache } from '../platform/diskCache';
import { t } from '../text/l10n';

export type { Hubs } from './hub';

export interface HubsOptions extends Omit<HubWorld, 'now'> {
  /** Hosts that the user marked as insecure; loopback and private addresses always may speak plain http. */
  readonly plainHttp: (host: string) => boolean;
  readonly now?: () => number;
  readonly library?: LibraryOptions;
  readonly shub?: ShubOptions;
  readonly ipfs?: IpfsOptions;
  /** Where answers are kept for use offline; nothing is kept without. */
  readonly folder?: string;
  /** Bytes that they may take. Default 50 MB. */
  readonly cacheBytes?: () => number;
  readonly onStatus?: (status: HubStatus) => void;
}

/** Of this process: what was answered to somebody who signed in by a URL is not found again by another one. */
const salt = randomBytes(32);
const minute = 60_000;
/** Milliseconds for which an answer counts as new. What a digest names never changes. */
const freshFor = { resolve: 2 * minute, manifest: 5 * minute, tags: 10 * minute, search: 30 * minute, byDigest: 30 * 24 * 60 * minute };
/** Shape of the answers on disk: changes with `ImageSummary` and its like. */
const diskVersion = 1;

/** Makes the hubs, picks one by reference, and keeps their answers. Nothing is contacted or read before it is needed. */
export function createHubs(options: HubsOptions): Hubs {
  const disk =
    options.folder === undefined
      ? undefined
      : createDiskCache({
          folder: options.folder,
          version: diskVersion,
          limit: () => options.cacheBytes?.() ?? 50_000_000,
          log: options.log,
        });
  const now = options.now ?? Date.now;
  const world: HubWorld = {
    ...options,
    now,
    plainHttp: (host) => isPrivateHost(host) || options.plainHttp(host),
    ...(disk && { documents: createRevalidatingClient(options.http, disk, now) }),
  };
  const registries = createRegistryClient(world);
  const oci = createOciHub(world, registries);
  const libraries = createLibraryHub(world, options.library);
  const shub = createShubHub(world, options.shub);
  const hubs: readonly Hub[] = [oci, libraries, shub, createWebHub(world), createIpfsHub(world, options.ipfs)];
  const status = createHubStatus(world.now, options.onStatus);
  /** Pages of tag lists that are under way: what there is when somebody cannot wait. */
  const pages = new Map<string, readonly TagInfo[]>();
  const answers = createAnswers({ disk, log: options.log, now: world.now, onFlight: status.onFlight });

  function hubOf(reference: ImageReference): Hub {
    const hub = hubs.find((candidate) => candidate.accepts(reference));
    if (hub) return hub;
    throw new HubError('unsupported', t('{0} is not in a hub that can be asked.', formatReference(reference)), undefined);
  }

  function question<T extends Age>(
    method: string,
    reference: ImageReference,
    asked: HubOptions,
    rest: Pick<Question<T>, 'fetch' | 'isAnswer' | 'freshFor' | 'partial'>,
  ): Question<T> {
    const platform = formatPlatform(asked.platform ?? world.platform());
    const key = [method, keyOf(reference), method === 'tags' ? '' : platform].join(' ');
    return { key, host: hostOfReference(reference), ...rest };
  }

  /** What a library reference without host means depends on settings. The key stands on the disk: a password in a URL must not. */
  function keyOf(reference: ImageReference): string {
    const written = formatReference(reference);
    const base = withoutUserinfo(written);
    if (base !== written) return `${base} ${createHmac('sha256', salt).update(written).digest('hex')}`;
    if (reference.kind !== 'library' || reference.host !== undefined) return base;
    return `${base} ${reference.library ?? options.library?.url?.() ?? ''} ${options.library?.engine?.() ?? ''}`;
  }

  async function resolve(reference: ImageReference, asked: HubOptions): Promise<ResolvedImage> {
    const hub = hubOf(reference);
    const fetch = (inner: HubOptions) => hub.resolve(reference, inner);
    return answers.ask(question('resolve', reference, asked, { fetch, isAnswer: isAged, freshFor: freshFor.resolve }), asked);
  }

  async function manifest(reference: ImageReference, asked: HubOptions): Promise<ImageSummary> {
    const hub = hubOf(reference);
    const fetch = async (inner: HubOptions, known: ImageSummary | undefined): Promise<ImageSummary> => {
      if (known && isByManifest(known) && reference.kind === 'registry') {
        // A HEAD tells whether anything changed, and counts as no pull.
        const now = await hub.resolve(reference, inner);
        if (now.digest?.hex === known.digest?.hex) return { ...known, fetchedAt: now.fetchedAt };
      }
      return hub.manifest(reference, inner);
    };
    const pinned = reference.kind === 'registry' && reference.digest !== undefined;
    const fresh = pinned ? freshFor.byDigest : freshFor.manifest;
    return answers.ask(question('manifest', reference, asked, { fetch, isAnswer: isSummary, freshFor: fresh }), asked);
  }

  async function tags(reference: ImageReference, asked: HubOptions): Promise<TagList> {
    const hub = hubOf(reference);
    const bare = withoutTag(reference);
    const name = keyOf(bare);
    const fetch = (inner: HubOptions) =>
      hub.tags(bare, { ...inner, onPage: (found) => pages.set(name, found) }).finally(() => pages.delete(name));
    const partial = (): TagList => ({ tags: [...(pages.get(name) ?? [])], incomplete: true, fetchedAt: world.now() });
    return answers.ask(question('tags', bare, asked, { fetch, partial, isAnswer: isTagList, freshFor: freshFor.tags }), asked);
  }

  return {
    resolve,
    manifest,
    tags,
    search: (query, asked) => {
      const hub = query.scheme === 'library' ? libraries : query.scheme === 'shub' ? shub : oci;
      const host = query.host ?? (hub === oci ? 'docker.io' : undefined);
      return answers.ask<SearchList>(
        {
          key: ['search', query.scheme, host ?? options.library?.url?.() ?? '', query.text].join(' '),
          host,
          freshFor: freshFor.search,
          fetch: (inner) => hub.search(query, inner),
          isAnswer: isSearchList,
          partial: () => ({ hits: [], incomplete: true, fetchedAt: world.now() }),
        },
        asked,
      );
    },
    // What a download begins with is never from a cache.
    open: async (reference, asked) => hubOf(reference).open(reference, asked),
    referrers: async (reference, asked): Promise<readonly Referrer[]> => (await hubOf(reference).referrers?.(reference, asked)) ?? [],
    checkSignIn: async (registry, asked) => {
      // The specification's way to find out (distribution spec, "Determining Support"); the token has no scope.
      const response = await registries.ask({ registry, path: '/v2/', scope: '', subject: t('its sign-in'), options: asked });
      await response.discard();
    },
    refresh: () => {
      answers.refresh();
      registries.clear();
      status.clear();
    },
    clear: async () => {
      registries.clear();
      status.clear();
      await answers.clear();
    },
    status: status.current,
    onStatus: status.listen,
    close: () => {
      answers.close();
      return Promise.resolve();
    },
  };
}

/** The repository of a reference: what its tags belong to. */
function withoutTag(reference: ImageReference): ImageReference {
  if (reference.kind === 'registry') return without(reference, 'tag', 'digest', 'platform');
  if (reference.kind === 'library') return { ...without(reference, 'digest'), tags: [] };
  return reference.kind === 'shub' ? without(reference, 'tag', 'version') : reference;
}

export function hostOfReference(reference: ImageReference): string | undefined {
  switch (reference.kind) {
    case 'registry':
      return reference.registry;
    case 'library':
      return (
        reference.host ?? (reference.library !== undefined && URL.canParse(reference.library) ? new URL(reference.library).host : undefined)
      );
    case 'shub':
      return reference.registry?.split('/', 1)[0] ?? 'singularity-hub.org';
    case 'url':
      return reference.host;
    case 'ipfs':
    case 'local':
      return undefined;
  }
}

/** Whether the summary's digest is that of the manifest or index that the reference names, and not that of a file. */
function isByManifest(summary: ImageSummary): boolean {
  return summary.digest !== undefined && (summary.kind === 'oci-index' || summary.kind === 'oci-image');
}

function isAged(value: unknown): value is Age {
  return typeof objectOf(value)?.fetchedAt === 'number';
}

function isSummary(value: unknown): value is ImageSummary {
  const fields = objectOf(value);
  return isAged(value) && typeof fields?.reference === 'string' && typeof fields.kind === 'string';
}

function isTagList(value: unknown): value is TagList {
  return isAged(value) && Array.isArray(objectOf(value)?.tags);
}

function isSearchList(value: unknown): value is SearchList {
  return isAged(value) && Array.isArray(objectOf(value)?.hits);
}
