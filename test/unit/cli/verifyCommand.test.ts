import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, ownFolder } from './program';

const images = path.resolve(import.meta.dirname, '../../hub/images');
let folder: ReturnType<typeof ownFolder>;
beforeAll(() => {
  folder = ownFolder();
});
afterAll(() => folder.close());

test.each<[string, string, number]>([
  ['jane.asc', '', 0],
  ['tool-1.3.sif', 'key file tool-1.3.sif: it holds no key', 2],
])('verify --key %s says what is wrong with the file', async (key, note, status) => {
  const called = await call('verify', '--offline', '--key', path.join(images, key), path.join(images, 'tool-1.4.sif'));
  expect({ note: called.note, status: called.status }).toEqual({ note, status });
});
