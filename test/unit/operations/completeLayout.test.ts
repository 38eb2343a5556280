import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { completeLayouts } from '../../../server/src/operations/completeLayout';

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'layout-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const hexOf = (content: string): string => createHash('sha256').update(content).digest('hex');

function blob(content: string, name = hexOf(content), identity?: string) {
  const file = path.join(folder, 'blobs', 'sha256', name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return { path: file, identity };
}

/** An image of one layer, its manifest first. */
function image(layer: string, identity?: string, mediaType?: string) {
  const parts = [blob('{"architecture":"amd64"}'), blob(layer)];
  const descriptor = (file: string) => ({ digest: `sha256:${path.basename(file)}`, size: fs.statSync(file).size });
  const [config, only] = parts.map((part) => descriptor(part.path));
  const manifest = JSON.stringify({ schemaVersion: 2, ...(mediaType !== undefined && { mediaType }), config, layers: [only] });
  return [blob(manifest, hexOf(manifest), identity), ...parts];
}

const complete = (blobs: ReturnType<typeof image>) => completeLayouts(blobs, new AbortController().signal);
const read = (name: string): unknown => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
const files = (): string[] => fs.readdirSync(folder).sort();

test('the two files are made from the manifest', async () => {
  const parts = image('layer', 'docker://ghcr.io/org/tool:1.4');
  expect((await complete(parts)).map(({ outcome, path: place }) => [outcome, place])).toEqual([['pulled', folder]]);
  expect(read('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
  expect(read('index.json')).toMatchObject({
    manifests: [
      {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: `sha256:${path.basename(parts[0]?.path ?? '')}`,
        size: fs.statSync(parts[0]?.path ?? '').size,
        annotations: { 'org.opencontainers.image.ref.name': 'ghcr.io/org/tool:1.4' },
      },
    ],
  });
  expect(files()).toEqual(['blobs', 'index.json', 'oci-layout']);
  expect((await complete(parts)).map(({ outcome }) => outcome)).toEqual(['already-there']);
});

test('two images, and a media type of Docker', async () => {
  await complete([
    ...image('one', 'docker://a/b:1'),
    ...image('two', 'not a name', 'application/vnd.docker.distribution.manifest.v2+json'),
  ]);
  const { manifests } = read('index.json') as { manifests: { mediaType: string; annotations?: object }[] };
  expect(manifests.map(({ mediaType, annotations }) => [mediaType.split('.').at(-2), annotations !== undefined])).toEqual([
    ['manifest', true],
    ['manifest', false],
  ]);
  expect(manifests[1]?.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
});

test('what is there is kept', async () => {
  fs.writeFileSync(path.join(folder, 'oci-layout'), '{ "imageLayoutVersion": "1.0.0" }\n');
  fs.writeFileSync(
    path.join(folder, 'index.json'),
    '{"schemaVersion":2,"annotations":{"a":"b"},"manifests":[{"digest":"sha256:00","size":1}]}',
  );
  await complete(image('layer'));
  expect(fs.readFileSync(path.join(folder, 'oci-layout'), 'utf8')).toBe('{ "imageLayoutVersion": "1.0.0" }\n');
  const index = read('index.json') as { annotations: object; manifests: { digest: string }[] };
  expect([index.annotations, index.manifests.length, index.manifests[0]?.digest]).toEqual([{ a: 'b' }, 2, 'sha256:00']);
});

test('an index that is none is left alone', async () => {
  fs.writeFileSync(path.join(folder, 'index.json'), '[]');
  expect((await complete(image('layer'))).map(({ outcome }) => outcome)).toEqual(['failed']);
  expect(fs.readFileSync(path.join(folder, 'index.json'), 'utf8')).toBe('[]');
});

test.each([
  ['a layer is missing', () => image('layer').slice(0, 2).map((part, index, all) => (index === 0 ? (fs.rmSync(path.join(folder, 'blobs/sha256', hexOf('layer'))), part) : (all[index] ?? part)))], // prettier-ignore
  ['there is no manifest', () => [blob('{"architecture":"amd64"}'), blob('layer')]],
  ['the manifest has the name of another', () => [blob(fs.readFileSync(image('layer')[0]?.path ?? '', 'utf8'), 'a'.repeat(64))]],
  ['a digest is a path', () => [blob('{"config":{"digest":"sha256:../../x"},"layers":[]}')]],
  ['the files are no blobs', () => [{ path: path.join(folder, 'tool.sif'), identity: undefined }]],
  ['it is no JSON', () => [blob('{"config"')]],
])('nothing is made where %s', async (_name, make) => {
  expect(await complete(make())).toEqual([]);
  expect(files()).not.toContain('index.json');
});
