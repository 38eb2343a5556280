// The library API (apptainer/container-library-client client/{api,pull,oci,search,models}.go), and sregistry's emulation of it below
// /sregistry (singularityhub/sregistry shub/apps/library): no entity, amd64 only, tags behind a token, sizes in megabytes.
import { createHash } from 'node:crypto';
import { accounts } from './accounts';
import type { StoredImage, StoredImages } from './images';
import type { HubRequest, Protocol, Reply } from './reply';
import { bearerToken, json, redirect } from './reply';
import { storageUrl } from './storage';

interface Container {
  readonly entity: string;
  readonly collection: string;
  readonly name: string;
  /** How an image file is handed out. */
  readonly delivery: 'redirect' | 'direct' | 'registry';
  readonly isPrivate?: boolean;
  /** Architecture to tag to image. */
  readonly tags: Readonly<Record<string, Readonly<Record<string, StoredImage>>>>;
}

export function library(images: StoredImages): Protocol {
  const containers = fill(images);
  return (request) => {
    if (request.path === '/assets/config/config.prod.json') return discovery(request);
    if (request.path === '/version') return json({ data: { version: 'v1.0.0-embedded', apiVersion: '2.0.0-alpha.2' } });
    if (request.path === '/v1/token-status') return signedIn(request) ? json({ data: { status: 'ok' } }) : error(401, 'unauthorized');
    if (request.path.startsWith('/sregistry/')) return emulated(request, containers);
    const path = decodeURIComponent(request.path);
    const match = /^\/v1\/(images|imagefile|entities|collections|containers|tags)\/(.+)$/.exec(path) ?? /^\/(v2\/tags)\/(.+)$/.exec(path);
    const [, kind, rest] = match ?? [];
    if (path === '/v1/search') return search(request, containers);
    if (path === '/v1/oci-redirect') return ociRedirect(request, containers);
    if (kind === undefined || rest === undefined) return undefined;
    switch (kind) {
      case 'images':
      case 'imagefile':
        return image(request, containers, rest, kind);
      case 'entities':
        return entity(containers, rest);
      case 'collections':
        return collection(containers, rest);
      case 'containers': {
        const found = containers.find((c) => [c.entity, c.collection, c.name].join('/') === rest);
        return visible(request, found) ? json({ data: describeContainer(found) }) : error(404, 'not found');
      }
      default: {
        const found = containers.find((c) => identifier(c.entity, c.collection, c.name) === rest);
        if (!visible(request, found)) return error(404, 'not found');
        return json({ data: kind === 'tags' ? flatTags(found) : archTags(found) });
      }
    }
  };
}

function fill(images: StoredImages): Container[] {
  const amd64 = { '1.3': images.image('tool-1.3.sif'), '1.4': images.image('tool-1.4.sif'), latest: images.image('tool-1.4.sif') };
  const arm64 = { '1.4': images.image('tool-1.4-arm64.sif') };
  return [
    { entity: 'demo', collection: 'tools', name: 'tool', delivery: 'redirect', tags: { amd64, arm64 } },
    {
      entity: 'demo',
      collection: 'tools',
      name: 'stranger',
      delivery: 'redirect',
      tags: { amd64: { latest: images.image('stranger.sif') } },
    },
    { entity: 'demo', collection: 'direct', name: 'tool', delivery: 'direct', tags: { amd64 } },
    {
      entity: 'oci',
      collection: 'tools',
      name: 'tool',
      delivery: 'registry',
      tags: { amd64: { '1.4': amd64['1.4'], latest: amd64['1.4'] } },
    },
    { entity: 'private', collection: 'tools', name: 'tool', delivery: 'redirect', isPrivate: true, tags: { amd64 } },
    { entity: 'library', collection: 'default', name: 'tool', delivery: 'redirect', tags: { amd64 } },
  ];
}

function discovery(request: HubRequest): Reply {
  const uri = request.origin;
  return json({ libraryAPI: { uri }, keystoreAPI: { uri }, tokenAPI: { uri }, builderAPI: { uri }, consentAPI: { uri } });
}

