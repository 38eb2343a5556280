import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Hub, HubOptions } from '../../../server/src/hub/hub';
import { createOciHub } from '../../../server/src/hub/oci';
import { createRegistryClient } from '../../../server/src/hub/registryClient';
import { formatDigest } from '../../../server/src/image/digest';
import type { ImageReference } from '../../../server/src/image/reference';
import { parseReference } from '../../../server/src/image/reference';
import { accounts } from '../../hub/accounts';
import type { Fault } from '../../hub/faults';
import { failureOf, kindOf, useEmbeddedHub } from './embeddedWorld';

const under = useEmbeddedHub();
const arm64: HubOptions = { platform: { os: 'linux', architecture: 'arm64' } };

function ref(text: string): ImageReference {
  const { reference, problems } = parseReference(text.replace('HOST', under().host), { engine: 'singularity' });
  if (!reference) throw new Error(problems.map((p) => p.message).join());
  return reference;
}

const oci = (): Hub => createOciHub(under().world, createRegistryClient(under().world));
const digestOf = (repository: string, tag: string): string => under().hub.registry.repositories.get(repository)?.tags.get(tag) ?? '';
const paths = (): string[] => under().hub.requests.map((r) => `${r.method} ${r.path}`);

async function fetchAll(url: string, headers: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const response = await under().world.http.request({ url, headers });
  expect(response.status).toBe(200);
  return response.bytes(10_000_000);
}

describe('resolve', () => {
  test.each(['docker://HOST/open/base:1.0', 'docker://HOST/demo/base:1.0', 'docker://HOST/demo/docker:1.0'])('%s by HEAD', async (text) => {
    const { digest, mediaType } = await oci().resolve(ref(text), {});
    const [, repository = '', tag = ''] = /HOST\/(.+):(.+)/.exec(text) ?? [];
    expect(digest && formatDigest(digest)).toBe(digestOf(repository, tag));
    expect(mediaType).toMatch(/index|manifest\.list/);
    expect(
      paths()
        .filter((p) => p.includes('/manifests/'))
        .every((p) => p.startsWith('HEAD')),
    ).toBe(true);
  });
  test('by GET where a registry has no HEAD, or says no digest', async () => {
    under().hub.misbehave('/v2/demo/base/manifests/*', { kind: 'status', status: 405 }, { method: 'HEAD' });
    const { digest } = await oci().resolve(ref('docker://HOST/demo/base:1.0'), {});
    expect(digest && formatDigest(digest)).toBe(digestOf('demo/base', '1.0'));
  });
});

describe('manifest', () => {
  test('an index: platforms with sizes, the image for this machine, its labels', async () => {
    const summary = await oci().manifest(ref('docker://HOST/demo/base:1.0'), {});
    expect(summary).toMatchObject({
      kind: 'oci-index',
      reference: `docker://${under().host}/demo/base:1.0`,
      platform: { os: 'linux', architecture: 'amd64' },
    });
    expect(summary.digest && formatDigest(summary.digest)).toBe(digestOf('demo/base', '1.0'));
    expect(summary.platforms?.map((p) => p.platform.architecture)).toEqual(['amd64', 'arm64']);
    expect(summary.platforms?.every((p) => (p.size ?? 0) > 0)).toBe(true);
    expect(summary.size).toBe(summary.platforms?.[0]?.size);
    expect(summary.platformDigest).toEqual(summary.platforms?.[0]?.digest);
    expect(Object.keys(summary.labels ?? {}).length).toBeGreaterThan(0);
    expect(summary.created).toMatch(/^\d{4}-/);
  });
  test('another platform on demand, and one that is not there', async () => {
    expect((await oci().manifest(ref('docker://HOST/demo/base:1.0'), arm64)).platform?.architecture).toBe('arm64');
    const none = await oci().manifest(ref('docker://HOST/demo/base:1.0'), { platform: { os: 'linux', architecture: 's390x' } });
    expect(none.platforms).toHaveLength(2);
    expect(none.notes?.[0]).toContain('s390x');
    expect(none).not.toHaveProperty('platformDigest');
  });
  test('Docker’s media types and a single manifest', async () => {
    expect((await oci().manifest(ref('docker://HOST/demo/docker:1.0'), {})).kind).toBe('oci-index');
    expect((await oci().manifest(ref('docker://HOST/demo/base:1.2'), {})).kind).toBe('oci-image');
  });
  test.each(['1.4', '1.4-legacy', '1.4-multi'])('a SIF artifact: %s', async (tag) => {
    const summary = await oci().manifest(ref(`oras://HOST/demo/tool:${tag}`), {});
    expect(summary.kind).toBe('sif');
    expect(summary.digest?.hex).toBe(under().hub.images.image('tool-1.4.sif').sha256);
  });
  test('by digest', async () => {
    const digest = digestOf('demo/base', '1.0');
    expect((await oci().manifest(ref(`docker://HOST/demo/base:9.9@${digest}`), {})).kind).toBe('oci-index');
  });
});

