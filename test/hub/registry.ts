// OCI distribution (opencontainers/distribution-spec): ping, manifests, blobs, tags with paging, catalog, referrers.
import type { Descriptor, RegistryStore, Repository } from './registryStore';
import type { TokenOptions } from './registryTokens';
import { createRegistryTokens } from './registryTokens';
import type { HubRequest, Protocol, Reply } from './reply';
import { json, redirect } from './reply';
import { storageUrl } from './storage';

const pageLimit = 1000;

export function registry(store: RegistryStore, options: TokenOptions): Protocol {
  const tokens = createRegistryTokens(options, store.repositories);

  return (request) => {
    if (request.path === '/token') return tokens.issue(request);
    if (request.path === '/v2/' || request.path === '/v2') return ping(request);
    if (request.path === '/v2/_catalog') return catalog(request);
    const match = /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/([^/]+)$/.exec(request.path);
    const [, name, kind, reference] = match ?? [];
    if (name === undefined || kind === undefined || reference === undefined || (kind === 'tags' && reference !== 'list')) return undefined;
    const repository = store.repositories.get(name);
    const refused = tokens.refuse(request, `repository:${name}:pull`, repository?.access ?? 'public');
    if (refused !== undefined) return refused;
    if (repository === undefined) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
    if (request.method !== 'GET' && request.method !== 'HEAD') return failure(405, 'UNSUPPORTED', 'the embedded hub is read-only');
    switch (kind) {
      case 'manifests':
        return manifest(repository, reference);
      case 'blobs':
        return blob(request, repository, reference);
      case 'tags':
        return tags(request, repository);
      default:
        return referrers(request, repository, reference);
    }
  };

  function ping(request: HubRequest): Reply {
    const headers = { 'docker-distribution-api-version': 'registry/2.0' };
    const refused = tokens.refuse(request, '', 'public');
    return refused === undefined ? json({}, 200, headers) : { ...refused, headers: { ...refused.headers, ...headers } };
  }

  function catalog(request: HubRequest): Reply {
    const refused = tokens.refuse(request, 'registry:catalog:*', 'public');
    if (refused !== undefined) return refused;
    const names = [...store.repositories.keys()].sort();
    return page(request, names, (repositories) => ({ repositories }));
  }

  function blob(request: HubRequest, repository: Repository, digest: string): Reply {
    const content = repository.blobs.has(digest) ? store.blobs.get(digest) : undefined;
    if (content === undefined) return failure(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest });
    if (repository.redirectsBlobs && request.method === 'GET') return redirect(storageUrl(request, `blob/${digest}`), 307);
    const headers = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest, etag: `"${digest}"` };
    return { status: 200, headers, content, ranges: true };
  }
}

function manifest(repository: Repository, reference: string): Reply {
  const digest = reference.includes(':') ? reference : repository.tags.get(reference);
  const found = digest === undefined ? undefined : repository.manifests.get(digest);
  if (digest === undefined || found === undefined) return failure(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { reference });
  const headers = {
    'content-type': found.mediaType,
    'docker-content-digest': digest,
    'docker-distribution-api-version': 'registry/2.0',
    etag: `"${digest}"`,
    'ratelimit-limit': '100;w=21600',
    'ratelimit-remaining': '97;w=21600',
  };
  return { status: 200, headers, content: found.content, ranges: false };
}

function tags(request: HubRequest, repository: Repository): Reply {
  return page(request, [...repository.tags.keys()].sort(), (list) => ({ name: repository.name, tags: list }));
}

/** One page of names after `last`, at most `n`, with the next page's address (RFC 8288 Link) when there are more. */
function page(request: HubRequest, names: readonly string[], body: (page: readonly string[]) => object): Reply {
  const size = Math.min(Number(request.query.get('n') ?? pageLimit), pageLimit);
  const last = request.query.get('last');
  const rest = last === null ? names : names.filter((name) => name > last);
  const shown = rest.slice(0, size);
  const next = new URLSearchParams({ n: String(size), last: shown.at(-1) ?? '' });
  return json(body(shown), 200, rest.length > size ? { link: `<${request.path}?${next.toString()}>; rel="next"` } : {});
}

function referrers(request: HubRequest, repository: Repository, digest: string): Reply {
  const wanted = request.query.get('artifactType');
  const manifests: Descriptor[] = [];
  for (const [name, { mediaType, content }] of repository.manifests) {
    const parsed = JSON.parse(Buffer.from(content.read(0, content.size)).toString()) as { subject?: Descriptor; artifactType?: string };
    if (parsed.subject?.digest !== digest || (wanted !== null && parsed.artifactType !== wanted)) continue;
    manifests.push({
      mediaType,
      digest: name,
      size: content.size,
      ...(parsed.artifactType === undefined ? {} : { artifactType: parsed.artifactType }),
    });
  }
  return json({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }, 200, {
    'content-type': 'application/vnd.oci.image.index.v1+json',
    ...(wanted === null ? {} : { 'oci-filters-applied': 'artifactType' }),
  });
}

function failure(status: number, code: string, message: string, detail: object | null = null): Reply {
  return json({ errors: [{ code, message, detail }] }, status);
}
