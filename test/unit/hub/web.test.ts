import { describe, expect, test } from 'vitest';
import { createWebHub } from '../../../server/src/hub/web';
import type { ImageReference } from '../../../server/src/image/reference';
import { parseReference } from '../../../server/src/image/reference';
import type { Fault } from '../../hub/faults';
import { failureOf, kindOf, useEmbeddedHub } from './embeddedWorld';

const underTest = useEmbeddedHub();

function reference(path: string, userinfo = ''): ImageReference {
  const found = parseReference(`http://${userinfo}${underTest().host}${path}`).reference;
  if (found === undefined) throw new Error('no reference');
  return found;
}

const web = () => createWebHub(underTest().world);
const image = () => underTest().hub.images.image('tool-1.4.sif');

describe('what a server tells', () => {
  test.each(['/metalink/tool-1.4.sif', '/metalink-hex/tool-1.4.sif', '/metalink-redirect/tool-1.4.sif'])(
    '%s: digest and size',
    async (path) => {
      const resolved = await web().resolve(reference(path), {});
      expect(resolved).toMatchObject({ digest: { algorithm: 'sha256', hex: image().sha256 }, size: image().size });
    },
  );

  test('a plain file has a size and no digest', async () => {
    const summary = await web().manifest(reference('/mirror/a/tool-1.4.sif'), {});
    expect(summary).toMatchObject({ kind: 'file', size: image().size, created: '2025-01-15T10:00:00.000Z' });
    expect(summary.digest).toBeUndefined();
    expect(underTest().hub.requests.map(({ method }) => method)).toEqual(['HEAD']);
  });

  test('a server without HEAD is asked for one byte', async () => {
    const { hub } = underTest();
    hub.misbehave('/mirror/a/*', { kind: 'status', status: 405 }, { method: 'HEAD' });
    expect((await web().resolve(reference('/mirror/a/tool-1.4.sif'), {})).size).toBe(image().size);
    expect(hub.requests.at(-1)?.headers.range).toBe('bytes=0-0');
  });

  test('a file has no tags', async () => {
    expect(await kindOf(web().tags(reference('/mirror/a/tool-1.4.sif'), {}))).toBe('unsupported');
  });
});

describe('downloads', () => {
  test('mirrors, digest, documents, signatures', async () => {
    const { hub } = underTest();
    const opened = await web().open(reference('/metalink/tool-1.4.sif'), {});
    const [file] = opened.files;
    expect(file).toMatchObject({
      name: 'tool-1.4.sif',
      size: image().size,
      acceptsRanges: true,
      lastModified: 'Wed, 15 Jan 2025 10:00:00 GMT',
    });
    expect(file?.sources.map(({ url, priority, location }) => [url.replace(hub.origin, ''), priority, location])).toEqual([
      ['/metalink/tool-1.4.sif', 1, undefined],
      ['/mirror/a/tool-1.4.sif', 2, 'de'],
      ['/mirror/b/tool-1.4.sif', 3, 'gb'],
      ['/mirror/c/tool-1.4.sif', 4, undefined],
    ]);
    expect(file?.expected).toEqual([
      { digest: { algorithm: 'sha256', hex: image().sha256 }, source: `header of ${underTest().host}`, channel: 'http' },
    ]);
    expect(opened.describedBy).toEqual([{ url: `${hub.origin}/mirror/a/tool-1.4.sif.meta4` }]);
    const [server, preferred, other] = opened.files[0]?.sources ?? [];
    expect(preferred).toMatchObject({ preferred: true, etag: opened.files[0]?.etag });
    for (const source of [server, other]) expect(source?.etag).toBeUndefined();
    expect(opened.signatures).toEqual([{ url: `${hub.origin}/mirror/a/tool-1.4.sif.asc`, mediaType: 'application/pgp-signature' }]);
    expect(opened.identity).toEqual({
      kind: 'net',
      url: `${hub.origin}/metalink/tool-1.4.sif`,
      lastModified: 'Wed, 15 Jan 2025 10:00:00 GMT',
    });
  });

  test('links without a digest name no mirrors', async () => {
    const opened = await web().open(reference('/metalink-no-digest/tool-1.4.sif'), { reason: 'editor' });
    expect(opened.files[0]?.sources).toHaveLength(1);
    expect(opened.files[0]?.expected).toEqual([]);
  });

  test('a checksum file beside the file, when a command wants it', async () => {
    const opened = await web().open(reference('/mirror/a/tool-1.4.sif'), {});
    expect(opened.files[0]?.expected.map(({ digest, source }) => [digest.hex, source])).toEqual([
      [image().sha256, 'tool-1.4.sif.sha256 beside the file'],
    ]);
    underTest().hub.requests.splice(0);
    await web().open(reference('/mirror/a/tool-1.4.sif'), { reason: 'editor' });
    expect(underTest().hub.requests).toHaveLength(1);
  });

  test('a server without ranges is said so', async () => {
    underTest().hub.misbehave('/mirror/a/tool-1.4.sif', { kind: 'no-ranges' });
    const opened = await web().open(reference('/mirror/a/tool-1.4.sif'), { reason: 'editor' });
    expect(opened.files[0]?.acceptsRanges).toBe(false);
    expect(opened.notes?.join()).toContain('cannot be resumed');
  });
});