describe('sign-in', () => {
  const alice = { username: accounts.registryUser, password: accounts.registryPassword, source: 'the test' };
  test('a token is fetched once and used again', async () => {
    const hub = oci();
    await hub.resolve(ref('docker://HOST/demo/base:1.0'), {});
    await hub.resolve(ref('docker://HOST/demo/base:1.1'), {});
    await hub.tags(ref('docker://HOST/demo/base'), {});
    expect(paths().filter((p) => p.includes('/token'))).toHaveLength(1);
  });
  test('two who ask at once fetch one token', async () => {
    const hub = oci();
    await hub.resolve(ref('docker://HOST/demo/tool:1.4'), {});
    under().hub.requests.splice(0);
    await Promise.all([1, 2, 3].map((n) => hub.resolve(ref(`docker://HOST/demo/base:1.${n % 2}`), {})));
    expect(paths().filter((p) => p.includes('/token'))).toHaveLength(1);
  });
  test('private repositories: nobody, alice, alice by identity token, wrong password', async () => {
    const { world, host } = under();
    expect(await kindOf(oci().resolve(ref('docker://HOST/private/base:1.0'), {}))).toBe('sign-in');
    world.accounts.set(host, alice);
    expect((await oci().resolve(ref('docker://HOST/private/base:1.0'), {})).digest).toBeDefined();
    world.accounts.set(host, { token: accounts.registryIdentityToken, source: 'the test' });
    expect((await oci().resolve(ref('docker://HOST/private/base:1.0'), {})).digest).toBeDefined();
    world.accounts.set(host, { ...alice, password: 'wrong' });
    const failure = await failureOf(oci().resolve(ref('docker://HOST/private/base:1.0'), {}));
    expect([failure.kind, failure.message.includes('the test'), failure.message.includes('wrong')]).toEqual(['sign-in', true, false]);
  });
  test('a token server without OAuth is asked by GET', async () => {
    const { hub, world, host } = under();
    world.accounts.set(host, { ...alice, token: 'an-identity-token' });
    hub.misbehave('/token', { kind: 'status', status: 404 }, { method: 'POST' });
    expect((await oci().resolve(ref('docker://HOST/private/base:1.0'), {})).digest).toBeDefined();
  });
  test('Basic', async () => {
    const { world, host } = under();
    expect(await kindOf(oci().resolve(ref('docker://HOST/basic/base:1.0'), {}))).toBe('sign-in');
    world.accounts.set(host, alice);
    expect((await oci().resolve(ref('docker://HOST/basic/base:1.0'), {})).digest).toBeDefined();
  });
  test('what needs no sign-in gets no credential', async () => {
    const { hub, world, host } = under();
    world.accounts.set(host, alice);
    hub.misbehave('/v2/', { kind: 'body', body: '{}' });
    await oci().resolve(ref('docker://HOST/open/base:1.0'), {});
    expect(hub.requests.every((r) => r.headers.authorization === undefined)).toBe(true);
  });
  test('a token that expired is renewed; a clock that is wrong costs one more request', async () => {
    const { hub, world } = under();
    const registry = createOciHub(world, createRegistryClient(world));
    await registry.resolve(ref('docker://HOST/demo/base:1.0'), {});
    hub.misbehave('/v2/demo/base/manifests/*', { kind: 'status', status: 401 }, { times: 1 });
    expect((await registry.resolve(ref('docker://HOST/demo/base:1.1'), {})).digest).toBeDefined();
    expect(paths().filter((p) => p.includes('/token'))).toHaveLength(2);
  });
  test('a token server elsewhere is not sent the password', async () => {
    const { hub, world, host } = under();
    world.accounts.set(host, alice);
    const foreign = { 'www-authenticate': 'Bearer realm="http://192.0.2.1/token",service="x"' };
    hub.misbehave('/v2/private/*', { kind: 'status', status: 401, headers: foreign });
    world.lines.splice(0);
    expect(await kindOf(oci().resolve(ref('docker://HOST/private/base:1.0'), { signal: AbortSignal.timeout(500) }))).toMatch(
      /aborted|offline|sign-in/,
    );
    expect(world.lines.join('\n')).toContain('are not sent there');
    expect(world.lines.join('\n')).not.toContain(alice.password);
  });
});

