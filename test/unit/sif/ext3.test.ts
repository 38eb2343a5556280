import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readContents } from '../../../server/src/sif/contents';
import { dataType } from '../../../server/src/sif/descriptor';
import { openExt3 } from '../../../server/src/sif/ext3/fileSystem';
import { openImage } from '../../../server/src/sif/image';
import { requireAll } from '../corpus';
import { makeSif, partitionExtra } from './makeSif';
import { memorySource } from './memorySource';

/** Made by test/fixtures/ext3/make.sh: 4 MiB, blocks of 1 KiB. */
const fixture = gunzipSync(fs.readFileSync(path.join(import.meta.dirname, '../../fixtures/ext3/root.img.gz')));
const contentsOf = async (bytes: Uint8Array) => readContents(await openImage(memorySource(bytes)));
const long = (line: string, count: number): string => Array.from({ length: count }, (_, i) => `# ${line} ${i % 97}\n`).join('');

const expected = {
  format: 'ext3',
  origin: 'root-file-system',
  labels: { Author: 'Ext' },
  recipe: 'Bootstrap: docker\nFrom: debian\n',
  apps: [{ name: 'foo', labels: {}, scripts: { runscript: 'exec foo\n' } }],
  notes: [],
};

describe('ext3', () => {
  test('labels behind links, recipe behind a long one, scripts, apps', async () => {
    const contents = await contentsOf(fixture);
    expect(contents).toMatchObject(expected);
    expect(contents.scripts.environment).toContain('export A=1');
  });

  test('packed with gzip it is told as such, and what to do', async () => {
    const packed = gzipSync(fixture);
    const opened = (bytes: Uint8Array) => openImage(memorySource(bytes));
    await expect(opened(packed)).rejects.toThrow(
      'is an image (ext3) packed with gzip. No engine opens it so: unpack it first with gunzip.',
    );
    const sif = gzipSync(makeSif([{ type: dataType.deffile, data: Buffer.from('Bootstrap: scratch\n') }]));
    await expect(opened(sif)).rejects.toThrow('is an image (SIF) packed with gzip.');
    const others = [gzipSync('text'), gzipSync(Buffer.alloc(32 << 20)), packed.subarray(0, 12), Buffer.from([0x1f, 0x8b, 9, 9])];
    for (const other of others) await expect(opened(other)).rejects.toThrow('no container image');
  });

  test('a file by direct, indirect and doubly indirect blocks, and one with holes', async () => {
    const { scripts } = await contentsOf(fixture);
    expect(scripts.runscript).toBe(long('a long script', 14_000));
    expect(scripts.test).toBe(`${'\0'.repeat(500_000)}last\n`);
  });

  test('behind the launch line of Singularity 2', async () => {
    const image = await openImage(memorySource(Buffer.concat([Buffer.from('#!/usr/bin/env run-singularity\n'), fixture])));
    expect(image).toMatchObject({ format: 'ext3', offset: 31 });
    expect(await readContents(image)).toMatchObject(expected);
  });

  test('as the primary partition of a SIF', async () => {
    const sif = makeSif([{ type: dataType.partition, data: fixture, extra: partitionExtra(2, 2, '02') }]);
    expect(await contentsOf(sif)).toMatchObject({ ...expected, format: 'sif', architecture: 'amd64' });
  });

  test('a folder of many names', async () => {
    const root = await openExt3({ source: memorySource(fixture), start: 0, length: fixture.length });
    expect((await root.list('/many')).length).toBe(600);
    expect(await root.list('/nowhere')).toEqual([]);
    expect(await root.readFile('/.singularity.d', 100)).toBeUndefined();
  });

  test.each([
    ['no blocks of that size', 1024 + 24, 9],
    ['inodes of no size', 1024 + 88, 0],
    ['no inodes in a group', 1024 + 40, 0],
    ['an inode table far away', 2048 + 8, 0x7fffffff],
  ])('%s: a note, not a crash', async (_, offset, value) => {
    const bytes = Buffer.from(fixture);
    bytes.writeUInt32LE(value, offset);
    expect((await contentsOf(bytes)).notes.join()).toContain('ext3 file system is damaged');
  });

  test('any damage ends soon', async () => {
    let seed = 7;
    const below = (limit: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 1) % limit;
    const started = performance.now();
    for (let round = 0; round < 100; round++) {
      const bytes = Buffer.from(fixture);
      // The tables stand in the first 300 KiB.
      for (let hit = 0; hit < 40; hit++)
        bytes.writeUInt32LE([0, 1, 0xffffffff, 1 << 20, below(2048)][below(5)] ?? 0, 1024 + below(75_000) * 4);
      await openImage(memorySource(bytes)).then(readContents, () => undefined);
    }
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 90_000);
});

describe('ext3 made by mkfs on this machine', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ext3-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  const environment = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
  const script = path.join(import.meta.dirname, '../../fixtures/ext3/make.sh');
  const hasTool = spawnSync('mkfs.ext3', ['-V'], { env: environment }).status === 0;
  if (!hasTool) console.log('Skipped: ext3 images made by mkfs.ext3, which is not installed.');

  test
    .runIf(hasTool || requireAll)
    .each([
      '-b 4096',
      '-b 2048 -I 128 -O ^dir_index',
      '-b 1024 -g 1024 -O meta_bg,^resize_inode',
      '-b 1024 -g 256 -O ^sparse_super,^resize_inode',
    ])('%s', async (options) => {
    const file = path.join(folder, 'made.img');
    execFileSync('sh', [script, file, options, '16M'], { env: environment, stdio: 'pipe' });
    const contents = await contentsOf(fs.readFileSync(file));
    expect(contents).toMatchObject(expected);
    expect(contents.scripts.runscript).toBe(long('a long script', 14_000));
    expect(contents.scripts.test).toBe(`${'\0'.repeat(500_000)}last\n`);
  });
});
