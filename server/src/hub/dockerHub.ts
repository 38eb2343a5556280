import { askForJson } from './askHub';
import type { HubOptions, HubWorld, SearchHit, SearchList, TagInfo } from './hub';
import { listOf, objectOf, textOf, wholeNumberOf } from './shape';
import { parseDigest } from '../image/digest';
import { t } from '../text/l10n';

// What Docker Hub tells besides its registry. Known from clients' source, not from a specification of Docker's: whatever is missing
// or different is left out, and nothing depends on it.

const api = 'https://hub.docker.com/v2';
const pageSize = 100;

/** The newest tags with age, size, digest and platforms: one request. */
export async function dockerHubTags(world: HubWorld, repository: string, options: HubOptions): Promise<readonly TagInfo[]> {
  const answer = objectOf(
    await askForJson(world, {
      url: `${api}/repositories/${repository}/tags?page_size=${pageSize}`,
      options,
      subject: t('the tags of {0}', repository),
      isDocument: true,
    }),
  );
  return listOf(answer?.results).flatMap((result) => readTag(result) ?? []);
}

/** Bytes to fetch for each image of a tag, by its digest in hexadecimal; one request, and none that counts as a pull. */
export async function dockerHubSizes(
  world: HubWorld,
  repository: string,
  tag: string,
  options: HubOptions,
): Promise<ReadonlyMap<string, number>> {
  const url = `${api}/repositories/${repository}/tags/${encodeURIComponent(tag)}`;
  const answer = objectOf(await askForJson(world, { url, options, subject: `${repository}:${tag}`, isDocument: true }));
  const sizes = new Map<string, number>();
  for (const image of listOf(answer?.images).map(objectOf)) {
    const digest = parseDigest(textOf(image?.digest) ?? '');
    const size = wholeNumberOf(image?.size);
    if (digest && size !== undefined) sizes.set(digest.hex, size);
  }
  return sizes;
}

/** Repositories by what people search for; official ones first, as Docker Hub orders them. */
export async function searchDockerHub(world: HubWorld, text: string, options: HubOptions): Promise<SearchList> {
  const url = new URL(`${api}/search/repositories/`);
  url.searchParams.set('query', text);
  url.searchParams.set('page_size', '50');
  const answer = objectOf(await askForJson(world, { url: url.href, options, subject: t('a search for {0}', text), isDocument: true }));
  const hits = listOf(answer?.results).flatMap((result) => readHit(result) ?? []);
  const more = textOf(answer?.next) !== undefined;
  return { hits, ...(more && { incomplete: true }), fetchedAt: world.now() };
}

function readTag(value: unknown): TagInfo | undefined {
  const fields = objectOf(value);
  const name = textOf(fields?.name);
  if (!fields || name === undefined) return undefined;
  const updated = textOf(fields.tag_last_pushed) ?? textOf(fields.last_updated);
  const size = wholeNumberOf(fields.full_size);
  const digest = parseDigest(textOf(fields.digest) ?? '');
  const platforms = listOf(fields.images).flatMap((image) => readPlatform(image) ?? []);
  return {
    name,
    ...(updated !== undefined && { updated }),
    ...(size !== undefined && { size }),
    ...(digest && { digest }),
    ...(platforms.length > 0 && { platforms: [...new Set(platforms)] }),
  };
}

function readPlatform(value: unknown): string | undefined {
  const image = objectOf(value);
  const architecture = textOf(image?.architecture);
  if (architecture === undefined || architecture === 'unknown') return undefined;
  const variant = textOf(image?.variant);
  return `${textOf(image?.os) ?? 'linux'}/${architecture}${variant === undefined ? '' : `/${variant}`}`;
}

function readHit(value: unknown): SearchHit | undefined {
  const fields = objectOf(value);
  const name = textOf(fields?.repo_name);
  if (!fields || name === undefined || !/^[a-z0-9._/-]+$/.test(name)) return undefined;
  const description = textOf(fields.short_description);
  const stars = wholeNumberOf(fields.star_count);
  const pulls = wholeNumberOf(fields.pull_count);
  return {
    name: name.replace(/^library\//, ''),
    ...(description !== undefined && { description }),
    ...(fields.is_official === true && { official: true }),
    ...(stars !== undefined && { stars }),
    ...(pulls !== undefined && { pulls }),
  };
}
