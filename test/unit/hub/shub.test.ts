import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ShubOptions } from '../../../server/src/hub/shub';
import { createShubHub } from '../../../server/src/hub/shub';
import { archivedUrl } from '../../../server/src/hub/shubArchive';
import type { ShubReference } from '../../../server/src/image/reference';
import { parseReference } from '../../../server/src/image/reference';
import { accounts } from '../../hub/accounts';
import type { Fault } from '../../hub/faults';
import { failureOf, kindOf, useEmbeddedHub } from './embeddedWorld';

const underTest = useEmbeddedHub();
const simg = () => underTest().hub.images.image('hello-world.simg');
const sif = () => underTest().hub.images.image('tool-1.4.sif');

function places(): Required<ShubOptions> {
  const { origin } = underTest().hub;
  return { publicHub: origin, archive: `${origin}/archive` };
}

const shub = (options: ShubOptions = places()) => createShubHub(underTest().world, options);

/** `HOST` stands for the embedded hub: the engines' grammar has no port there, so it is put in afterwards. */
function reference(text: string): ShubReference {
  const found = parseReference(text.replace('HOST', 'registry.example.org')).reference;
  if (found?.kind !== 'shub') throw new Error(`no reference: ${text}`);
  return text.includes('HOST') ? { ...found, registry: underTest().host } : found;
}

