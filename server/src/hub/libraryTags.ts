import { wrongAnswer } from './askHub';
import type { HubOptions, HubWorld, TagInfo, TagList } from './hub';
import { HubError } from './hub';
import { apiUrl, ask, orNotFound } from './libraryApi';
import type { LibraryEndpoint } from './libraryEndpoint';
import { objectOf, textOf } from './shape';
import { formatReference } from '../image/reference';
import type { LibraryReference } from '../image/reference';
import { t } from '../text/l10n';

/** Tags with their architectures: from the container, else by its id (API version 2, then 1). */
export async function listTags(
  world: HubWorld,
  endpoint: LibraryEndpoint,
  reference: LibraryReference,
  options: HubOptions,
): Promise<TagList> {
  const subject = t('the container {0}', formatReference({ ...reference, tags: [] }));
  const asked = { subject, options };
  const full = ['library', 'default', ''].slice(0, 3 - Math.min(3, reference.path.split('/').length)).concat(reference.path.split('/'));
  const container = await orNotFound(ask(world, endpoint, apiUrl(endpoint, `v1/containers/${full.join('/')}`), asked));
  const byArchitecture = objectOf(container?.archTags);
  if (byArchitecture !== undefined) return tagList(world, Object.entries(byArchitecture));
  const flat = objectOf(container?.imageTags);
  if (flat !== undefined) return tagList(world, [['', flat]]);
  const id = textOf(container?.id) ?? (await containerOfLatest(world, endpoint, reference, options));
  if (id === undefined) throw wrongAnswer(endpoint.base.host, t('the container has no id'));
  const second = await orNotFound(ask(world, endpoint, apiUrl(endpoint, `v2/tags/${id}`), asked));
  if (second !== undefined) return tagList(world, Object.entries(second));
  return tagList(world, [['', await ask(world, endpoint, apiUrl(endpoint, `v1/tags/${id}`), asked)]]);
}

/** The container's id by its image `latest`, where containers themselves cannot be asked for (sregistry). */
async function containerOfLatest(
  world: HubWorld,
  endpoint: LibraryEndpoint,
  reference: LibraryReference,
  options: HubOptions,
): Promise<string | undefined> {
  const architecture = (options.platform ?? world.platform()).architecture;
  const url = apiUrl(endpoint, `v1/images/${reference.path}:latest`, { arch: architecture });
  return textOf((await ask(world, endpoint, url, { subject: formatReference(reference), options })).container);
}

function tagList(world: HubWorld, byArchitecture: readonly (readonly [string, unknown])[]): TagList {
  const platforms = new Map<string, string[]>();
  for (const [architecture, tags] of byArchitecture)
    for (const tag of Object.keys(objectOf(tags) ?? {}))
      platforms.set(tag, [...(platforms.get(tag) ?? []), ...(architecture === '' ? [] : [`linux/${architecture}`])]);
  const tags = [...platforms].map(([name, list]): TagInfo => (list.length === 0 ? { name } : { name, platforms: list }));
  return { tags, fetchedAt: world.now() };
}

/** Why an image was not found: the tag has other architectures, or there is no such tag. */
export async function missing(
  world: HubWorld,
  endpoint: LibraryEndpoint,
  asked: { reference: LibraryReference; tag: string; architecture: string },
  options: HubOptions,
): Promise<HubError> {
  const { host } = endpoint.base;
  const { tag, architecture } = asked;
  const subject = formatReference(asked.reference);
  try {
    const platforms = (await listTags(world, endpoint, asked.reference, options)).tags.find(({ name }) => name === tag)?.platforms;
    if (platforms !== undefined)
      return new HubError(
        'no-platform',
        t('{0} has {1} for {2}, not for {3}.', host, subject, platforms.join(', '), `linux/${architecture}`),
        host,
        {
          platforms,
        },
      );
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    if (error.kind === 'aborted') return error;
    world.log.debug(error.message); // Only the better explanation is lost.
  }
  return new HubError('not-found', t('{0} has no {1} for {2}.', host, subject, `linux/${architecture}`), host, { status: 404 });
}