function image(request: HubRequest, containers: readonly Container[], reference: string, kind: 'images' | 'imagefile'): Reply {
  const architecture = request.query.get('arch') ?? '';
  const found = lookUp(containers, reference, architecture);
  if (found === undefined) return error(404, `image does not exist in the library: ${reference} (${architecture})`);
  if (found.container.isPrivate === true && !signedIn(request)) return error(401, 'unauthorized');
  if (kind === 'images') return json({ data: describeImage(found.container, found.image) });
  if (found.container.delivery === 'direct') {
    const headers = { 'content-type': 'application/octet-stream' };
    return { status: 200, headers, content: found.image.content, ranges: false };
  }
  return redirect(storageUrl(request, `image/${found.image.name}`), 303);
}

/** `entity/collection/container:tag`, where shorter names mean `library` and `default`, and a hash may stand in the tag's place. */
function lookUp(containers: readonly Container[], reference: string, architecture: string) {
  const [path = '', tag = 'latest'] = reference.replace(/^\//, '').split(':');
  const full = ['library', 'default', ''].slice(0, 3 - path.split('/').length).concat(path.split('/'));
  const container = containers.find((c) => [c.entity, c.collection, c.name].join('/') === full.join('/'));
  if (container === undefined) return undefined;
  const tags = container.tags[architecture === '' ? 'amd64' : architecture] ?? {};
  const found = Object.entries(container.tags).flatMap(([, byTag]) => Object.values(byTag));
  const image = tag.startsWith('sha256.') ? found.find(({ sha256 }) => `sha256.${sha256}` === tag) : tags[tag];
  return image === undefined ? undefined : { container, image };
}

function describeImage(container: Container, image: StoredImage) {
  const { entity, collection, name } = container;
  return {
    id: identifier(name, image.sha256),
    hash: `sha256.${image.sha256}`,
    description: `${name} for ${image.architecture}`,
    container: identifier(entity, collection, name),
    size: image.size,
    uploaded: true,
    signed: image.signer !== undefined,
    arch: image.architecture,
    fingerprints: image.signer === undefined ? [] : [image.signer.toLowerCase()],
    encrypted: false,
    createdAt: '2025-01-15T10:00:00Z',
    updatedAt: '2025-01-15T10:00:00Z',
    entity: identifier(entity),
    entityName: entity,
    collection: identifier(entity, collection),
    collectionName: collection,
    containerName: name,
    containerStars: 3,
    containerDownloads: 42,
    tags: Object.entries(container.tags[image.architecture] ?? {}).flatMap(([tag, held]) => (held === image ? [tag] : [])),
  };
}

function describeContainer(container: Container) {
  const { entity, collection, name } = container;
  return {
    id: identifier(entity, collection, name),
    name,
    description: `Container ${name}`,
    fullDescription: '',
    collection: identifier(entity, collection),
    entityName: entity,
    collectionName: collection,
    imageTags: flatTags(container),
    archTags: archTags(container),
    size: 0,
    downloadCount: 42,
    stars: 3,
    private: container.isPrivate === true,
    readOnly: false,
    createdAt: '2025-01-15T10:00:00Z',
  };
}

function flatTags(container: Container): Record<string, string> {
  return Object.fromEntries(
    Object.entries(container.tags.amd64 ?? {}).map(([tag, image]) => [tag, identifier(container.name, image.sha256)]),
  );
}

function archTags(container: Container): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(container.tags).map(([architecture, tags]) => [
      architecture,
      Object.fromEntries(Object.entries(tags).map(([tag, image]) => [tag, identifier(container.name, image.sha256)])),
    ]),
  );
}

function entity(containers: readonly Container[], name: string): Reply {
  const own = containers.filter((c) => c.entity === name && c.isPrivate !== true);
  if (own.length === 0) return error(404, 'not found');
  const collections = [...new Set(own.map((c) => identifier(name, c.collection)))];
  return json({ data: { id: identifier(name), name, description: '', collections, createdAt: '2025-01-15T10:00:00Z' } });
}