describe('credentials', () => {
  test('those in the URL go to its host only, and are shown nowhere', async () => {
    const { hub, world } = underTest();
    hub.misbehave('/mirror/a/tool-1.4.sif', { kind: 'redirect', to: `http://localhost:${hub.port}/mirror/b/tool-1.4.sif` });
    const opened = await web().open(reference('/mirror/a/tool-1.4.sif', 'bob:hunter2@'), { reason: 'editor' });
    const asked = hub.requests.map(({ host, headers }) => [host.split(':')[0], headers.authorization]);
    expect(asked).toEqual([
      ['127.0.0.1', 'Basic …'],
      ['localhost', undefined],
    ]);
    expect(JSON.stringify({ ...opened, identity: undefined })).not.toContain('hunter2');
    expect(world.lines.join('\n')).not.toContain('hunter2');
  });

  test("those of the host's account", async () => {
    const { hub, world, host } = underTest();
    world.accounts.set(host, { username: 'bob', password: 'hunter2', source: 'test' });
    await web().resolve(reference('/mirror/a/tool-1.4.sif'), {});
    expect(hub.requests[0]?.headers.authorization).toBe('Basic …');
  });
});

describe('bad answers', () => {
  const faults: [Fault, string][] = [
    [{ kind: 'html' }, 'wrong-answer'],
    [{ kind: 'redirect-loop' }, 'wrong-answer'],
    [{ kind: 'redirect', to: 'file:///etc/passwd' }, 'wrong-answer'],
    [{ kind: 'status', status: 404 }, 'not-found'],
    [{ kind: 'status', status: 401 }, 'sign-in'],
    [{ kind: 'status', status: 429, retryAfter: '60' }, 'rate-limited'],
  ];
  test.each(faults)('%o is %s', async (fault, kind) => {
    underTest().hub.misbehave('/mirror/a/tool-1.4.sif', fault);
    expect(['wrong-answer', 'not-allowed'].includes(kind) ? 'refused' : kind).toBe(
      await kindOf(web().resolve(reference('/mirror/a/tool-1.4.sif'), { reason: 'editor' })).then((found) =>
        ['wrong-answer', 'not-allowed'].includes(found) ? 'refused' : found,
      ),
    );
  });

  test('nobody there', async () => {
    const found = parseReference('http://127.0.0.1:1/tool.sif').reference;
    if (found === undefined) throw new Error('no reference');
    const failure = await failureOf(web().resolve(found, { reason: 'editor' }));
    expect(failure.kind).toBe('offline');
    expect(failure.message).toContain('127.0.0.1:1');
  });
});

test.each([
  ['/mirror/a/..%2f..%2fetc%2fpasswd', '__.._etc_passwd'],
  ['/mirror/a/', 'image'],
])('the file name of %s is %s', async (path, name) => {
  const { fileName } = await import('../../../server/src/hub/web');
  expect(fileName(`http://h${path}`)).toBe(name);
});
