import { formatDigest } from '../image/digest';
import { orderTags } from '../hub/tagOrder';
import { humanBytes } from '../text/human';
import { completionKind } from '../text/kinds';
import type { Candidate, CompletePlaceOptions } from './completionCandidate';
import { parsePlaceText } from './referencePlaces';
import type { World } from './world';

/** Tags of a repository whose image files are offered: each is a request. */
const mostTags = 6;
const mostRepositories = 50;

/** Whether a URL is one of a registry so far: `https://HOST/v2/…`. */
export function isBlobUrl(typed: string): boolean {
  return blobUrl.test(typed);
}

const blobUrl = /^(https?:\/\/([^/\s]+)\/v2\/)([^\s]*)$/;

/**
 * Whole URLs for one that was begun, `https://HOST/v2/NAME/blobs/DIGEST`: repositories first, then the image files of the newest tags
 * (SIF artifacts; of other images a file is only a layer). Never rejects.
 */
export async function blobUrls(
  world: World,
  typed: string,
  options: CompletePlaceOptions,
): Promise<{ candidates: Candidate[]; isIncomplete: boolean }> {
  const [, base = '', host = '', rest = ''] = blobUrl.exec(typed) ?? [];
  const end = rest.indexOf('/blobs/');
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.deadline)]);
  try {
    return end === -1
      ? await repositories(world, { base, host, text: rest }, { ...options, signal })
      : await imageFiles(world, { base, host, repository: rest.slice(0, end) }, { ...options, signal });
  } catch (error) {
    world.log.debug(`completion of blob URLs: ${error instanceof Error ? error.message : String(error)}`);
    return { candidates: [], isIncomplete: true };
  }
}

async function repositories(
  world: World,
  { base, host, text }: { base: string; host: string; text: string },
  { signal, deadline }: CompletePlaceOptions,
): Promise<{ candidates: Candidate[]; isIncomplete: boolean }> {
  const found = await world.hubs.search({ scheme: 'oras', host, text }, { signal, deadline, reason: 'editor' });
  const candidates = found.hits.slice(0, mostRepositories).map(({ name, description }) => ({
    label: `${base}${name}/blobs/`,
    kind: completionKind.reference,
    triggerSuggest: true,
    ...(description !== undefined && { detail: description.slice(0, 120) }),
  }));
  return { candidates, isIncomplete: found.incomplete === true || found.hits.length > mostRepositories };
}

async function imageFiles(
  world: World,
  { base, host, repository }: { base: string; host: string; repository: string },
  { signal, deadline }: CompletePlaceOptions,
): Promise<{ candidates: Candidate[]; isIncomplete: boolean }> {
  const { reference } = parsePlaceText(`oras://${host}/${repository}`);
  if (reference?.kind !== 'registry') return { candidates: [], isIncomplete: false };
  const list = await world.hubs.tags(reference, { signal, deadline, reason: 'editor' });
  let late = list.incomplete === true;
  const newest = orderTags(list.tags).slice(0, mostTags);
  const found = await Promise.all(
    newest.map(async ({ name }): Promise<Candidate[]> => {
      try {
        const { kind, digest, size } = await world.hubs.manifest({ ...reference, tag: name }, { signal, reason: 'editor' });
        if (kind !== 'sif' || digest === undefined) return [];
        const detail = [name, ...(size === undefined ? [] : [humanBytes(size)])].join(' · ');
        return [{ label: `${base}${repository}/blobs/${formatDigest(digest)}`, kind: completionKind.file, detail }];
      } catch (error) {
        late = true;
        world.log.debug(`${host}/${repository}:${name}: ${error instanceof Error ? error.message : String(error)}`);
        return [];
      }
    }),
  );
  // Several tags may name one file.
  const seen = new Set<string>();
  return { candidates: found.flat().filter(({ label }) => !seen.has(label) && seen.add(label)), isIncomplete: late };
}
