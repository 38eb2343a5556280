import { dockerHubTags } from './dockerHub';
import type { HubOptions, HubWorld, TagInfo, TagList } from './hub';
import { HubError } from './hub';
import { nextPage } from './linkHeader';
import { pullScope, readJson } from './ociImages';
import type { Page, PageLimits } from './pages';
import { collectPages } from './pages';
import { quayTags } from './quay';
import type { RegistryClient } from './registryClient';
import { listOf, objectOf } from './shape';
import type { RegistryReference } from '../image/reference';
import { wrongAnswer } from './askHub';
import { t } from '../text/l10n';

/** 100,000 tags in pages of a thousand; an editor waits for a few. */
const limits: Readonly<Record<'command' | 'editor', PageLimits>> = {
  command: { pages: 110, items: 100_000 },
  editor: { pages: 10, items: 10_000 },
};
const pageSize = 1000;
/** Bytes of one page: registries that ignore `n` send all at once. */
const longestPage = 16 * 1024 * 1024;

/** The tags of a repository (distribution spec, "Listing Tags"), with what Docker Hub and Quay tell besides: age, size, digest. */
export async function listTags(
  world: HubWorld,
  client: RegistryClient,
  reference: RegistryReference,
  options: HubOptions,
): Promise<TagList> {
  const extras = moreAboutTags(world, reference, options);
  const path = `/v2/${reference.repository}/tags/list?n=${pageSize}`;
  const listed = collectPages(path, (url, paged) => fetchTags(client, reference, url, paged), {
    world,
    options,
    limits: limits[options.reason ?? 'command'],
    onPage: (names) => options.onPage?.(names.map((name) => ({ name }))),
  });
  const [names, more] = await Promise.allSettled([listed, extras]);
  const known = more.status === 'fulfilled' ? more.value : [];
  if (more.status === 'rejected') world.log.debug(`${reference.registry} tells no more about tags: ${String(more.reason)}`);
  if (names.status === 'rejected') {
    if (known.length === 0 || (names.reason instanceof HubError && names.reason.kind === 'aborted')) throw names.reason;
    return { tags: known, incomplete: true, fetchedAt: world.now() };
  }
  return { ...merge(names.value.items, known), ...(names.value.incomplete && { incomplete: true }), fetchedAt: world.now() };
}

function merge(names: readonly string[], known: readonly TagInfo[]): Pick<TagList, 'tags'> {
  const byName = new Map(known.map((tag) => [tag.name, tag]));
  const all = new Set([...known.map(({ name }) => name), ...names]);
  return { tags: [...all].map((name) => byName.get(name) ?? { name }) };
}

function moreAboutTags(world: HubWorld, reference: RegistryReference, options: HubOptions): Promise<readonly TagInfo[]> {
  if (reference.registry === 'docker.io') return dockerHubTags(world, reference.repository, options);
  if (reference.registry === 'quay.io') return quayTags(world, reference.repository, options);
  return Promise.resolve([]);
}

async function fetchTags(client: RegistryClient, reference: RegistryReference, path: string, options: HubOptions): Promise<Page<string>> {
  const { registry, repository } = reference;
  const response = await client.ask({ registry, repository, path, scope: pullScope(reference), subject: repository, options });
  const links = response.headers.link;
  const answer = objectOf(await readJson(response, longestPage, registry));
  // A repository without tags: `"tags": null`.
  if (!answer || !('tags' in answer)) throw wrongAnswer(registry, t('its list of tags has not the form of one'));
  const items = listOf(answer.tags).filter((tag): tag is string => typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag));
  if (links !== undefined) return { items, ...nextPage(links, response.url) };
  const next = ownNextPage(items, path);
  return { items, ...(next !== undefined && { next }) };
}

/** Old registries cut the list at `n` without saying so: the next page is asked for by the last name (distribution spec, `last`). */
function ownNextPage(items: readonly string[], path: string): string | undefined {
  const last = items.at(-1);
  if (last === undefined || items.length !== pageSize) return undefined;
  const bare = path.replace(/[?].*$/, '');
  return `${bare}?n=${pageSize}&last=${encodeURIComponent(last)}`;
}
