import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isPassedOver } from '../../../server/src/operations/passedOver';
import { readRecipesNear, searchLimits } from '../../../server/src/operations/workspaceRecipes';
import type { SearchLimits } from '../../../server/src/operations/workspaceRecipes';

describe('recipes near a file', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'recipes-near-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  const files = [
    'a.def',
    'Singularity',
    'readme.md',
    'b/c.def',
    'b/c/d.def',
    'b/c/d/e.def',
    'b/c/d/e/f.def',
    '.hidden/f.def',
    'node_modules/g.def',
    'large.def',
  ];
  for (const file of files) {
    fs.mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), file === 'large.def' ? 'x'.repeat(searchLimits.bytes + 1) : 'Bootstrap: docker\n');
  }
  const near = async (limits: Partial<SearchLimits> = {}) =>
    (await readRecipesNear(folder, { ...searchLimits, ...limits }))
      .map((found) => path.relative(folder, found.path).replaceAll('\\', '/'))
      .sort();

  test('by name, small ones, three folders down, nothing hidden', async () => {
    expect(await near()).toEqual(['Singularity', 'a.def', 'b/c.def', 'b/c/d.def', 'b/c/d/e.def']);
  });
  test('no deeper and no more than the limits', async () => {
    expect(await near({ depth: 0 })).toEqual(['Singularity', 'a.def']);
    expect(await near({ files: 1 })).toHaveLength(1);
    expect((await near({ entries: 3 })).length).toBeLessThanOrEqual(3);
    expect(await near({ entries: 0 })).toEqual([]);
  });
  test('a folder that is not there has none', async () => {
    expect(await readRecipesNear(path.join(folder, 'nowhere'))).toEqual([]);
  });
});

describe('what a workspace file ignores', () => {
  test.each<[string, string, boolean]>([
    ['/project/old/a.def', 'old/**', true],
    ['/project/a/old/b/c.def', 'old/**', true],
    ['/project/older/a.def', 'old/**', false],
    ['/project/a.def', '*.def', true],
    ['/project/a.txt', '*.def', false],
    ['C:\\project\\old\\a.def', 'old/*.def', true],
    ['/project/a1.def', 'a?.def', true],
    [`/${'a/'.repeat(2000)}`, `${'**/'.repeat(200)}b`, false],
  ])('%s %s: %s', (file, glob, expected) => expect(isPassedOver(file, [glob])).toBe(expected));
});
