import fs from 'node:fs';
import promises from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { call, ownFolder } from './program';

let folder: ReturnType<typeof ownFolder>;
beforeAll(() => {
  folder = ownFolder();
});
afterAll(() => folder.close());

const name = (number: number) => number.toString(16).padStart(64, '0');
function fill(cache: string, kind: string, count: number): void {
  const place = path.join(folder.path, cache, 'cache', kind);
  fs.mkdirSync(place, { recursive: true });
  for (let number = 0; number < count; number++) fs.writeFileSync(path.join(place, name(number)), '');
}

describe('cache list', () => {
  test('each cache is printed as soon as it is counted, the sum last', async () => {
    fill('a', 'net', 1500);
    fill('s', 'net', 2);
    process.env.APPTAINER_CACHEDIR = path.join(folder.path, 'a');
    process.env.SINGULARITY_CACHEDIR = path.join(folder.path, 's');
    const { status, out, told } = await call('cache', 'list');
    expect(status).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toBe(`Apptainer  ${path.join(folder.path, 'a/cache')}  0 bytes`);
    expect(lines[1]).toBe('  http  1500 · 0 bytes');
    expect(lines).toHaveLength(2 + 1500 + 1 + 2 + 2 + 2);
    expect(lines.at(-1)).toBe('0 bytes in 2 caches');
    const place = (kind: string, text: string) => told.findIndex(([each, line]) => each === kind && line.includes(text));
    const first = place('out', 'Apptainer');
    expect(place('progress', `1500 entries found so far in ${path.join(folder.path, 'a/cache')}`)).toBeLessThan(first);
    const second = place('progress', `2 entries found so far in ${path.join(folder.path, 's/cache')}`);
    expect(second).toBeGreaterThan(first + 1500);
    expect(second).toBeLessThan(place('out', 'SingularityCE'));
  });

  test('details of every entry', async () => {
    fill('m', 'net', 1200);
    process.env.APPTAINER_CACHEDIR = path.join(folder.path, 'm');
    const { status, out } = await call('cache', 'list', '--engine', 'apptainer', '--details');
    expect(status).toBe(0);
    expect(out.split('\n')).toHaveLength(2 + 2 * 1200);
  });

  test('a cache that may not be read is told in one sentence', async () => {
    fill('closed', 'net', 1);
    const root = path.join(folder.path, 'closed/cache');
    process.env.APPTAINER_CACHEDIR = path.dirname(root);
    const { access } = promises;
    // Whoever runs the tests may be root, whom no mode keeps out.
    const spy = vi.spyOn(promises, 'access').mockImplementation(async (file, mode) => {
      if (file === root) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      await access(file, mode);
    });
    const { status, out } = await call('cache', 'list', '--engine', 'apptainer');
    spy.mockRestore();
    expect({ status, out }).toEqual({ status: 0, out: `Apptainer  ${root}  0 bytes\n  ! You may not read ${root}.\n  empty` });
  });

  test('as JSON it is one document of all caches', async () => {
    process.env.APPTAINER_CACHEDIR = path.join(folder.path, 'a');
    const { out } = await call('cache', 'list', '--format', 'json');
    const listed = JSON.parse(out) as { caches: unknown[]; entries: unknown[] };
    expect([listed.caches.length, listed.entries.length]).toEqual([2, 1502]);
  });
});