describe('tags', () => {
  test('all pages, in order', async () => {
    const { tags, incomplete } = await oci().tags(ref('oras://HOST/demo/many'), {});
    expect(tags).toHaveLength(2500);
    expect(incomplete).toBeUndefined();
    expect(paths().filter((p) => p.includes('tags/list'))).toHaveLength(3);
  });
  test('what is there by the deadline', async () => {
    const { hub } = under();
    const registry = oci();
    await registry.tags(ref('oras://HOST/demo/base'), {});
    hub.misbehave(/tags\/list/, { kind: 'delay', milliseconds: 1000 });
    const { tags, incomplete } = await registry.tags(ref('oras://HOST/demo/base'), { deadline: 100 });
    expect([tags.length, incomplete]).toEqual([0, true]);
  });
  test('a list that leads in circles, and one that leads elsewhere', async () => {
    const { hub, host } = under();
    hub.misbehave(/tags\/list/, { kind: 'headers', headers: { link: `<http://${host}/v2/demo/base/tags/list?n=1000>; rel="next"` } });
    expect((await oci().tags(ref('oras://HOST/demo/base'), {})).incomplete).toBe(true);
    hub.behave();
    hub.misbehave(/tags\/list/, { kind: 'headers', headers: { link: '<http://evil.example/v2/demo/base/tags/list>; rel="next"' } });
    const elsewhere = await oci().tags(ref('oras://HOST/demo/base'), {});
    expect([elsewhere.tags.length, elsewhere.incomplete]).toEqual([6, true]);
  });
  test('100,000 in one page and in endless pages', async () => {
    const { hub } = under();
    const names = JSON.stringify({ name: 'x', tags: Array.from({ length: 100_000 }, (_, n) => `v1.0.${n}`) });
    hub.misbehave(/tags\/list/, { kind: 'body', body: names });
    const { tags } = await oci().tags(ref('oras://HOST/open/base'), {});
    expect(tags).toHaveLength(100_000);
    expect((await oci().tags(ref('oras://HOST/open/base'), { reason: 'editor' })).tags).toHaveLength(10_000);
  });
});

describe('search', () => {
  test('the catalog, those that begin with the text first', async () => {
    const { hits } = await oci().search({ scheme: 'docker', host: under().host, text: 'demo' }, {});
    expect(hits.map((h) => h.name)).toEqual(['demo/base', 'demo/docker', 'demo/many', 'demo/redirected', 'demo/referred', 'demo/tool']);
  });
  test('a registry without catalog', async () => {
    under().hub.misbehave('/v2/_catalog', { kind: 'status', status: 404 });
    expect(await kindOf(oci().search({ scheme: 'docker', host: under().host, text: 'demo' }, {}))).toBe('unsupported');
  });
});

describe('open', () => {
  test.each(['1.4', '1.4-legacy', '1.4-multi'])('a SIF: %s', async (tag) => {
    const opened = await oci().open(ref(`oras://HOST/demo/tool:${tag}`), {});
    const [file] = opened.files;
    const image = under().hub.images.image('tool-1.4.sif');
    expect(opened).toMatchObject({ kind: 'sif', identity: { kind: 'oras', digest: { hex: image.sha256 } } });
    expect(file).toMatchObject({ role: 'image', size: image.size, expected: [{ digest: { hex: image.sha256 }, channel: 'http' }] });
    const bytes = await fetchAll(file?.sources[0]?.url ?? '', (await file?.sources[0]?.headers?.()) ?? {});
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(image.sha256);
  });
  test('a blob behind a redirect to storage', async () => {
    const opened = await oci().open(ref('oras://HOST/demo/redirected:1.4'), {});
    const source = opened.files[0]?.sources[0];
    expect((await fetchAll(source?.url ?? '', (await source?.headers?.()) ?? {})).length).toBe(opened.files[0]?.size);
  });
  test('an image: configuration and layers', async () => {
    const opened = await oci().open(ref('docker://HOST/demo/base:1.0'), arm64);
    expect(opened.files.map((f) => f.role)).toEqual(['config', ...opened.files.slice(1).map(() => 'layer')]);
    expect(opened.identity).toMatchObject({ kind: 'oci', platform: { architecture: 'arm64' } });
    expect(
      createHash('sha256')
        .update(opened.manifest?.bytes ?? '')
        .digest('hex'),
    ).toBe(opened.manifest?.digest.hex);
  });
  test.each([
    ['oras://HOST/demo/tool:two-layers', 'unsupported', 'ORAS SIF image should have a single layer, found 2'],
    ['oras://HOST/demo/base:1.2', 'unsupported', 'use `docker://`'],
    ['docker://HOST/demo/tool:1.4', 'unsupported', 'use `oras://`'],
    ['docker://HOST/demo/base:9', 'not-found', 'demo/base:9'],
    ['docker://HOST/demo/nothing:9', 'not-found', 'demo/nothing'],
  ])('%s: %s, %s', async (text, kind, words) => {
    const failure = await failureOf(oci().open(ref(text), {}));
    expect([failure.kind, failure.message]).toEqual([kind, expect.stringContaining(words)]);
  });
  test('no image for the platform: what there is', async () => {
    const failure = await failureOf(oci().open(ref('docker://HOST/demo/base:1.0'), { platform: { os: 'linux', architecture: 's390x' } }));
    expect([failure.kind, failure.details.platforms]).toEqual(['no-platform', ['linux/amd64', 'linux/arm64/v8']]);
  });
});

