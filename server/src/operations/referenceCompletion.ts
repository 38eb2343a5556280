import type { CompletionItem } from 'vscode-languageserver-types';
import { formatDigest, shortDigest } from '../image/digest';
import type { ImageReference, ReferencePart } from '../image/reference';
import { without } from '../image/without';
import type { TagInfo } from '../hub/hub';
import { orderTags } from '../hub/tagOrder';
import { humanAge, humanBytes } from '../text/human';
import { completionKind } from '../text/kinds';
import { t } from '../text/l10n';
import { touches } from '../text/range';
import type { TextRange } from '../text/range';
import type { SourceText } from '../text/sourceText';
import { blobUrls, isBlobUrl } from './blobUrlCompletion';
import { knownNames } from './knownNames';
import type { ReferencePlace } from './referencePlaces';
import { parsePlaceText } from './referencePlaces';
import type { World } from './world';
import type { Candidate, CompletePlaceOptions } from './completionCandidate';

interface Found {
  readonly items: CompletionItem[];
  readonly isIncomplete: boolean;
}

/** Data on a completion item that `resolveReferenceItem` needs. */
interface ItemData {
  readonly containerMetalinkReference: string;
}

const itemLimit = 500;
const searchLimit = 50;

/**
 * Candidates for the part of a reference at `offset`: hosts, repositories, tags, digests, in the order that helps: what the workspace
 * uses, then what the hub says. Never rejects: a hub that cannot answer means fewer candidates and `isIncomplete`.
 */
export async function completePlace(
  world: World,
  place: ReferencePlace,
  offset: number,
  source: SourceText,
  options: CompletePlaceOptions,
): Promise<Found> {
  const part = partAt(place, offset);
  if (part === undefined) return { items: [], isIncomplete: false };
  if (part.kind === 'blob-url' && !options.online) return { items: [], isIncomplete: false };
  const make = (names: readonly Candidate[], range: TextRange): CompletionItem[] =>
    names.slice(0, itemLimit).map((candidate, index) => ({
      label: candidate.label,
      kind: candidate.kind,
      sortText: String(index).padStart(5, '0'),
      filterText: candidate.filter ?? candidate.label,
      textEdit: { range: source.rangeOf(range), newText: candidate.label },
      ...(candidate.detail !== undefined && { detail: candidate.detail }),
      ...(candidate.reference !== undefined && { data: { containerMetalinkReference: candidate.reference } satisfies ItemData }),
      ...(candidate.triggerSuggest === true && { command: { title: '', command: 'editor.action.triggerSuggest' } }),
    }));

  switch (part.kind) {
    case 'name': {
      const known = knownNames(world, place);
      const found = options.online ? await searchNames(world, place, part.typed, options) : { candidates: [], isIncomplete: false };
      const seen = new Set<string>();
      const all = [...known, ...found.candidates].filter(({ label }) => !seen.has(label) && seen.add(label));
      return { items: make(all, part.range), isIncomplete: found.isIncomplete || all.length > itemLimit };
    }
    case 'tag': {
      const found = options.online ? await tagNames(world, place, options) : { candidates: [], isIncomplete: false };
      return { items: make(found.candidates, part.range), isIncomplete: found.isIncomplete };
    }
    case 'digest': {
      const found = options.online ? await digestNames(world, place, options) : { candidates: [], isIncomplete: false };
      return { items: make(found.candidates, part.range), isIncomplete: found.isIncomplete };
    }
    case 'blob-url': {
      const found = await blobUrls(world, part.typed, options);
      return { items: make(found.candidates, part.range), isIncomplete: found.isIncomplete };
    }
  }
}

