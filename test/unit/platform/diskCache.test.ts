import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDiskCache } from '../../../server/src/platform/diskCache';

let folder = '';
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'platform-disk-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
const open = (limit = 1_000_000, version = 1) => createDiskCache({ folder, version, limit: () => limit, log });
const files = (): string[] => fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

test('what was put is there, also for the next process', async () => {
  await open().put('key', { storedAt: 5, value: { a: [1] } });
  expect(await open().get('key')).toEqual({ storedAt: 5, value: { a: [1] } });
  expect(await open().get('other')).toBeUndefined();
});

test('another version starts empty, and the old one is deleted', async () => {
  await open().put('key', { storedAt: 5, value: 1 });
  const next = open(1_000_000, 2);
  expect(await next.get('key')).toBeUndefined();
  await next.put('new', { storedAt: 6, value: 2 });
  expect(files()).toHaveLength(1);
});

test('it stays within its limit, and keeps what was read last', async () => {
  const cache = open(10_000);
  for (let n = 0; n < 8; n++) {
    await cache.put(`key ${n}`, { storedAt: n, value: 'x'.repeat(1000) });
    const old = new Date(1_600_000_000_000 + n * 1000);
    for (const name of files())
      if (fs.statSync(path.join(folder, name)).mtimeMs > Date.now() - 60_000) fs.utimesSync(path.join(folder, name), old, old);
  }
  await cache.get('key 0');
  for (let n = 8; n < 12; n++) await cache.put(`key ${n}`, { storedAt: n, value: 'x'.repeat(1000) });
  const bytes = files().reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
  expect(bytes).toBeLessThanOrEqual(10_000);
  expect(await cache.get('key 0')).toBeDefined();
  expect(await cache.get('key 1')).toBeUndefined();
});

test('a limit of 0 keeps nothing; what is too large is not kept', async () => {
  await open(0).put('key', { storedAt: 1, value: 1 });
  await open(100).put('key', { storedAt: 1, value: 'x'.repeat(200) });
  expect(files()).toEqual([]);
});

test('a folder that cannot be written is an empty cache', async () => {
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, '');
  const cache = createDiskCache({ folder: path.join(file, 'below'), version: 1, limit: () => 1000, log });
  await cache.put('key', { storedAt: 1, value: 1 });
  expect(await cache.get('key')).toBeUndefined();
  await cache.clear();
});

test('many writers leave whole files and nothing else', async () => {
  await Promise.all(Array.from({ length: 50 }, (_, n) => open().put('key', { storedAt: n, value: 'y'.repeat(n * 10) })));
  expect(await open().get('key')).toBeDefined();
  expect(fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('only the user can read it', async () => {
  await open().put('key', { storedAt: 1, value: 1 });
  expect(fs.statSync(path.join(folder, files()[0] ?? '')).mode & 0o077).toBe(0);
});
