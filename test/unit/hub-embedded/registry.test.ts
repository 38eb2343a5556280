import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accounts } from '../../hub/accounts';
import type { EmbeddedHub } from '../../hub/hub';
import { startHub } from '../../hub/hub';
import { mediaType } from '../../hub/registryStore';

let hub: EmbeddedHub;
let clock = Date.now();
beforeAll(async () => {
  hub = await startHub({ tokenLifetime: 60, now: () => clock });
});
afterAll(() => hub.close());

const alice = `Basic ${Buffer.from(`${accounts.registryUser}:${accounts.registryPassword}`).toString('base64')}`;

async function token(scope: string, authorization?: string): Promise<string> {
  const url = `${hub.origin}/token?service=embedded-hub&scope=${encodeURIComponent(scope)}`;
  const reply = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
  return ((await reply.json()) as { token: string }).token;
}

async function get(path: string, options: { repository?: string; as?: string; method?: string; headers?: Record<string, string> } = {}) {
  const name = options.repository ?? /^\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\//.exec(path)?.[1] ?? '';
  const authorization = options.as ?? `Bearer ${await token(`repository:${name}:pull`)}`;
  return fetch(hub.origin + path, { method: options.method ?? 'GET', redirect: 'manual', headers: { authorization, ...options.headers } });
}

const sha256 = (bytes: ArrayBuffer) => `sha256:${createHash('sha256').update(Buffer.from(bytes)).digest('hex')}`;

describe('signing in', () => {
  test('the ping and a repository challenge with realm, service and scope', async () => {
    const ping = await fetch(`${hub.origin}/v2/`);
    expect([ping.status, ping.headers.get('www-authenticate')]).toEqual([401, `Bearer realm="${hub.origin}/token",service="embedded-hub"`]);
    const reply = await fetch(`${hub.origin}/v2/demo/base/tags/list`);
    expect(reply.headers.get('www-authenticate')).toContain('scope="repository:demo/base:pull"');
  });

  test.each([
    ['/v2/open/base/tags/list', 'none', 200],
    ['/v2/demo/base/tags/list', 'anonymous', 200],
    ['/v2/private/tool/tags/list', 'anonymous', 401],
    ['/v2/private/tool/tags/list', 'alice', 200],
    ['/v2/basic/tool/tags/list', 'anonymous', 401],
    ['/v2/basic/tool/tags/list', 'basic', 200],
    ['/v2/demo/nothing/tags/list', 'anonymous', 404],
  ])('%s as %s is %i', async (path, who, status) => {
    const name = path.slice(4, -10);
    const authorization = {
      none: undefined,
      anonymous: `Bearer ${await token(`repository:${name}:pull`)}`,
      alice: `Bearer ${await token(`repository:${name}:pull`, alice)}`,
      basic: alice,
    }[who];
    const reply = await fetch(hub.origin + path, authorization === undefined ? {} : { headers: { authorization } });
    expect(reply.status).toBe(status);
  });

  test('a token ends, is for its repository, and a wrong password has none', async () => {
    const held = `Bearer ${await token('repository:demo/base:pull')}`;
    expect((await get('/v2/demo/base/tags/list', { as: held })).status).toBe(200);
    expect((await get('/v2/demo/tool/tags/list', { as: held })).headers.get('www-authenticate')).toContain('insufficient_scope');
    clock += 61_000;
    expect((await get('/v2/demo/base/tags/list', { as: held })).headers.get('www-authenticate')).toContain('invalid_token');
    expect(await token('repository:private/tool:pull', `Basic ${Buffer.from('alice:wrong').toString('base64')}`)).toBeUndefined();
  });

  test('an identity token is exchanged by POST', async () => {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: accounts.registryIdentityToken,
      scope: 'repository:private/tool:pull',
    });
    const reply = await fetch(`${hub.origin}/token`, { method: 'POST', body });
    const { access_token: access } = (await reply.json()) as { access_token: string };
    expect((await get('/v2/private/tool/tags/list', { as: `Bearer ${access}` })).status).toBe(200);
  });

  test('the log holds no secret', async () => {
    await token('repository:private/tool:pull', alice);
    expect(JSON.stringify(hub.requests)).not.toContain(alice.slice(6));
    expect(hub.requests.at(-1)?.headers.authorization).toBe('Basic …');
  });
});

