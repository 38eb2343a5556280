import { describe, expect, test } from 'vitest';
import { createLibraryHub } from '../../../server/src/hub/library';
import type { LibraryOptions } from '../../../server/src/hub/libraryEndpoint';
import type { ImageReference } from '../../../server/src/image/reference';
import { parseReference } from '../../../server/src/image/reference';
import { accounts } from '../../hub/accounts';
import type { Fault } from '../../hub/faults';
import { failureOf, kindOf, useEmbeddedHub } from './embeddedWorld';

const test0 = useEmbeddedHub();

function reference(text: string): ImageReference {
  const parsed = parseReference(text.replace('HOST', test0().host));
  if (parsed.reference === undefined) throw new Error(parsed.problems.map((problem) => problem.message).join('; '));
  return parsed.reference;
}

const library = (options: LibraryOptions = {}) => createLibraryHub(test0().world, options);
const arm64 = { platform: { os: 'linux', architecture: 'arm64' } };

describe('which library', () => {
  test.each<[string, LibraryOptions, string]>([
    ['library://HOST/demo/tools/tool:1.4', {}, 'the host in the reference'],
    ['library://demo/tools/tool:1.4', { url: () => test0().hub.origin }, 'the setting'],
    ['library://demo/tools/tool:1.4', { url: () => '', remote: () => Promise.resolve(remote()) }, 'the active remote by discovery'],
    ['library://tool:1.4', { url: () => test0().hub.origin }, 'library/default for a short name'],
    ['library://HOST/demo/tools/tool:1.4', { url: () => 'http://127.0.0.1:9' }, 'the host before the setting'],
  ])('%s: %s', async (text, options) => {
    const resolved = await library(options).resolve(reference(text), {});
    expect(resolved.digest?.hex).toBe(test0().hub.images.image('tool-1.4.sif').sha256);
  });

  test('a base URL may have a path', async () => {
    const hub = library({ url: () => `${test0().hub.origin}/sregistry` });
    expect((await hub.resolve(reference('library://demo/tools/tool:1.4'), {})).digest).toBeDefined();
  });

  test("the recipe's Library header", async () => {
    const parsed = parseReference('demo/tools/tool:1.4', { agent: 'library', library: test0().hub.origin });
    if (parsed.reference === undefined) throw new Error('no reference');
    expect((await library().resolve(parsed.reference, {})).size).toBe(test0().hub.images.image('tool-1.4.sif').size);
  });

  test('Apptainer has no default, and says what it would say', async () => {
    const failure = await failureOf(library().resolve(reference('library://demo/tools/tool:1.4'), {}));
    expect(failure.kind).toBe('unsupported');
    expect(failure.message).toContain('remote has no library client');
    expect(test0().hub.requests).toHaveLength(0);
  });

  test('a remote without a library is no library', async () => {
    test0().hub.misbehave('/assets/config/config.prod.json', { kind: 'body', body: '{"keystoreAPI":{"uri":"https://keys.example.org"}}' });
    expect(await kindOf(library({ remote: () => Promise.resolve(remote()) }).resolve(reference('library://demo/tools/tool'), {}))).toBe(
      'unsupported',
    );
  });

  function remote() {
    return { name: 'Embedded', uri: test0().host, token: accounts.libraryToken };
  }
});

