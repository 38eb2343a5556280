// The API of Singularity Hub and of sregistry servers, and the archive that the public hub became: its pages (front matter and recipe,
// as github.com/singularityhub/singularityhub-archive has them) below /archive, its files below /archive/shub.
import { createHmac } from 'node:crypto';
import { accounts } from './accounts';
import type { StoredImage, StoredImages } from './images';
import type { HubRequest, Protocol, Reply } from './reply';
import { json, notFound, text } from './reply';

interface Entry {
  readonly collection: string;
  readonly tag: string;
  readonly branch: string;
  /** Git commit; sregistry servers have none. */
  readonly commit?: string;
  readonly image: StoredImage;
  readonly isPrivate?: boolean;
  /** The image is still being built: its address is null. */
  readonly building?: boolean;
}

const built = '2021-04-19';

export function singularityHub(images: StoredImages): Protocol {
  const entries = fill(images);
  return (request) => {
    const path = decodeURIComponent(request.path);
    const named = /^\/api\/container\/search\/(?:collection\/([^/]+)\/)?name\/([^/]+)/.exec(path);
    if (named !== null) return search(request, entries, named[1], named[2] ?? '');
    const one = /^\/api\/container\/([^/]+\/[^/:@]+)(?::([^@]+))?(?:@([0-9a-f]+))?\/?$/.exec(path);
    if (one !== null) return container(request, entries, one[1] ?? '', one[2], one[3]);
    if (path === '/api/containers/') return json({ count: entries.length, next: null, previous: null, results: open(entries).map(listed) });
    const file = /^\/shub-storage\/([^/]+)$/.exec(path)?.[1];
    if (file !== undefined) return images.names.includes(file) ? served(images.image(file)) : notFound();
    const page = /^\/archive\/_(containers|collection)\/([^/]+)\.md$/.exec(path);
    if (page !== null)
      return page[1] === 'containers' ? imagePage(request, entries, page[2] ?? '') : collectionPage(entries, page[2] ?? '');
    const archived = open(entries).find((entry) => path === `/archive/shub/${archivePath(entry)}`);
    return archived === undefined ? undefined : served(archived.image);
  };
}

function fill(images: StoredImages): Entry[] {
  const commit = '3bac21df631874e3cbb3f0cf6fc9af1898f4cc3d';
  const simg = images.image('hello-world.simg');
  return [
    { collection: 'vsoch/hello-world', tag: 'latest', branch: 'master', commit, image: simg },
    { collection: 'vsoch/hello-world', tag: '1.3', branch: 'master', commit, image: images.image('tool-1.3.sif') },
    { collection: 'demo/tool', tag: 'latest', branch: 'main', commit: commit.replace('3b', '4c'), image: images.image('tool-1.4.sif') },
    { collection: 'demo/building', tag: 'latest', branch: 'main', commit, image: simg, building: true },
    { collection: 'sreg/tool', tag: 'latest', branch: '', image: images.image('tool-1.4.sif') },
    { collection: 'sreg/private', tag: 'latest', branch: '', image: images.image('tool-1.3.sif'), isPrivate: true },
  ];
}

function container(request: HubRequest, entries: readonly Entry[], collection: string, tag = 'latest', version?: string): Reply {
  const found = entries.find(
    (entry) =>
      entry.collection === collection &&
      entry.tag === tag &&
      (version === undefined || version === entry.image.md5 || version === entry.commit || version === `sha256.${entry.image.sha256}`),
  );
  if (found === undefined) return json({ detail: 'Not found.' }, 404);
  if (found.isPrivate === true && !signed(request, found)) return json({ detail: 'Authentication credentials were not provided.' }, 403);
  const image = found.building === true ? null : `${request.origin}/shub-storage/${found.image.name}`;
  if (found.commit === undefined) {
    const [group, name] = collection.split('/');
    const own = { id: 7, name, image: `${image ?? ''}?secret=one-time`, tag, add_date: '2025-01-15T10:00:00.000000-06:00', metrics: {} };
    return json({ ...own, version: found.image.md5, metadata: {}, frozen: false, collection: group });
  }
  return json({
    id: 23,
    name: collection,
    branch: found.branch,
    commit: found.commit,
    tag,
    version: found.image.md5,
    size_mb: String(Math.max(1, Math.round(found.image.size / 1e6))),
    image,
  });
}

