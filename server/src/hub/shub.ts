import { createHmac } from 'node:crypto';
import { askForJson, hostOf, wrongAnswer } from './askHub';
import type { FileSource, Hub, HubOptions, HubWorld, OpenedImage, ResolvedImage, SearchList, TagList } from './hub';
import { HubError } from './hub';
import { listOf, objectOf, textOf } from './shape';
import type { ShubImage } from './shubArchive';
import { archivedImage, archivedTags, fitsVersion, hexOf } from './shubArchive';
import type { Digest } from '../image/digest';
import { formatReference } from '../image/reference';
import type { ImageReference, ShubReference } from '../image/reference';
import type { ImageSummary } from '../image/summary';
import { t } from '../text/l10n';

export interface ShubOptions {
  /** The public hub, retired in 2021. */
  readonly publicHub?: string;
  /** Pages of its archive. */
  readonly archive?: string;
}

const defaults: Required<ShubOptions> = {
  publicHub: 'https://singularity-hub.org',
  archive: 'https://raw.githubusercontent.com/singularityhub/singularityhub-archive/main',
};

/**
 * Singularity Hub and Singularity Registry Servers (A/S `internal/pkg/client/shub`). References without a registry mean the public hub,
 * which is closed: its archive is asked first, and only where that has nothing the hub's own address. Images have an MD5 at best.
 */
export function createShubHub(world: HubWorld, shubOptions: ShubOptions = {}): Hub {
  const places = { ...defaults, ...shubOptions };
  return {
    accepts: (reference) => reference.kind === 'shub',
    resolve: async (reference, options) => resolved(world, await lookUp(world, places, shubReference(reference), options)),
    manifest: async (reference, options) => {
      const shub = shubReference(reference);
      return summary(world, shub, await lookUp(world, places, shub, options));
    },
    tags: async (reference, options) => listTags(world, places, shubReference(reference), options),
    search: async (query, options) => search(world, query, options),
    open: async (reference, options) => {
      const shub = shubReference(reference);
      return open(shub, await lookUp(world, places, shub, options));
    },
  };
}

function shubReference(reference: ImageReference): ShubReference {
  if (reference.kind !== 'shub')
    throw new HubError('unsupported', t('{0} is not a Singularity Hub reference.', formatReference(reference)), undefined);
  return reference;
}

async function lookUp(world: HubWorld, places: Required<ShubOptions>, reference: ShubReference, options: HubOptions): Promise<ShubImage> {
  if (reference.registry !== undefined) return askApi(world, registryBase(world, reference.registry), reference, options);
  const archived = await archivedImage(world, { archive: places.archive, reference }, options);
  if (archived !== undefined) return archived;
  try {
    return await askApi(world, places.publicHub, reference, options);
  } catch (error) {
    if (error instanceof HubError && error.kind === 'aborted') throw error;
    const message = t(
      'Singularity Hub closed in April 2021, and its archive has no {0}. Look for the image in another hub, or build it from its recipe.',
      formatReference(reference),
    );
    throw new HubError('not-found', message, hostOf(places.publicHub), { cause: error });
  }
}

function registryBase(world: HubWorld, registry: string): string {
  return `${world.plainHttp(registry.replace(/\/.*$/s, '')) ? 'http' : 'https'}://${registry}`;
}

/** `GET /api/container/USER/NAME:TAG@DIGEST` (client/shub/util.go getManifest): anonymous first, signed when that is not enough. */
async function askApi(world: HubWorld, base: string, reference: ShubReference, options: HubOptions): Promise<ShubImage> {
  const tag = reference.tag ?? (reference.version === undefined ? 'latest' : undefined);
  const path = [reference.user, reference.container].map(encodeURIComponent).join('/');
  const behind = `${tag === undefined ? '' : `:${encodeURIComponent(tag)}`}${reference.version === undefined ? '' : `@${reference.version}`}`;
  const url = `${base}/api/container/${path}${behind}`;
  const asked = { url, options, subject: formatReference(reference) };
  let answer: unknown;
  try {
    answer = await askForJson(world, asked);
  } catch (error) {
    const signature = error instanceof HubError && error.kind === 'sign-in' ? await sign(world, url, reference) : undefined;
    if (signature === undefined) throw error;
    answer = await askForJson(world, { ...asked, headers: { authorization: signature } });
  }
  return imageOf(answer, url, reference);
}

