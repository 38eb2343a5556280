import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, ownFolder } from './program';

const images = path.resolve(import.meta.dirname, '../../hub/images');
let folder: ReturnType<typeof ownFolder>;
beforeAll(() => {
  folder = ownFolder();
});
afterAll(() => folder.close());

test('a damaged copy in a cache is told as such', async () => {
  process.env.APPTAINER_CACHEDIR = folder.path;
  const hash = '0'.repeat(64);
  const copy = folder.write(`cache/library/sha256.${hash}`, 'damaged');
  folder.write(
    'tool.meta4',
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="tool.sif"><hash type="sha-256">${hash}</hash><url>https://a.example.org/tool.sif</url></file></metalink>`,
  );
  const { status, out, note } = await call('verify', '--offline', 'tool.meta4');
  expect(status).toBe(1);
  expect(out).toContain('tool.sif: failed');
  expect(note).toContain(`This is the copy in a cache, ${copy}.`);
});

test.each<[string, string, number]>([
  ['jane.asc', '', 0],
  ['tool-1.3.sif', 'key file tool-1.3.sif: it holds no key', 2],
])('verify --key %s says what is wrong with the file', async (key, note, status) => {
  const called = await call('verify', '--offline', '--key', path.join(images, key), path.join(images, 'tool-1.4.sif'));
  expect({ note: called.note, status: called.status }).toEqual({ note, status });
});