describe('what the library tells', () => {
  test('manifest', async () => {
    const summary = await library().manifest(reference('library://HOST/demo/tools/tool:1.4'), {});
    const image = test0().hub.images.image('tool-1.4.sif');
    expect(summary).toMatchObject({
      kind: 'sif',
      digest: { algorithm: 'sha256', hex: image.sha256 },
      size: image.size,
      platform: { os: 'linux', architecture: 'amd64' },
      signedBy: [image.signer],
      created: '2025-01-15T10:00:00Z',
    });
    expect(summary.notes?.join('\n')).toContain('1.4, latest');
  });

  test.each<[string, object, string]>([
    ['library://HOST/demo/tools/tool:1.4', arm64, 'tool-1.4-arm64.sif'],
    ['library://HOST/demo/tools/tool:1.3', {}, 'tool-1.3.sif'],
    ['library://HOST/demo/tools/tool', {}, 'tool-1.4.sif'],
    ['library://HOST/demo/tools/tool:1.3,latest', {}, 'tool-1.3.sif'],
  ])('%s %o is %s', async (text, options, name) => {
    expect((await library().resolve(reference(text), options)).digest?.hex).toBe(test0().hub.images.image(name).sha256);
  });

  test('a hash in the place of the tag', async () => {
    const { sha256 } = test0().hub.images.image('tool-1.3.sif');
    expect((await library().resolve(reference(`library://HOST/demo/tools/tool:sha256.${sha256}`), {})).digest?.hex).toBe(sha256);
  });

  test('the library must not answer with another hash than the one that was asked for', async () => {
    const asked = test0().hub.images.image('tool-1.3.sif').sha256;
    const other = test0().hub.images.image('tool-1.4.sif').sha256;
    test0().hub.misbehave('/v1/images/*', { kind: 'body', body: JSON.stringify({ data: { hash: `sha256.${other}` } }) });
    expect(await kindOf(library().resolve(reference(`library://HOST/demo/tools/tool:sha256.${asked}`), {}))).toBe('wrong-answer');
  });

  test('a hash that is a name and no checksum', async () => {
    const hash = 'sif.0d2a1c3e-1111-2222-3333-444455556666';
    test0().hub.misbehave('/v1/images/*', { kind: 'body', body: JSON.stringify({ data: { hash, size: 40_000 } }) });
    const opened = await library().open(reference('library://HOST/demo/tools/tool:1.4'), {});
    expect(opened.files[0]?.expected).toEqual([]);
    expect(opened.identity).toEqual({ kind: 'library', hash });
    expect(opened.notes?.join('\n')).toContain('proves nothing');
  });

  test('an architecture that is not there names those that are', async () => {
    const failure = await failureOf(library().resolve(reference('library://HOST/demo/tools/tool:1.3'), arm64));
    expect(failure.kind).toBe('no-platform');
    expect(failure.details.platforms).toEqual(['linux/amd64']);
  });

  test('a tag that is nowhere', async () => {
    expect(await kindOf(library().resolve(reference('library://HOST/demo/tools/tool:9.9'), {}))).toBe('not-found');
    expect(await kindOf(library().resolve(reference('library://HOST/demo/tools/nothing'), {}))).toBe('not-found');
  });
});

describe('tags and search', () => {
  test('tags with their architectures', async () => {
    const { tags } = await library().tags(reference('library://HOST/demo/tools/tool'), {});
    expect(tags).toContainEqual({ name: '1.4', platforms: ['linux/amd64', 'linux/arm64'] });
    expect(tags).toContainEqual({ name: '1.3', platforms: ['linux/amd64'] });
  });

  test('tags by the id of the container where the container tells none', async () => {
    test0().hub.misbehave('/v1/containers/*', { kind: 'status', status: 404 });
    const { tags } = await library().tags(reference('library://HOST/demo/tools/tool'), {});
    expect(tags.map(({ name }) => name).sort()).toEqual(['1.3', '1.4', 'latest']);
  });

  test("sregistry's tags are behind a token", async () => {
    const hub = library({ url: () => `${test0().hub.origin}/sregistry` });
    expect(await kindOf(hub.tags(reference('library://demo/tools/tool'), {}))).toBe('sign-in');
  });

  test('search', async () => {
    const { hits } = await library().search({ scheme: 'library', host: test0().host, text: 'tool' }, {});
    expect(hits.map(({ name }) => name)).toContain('demo/tools/tool');
    expect(hits.map(({ name }) => name)).not.toContain('private/tools/tool');
    expect(hits.find(({ name }) => name === 'demo/tools/tool')).toMatchObject({ stars: 3, pulls: 42 });
  });

  test('a search for fewer than three characters asks nobody', async () => {
    expect(await library().search({ scheme: 'library', host: test0().host, text: 'to' }, {})).toMatchObject({ hits: [], incomplete: true });
    expect(test0().hub.requests).toHaveLength(0);
  });
});