/**
 * A request of a Singularity Registry Server's user: HMAC-SHA256 by the user's token over `pull|collection|timestamp|name|tag|`, where the
 * timestamp has the hour (singularityhub/sregistry-cli sregistry/main/registry/auth.py).
 */
async function sign(world: HubWorld, url: string, reference: ShubReference): Promise<string | undefined> {
  const credential = await world.credentials.find(hostOf(url));
  const secret = credential?.token ?? credential?.password;
  if (credential?.username === undefined || secret === undefined) return undefined;
  const stamp = `${new Date(world.now()).toISOString().slice(0, 13).replaceAll('-', '')}Z`;
  const told = `pull|${reference.user}|${stamp}|${reference.container}|${reference.tag ?? 'latest'}|`;
  const signature = createHmac('sha256', secret).update(told).digest('hex');
  return `SREGISTRY-HMAC-SHA256 Credential=pull/${Buffer.from(credential.username).toString('base64')}/${stamp},Signature=${signature}`;
}

function imageOf(answer: unknown, url: string, reference: ShubReference): ShubImage {
  const host = hostOf(url);
  const facts = objectOf(answer);
  if (facts === undefined) throw wrongAnswer(host, t('the manifest is no JSON object'));
  if (facts.image === null)
    throw new HubError('not-found', t('{0} has not finished building {1}.', host, formatReference(reference)), host);
  const image = imageUrl(textOf(facts.image), url);
  if (image === undefined) throw wrongAnswer(host, t('the manifest does not say where the image is'));
  const md5 = hexOf(facts.version, 32);
  const commit = hexOf(facts.commit, 40);
  const branch = textOf(facts.branch);
  const told = { ...(md5 !== undefined && { md5 }), ...(commit !== undefined && { commit }) };
  // sregistry has no commits: only a version that was told can be another one.
  const comparable = reference.version?.length === 40 ? commit : md5;
  if (comparable !== undefined && !fitsVersion(told, reference.version))
    throw wrongAnswer(host, t('the manifest is of another version than the one that was asked for'));
  return {
    ...told,
    name: `${reference.user}/${reference.container}`,
    tag: textOf(facts.tag) ?? reference.tag ?? 'latest',
    url: image,
    ...(branch !== undefined && { branch }),
  };
}

/** http(s) only. A registry behind TLS that names itself with http is asked by https. */
function imageUrl(text: string | undefined, manifestUrl: string): string | undefined {
  if (text === undefined || !URL.canParse(text, manifestUrl)) return undefined;
  const url = new URL(text, manifestUrl);
  if (!/^https?:$/.test(url.protocol)) return undefined;
  const manifest = new URL(manifestUrl);
  if (url.hostname === manifest.hostname && manifest.protocol === 'https:') url.protocol = 'https:';
  url.username = '';
  url.password = '';
  return url.href;
}

function digestOf(image: ShubImage): Digest | undefined {
  return image.md5 === undefined ? undefined : { algorithm: 'md5', hex: image.md5 };
}

function resolved(world: HubWorld, image: ShubImage): ResolvedImage {
  const digest = digestOf(image);
  return { fetchedAt: world.now(), ...(digest && { digest }), ...(image.size !== undefined && { size: image.size }) };
}

function summary(world: HubWorld, reference: ShubReference, image: ShubImage): ImageSummary {
  return {
    ...resolved(world, image),
    reference: formatReference(reference),
    kind: kindOf(image),
    fetchedAt: world.now(),
    notes: notesOf(image),
    annotations: {
      ...(image.commit !== undefined && { 'org.opencontainers.image.revision': image.commit }),
      ...(image.branch !== undefined && { 'org.opencontainers.image.ref.name': image.branch }),
      ...(image.archived === true && {
        'org.opencontainers.image.url': image.url,
        'org.opencontainers.image.source': `https://github.com/${image.name}`,
      }),
    },
    ...(image.built !== undefined && { created: image.built }),
    ...(image.recipe !== undefined && { recipe: image.recipe }),
  };
}