test('referrers, and those of an older registry', async () => {
  const found = await oci().referrers?.(ref('docker://HOST/demo/referred:1.0'), {});
  expect(found?.map((r) => r.artifactType).sort()).toEqual(['application/spdx+json', 'application/vnd.dev.cosign.artifact.sig.v1+json']);
  under().hub.misbehave(/\/referrers\//, { kind: 'status', status: 404 });
  expect(await oci().referrers?.(ref('docker://HOST/demo/referred:1.0'), {})).toEqual([]);
});

describe('wrong answers', () => {
  const manifest = '/v2/open/base/manifests/*';
  test.each<[string, Fault, string]>([
    ['HTML for JSON', { kind: 'html' }, 'wrong-answer'],
    ['no JSON', { kind: 'body', body: 'nonsense', type: 'application/vnd.oci.image.manifest.v1+json' }, 'wrong-answer'],
    ['another JSON', { kind: 'body', body: '{"a":1}' }, 'wrong-answer'],
    ['a list', { kind: 'body', body: '[]' }, 'wrong-answer'],
    ['a malformed layer', { kind: 'body', body: '{"config":{"digest":"sha256:1","size":1},"layers":[]}' }, 'wrong-answer'],
    ['schema 1', { kind: 'body', body: '{"schemaVersion":1,"fsLayers":[]}' }, 'wrong-answer'],
    ['a body without end', { kind: 'endless' }, 'wrong-answer'],
    ['a redirect loop', { kind: 'redirect-loop' }, 'wrong-answer'],
    ['a redirect to a file', { kind: 'redirect', to: 'file:///etc/passwd' }, 'wrong-answer'],
    ['429', { kind: 'status', status: 429, retryAfter: '3600' }, 'rate-limited'],
    ['500', { kind: 'status', status: 500 }, 'failing'],
    ['403', { kind: 'status', status: 403 }, 'sign-in'],
    ['418', { kind: 'status', status: 418 }, 'wrong-answer'],
    ['a reset', { kind: 'reset' }, 'wrong-answer'],
  ])('%s', async (_, fault, kind) => {
    under().hub.misbehave(manifest, fault);
    const failure = await failureOf(oci().manifest(ref('docker://HOST/open/base:1.0'), { reason: 'editor' }));
    expect(failure.kind).toBe(kind);
    expect(failure.message).not.toMatch(/undefined|\bat \w+ \(|Error:/);
    if (kind === 'rate-limited') expect(failure.details.until).toBeGreaterThan(Date.now() + 3_000_000);
  });
  test('another manifest than the digest says', async () => {
    const { hub } = under();
    hub.misbehave(manifest, { kind: 'wrong-bytes', offset: 5 });
    expect(await kindOf(oci().manifest(ref(`docker://HOST/open/base@${digestOf('open/base', '1.0')}`), {}))).toBe('wrong-answer');
  });
  test('another configuration than the manifest says', async () => {
    under().hub.misbehave('/v2/open/base/blobs/*', { kind: 'wrong-bytes', offset: 3 });
    expect(await kindOf(oci().manifest(ref('docker://HOST/open/base:1.2'), {}))).toBe('wrong-answer');
  });
  test('nobody listens', async () => {
    expect(await kindOf(oci().manifest(parseReference('docker://127.0.0.1:1/open/base:1.2').reference!, {}))).toBe('offline');
  });
  test('given up by the user', async () => {
    expect(await kindOf(oci().manifest(ref('docker://HOST/open/base:1.2'), { signal: AbortSignal.abort() }))).toBe('aborted');
  });
});
