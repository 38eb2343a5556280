import { wrongAnswer } from './askHub';
import type { HubOptions, HubWorld, SearchList } from './hub';
import { HubError } from './hub';
import { nextPage } from './linkHeader';
import { readJson } from './ociImages';
import { collectPages } from './pages';
import type { RegistryClient } from './registryClient';
import { listOf, objectOf } from './shape';
import { t } from '../text/l10n';

const limits = { pages: 20, items: 20_000 };
const longestPage = 4 * 1024 * 1024;
const mostHits = 200;

/**
 * Repositories of a registry by `_catalog`, those that begin with the text first. It is Docker's, not part of the OCI specification:
 * Docker Hub, GHCR and gcr.io have none (`unsupported`).
 */
export async function searchCatalog(
  world: HubWorld,
  client: RegistryClient,
  query: { readonly host: string; readonly text: string },
  options: HubOptions,
): Promise<SearchList> {
  const { host } = query;
  const { items, incomplete } = await collectPages(
    '/v2/_catalog?n=1000',
    async (path, paged) => {
      const response = await client
        .ask({ registry: host, path, scope: 'registry:catalog:*', subject: t('the list of its repositories'), options: paged })
        .catch((error: unknown) => {
          throw asUnsupported(error, host);
        });
      const answer = objectOf(await readJson(response, longestPage, host));
      if (!answer || !Array.isArray(answer.repositories)) throw wrongAnswer(host, t('its list of repositories has not the form of one'));
      const names = listOf(answer.repositories).filter((name): name is string => typeof name === 'string' && /^[a-z0-9._/-]+$/.test(name));
      return { items: names, ...nextPage(response.headers.link, response.url) };
    },
    { world, options, limits },
  );
  const text = query.text.toLowerCase();
  const found = items
    .filter((name) => name.includes(text))
    .sort((a, b) => Number(b.startsWith(text)) - Number(a.startsWith(text)) || (a < b ? -1 : 1));
  return {
    hits: found.slice(0, mostHits).map((name) => ({ name })),
    ...((incomplete || found.length > mostHits) && { incomplete: true }),
    fetchedAt: world.now(),
  };
}

/** A registry without catalog answers 401, 403, 404 or 405: all of them mean that there is nothing to search. */
function asUnsupported(error: unknown, host: string): unknown {
  if (!(error instanceof HubError) || !(error.kind === 'not-found' || error.kind === 'sign-in' || error.kind === 'unsupported'))
    return error;
  return new HubError('unsupported', t('{0} has no list of its repositories.', host), host, {
    cause: error,
    ...(error.details.status !== undefined && { status: error.details.status }),
  });
}