describe('content', () => {
  test.each([
    ['demo/base', '1.0', mediaType.ociIndex],
    ['demo/base', '1.2', mediaType.ociManifest],
    ['demo/docker', '1.0', mediaType.dockerList],
    ['demo/tool', '1.4', mediaType.ociManifest],
    ['demo/tool', '1.4-multi', mediaType.ociIndex],
  ])('%s:%s is a %s, the same by HEAD, by GET and by digest', async (name, tag, type) => {
    const head = await get(`/v2/${name}/manifests/${tag}`, { method: 'HEAD' });
    const whole = await get(`/v2/${name}/manifests/${tag}`);
    const bytes = await whole.arrayBuffer();
    const digest = sha256(bytes);
    for (const reply of [head, whole]) {
      expect(reply.headers.get('content-type')).toBe(type);
      expect(reply.headers.get('docker-content-digest')).toBe(digest);
      expect(reply.headers.get('content-length')).toBe(String(bytes.byteLength));
    }
    expect(sha256(await (await get(`/v2/${name}/manifests/${digest}`)).arrayBuffer())).toBe(digest);
  });

  test('every descriptor leads to bytes of its digest and size', () => {
    for (const repository of hub.registry.repositories.values()) {
      for (const { content } of repository.manifests.values()) {
        const manifest = JSON.parse(Buffer.from(content.read(0, content.size)).toString()) as Record<
          'config' | 'subject',
          Descriptor | undefined
        > &
          Record<'layers' | 'manifests', Descriptor[] | undefined>;
        for (const blob of [...(manifest.layers ?? []), ...(manifest.config ? [manifest.config] : [])]) {
          const held = hub.registry.blobs.get(blob.digest);
          expect([repository.blobs.has(blob.digest), held?.size]).toEqual([true, blob.size]);
        }
        for (const child of [...(manifest.manifests ?? []), ...(manifest.subject ? [manifest.subject] : [])])
          expect(repository.manifests.get(child.digest)?.content.size).toBe(child.size);
      }
    }
  });

  test('a blob comes in ranges', async () => {
    const image = hub.images.image('tool-1.4.sif');
    const reply = await get(`/v2/demo/tool/blobs/sha256:${image.sha256}`, { headers: { range: 'bytes=32-41' } });
    expect([reply.status, reply.headers.get('content-range')]).toEqual([206, `bytes 32-41/${image.size}`]);
    expect(await reply.text()).toBe('SIF_MAGIC\0');
  });

  test('a blob may be at another host, which refuses our credentials', async () => {
    const { sha256: digest } = hub.images.image('tool-1.4.sif');
    const reply = await get(`/v2/demo/redirected/blobs/sha256:${digest}`);
    const location = reply.headers.get('location') ?? '';
    expect([reply.status, new URL(location).hostname]).toEqual([307, 'localhost']);
    expect((await fetch(location)).status).toBe(200);
    expect((await fetch(location, { headers: { authorization: alice } })).status).toBe(400);
    expect((await fetch(location.replace('signature=embedded', 'signature=x'))).status).toBe(403);
  });

  test('tags and the catalog come in pages', async () => {
    const seen: string[] = [];
    for (let path: string | undefined = '/v2/demo/many/tags/list?n=1000'; path !== undefined;) {
      const reply = await get(path, { repository: 'demo/many' });
      seen.push(...((await reply.json()) as { tags: string[] }).tags);
      path = /^<([^>]+)>; rel="next"$/.exec(reply.headers.get('link') ?? '')?.[1];
    }
    expect([seen.length, new Set(seen).size]).toEqual([2500, 2500]);
    const catalog = await get('/v2/_catalog?n=3', { as: `Bearer ${await token('registry:catalog:*')}` });
    expect(((await catalog.json()) as { repositories: string[] }).repositories).toHaveLength(3);
    expect(catalog.headers.get('link')).toContain('rel="next"');
  });

  test('referrers, filtered by their type', async () => {
    const digest = hub.registry.repositories.get('demo/referred')?.tags.get('1.0') ?? '';
    const list = async (query: string) => {
      const reply = await get(`/v2/demo/referred/referrers/${digest}${query}`, { repository: 'demo/referred' });
      return [reply.headers.get('oci-filters-applied'), ((await reply.json()) as { manifests: unknown[] }).manifests.length];
    };
    expect(await list('')).toEqual([null, 2]);
    expect(await list('?artifactType=application%2Fspdx%2Bjson')).toEqual(['artifactType', 1]);
  });

  test.each([
    ['/v2/demo/tool/manifests/9.9', 'MANIFEST_UNKNOWN'],
    [`/v2/demo/tool/blobs/sha256:${'0'.repeat(64)}`, 'BLOB_UNKNOWN'],
    ['/v2/demo/nothing/manifests/1', 'NAME_UNKNOWN'],
  ])('%s is %s', async (path, code) => {
    const reply = await get(path);
    expect([reply.status, ((await reply.json()) as { errors: { code: string }[] }).errors[0]?.code]).toEqual([404, code]);
  });
});

describe("hosted registries' extras", () => {
  test.each([
    ['/v2/search/repositories/?query=debian', 'results.0.repo_name', 'debian'],
    ['/v2/repositories/demo/base/tags?page_size=2', 'count', 6],
    ['/v2/namespaces/demo/repositories/base/tags', 'results.0.name', '2.0-rc.1'],
    ['/v2/repositories/demo/base/', 'name', 'base'],
    ['/v2/repositories/private/base/', 'message', 'object not found'],
    ['/v2/repositories/demo/many/tags?page_size=100&page=11', 'message', 'pagination offset too large for anonymous requests'],
    ['/api/v1/repository/demo/many/tag/?limit=100&page=25', 'has_additional', false],
    ['/api/v1/find/repositories?query=base', 'results.0.namespace.name', 'open'],
  ])('%s: %s is %s', async (path, place, expected) => {
    const answer: unknown = await (await fetch(hub.origin + path)).json();
    expect(place.split('.').reduce((value, key) => (value as Record<string, unknown>)[key], answer)).toBe(expected);
  });
});

interface Descriptor {
  digest: string;
  size: number;
}
