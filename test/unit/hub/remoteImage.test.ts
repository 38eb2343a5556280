// The rooms together, on the embedded hub: an image on a server is looked into and its signature checked, without a download.
import { describe, expect, test } from 'vitest';
import { openRemote } from '../../../server/src/hub/remoteSource';
import { createWebHub } from '../../../server/src/hub/web';
import { parseReference } from '../../../server/src/image/reference';
import { readContents } from '../../../server/src/sif/contents';
import { openImage } from '../../../server/src/sif/image';
import { fetchKeys } from '../../../server/src/signature/keys';
import { readingHasher } from '../../../server/src/signature/objectDigests';
import { verifySif } from '../../../server/src/signature/verifySif';
import { useEmbeddedHub } from './embeddedWorld';

const underTest = useEmbeddedHub();
const open = (path: string) => openRemote(underTest().world.http, { url: underTest().hub.origin + path });

describe('labels, recipe and scripts', () => {
  test('of a SIF, in one request', async () => {
    const source = await open('/mirror/a/tool-1.4.sif');
    const contents = await readContents(await openImage(source));
    expect(contents).toMatchObject({ format: 'sif', architecture: 'amd64', origin: 'inspect-metadata' });
    expect(contents.labels['org.opencontainers.image.version']).toBe('1.4');
    expect(contents.recipe).toContain('From: debian:12-slim');
    expect(contents.apps.map(({ name }) => name)).toEqual(['index']);
    expect(underTest().hub.requests.length).toBeLessThanOrEqual(2);
    await source.close();
  });

  test('of an image from before SIF, from its squashfs', async () => {
    const source = await open('/shub-storage/hello-world.simg');
    const contents = await readContents(await openImage(source));
    expect(contents).toMatchObject({ format: 'squashfs', origin: 'root-file-system' });
    expect(contents.labels['org.opencontainers.image.version']).toBe('0.9');
    await source.close();
  });
});

describe('signatures', () => {
  async function verified(name: string) {
    const { hub, world } = underTest();
    const source = await open(`/mirror/a/${name}`);
    const image = await openImage(source);
    if (image.format !== 'sif') throw new Error(`${name} is no SIF`);
    const id = (hub.images.image(name).signer ?? '').slice(-16);
    const keys = await fetchKeys(id === '' ? [] : [id], { client: world.http, servers: [hub.origin], trustedFingerprints: [] });
    const verification = await verifySif(image.sif, { keys, mode: 'default', hasher: readingHasher(source), now: Date.now() / 1000 });
    await source.close();
    return verification;
  }

  test.each([
    ['tool-1.4.sif', 'valid'],
    ['tool-1.4-arm64.sif', 'unknown-key'],
    ['stranger.sif', 'unknown-key'],
  ])('%s is %s to who has only the key server', async (name, status) => {
    expect((await verified(name)).signatures.map((signature) => signature.finding.status)).toEqual([status]);
  });

  test('a damaged copy is found out', async () => {
    underTest().hub.misbehave('/mirror/a/tool-1.4.sif', { kind: 'wrong-bytes', offset: 300_000 });
    expect((await verified('tool-1.4.sif')).signatures.map((signature) => signature.finding.status)).toEqual(['invalid']);
  });
});

test('what a server says of a file is what the file is', async () => {
  const reference = parseReference(`${underTest().hub.origin}/metalink/tool-1.4.sif`).reference;
  if (reference === undefined) throw new Error('no reference');
  const opened = await createWebHub(underTest().world).open(reference, {});
  for (const source of opened.files[0]?.sources ?? []) {
    const remote = await openRemote(underTest().world.http, source);
    expect(remote.size).toBe(opened.files[0]?.size);
    await remote.close();
  }
});
