import { describe, expect, test } from 'vitest';
import type { Hub, HubWorld } from '../../../server/src/hub/hub';
import { createOciHub } from '../../../server/src/hub/oci';
import { createRegistryClient } from '../../../server/src/hub/registryClient';
import { parseReference } from '../../../server/src/image/reference';
import type { HttpClient } from '../../../server/src/platform/ports';
import { kindOf, useEmbeddedHub } from './embeddedWorld';

const under = useEmbeddedHub();
const hosts = /^https:\/\/(?:registry-1\.docker\.io|hub\.docker\.com|quay\.io|auth\.docker\.io|ghcr\.io)/;

/** Docker Hub, Quay and GHCR, played by the embedded hub: their host names lead there, both ways. */
function hosted(): { readonly hub: Hub; readonly asked: string[] } {
  const asked: string[] = [];
  const { world, hub } = under();
  const http: HttpClient = {
    request: async (request) => {
      asked.push(`${request.method ?? 'GET'} ${request.url}`);
      const origin = hosts.exec(request.url)?.[0] ?? 'https://nowhere.invalid';
      const response = await world.http.request({ ...request, url: request.url.replace(hosts, hub.origin) });
      const realm = response.headers['www-authenticate']?.map((field) => field.replace(hub.origin, origin));
      return {
        ...response,
        url: response.url.replace(hub.origin, origin),
        headers: { ...response.headers, ...(realm && { 'www-authenticate': realm }) },
      };
    },
  };
  const playing: HubWorld = { ...world, http, plainHttp: () => false };
  return { hub: createOciHub(playing, createRegistryClient(playing)), asked };
}

const ref = (text: string) => parseReference(text).reference!;

describe('Docker Hub', () => {
  test('search: official ones without library/', async () => {
    const { hub } = hosted();
    const { hits } = await hub.search({ scheme: 'docker', text: 'debian' }, {});
    expect(hits).toEqual([expect.objectContaining({ name: 'debian', official: true })]);
  });
  test('tags with age, size, digest and platforms', async () => {
    const { hub } = hosted();
    const { tags } = await hub.tags(ref('docker://debian'), {});
    expect(tags).toHaveLength(6);
    expect(tags.find(({ name }) => name === '1.0')).toMatchObject({
      updated: expect.stringMatching(/^2025/) as string,
      platforms: ['linux/amd64'],
    });
  });
  test('more tags than Docker Hub tells about: the names of all', async () => {
    const { hub } = hosted();
    const { tags } = await hub.tags(ref('docker://demo/many'), {});
    expect([tags.length, tags.filter((tag) => tag.updated !== undefined).length]).toEqual([2500, 100]);
  });
  test('without its extras the registry is enough', async () => {
    under().hub.misbehave('/v2/repositories/*', { kind: 'html' });
    const { hub } = hosted();
    expect((await hub.tags(ref('docker://debian'), {})).tags).toHaveLength(6);
    expect((await hub.manifest(ref('docker://debian:1.0'), {})).kind).toBe('oci-index');
  });
  test('a hover fetches one index, one manifest and no other that counts as a pull', async () => {
    const { hub, asked } = hosted();
    await hub.manifest(ref('docker://debian:1.0'), {});
    expect(asked.filter((line) => /GET .*\/manifests\/sha256/.test(line))).toHaveLength(1);
  });
});

describe('Quay', () => {
  test('tags and search', async () => {
    const { hub } = hosted();
    const { tags } = await hub.tags(ref('oras://quay.io/demo/base'), {});
    expect(tags.every((tag) => tag.digest && tag.updated)).toBe(true);
    expect((await hub.search({ scheme: 'docker', host: 'quay.io', text: 'demo/t' }, {})).hits.map(({ name }) => name)).toEqual([
      'demo/tool',
    ]);
  });
  test('a search that Quay does not offer any more', async () => {
    under().hub.misbehave('/api/v1/find/repositories', { kind: 'status', status: 404 });
    expect(await kindOf(hosted().hub.search({ scheme: 'docker', host: 'quay.io', text: 'x' }, {}))).toBe('not-found');
  });
});

test('GHCR: anonymous token, tags, and no catalog', async () => {
  const { hub } = hosted();
  expect((await hub.tags(ref('oras://ghcr.io/demo/tool'), {})).tags.length).toBeGreaterThan(3);
  under().hub.misbehave('/v2/_catalog', { kind: 'status', status: 405 });
  expect(await kindOf(hub.search({ scheme: 'docker', host: 'ghcr.io', text: 'x' }, {}))).toBe('unsupported');
});