describe('the public hub, by its archive', () => {
  test('manifest: size, commit, MD5, recipe, date, and that it is closed', async () => {
    const summary = await shub().manifest(reference('shub://vsoch/hello-world'), {});
    expect(summary).toMatchObject({
      kind: 'file',
      digest: { algorithm: 'md5', hex: simg().md5 },
      size: simg().size,
      created: '2021-04-19T23:13:56.202Z',
      annotations: { 'org.opencontainers.image.revision': '3bac21df631874e3cbb3f0cf6fc9af1898f4cc3d' },
    });
    expect(summary.recipe).toContain('From: ubuntu:14.04');
    expect(summary.notes?.join('\n')).toMatch(/read-only archive[^]*MD5/);
  });

  test.each([
    ['shub://vsoch/hello-world:latest', 'hello-world.simg'],
    ['shub://vsoch/hello-world:1.3', 'tool-1.3.sif'],
  ])('%s is %s', async (text, name) => {
    const image = underTest().hub.images.image(name);
    const opened = await shub().open(reference(text), {});
    const [file] = opened.files;
    expect(opened.identity).toEqual({ kind: 'shub', commit: '3bac21df631874e3cbb3f0cf6fc9af1898f4cc3d' });
    expect(file?.size).toBe(image.size);
    expect(file?.expected.map(({ digest }) => digest)).toEqual([{ algorithm: 'md5', hex: image.md5 }]);
    const reply = await underTest().world.http.request({ url: file?.sources[0]?.url ?? '' });
    expect(
      createHash('md5')
        .update(await reply.bytes(1e7))
        .digest('hex'),
    ).toBe(image.md5);
  });

  test.each([
    ['the MD5 of a tag', () => `shub://vsoch/hello-world:latest@${simg().md5}`, 'hello-world.simg'],
    ['the commit of a tag', () => 'shub://vsoch/hello-world:1.3@3bac21df631874e3cbb3f0cf6fc9af1898f4cc3d', 'tool-1.3.sif'],
    ['an MD5 without a tag', () => `shub://vsoch/hello-world@${underTest().hub.images.image('tool-1.3.sif').md5}`, 'tool-1.3.sif'],
  ])('%s', async (_, text, name) => {
    expect((await shub().resolve(reference(text()), {})).digest?.hex).toBe(underTest().hub.images.image(name).md5);
  });

  test('what is not there says that the hub is closed', async () => {
    for (const text of ['shub://vsoch/hello-world:9.9', 'shub://nobody/nothing', `shub://vsoch/hello-world@${'0'.repeat(32)}`]) {
      const failure = await failureOf(shub().resolve(reference(text), {}));
      expect(failure.kind).toBe('not-found');
      expect(failure.message).toContain('closed in April 2021');
    }
  });

  test('tags', async () => {
    const { tags } = await shub().tags(reference('shub://vsoch/hello-world'), {});
    expect(tags.map(({ name }) => name).sort()).toEqual(['1.3', 'latest']);
  });

  test('the address of an image in the archive is made of its facts', () => {
    const facts = {
      name: 'vsoch/hello-world',
      tag: 'latest',
      built: '2021-04-19T23:13:56.202Z',
      commit: '3bac21df631874e3cbb3f0cf6fc9af1898f4cc3d',
      md5: '104932c9ca80c0eb90ebf6a80b7d7400',
    };
    expect(archivedUrl(facts)).toBe(
      'https://datasets.datalad.org/shub/vsoch/hello-world/latest/2021-04-19-3bac21df-104932c9/104932c9ca80c0eb90ebf6a80b7d7400.sif',
    );
  });

  test('a page without an address gives the derived one', async () => {
    const page = `---\nname: "a/b"\ntag: "latest"\ncommit: "${'1'.repeat(40)}"\nversion: "${'2'.repeat(32)}"\nbuild_date: "2020-02-03T00:00:00Z"\n---\n`;
    underTest().hub.misbehave('/archive/_containers/*', { kind: 'body', body: page, type: 'text/plain' });
    const opened = await shub().open(reference('shub://a/b'), {});
    expect(opened.files[0]?.sources[0]?.url).toBe(
      `https://datasets.datalad.org/shub/a/b/latest/2020-02-03-11111111-22222222/${'2'.repeat(32)}.sif`,
    );
  });

  test('names with dashes are told apart by what the page says', async () => {
    const page = `---\nname: "a-b/c"\ntag: "latest"\nversion: "${'2'.repeat(32)}"\nsif: "https://datasets.datalad.org/shub/x.sif"\n---\n`;
    underTest().hub.misbehave('/archive/_containers/a-b-c-latest.md', { kind: 'body', body: page, type: 'text/plain' });
    expect((await shub().resolve(reference('shub://a-b/c'), {})).digest?.hex).toBe('2'.repeat(32));
    expect(await kindOf(shub().resolve(reference('shub://a/b-c'), {}))).toBe('not-found');
  });

  test('where the archive has nothing, the hub itself may still answer', async () => {
    underTest().hub.misbehave('/archive/*', { kind: 'status', status: 404 });
    expect((await shub().resolve(reference('shub://vsoch/hello-world:latest'), {})).digest?.hex).toBe(simg().md5);
  });

  test('there is no search over the wire: nobody is asked', async () => {
    expect((await shub().search({ scheme: 'shub', text: 'hello' }, {})).hits).toEqual([]);
    expect(underTest().hub.requests).toHaveLength(0);
  });

  test.each<[string, string]>([
    ['no front matter', '# nothing\n'],
    ['not a mapping', '---\n- a\n---\n'],
    ['not YAML', '---\n"\n---\n'],
    ['an alias bomb', '---\na: &a [x,x]\nb: &b [*a,*a]\nname: *b\n---\n'],
    ['neither name nor tag', '---\nsize: 3\n---\n'],
    ['no address', '---\nname: a/b\ntag: latest\n---\n'],
  ])('a page with %s is a wrong answer', async (_, page) => {
    underTest().hub.misbehave('/archive/_containers/*', { kind: 'body', body: page, type: 'text/plain' });
    expect(await kindOf(shub().resolve(reference('shub://a/b'), {}))).toBe('wrong-answer');
  });

  test.each<[Fault, string]>([
    [{ kind: 'endless' }, 'wrong-answer'],
    [{ kind: 'redirect-loop' }, 'wrong-answer'],
    [{ kind: 'status', status: 429, retryAfter: '60' }, 'rate-limited'],
  ])('%o is %s', async (fault, kind) => {
    underTest().hub.misbehave('/archive/_containers/*', fault);
    expect(await kindOf(shub().resolve(reference('shub://vsoch/hello-world'), { reason: 'editor' }))).toBe(kind);
  });
});

