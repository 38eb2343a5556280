// What hosted registries add to OCI distribution: Docker Hub's search and tag lists, Quay's tag list and search.
import type { RegistryStore, Repository } from './registryStore';
import type { HubRequest, Protocol } from './reply';
import { json } from './reply';

export function dockerHub(store: RegistryStore): Protocol {
  return (request) => {
    if (request.path === '/v2/search/repositories/') return search(request, store);
    const hub = /^\/v2\/(?:repositories\/([^/]+)\/([^/]+)|namespaces\/([^/]+)\/repositories\/([^/]+))(\/tags)?\/?$/.exec(request.path);
    if (hub !== null) {
      const repository = store.repositories.get(`${hub[1] ?? hub[3] ?? ''}/${hub[2] ?? hub[4] ?? ''}`);
      if (repository === undefined || repository.access === 'private') return json({ message: 'object not found', errinfo: {} }, 404);
      return hub[5] === undefined ? about(repository) : hubTags(request, repository);
    }
    if (request.path === '/api/v1/find/repositories') return quaySearch(request, store);
    const quay = /^\/api\/v1\/repository\/([^/]+\/[^/]+)\/tag\/?$/.exec(request.path);
    const repository = store.repositories.get(quay?.[1] ?? '');
    return quay === null ? undefined : repository === undefined ? json({ message: 'Not Found' }, 404) : quayTags(request, repository);
  };
}

const updated = '2025-01-13T00:00:00.000000Z';

function search(request: HubRequest, store: RegistryStore) {
  const size = Math.min(Number(request.query.get('page_size') ?? 25), 100);
  const first = (Number(request.query.get('page') ?? 1) - 1) * size;
  const found = matching(store, request.query.get('query') ?? '');
  return json({
    count: found.length,
    next: first + size < found.length ? `${request.origin}${request.path}?page=${first / size + 2}` : '',
    previous: '',
    results: found.slice(first, first + size).map((repository) => ({
      repo_name: repository.name.replace(/^library\//, ''),
      short_description: `Repository ${repository.name} of the embedded hub`,
      star_count: repository.tags.size,
      pull_count: 1000,
      repo_owner: '',
      is_automated: false,
      is_official: repository.name.startsWith('library/'),
    })),
  });
}

function about(repository: Repository) {
  const [namespace, name] = repository.name.split('/');
  return json({
    user: namespace,
    name,
    namespace,
    description: 'A repository of the embedded hub',
    star_count: 3,
    pull_count: 1000,
    last_updated: updated,
  });
}

function hubTags(request: HubRequest, repository: Repository) {
  const size = Math.min(Number(request.query.get('page_size') ?? 10), 100);
  const page = Number(request.query.get('page') ?? 1);
  if (page * size > 1000) return json({ message: 'pagination offset too large for anonymous requests' }, 403);
  const names = [...repository.tags.entries()].reverse();
  const shown = names.slice((page - 1) * size, page * size);
  return json({
    count: names.length,
    next: page * size < names.length ? `${request.origin}${request.path}?page=${page + 1}&page_size=${size}` : null,
    previous: null,
    results: shown.map(([name, digest]) => ({
      name,
      full_size: repository.manifests.get(digest)?.content.size ?? 0,
      last_updated: updated,
      tag_last_pushed: updated,
      tag_status: 'active',
      digest,
      media_type: repository.manifests.get(digest)?.mediaType,
      images: [{ architecture: 'amd64', variant: null, os: 'linux', digest, size: 1234, status: 'active' }],
    })),
  });
}

function quayTags(request: HubRequest, repository: Repository) {
  const limit = Math.min(Number(request.query.get('limit') ?? 50), 100);
  const page = Number(request.query.get('page') ?? 1);
  const like = /^like:(.*)$/.exec(request.query.get('filter_tag_name') ?? '')?.[1] ?? '';
  const found = [...repository.tags.entries()].reverse().filter(([name]) => name.includes(like));
  const tags = found.slice((page - 1) * limit, page * limit).map(([name, manifest_digest]) => ({
    name,
    reversion: false,
    start_ts: Date.parse(updated) / 1000,
    manifest_digest,
    is_manifest_list: repository.manifests.get(manifest_digest)?.mediaType.includes('index') ?? false,
    size: 1234,
    last_modified: 'Mon, 13 Jan 2025 00:00:00 -0000',
  }));
  return json({ tags, page, has_additional: page * limit < found.length });
}

function quaySearch(request: HubRequest, store: RegistryStore) {
  const results = matching(store, request.query.get('query') ?? '').map((repository) => {
    const [namespace, name] = repository.name.split('/');
    return { kind: 'repository', namespace: { name: namespace, kind: 'organization' }, name, description: '', is_public: true };
  });
  return json({ results, has_additional: false, page: 1, page_size: 10, start_index: 0 });
}

function matching(store: RegistryStore, query: string): Repository[] {
  return [...store.repositories.values()].filter(
    ({ name, access }) => access !== 'private' && access !== 'basic' && name.includes(query.toLowerCase()),
  );
}