function collection(containers: readonly Container[], path: string): Reply {
  const own = containers.filter((c) => `${c.entity}/${c.collection}` === path && c.isPrivate !== true);
  const first = own[0];
  if (first === undefined) return error(404, 'not found');
  const { entity: entityName, collection: name } = first;
  const ids = own.map((c) => identifier(c.entity, c.collection, c.name));
  return json({ data: { id: identifier(entityName, name), name, entityName, entity: identifier(entityName), containers: ids } });
}

function search(request: HubRequest, containers: readonly Container[]): Reply {
  const value = (request.query.get('value') ?? '').toLowerCase();
  if (value.length < 3) return error(400, 'search query must be at least 3 characters');
  const architecture = request.query.get('arch');
  const signed = request.query.get('signed');
  const shown = containers.filter((c) => c.isPrivate !== true);
  const named = shown.filter((c) => [c.entity, c.collection, c.name].some((part) => part.includes(value)));
  const image = named
    .flatMap((c) => Object.values(c.tags).flatMap((tags) => [...new Set(Object.values(tags))].map((held) => describeImage(c, held))))
    .filter((i) => (architecture === null || architecture.split(',').includes(i.arch)) && (signed === null || String(i.signed) === signed));
  return json({
    data: {
      entity: [...new Set(shown.map((c) => c.entity))].filter((n) => n.includes(value)).map((name) => ({ id: identifier(name), name })),
      collection: shown.filter((c) => c.collection.includes(value)).map((c) => ({ name: c.collection, entityName: c.entity })),
      container: architecture === null && signed === null ? named.map(describeContainer) : [],
      image,
    },
  });
}

function ociRedirect(request: HubRequest, containers: readonly Container[]): Reply {
  const name = (request.query.get('namespace') ?? '').split(':')[0];
  const container = containers.find((c) => [c.entity, c.collection, c.name].join('/') === name);
  if (container?.delivery !== 'registry') return error(404, 'not found');
  return json({ token: accounts.libraryRegistryToken, url: request.origin, name });
}

function emulated(request: HubRequest, containers: readonly Container[]): Reply {
  const path = decodeURIComponent(request.path.slice('/sregistry'.length));
  const match = /^\/v1\/(images|imagefile|tags|containers)\/(.+)$/.exec(path);
  const [, kind, rest = ''] = match ?? [];
  if (path === '/version') return json({ data: { version: 'v1.1.0', apiVersion: '2.0.0-alpha.2' } });
  if (kind === 'tags') return signedIn(request) ? json({ data: { latest: '1' } }) : json({ detail: 'Token missing' }, 403);
  if (kind !== 'images' && kind !== 'imagefile') return json({ error: { code: 404, message: 'not found' } }, 404);
  const [name = '', tag = 'latest'] = rest.split(':');
  const short = name.split('/').slice(-2).join('/');
  const found = short === 'tools/tool' ? lookUp(containers, `demo/${short}:${tag}`, 'amd64') : undefined;
  if (found === undefined) return json({ error: { code: 404, message: 'image not found' } }, 404);
  if (kind === 'imagefile') return redirect(storageUrl(request, `image/${found.image.name}`), 302);
  const { id, hash, containerName, tags } = describeImage(found.container, found.image);
  return json({
    data: { id, hash, container: '7', containerName, tags, size: Math.ceil(found.image.size / 1e6), uploaded: true, arch: 'amd64' },
  });
}

function visible(request: HubRequest, container: Container | undefined): container is Container {
  return container !== undefined && (container.isPrivate !== true || signedIn(request));
}

function signedIn(request: HubRequest): boolean {
  return bearerToken(request) === accounts.libraryToken;
}

/** An id as the library makes them: 24 hexadecimal digits. */
function identifier(...parts: string[]): string {
  return createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 24);
}

function error(code: number, message: string): Reply {
  return json({ error: { code, message } }, code);
}
