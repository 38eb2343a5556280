import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as openpgp from 'openpgp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf, pieceHashes } from '../../hub/content';
import type { EmbeddedHub } from '../../hub/hub';
import { startHub } from '../../hub/hub';
import { misbehaveAsSampled, writeSampleWorkspace } from '../../hub/samples';

let hub: EmbeddedHub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.close());

const signer = (name: string) => hub.images.image(name).signer ?? '';

describe('images', () => {
  test('are what images.json says, and small', () => {
    for (const name of hub.images.names) {
      const image = hub.images.image(name);
      expect([name, digestOf(image.content), digestOf(image.content, 'md5'), image.content.size]).toEqual([
        name,
        image.sha256,
        image.md5,
        image.size,
      ]);
    }
    const sizes = fs.readdirSync(hub.images.folder).map((name) => fs.statSync(path.join(hub.images.folder, name)).size);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(2_000_000);
  });

  test.each(['jane.asc', 'farm.asc'])('%s is the key of an image', async (name) => {
    const key = await openpgp.readKey({ armoredKey: hub.images.text(name) });
    expect(key.getFingerprint().toUpperCase()).toBe(signer(name === 'jane.asc' ? 'tool-1.4.sif' : 'tool-1.4-arm64.sif'));
    expect(key.isPrivate()).toBe(false);
  });

  test('the detached signature is of the image, by Jane', async () => {
    const image = hub.images.image('tool-1.4.sif');
    const jane = await openpgp.readKey({ armoredKey: hub.images.text('jane.asc') });
    const verified = await openpgp.verify({
      message: await openpgp.createMessage({ binary: image.content.read(0, image.size) }),
      signature: await openpgp.readSignature({ armoredSignature: hub.images.text('tool-1.4.sif.asc') }),
      verificationKeys: jane.toPublic(),
      format: 'binary',
    });
    expect(await verified.signatures[0]?.verified).toBe(true);
  });
});

describe('key server', () => {
  const lookUp = (search: string, operation = 'get') =>
    fetch(`${hub.origin}/pks/lookup?op=${operation}&options=mr&exact=on&search=${search}`);

  test.each<[string, () => string, number]>([
    ['fingerprint', () => `0x${signer('tool-1.4.sif')}`, 200],
    ['long id', () => `0x${signer('tool-1.4.sif').slice(-16)}`, 200],
    ['long id in lower case', () => `0x${signer('tool-1.4.sif').slice(-16).toLowerCase()}`, 200],
    ['e-mail', () => 'jane@example.org', 200],
    ["the farm's", () => `0x${signer('tool-1.4-arm64.sif')}`, 404],
    ["the stranger's", () => `0x${signer('stranger.sif').slice(-16)}`, 404],
    ['nothing', () => '', 404],
  ])('%s', async (_, search, status) => {
    const reply = await lookUp(search());
    expect(reply.status).toBe(status);
    if (status === 200) expect(await reply.text()).toContain('BEGIN PGP PUBLIC KEY BLOCK');
  });

  test('index', async () => {
    expect(await (await lookUp('jane', 'index')).text()).toMatch(new RegExp(`^info:1:1\npub:${signer('tool-1.4.sif')}:22:256:`));
  });
});

describe('mirrors', () => {
  test.each([
    ['/mirror/a/SHA256SUMS', (hex: string) => `${hex}  tool-1.4.sif\n`],
    ['/mirror/b/CHECKSUM', (hex: string) => `SHA256 (tool-1.4.sif) = ${hex}\n`],
    ['/mirror/c/tool-1.4.sif.sha256', (hex: string) => `${hex}  tool-1.4.sif\n`],
    ['/mirror/d/tool-1.4.sif.meta4', (hex: string) => `<hash type="sha-256">${hex}</hash>`],
  ])('%s', async (address, line) => {
    expect(await (await fetch(hub.origin + address)).text()).toContain(line(hub.images.image('tool-1.4.sif').sha256));
  });

  test('RFC 6249 on HEAD and GET alike, and on a redirect', async () => {
    const fields = ['link', 'digest', 'repr-digest'];
    const [head, get, moved] = await Promise.all([
      fetch(`${hub.origin}/metalink/tool-1.3.sif`, { method: 'HEAD' }),
      fetch(`${hub.origin}/metalink/tool-1.3.sif`),
      fetch(`${hub.origin}/metalink-redirect/tool-1.3.sif`, { redirect: 'manual' }),
    ]);
    for (const field of fields)
      expect([head.headers.get(field), moved.headers.get(field)]).toEqual([get.headers.get(field), get.headers.get(field)]);
    expect([moved.status, moved.headers.get('location')]).toEqual([302, `${hub.origin}/mirror/a/tool-1.3.sif`]);
    expect((await fetch(`${hub.origin}/metalink-no-digest/tool-1.3.sif`)).headers.get('digest')).toBeNull();
  });
});

describe('the sample workspace', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'samples-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test("is written with this hub's addresses; a recipe's own placeholders stay", () => {
    const names = writeSampleWorkspace(folder, hub);
    for (const name of [
      'tool.def',
      'mistakes.def',
      'legacy-shub.def',
      'oras.def',
      'tool-1.4.meta4',
      'broken.meta4',
      'old.metalink',
      'README.md',
    ])
      expect(names).toContain(name);
    for (const name of names) expect(fs.readFileSync(path.join(folder, name), 'utf8')).not.toMatch(/\{\{[A-Z]/);
    expect(fs.readFileSync(path.join(folder, 'tool.def'), 'utf8')).toContain('tool {{ version }}');
  });

  test('its metalink tells the truth; its mirrors do as it says', async () => {
    writeSampleWorkspace(folder, hub);
    misbehaveAsSampled(hub);
    const text = fs.readFileSync(path.join(folder, 'tool-1.4.meta4'), 'utf8');
    const image = hub.images.image('tool-1.4.sif');
    expect(text).toContain(`<size>${image.size}</size>`);
    for (const hash of [image.sha256, ...pieceHashes(image.content, 65_536)]) expect(text).toContain(hash);
    const urls = [...text.matchAll(/<url [^>]*>([^<]+)</g)].map((match) => match[1] ?? '');
    expect(new Set(urls.map((url) => new URL(url).pathname.split('/')[2]))).toEqual(new Set(['a', 'b', 'c', 'd']));
    const fetched = async (url = '') => Buffer.from(await (await fetch(url)).arrayBuffer());
    expect((await fetched(urls[0])).equals(Buffer.from(image.content.read(0, image.size)))).toBe(false);
    expect((await fetched(urls[3])).equals(Buffer.from(image.content.read(0, image.size)))).toBe(true);
    hub.behave();
  });

  test('every image that its recipes name is there', async () => {
    writeSampleWorkspace(folder, hub);
    const { host } = new URL(hub.origin);
    const named = fs.readdirSync(folder).filter((name) => name.endsWith('.def'));
    const images = named.flatMap((name) =>
      [...fs.readFileSync(path.join(folder, name), 'utf8').matchAll(/^From: (\S+)/gm)].map((match) => match[1] ?? ''),
    );
    const own = images.filter((image) => image.startsWith(host));
    expect(own.length).toBeGreaterThanOrEqual(4);
    for (const image of own) {
      const [, name = '', tag = ''] = /^[^/]+\/(.+):(.+)$/.exec(image) ?? [];
      const inRegistry = hub.registry.repositories.get(name)?.tags.has(tag) ?? false;
      const inLibrary = (await fetch(`${hub.origin}/v1/images/${name}:${tag}?arch=amd64`)).ok;
      expect([image, inRegistry || inLibrary]).toEqual([image, true]);
    }
  });
});