/** sregistry's request signature: HMAC-SHA256 by the user's token over `pull|collection|timestamp|name|tag|`; the user in base64. */
function signed(request: HubRequest, entry: Entry): boolean {
  const match = /^SREGISTRY-HMAC-SHA256 Credential=pull\/([^/]+)\/([^/,]+)\/?,Signature=([0-9a-f]+)$/.exec(
    request.headers.authorization ?? '',
  );
  const [, user, stamp, signature] = match ?? [];
  const [collection = '', name = ''] = entry.collection.split('/');
  const told = `pull|${collection}|${stamp ?? ''}|${name}|${entry.tag}|`;
  return (
    Buffer.from(user ?? '', 'base64').toString() === accounts.sregistryUser &&
    signature === createHmac('sha256', accounts.sregistryToken).update(told).digest('hex')
  );
}

function search(request: HubRequest, entries: readonly Entry[], collection: string | undefined, name: string): Reply {
  const found = open(entries).filter((entry) => {
    const [group, own = ''] = entry.collection.split('/');
    return own.includes(name) && (collection === undefined || group === collection);
  });
  return json(found.map((entry) => ({ ...listed(entry), detail: `${request.origin}/api/container/${entry.collection}:${entry.tag}` })));
}

function listed(entry: Entry) {
  return { name: entry.collection, tag: entry.tag, version: entry.image.md5, size_mb: String(Math.round(entry.image.size / 1e6)) };
}

function imagePage(request: HubRequest, entries: readonly Entry[], page: string): Reply {
  const found = open(entries).find((entry) => entry.commit !== undefined && pageName(entry) === page);
  if (found?.commit === undefined) return notFound();
  const base = `${request.origin}/archive/shub/${archivePath(found)}`.replace(/[^/]+$/, '');
  return text(`---
id: 23
name: "${found.collection}"
branch: "${found.branch}"
tag: "${found.tag}"
commit: "${found.commit}"
version: "${found.image.md5}"
build_date: "${built}T23:13:56.202Z"
size_mb: ${(found.image.size / 1e6).toFixed(1)}
size: ${found.image.size}
sif: "${base}${fileName(found)}"
url: ${base}
recipe: ${base}Singularity
collection: ${found.collection}
---

# ${found.collection}:${found.tag}

\`\`\`bash
$ singularity pull shub://${found.collection}:${found.tag}
\`\`\`

## Singularity Recipe

\`\`\`singularity
Bootstrap: docker
From: ubuntu:14.04

%runscript
exec /bin/bash /rawr.sh
\`\`\`

## Collection

 - Name: [${found.collection}](https://github.com/${found.collection})
`);
}

function collectionPage(entries: readonly Entry[], page: string): Reply {
  const own = open(entries).filter((entry) => entry.commit !== undefined && entry.collection.replace('/', '-') === page);
  const first = own[0];
  if (first === undefined) return notFound();
  return text(`---\nid: 1\nfull_name: "${first.collection}"\nimages: \n${own.map((entry) => `  - "${pageName(entry)}"\n`).join('')}---\n`);
}

function pageName(entry: Entry): string {
  return `${entry.collection.replace('/', '-')}-${entry.tag}`;
}

function archivePath(entry: Entry): string {
  return `${entry.collection}/${entry.tag}/${built}-${(entry.commit ?? '').slice(0, 8)}-${entry.image.md5.slice(0, 8)}/${fileName(entry)}`;
}

function fileName(entry: Entry): string {
  return `${entry.image.md5}.${entry.image.name.endsWith('.simg') ? 'simg' : 'sif'}`;
}

function open(entries: readonly Entry[]): Entry[] {
  return entries.filter((entry) => entry.isPrivate !== true && entry.building !== true);
}

function served(image: StoredImage): Reply {
  const headers = { 'content-type': 'application/octet-stream', 'last-modified': 'Mon, 19 Apr 2021 23:13:56 GMT', etag: `"${image.md5}"` };
  return { status: 200, headers, content: image.content, ranges: true };
}