describe('downloads', () => {
  test('by redirect: hash, size, name of the cache entry', async () => {
    const image = test0().hub.images.image('tool-1.4.sif');
    const opened = await library().open(reference('library://HOST/demo/tools/tool:1.4'), {});
    expect(opened.identity).toEqual({ kind: 'library', hash: `sha256.${image.sha256}` });
    expect(opened.files[0]).toMatchObject({ name: 'tool_1.4.sif', role: 'image', size: image.size });
    expect(opened.files[0]?.expected).toEqual([
      { digest: { algorithm: 'sha256', hex: image.sha256 }, source: 'library hash', channel: 'http' },
    ]);
    expect(opened.files[0]?.sources.map(({ url }) => url)).toEqual([`${test0().hub.origin}/v1/imagefile/demo/tools/tool:1.4?arch=amd64`]);
  });

  test.each([
    ['library://HOST/demo/tools/tool:1.4', 'a redirect'],
    ['library://HOST/demo/direct/tool:1.4', 'the file itself'],
    ['library://HOST/oci/tools/tool:1.4', 'the registry behind the library'],
  ])('every source of %s gives the bytes (%s)', async (text) => {
    const image = test0().hub.images.image('tool-1.4.sif');
    const opened = await library().open(reference(text), {});
    for (const source of opened.files[0]?.sources ?? []) {
      const reply = await test0().world.http.request({ url: source.url, headers: (await source.headers?.()) ?? {} });
      expect(reply.status).toBe(200);
      expect(Buffer.from(await reply.bytes(1e7)).equals(Buffer.from(image.content.read(0, image.size)))).toBe(true);
    }
  });

  test("the registry's token is asked for again before it ends, and goes to no other host", async () => {
    let clock = Date.now();
    const hub = createLibraryHub({ ...test0().world, now: () => clock });
    const opened = await hub.open(reference('library://HOST/oci/tools/tool:1.4'), {});
    const source = opened.files[0]?.sources[0];
    const grants = () => test0().hub.requests.filter(({ path }) => path.startsWith('/v1/oci-redirect')).length;
    const token = { authorization: `Bearer ${accounts.libraryRegistryToken}` };
    expect([await source?.headers?.(), grants()]).toEqual([token, 1]);
    clock += 61_000;
    expect([await source?.headers?.(), grants()]).toEqual([token, 2]);
    clock += 61_000;
    test0().hub.misbehave('/v1/oci-redirect', { kind: 'body', body: '{"token":"other","url":"https://elsewhere.example.org"}' });
    expect(await source?.headers?.()).toEqual({});
  });

  test.each<[string, Fault]>([
    ['fails', { kind: 'status', status: 500 }],
    ['sends a page', { kind: 'html' }],
    ['names another scheme', { kind: 'body', body: '{"token":"x","url":"file:///etc"}' }],
  ])('where the way to a registry %s, the library hands the file out itself', async (_, fault) => {
    test0().hub.misbehave('/v1/oci-redirect', fault);
    const opened = await library().open(reference('library://HOST/oci/tools/tool:1.4'), { reason: 'editor' });
    expect(opened.files[0]?.sources.map(({ url }) => new URL(url).pathname)).toEqual(['/v1/imagefile/oci/tools/tool:1.4']);
  });

  test('the registry behind the library comes first', async () => {
    const opened = await library().open(reference('library://HOST/oci/tools/tool:1.4'), {});
    expect(opened.files[0]?.sources.map(({ priority, url }) => [priority, new URL(url).pathname.split('/')[1]])).toEqual([
      [1, 'v2'],
      [2, 'v1'],
    ]);
  });

  test('sregistry: the size in megabytes is not taken for bytes, the file comes by a 302', async () => {
    const hub = library({ url: () => `${test0().hub.origin}/sregistry` });
    const opened = await hub.open(reference('library://demo/tools/tool:1.4'), {});
    expect(opened.files[0]?.size).toBeUndefined();
    const source = opened.files[0]?.sources.at(-1);
    const reply = await test0().world.http.request({ url: source?.url ?? '' });
    expect((await reply.bytes(1e7)).length).toBe(test0().hub.images.image('tool-1.4.sif').size);
  });
});