/** Adds what takes a request of its own: digest, platforms and size of the tag. Never rejects. */
export async function resolveReferenceItem(world: World, item: CompletionItem, signal: AbortSignal): Promise<CompletionItem> {
  const data: unknown = item.data;
  if (
    typeof data !== 'object' ||
    data === null ||
    !('containerMetalinkReference' in data) ||
    typeof data.containerMetalinkReference !== 'string'
  )
    return item;
  const { reference } = parsePlaceText(data.containerMetalinkReference);
  if (reference === undefined) return item;
  try {
    const summary = await world.hubs.manifest(reference, { signal, reason: 'editor' });
    const lines = [
      summary.digest && `\`${formatDigest(summary.digest)}\``,
      summary.size === undefined ? undefined : humanBytes(summary.size),
      summary.created === undefined ? undefined : t('created {0}', humanAge(Date.parse(summary.created), Date.now())),
      summary.platforms
        ?.map((p) => `${p.platform.os}/${p.platform.architecture}${p.platform.variant ? `/${p.platform.variant}` : ''}`)
        .join(', '),
    ].filter((line) => line !== undefined && line !== '');
    return { ...item, documentation: { kind: 'markdown', value: lines.join('\n\n') } };
  } catch (error) {
    return { ...item, documentation: error instanceof Error ? error.message : String(error) };
  }
}

interface Part {
  readonly kind: 'name' | 'tag' | 'digest' | 'blob-url';
  readonly range: TextRange;
  readonly typed: string;
}

/** The part under the caret: behind `@` a digest, behind `:` a tag, else the name with its host. */
function partAt(place: ReferencePlace, offset: number): Part | undefined {
  const { parts } = place.parsed;
  const within = (part: ReferencePart | undefined) => part !== undefined && touches(part.range, offset);
  if (!touches(place.range, offset)) return undefined;
  if (parts.url !== undefined) {
    const typed = place.text.slice(0, offset - place.range.start);
    return isBlobUrl(typed) ? { kind: 'blob-url', range: place.range, typed } : undefined;
  }
  if (parts.digest && within(parts.digest)) return { kind: 'digest', range: parts.digest.range, typed: parts.digest.text };
  if (parts.tag && within(parts.tag)) return { kind: 'tag', range: parts.tag.range, typed: parts.tag.text };
  // With a `Registry:` header a reference has a name and no path of its own.
  const start = (parts.host ?? parts.path ?? parts.namespace ?? parts.name)?.range.start ?? place.range.start;
  const end = Math.max(start, ...[parts.path, parts.name, parts.host].map((part) => part?.range.end ?? start));
  if (offset < start || offset > end) return undefined;
  const path = parts.path?.text ?? [parts.namespace?.text, parts.name?.text].filter((p) => p !== undefined).join('/');
  const typed = [parts.host?.text, path].filter((p) => p !== undefined && p !== '').join('/');
  return { kind: 'name', range: { start, end }, typed };
}

async function searchNames(
  world: World,
  place: ReferencePlace,
  typed: string,
  { signal, deadline }: CompletePlaceOptions,
): Promise<{ candidates: Candidate[]; isIncomplete: boolean }> {
  const scheme = place.parsed.scheme ?? 'docker';
  const written = place.parsed.parts.host?.text;
  const headers = headersOf(place, typed);
  const host = written ?? headers.host;
  const text = written === undefined ? `${headers.namespace}${typed}` : typed.slice(written.length + 1);
  if (text.length < 2 && host === undefined) return { candidates: [], isIncomplete: true };
  try {
    const found = await world.hubs.search({ scheme, ...(host !== undefined && { host }), text }, { signal, deadline, reason: 'editor' });
    const fitting = found.hits.filter(({ name }) => name.startsWith(headers.namespace));
    const candidates = fitting.slice(0, searchLimit).map((hit) => ({
      label: written === undefined ? hit.name.slice(headers.namespace.length) : `${written}/${hit.name}`,
      kind: completionKind.reference,
      ...(describeHit(hit.official === true, hit.stars, hit.description) !== '' && {
        detail: describeHit(hit.official === true, hit.stars, hit.description),
      }),
    }));
    return { candidates, isIncomplete: found.incomplete === true || found.hits.length > searchLimit };
  } catch (error) {
    world.log.debug(`completion of ${scheme} names: ${error instanceof Error ? error.message : String(error)}`);
    return { candidates: [], isIncomplete: true };
  }
}