function notesOf(image: ShubImage): string[] {
  const notes: string[] = [];
  if (image.archived === true)
    notes.push(
      t('Singularity Hub has been a read-only archive since April 2021: nothing will be built or mended there. Move to another hub.'),
    );
  if (image.md5 !== undefined) notes.push(t('The only digest is an MD5: it tells accidents, not forgeries.'));
  else notes.push(t('The hub gives no digest: the bytes cannot be checked.'));
  if (image.commit === undefined)
    notes.push(t('This registry tells no commit, which the engines name their cache entries by: they cannot cache this image.'));
  return notes;
}

function open(reference: ShubReference, image: ShubImage): OpenedImage {
  const digest = digestOf(image);
  const channel = new URL(image.url).protocol === 'https:' ? 'https' : 'http';
  const source = image.archived === true ? t('archive of Singularity Hub') : t('manifest of {0}', formatReference(reference));
  const sources: FileSource[] = [{ url: image.url, priority: 1 }];
  return {
    reference: formatReference(reference),
    kind: kindOf(image),
    files: [
      {
        name: `${reference.container}_${image.tag}.sif`,
        role: 'image',
        expected: digest === undefined ? [] : [{ digest, source, channel }],
        sources,
        ...(image.size !== undefined && { size: image.size }),
      },
    ],
    ...(image.commit !== undefined && { identity: { kind: 'shub', commit: image.commit } as const }),
    notes: notesOf(image),
  };
}

function kindOf(image: ShubImage): 'sif' | 'file' {
  return /\.sif$/i.test(new URL(image.url).pathname) ? 'sif' : 'file';
}

/** A registry's tags by its search; the public hub's from its archive. */
async function listTags(world: HubWorld, places: Required<ShubOptions>, reference: ShubReference, options: HubOptions): Promise<TagList> {
  if (reference.registry === undefined) {
    const tags = await archivedTags(world, { archive: places.archive, reference }, options);
    return { tags: tags.map((name) => ({ name })), fetchedAt: world.now() };
  }
  const path = `collection/${encodeURIComponent(reference.user)}/name/${encodeURIComponent(reference.container)}`;
  const url = `${registryBase(world, reference.registry)}/api/container/search/${path}`;
  const names = new Set<string>();
  for (const entry of entriesOf(await askForJson(world, { url, options, subject: t('tags of {0}', formatReference(reference)) }))) {
    const facts = objectOf(entry);
    const name = textOf(facts?.name);
    const tag = textOf(facts?.tag);
    if (tag !== undefined && (name === reference.container || name === `${reference.user}/${reference.container}`)) names.add(tag);
  }
  return { tags: [...names].map((name) => ({ name })), fetchedAt: world.now() };
}

/** The public hub's archive cannot be searched over the wire; a registry's containers can. */
async function search(world: HubWorld, query: { host?: string; text: string }, options: HubOptions): Promise<SearchList> {
  if (query.host === undefined || query.text === '') return { hits: [], fetchedAt: world.now() };
  const text = encodeURIComponent(query.text.replace(/^.*\//s, ''));
  const url = `${registryBase(world, query.host)}/api/container/search/name/${text}`;
  const names = new Set<string>();
  for (const entry of entriesOf(await askForJson(world, { url, options, subject: t('a search') }))) {
    const facts = objectOf(entry);
    const name = textOf(facts?.name);
    const collection = textOf(facts?.collection);
    if (name !== undefined) names.add(name.includes('/') || collection === undefined ? name : `${collection}/${name}`);
  }
  return { hits: [...names].map((name) => ({ name })), fetchedAt: world.now() };
}

/** A plain list, or a page of one. */
function entriesOf(answer: unknown): readonly unknown[] {
  return Array.isArray(answer) ? listOf(answer) : listOf(objectOf(answer)?.results);
}