describe('the token', () => {
  test('opens what is private', async () => {
    const text = 'library://HOST/private/tools/tool:1.4';
    expect(await kindOf(library().resolve(reference(text), {}))).toBe('sign-in');
    test0().world.accounts.set(test0().host, { token: accounts.libraryToken, source: 'test' });
    expect((await library().resolve(reference(text), {})).digest).toBeDefined();
  });

  test("the active remote's goes to its own library only", async () => {
    const remote = () => Promise.resolve({ name: 'Other', uri: test0().host, token: accounts.libraryToken });
    await library({ remote }).resolve(reference('library://HOST/demo/tools/tool:1.4'), {});
    expect(test0().hub.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  test('does not follow a redirect to another host', async () => {
    test0().world.accounts.set(test0().host, { token: accounts.libraryToken, source: 'test' });
    const opened = await library().open(reference('library://HOST/private/tools/tool:1.4'), {});
    const source = opened.files[0]?.sources.at(-1);
    const reply = await test0().world.http.request({ url: source?.url ?? '', headers: (await source?.headers?.()) ?? {} });
    expect((await reply.bytes(1e7)).length).toBeGreaterThan(1000);
    const stored = test0().hub.requests.filter(({ path }) => path.startsWith('/storage/'));
    expect(stored).toHaveLength(1);
    expect(stored[0]?.headers.authorization).toBeUndefined();
    expect(test0().world.lines.join('\n')).not.toContain(accounts.libraryToken);
  });
});

describe('bad answers', () => {
  const faults: [Fault, string][] = [
    [{ kind: 'html' }, 'wrong-answer'],
    [{ kind: 'body', body: '{"data":' }, 'wrong-answer'],
    [{ kind: 'body', body: '[]' }, 'wrong-answer'],
    [{ kind: 'body', body: '{"data":{"hash":7}}' }, 'wrong-answer'],
    [{ kind: 'body', body: '{"data":{"hash":"../../etc/passwd"}}' }, 'wrong-answer'],
    [{ kind: 'body', body: '{"error":{"code":500,"message":"no space"}}' }, 'wrong-answer'],
    [{ kind: 'endless' }, 'wrong-answer'],
    [{ kind: 'redirect-loop' }, 'wrong-answer'],
    [{ kind: 'status', status: 401 }, 'sign-in'],
    [{ kind: 'status', status: 418 }, 'wrong-answer'],
  ];
  test.each(faults)('%o is %s', async (fault, kind) => {
    test0().hub.misbehave('/v1/images/*', fault);
    expect(await kindOf(library().resolve(reference('library://HOST/demo/tools/tool:1.4'), {}))).toBe(kind);
  });

  test('429 says until when', async () => {
    test0().hub.misbehave('/v1/images/*', { kind: 'status', status: 429, retryAfter: '120' });
    const failure = await failureOf(library().resolve(reference('library://HOST/demo/tools/tool:1.4'), { reason: 'editor' }));
    expect(failure.kind).toBe('rate-limited');
    expect((failure.details.until ?? 0) - Date.now()).toBeGreaterThan(100_000);
  });

  test('a cancelled call', async () => {
    test0().hub.misbehave('/v1/images/*', { kind: 'delay', milliseconds: 5000 });
    const signal = AbortSignal.timeout(50);
    expect(await kindOf(library().resolve(reference('library://HOST/demo/tools/tool:1.4'), { signal }))).toBe('aborted');
  });

  test('a path that climbs stays in its place', async () => {
    const parsed = parseReference('library://demo/tools/tool:1.4').reference;
    if (parsed?.kind !== 'library') throw new Error('no reference');
    const climbing = { ...parsed, host: test0().host, path: '../../storage/x' };
    expect(await kindOf(library().resolve(climbing, {}))).toBe('not-found');
    expect(test0().hub.requests.every(({ path }) => path.startsWith('/v1/') || path.startsWith('/v2/'))).toBe(true);
  });
});
