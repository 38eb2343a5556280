import { askForJson } from './askHub';
import type { HubOptions, HubWorld, SearchHit, SearchList, TagInfo } from './hub';
import { listOf, objectOf, textOf, wholeNumberOf } from './shape';
import { parseDigest } from '../image/digest';
import { t } from '../text/l10n';

// What Quay tells besides its registry (Red Hat Quay API reference, listRepoTags). The search is not documented there: where it
// fails, a search finds nothing and says so.

const api = 'https://quay.io/api/v1';

/** The newest hundred tags with age, size and digest: one request. */
export async function quayTags(world: HubWorld, repository: string, options: HubOptions): Promise<readonly TagInfo[]> {
  const url = `${api}/repository/${repository}/tag/?limit=100&onlyActiveTags=true`;
  const answer = objectOf(await askForJson(world, { url, options, subject: t('the tags of {0}', repository), isDocument: true }));
  return listOf(answer?.tags).flatMap((value) => {
    const fields = objectOf(value);
    const name = textOf(fields?.name);
    if (!fields || name === undefined) return [];
    const started = wholeNumberOf(fields.start_ts);
    const size = wholeNumberOf(fields.size);
    const digest = parseDigest(textOf(fields.manifest_digest) ?? '');
    return {
      name,
      ...(started !== undefined && started < 1e11 && { updated: new Date(started * 1000).toISOString() }),
      ...(size !== undefined && { size }),
      ...(digest && { digest }),
    };
  });
}

/** Public repositories by name. */
export async function searchQuay(world: HubWorld, text: string, options: HubOptions): Promise<SearchList> {
  const url = new URL(`${api}/find/repositories`);
  url.searchParams.set('query', text);
  const answer = objectOf(await askForJson(world, { url: url.href, options, subject: t('a search for {0}', text), isDocument: true }));
  const hits = listOf(answer?.results).flatMap((result) => readHit(result) ?? []);
  return { hits, ...(answer?.has_additional === true && { incomplete: true }), fetchedAt: world.now() };
}

function readHit(value: unknown): SearchHit | undefined {
  const fields = objectOf(value);
  const namespace = textOf(objectOf(fields?.namespace)?.name);
  const name = textOf(fields?.name);
  if (namespace === undefined || name === undefined) return undefined;
  const description = textOf(fields?.description);
  return { name: `${namespace}/${name}`, ...(description !== undefined && { description }) };
}