describe('registries', () => {
  test('the API of Singularity Hub', async () => {
    const opened = await shub().open(reference('shub://HOST/demo/tool:latest'), {});
    expect(opened.identity).toMatchObject({ kind: 'shub' });
    expect(opened.files[0]?.expected[0]?.digest).toEqual({ algorithm: 'md5', hex: sif().md5 });
    expect(opened.files[0]?.name).toBe('tool_latest.sif');
    expect(underTest().hub.requests.map(({ path }) => path)).toEqual(['/api/container/demo/tool:latest']);
  });

  test('sregistry tells no commit: the engines cannot cache the image, and we say so', async () => {
    const opened = await shub().open(reference('shub://HOST/sreg/tool'), {});
    expect(opened.identity).toBeUndefined();
    expect(opened.notes?.join('\n')).toContain('cannot cache');
    const reply = await underTest().world.http.request({ url: opened.files[0]?.sources[0]?.url ?? '' });
    expect((await reply.bytes(1e7)).length).toBe(sif().size);
  });

  test('a version behind @ goes into the request', async () => {
    await shub().resolve(reference(`shub://HOST/demo/tool@${sif().md5}`), {});
    expect(underTest().hub.requests[0]?.path).toBe(`/api/container/demo/tool@${sif().md5}`);
  });

  test('an image that is still being built', async () => {
    const failure = await failureOf(shub().resolve(reference('shub://HOST/demo/building'), {}));
    expect(failure.kind).toBe('not-found');
    expect(failure.message).toContain('has not finished building');
  });

  test('tags and search', async () => {
    expect((await shub().tags(reference('shub://HOST/sreg/tool'), {})).tags).toEqual([{ name: 'latest' }]);
    const { hits } = await shub().search({ scheme: 'shub', host: underTest().host, text: 'tool' }, {});
    expect(hits.map(({ name }) => name)).toEqual(['demo/tool', 'sreg/tool']);
  });

  test('a private image needs a signed request', async () => {
    const { world, host, hub } = underTest();
    expect(await kindOf(shub().resolve(reference('shub://HOST/sreg/private'), {}))).toBe('sign-in');
    world.accounts.set(host, { username: accounts.sregistryUser, token: accounts.sregistryToken, source: 'test' });
    hub.requests.splice(0);
    expect((await shub().resolve(reference('shub://HOST/sreg/private'), {})).digest?.hex).toBe(hub.images.image('tool-1.3.sif').md5);
    expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, 'SREGISTRY-HMAC-SHA256 …']);
    world.accounts.set(host, { username: accounts.sregistryUser, token: 'wrong', source: 'test' });
    expect(await kindOf(shub().resolve(reference('shub://HOST/sreg/private'), {}))).toBe('sign-in');
  });

  test.each<[string, Fault, string]>([
    ['a page', { kind: 'html' }, 'wrong-answer'],
    ['half of it', { kind: 'body', body: '{"image":' }, 'wrong-answer'],
    ['no image', { kind: 'body', body: '{"name":"x"}' }, 'wrong-answer'],
    ['another scheme', { kind: 'body', body: '{"image":"file:///etc/passwd"}' }, 'wrong-answer'],
    ['a list', { kind: 'body', body: '[]' }, 'wrong-answer'],
    ['404', { kind: 'status', status: 404 }, 'not-found'],
    ['429', { kind: 'status', status: 429 }, 'rate-limited'],
  ])('%s is %o: %s', async (_, fault, kind) => {
    underTest().hub.misbehave('/api/container/*', fault);
    expect(await kindOf(shub().resolve(reference('shub://HOST/demo/tool'), { reason: 'editor' }))).toBe(kind);
  });

  test('another version than the one that was asked for', async () => {
    underTest().hub.misbehave('/api/container/*', {
      kind: 'body',
      body: `{"image":"http://127.0.0.1/x.sif","version":"${'a'.repeat(32)}"}`,
    });
    expect(await kindOf(shub().resolve(reference(`shub://HOST/demo/tool@${'b'.repeat(32)}`), {}))).toBe('wrong-answer');
    expect((await shub().resolve(reference(`shub://HOST/demo/tool@${'a'.repeat(32)}`), {})).digest?.hex).toBe('a'.repeat(32));
  });

  test('a version that is no MD5 is no digest', async () => {
    underTest().hub.misbehave('/api/container/*', { kind: 'body', body: '{"image":"http://127.0.0.1/x.sif","version":"latest"}' });
    const opened = await shub().open(reference('shub://HOST/demo/tool'), {});
    expect(opened.files[0]?.expected).toEqual([]);
    expect(opened.notes?.join('\n')).toContain('no digest');
  });
});
