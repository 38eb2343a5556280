import { askHub, askedText, hostOf, wrongAnswer } from './askHub';
import type { HubOptions, HubWorld } from './hub';
import { HubError } from './hub';
import { listOf, objectOf, textOf, wholeNumberOf } from './shape';
import type { ShubReference } from '../image/reference';
import { t } from '../text/l10n';

/** What is known of an image of Singularity Hub, from its API or from the archive. */
export interface ShubImage {
  /** `user/container`. */
  readonly name: string;
  readonly tag: string;
  /** Address of the image file. */
  readonly url: string;
  /** MD5 of the image file, 32 hexadecimal digits; the hub's `version`. */
  readonly md5?: string;
  /** Git commit that it was built from: the name of the engine's cache entry. */
  readonly commit?: string;
  readonly branch?: string;
  /** RFC 3339. */
  readonly built?: string;
  /** Bytes. */
  readonly size?: number;
  readonly recipe?: string;
  readonly archived?: boolean;
}

/** Longest page of the archive that is read, in bytes: a recipe can be long. */
const longestPage = 1024 * 1024;
/** Images of one collection that are looked through for a version or a commit. */
const mostPages = 30;
const archivedFiles = 'https://datasets.datalad.org/shub';

/**
 * Looks an image up in the archive that singularity-hub.org became on 26 April 2021. `archive` is where its pages are: one Markdown file an
 * image, its facts in the front matter (github.com/singularityhub/singularityhub-archive, `_containers/USER-CONTAINER-TAG.md`). Undefined
 * when the archive has no such image; rejects with `HubError` when it cannot be asked.
 */
export async function archivedImage(
  world: HubWorld,
  asked: { archive: string; reference: ShubReference },
  options: HubOptions,
): Promise<ShubImage | undefined> {
  const { archive, reference } = asked;
  const { user, container, version } = reference;
  if (reference.tag !== undefined || version === undefined) {
    const page = await readPage(
      world,
      { archive, name: `${user}-${container}-${reference.tag ?? 'latest'}`, folder: '_containers' },
      options,
    );
    const image = page === undefined ? undefined : await imageOf(page, archive);
    return image !== undefined && isMeant(image, reference) ? image : undefined;
  }
  for (const name of (await collectionPages(world, { archive, reference }, options)).slice(0, mostPages)) {
    const page = await readPage(world, { archive, name, folder: '_containers' }, options);
    const image = page === undefined ? undefined : await imageOf(page, archive);
    if (image !== undefined && isMeant(image, reference)) return image;
  }
  return undefined;
}

/** Tags of a collection in the archive; empty when it has none of that name. */
export async function archivedTags(
  world: HubWorld,
  asked: { archive: string; reference: ShubReference },
  options: HubOptions,
): Promise<string[]> {
  const prefix = `${asked.reference.user}-${asked.reference.container}-`;
  return (await collectionPages(world, asked, options)).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

/** Address of an image file in the archive: `USER/CONTAINER/TAG/DATE-commit8-version8/VERSION.sif`. */
export function archivedUrl(image: Required<Pick<ShubImage, 'name' | 'tag' | 'built' | 'commit' | 'md5'>>): string {
  const folder = `${image.built.slice(0, 10)}-${image.commit.slice(0, 8)}-${image.md5.slice(0, 8)}`;
  const path = [...image.name.split('/'), image.tag, folder, `${image.md5}.sif`].map(encodeURIComponent);
  return [archivedFiles, ...path].join('/');
}

/** Page names join user, container and tag by dashes, which all three may hold: the facts on the page decide. */
function isMeant(image: ShubImage, { user, container, tag, version }: ShubReference): boolean {
  const named = image.name.toLowerCase() === `${user}/${container}`.toLowerCase() && (tag === undefined || tag === image.tag);
  return named && fitsVersion(image, version);
}

/** 32 digits are the file's MD5, 40 the commit. */
export function fitsVersion(image: Pick<ShubImage, 'md5' | 'commit'>, version: string | undefined): boolean {
  return version === undefined || version === image.md5 || version === image.commit;
}

async function collectionPages(
  world: HubWorld,
  asked: { archive: string; reference: ShubReference },
  options: HubOptions,
): Promise<string[]> {
  const name = `${asked.reference.user}-${asked.reference.container}`;
  const page = await readPage(world, { archive: asked.archive, name, folder: '_collection' }, options);
  return listOf((await frontMatter(page ?? ''))?.images).flatMap((image) => textOf(image) ?? []);
}

async function readPage(
  world: HubWorld,
  page: { archive: string; folder: '_containers' | '_collection'; name: string },
  options: HubOptions,
): Promise<string | undefined> {
  const url = `${page.archive.replace(/\/+$/, '')}/${page.folder}/${encodeURIComponent(page.name)}.md`;
  try {
    const response = await askHub(world, { url, options, subject: t('the archive of Singularity Hub'), isDocument: true });
    return await askedText(response, longestPage);
  } catch (error) {
    if (error instanceof HubError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** The front matter of a page: YAML between two lines of dashes. Undefined when there is none, or it is no mapping. */
async function frontMatter(page: string) {
  const block = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(page)?.[1];
  if (block === undefined) return undefined;
  const { parse } = await import('../text/yaml');
  try {
    return objectOf(parse(block, { schema: 'failsafe', maxAliasCount: 0 }));
  } catch {
    return undefined; // Not YAML: the page says nothing that can be used, and the caller tells so.
  }
}

async function imageOf(page: string, archive: string): Promise<ShubImage> {
  const facts = await frontMatter(page);
  const name = textOf(facts?.name);
  const tag = textOf(facts?.tag);
  if (facts === undefined || name === undefined || tag === undefined)
    throw wrongAnswer(hostOf(archive), t('a page of the archive lacks the name or the tag of its image'));
  const md5 = hexOf(facts.version, 32);
  const commit = hexOf(facts.commit, 40);
  const built = textOf(facts.build_date);
  const branch = textOf(facts.branch);
  const size = wholeNumberOf(facts.size);
  const recipe = /^```singularity\r?\n([\s\S]*?)^```\s*$/m.exec(page)?.[1];
  const told = textOf(facts.sif);
  const derived =
    built !== undefined && commit !== undefined && md5 !== undefined ? archivedUrl({ name, tag, built, commit, md5 }) : undefined;
  const url = told !== undefined && URL.canParse(told) && /^https?:$/.test(new URL(told).protocol) ? told : derived;
  if (url === undefined) throw wrongAnswer(hostOf(archive), t('a page of the archive does not say where its image is'));
  return {
    name,
    tag,
    url,
    archived: true,
    ...(md5 !== undefined && { md5 }),
    ...(commit !== undefined && { commit }),
    ...(built !== undefined && { built }),
    ...(branch !== undefined && { branch }),
    ...(size !== undefined && { size }),
    ...(recipe !== undefined && { recipe }),
  };
}

/** A hash of so many hexadecimal digits, in lower case. */
export function hexOf(value: unknown, digits: number): string | undefined {
  const text = textOf(value)?.toLowerCase();
  return text?.length === digits && /^[0-9a-f]+$/.test(text) ? text : undefined;
}
