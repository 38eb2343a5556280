import { askForJson, hostOf, wrongAnswer } from './askHub';
import { HubError } from './hub';
import type { HubOptions, HubWorld } from './hub';
import type { LibraryEndpoint } from './libraryEndpoint';
import { objectOf, textOf } from './shape';
import type { JsonObject } from './shape';
import { t } from '../text/l10n';

/** The path of an API call below the base URL; each segment of the reference encoded, so that no reference can leave its place. */
export function apiUrl(endpoint: LibraryEndpoint, path: string, query: Readonly<Record<string, string>> = {}): string {
  const url = new URL(path.split('/').map(encodeSegment).join('/'), endpoint.base);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** A colon stays, as in the engines' requests; a dot segment would be resolved away. */
function encodeSegment(segment: string): string {
  return segment === '.' || segment === '..' ? segment.replaceAll('.', '%252E') : encodeURIComponent(segment).replaceAll('%3A', ':');
}

/** The library's token as a header: for its own origin only. */
export function authorization(endpoint: LibraryEndpoint): Readonly<Record<string, string>> {
  return endpoint.token === undefined ? {} : { authorization: `Bearer ${endpoint.token}` };
}

/** The `data` of a reply (`{"data": …}` or `{"error": {…}}`). Rejects with `HubError`. */
export async function ask(
  world: HubWorld,
  endpoint: LibraryEndpoint,
  url: string,
  asked: { subject: string; options: HubOptions },
): Promise<JsonObject> {
  const answer = objectOf(await askForJson(world, { url, headers: authorization(endpoint), isDocument: true, ...asked }));
  const data = objectOf(answer?.data);
  const error = textOf(objectOf(answer?.error)?.message);
  if (data === undefined) throw wrongAnswer(hostOf(url), error ?? t('its JSON has no `data`'));
  return data;
}

/** The same, or undefined where the library has no such thing. */
export async function orNotFound(answer: Promise<JsonObject>): Promise<JsonObject | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HubError && error.kind === 'not-found') return undefined;
    throw error;
  }
}