/** What the `Registry:` and `Namespace:` headers of the recipe put before the text of `From:`. */
function headersOf({ parsed, reference }: ReferencePlace, typed: string): { host?: string; namespace: string } {
  if (parsed.parts.host !== undefined || reference?.kind !== 'registry' || typed === '') return { namespace: '' };
  const before = reference.repository.endsWith(typed) ? reference.repository.slice(0, -typed.length) : '';
  return {
    ...(reference.registry !== 'docker.io' && { host: reference.registry }),
    namespace: before === 'library/' ? '' : before, // Docker Hub's own images: nobody writes it
  };
}

function describeHit(official: boolean, stars: number | undefined, description: string | undefined): string {
  return [official ? t('official') : '', stars === undefined || stars === 0 ? '' : `★ ${stars}`, description ?? '']
    .filter((p) => p !== '')
    .join(' · ')
    .slice(0, 120);
}

async function tagNames(
  world: World,
  place: ReferencePlace,
  { signal, deadline }: CompletePlaceOptions,
): Promise<{ candidates: Candidate[]; isIncomplete: boolean }> {
  const reference = place.reference ?? referenceWithoutTag(place);
  if (reference === undefined) return { candidates: [], isIncomplete: false };
  try {
    const list = await world.hubs.tags(reference, { signal, deadline, reason: 'editor' });
    const stem = stemOf(place.text);
    const candidates = orderTags(list.tags).map((tag) => ({
      label: tag.name,
      kind: completionKind.value,
      ...tagDetail(tag),
      reference: `${stem}:${tag.name}`,
    }));
    return { candidates, isIncomplete: list.incomplete === true };
  } catch (error) {
    world.log.debug(`completion of tags: ${error instanceof Error ? error.message : String(error)}`);
    return { candidates: [], isIncomplete: true };
  }
}

function tagDetail(tag: TagInfo): { detail?: string } {
  const parts = [
    tag.updated === undefined ? '' : humanAge(Date.parse(tag.updated), Date.now()),
    tag.size === undefined ? '' : humanBytes(tag.size),
    tag.platforms?.slice(0, 4).join(' ') ?? '',
  ].filter((p) => p !== '');
  return parts.length === 0 ? {} : { detail: parts.join(' · ') };
}

async function digestNames(
  world: World,
  place: ReferencePlace,
  { signal, deadline }: CompletePlaceOptions,
): Promise<{ candidates: Candidate[]; isIncomplete: boolean }> {
  const reference = place.reference ?? referenceWithoutTag(place);
  if (reference === undefined) return { candidates: [], isIncomplete: false };
  try {
    const named = reference.kind === 'registry' ? without(reference, 'digest') : reference;
    const resolved = await world.hubs.resolve(named, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadline)]),
      reason: 'editor',
    });
    if (resolved.digest === undefined) return { candidates: [], isIncomplete: false };
    const detail = t('what the tag names now, {0}', shortDigest(resolved.digest));
    return { candidates: [{ label: formatDigest(resolved.digest), kind: completionKind.constant, detail }], isIncomplete: false };
  } catch (error) {
    world.log.debug(`completion of digests: ${error instanceof Error ? error.message : String(error)}`);
    return { candidates: [], isIncomplete: true };
  }
}

/** While a tag is being typed (`ubuntu:`) the whole is no reference yet; what stands before it is. */
function referenceWithoutTag(place: ReferencePlace): ImageReference | undefined {
  return parsePlaceText(stemOf(place.text)).reference;
}

/** `docker://host:5000/org/tool` of `docker://host:5000/org/tool:1.4@sha256:…`. */
function stemOf(text: string): string {
  const withoutDigest = text.replace(/@.*$/, '');
  const slash = withoutDigest.lastIndexOf('/');
  const colon = withoutDigest.indexOf(':', slash + 1);
  return colon === -1 ? withoutDigest : withoutDigest.slice(0, colon);
}
