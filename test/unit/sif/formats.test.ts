import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openFolder } from '../../../server/src/platform/file';
import { readContents } from '../../../server/src/sif/contents';
import { dataType } from '../../../server/src/sif/descriptor';
import { openImage, openSandbox } from '../../../server/src/sif/image';
import { readObject, readSif } from '../../../server/src/sif/sifImage';
import { structureProblems, trailingBytes } from '../../../server/src/sif/structure';
import { describeCorpus } from '../corpus';
import { makeSif, partitionExtra } from './makeSif';
import { memorySource } from './memorySource';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sif-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const text = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const contentsOf = async (bytes: Uint8Array) => readContents(await openImage(memorySource(bytes)));
const inspect = (attributes: object) => text({ data: { attributes }, type: 'container' });

describe('SIF', () => {
  const partition = { type: dataType.partition, data: Buffer.alloc(64), extra: partitionExtra(5, 2, '04') };

  test('scripts, apps and environment of the inspect metadata', async () => {
    const attributes = {
      labels: { A: 'b', n: 3, deep: {} },
      deffile: 'Bootstrap: docker\n',
      runscript: 'exec tool',
      helpfile: 'Help.',
      test: 'true',
      startscript: 'serve',
      environment: { '/.singularity.d/env/90-environment.sh': 'export A=1', '/.singularity.d/env/10-docker2singularity.sh': 'export B=2' },
      apps: { foo: { runscript: 'foo', labels: { L: 'x' } } },
    };
    const contents = await contentsOf(
      makeSif([{ type: dataType.genericJson, name: 'inspect-metadata.json', data: inspect(attributes) }, partition]),
    );
    expect(contents).toMatchObject({
      origin: 'inspect-metadata',
      architecture: 'arm64',
      created: '2023-11-14T22:13:20Z',
      encrypted: true,
      labels: { A: 'b', n: '3' },
      recipe: 'Bootstrap: docker\n',
      scripts: { runscript: 'exec tool', help: 'Help.', test: 'true', startscript: 'serve' },
      apps: [{ name: 'foo', labels: { L: 'x' }, scripts: { runscript: 'foo' } }],
    });
    expect(contents.scripts.environment).toMatch(/10-docker2singularity.*\nexport B=2\n.*90-environment.*\nexport A=1/);
  });

  test('an encrypted root is said to be encrypted', async () => {
    const contents = await contentsOf(makeSif([{ type: dataType.deffile, data: text('Bootstrap: scratch\n') }, partition]));
    expect(contents).toMatchObject({ origin: 'none', encrypted: true, recipe: 'Bootstrap: scratch\n' });
    expect(contents.notes.join()).toContain('Encrypted squashfs');
  });

  test('a damaged root becomes a note', async () => {
    const root = { ...partition, extra: partitionExtra(1, 2) };
    expect((await contentsOf(makeSif([root]))).notes).toHaveLength(1);
  });

  test('labels of a labels object, and the base’s OCI configuration', async () => {
    const config = {
      architecture: 'amd64',
      created: '2024-01-01T00:00:00Z',
      config: { Env: ['A=1'], Cmd: ['sh'], Labels: { L: 'x' }, User: 'u' },
    };
    const contents = await contentsOf(
      makeSif([
        { type: dataType.labels, data: text({ Old: 'yes' }) },
        { type: dataType.genericJson, name: 'oci-config.json', data: text(config) },
      ]),
    );
    expect(contents.labels).toEqual({ Old: 'yes' });
    expect(contents.ociConfig).toMatchObject({
      architecture: 'amd64',
      environment: ['A=1'],
      command: ['sh'],
      labels: { L: 'x' },
      user: 'u',
    });
  });

  test('OCI-SIF: index, manifest, configuration', async () => {
    const blob = (value: unknown) => {
      const data = text(value);
      const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
      return { digest, object: { type: dataType.ociBlob, data, extra: Buffer.from(digest) } };
    };
    const config = blob({ architecture: 'arm64', created: '2024-01-01T00:00:00Z', config: { Labels: { A: 'b' } } });
    const manifest = blob({ config: { digest: config.digest }, layers: [] });
    const index = { type: dataType.ociRootIndex, data: text({ manifests: [{ digest: manifest.digest }] }) };
    const whole = makeSif([index, manifest.object, config.object]);
    expect(await contentsOf(whole)).toMatchObject({
      format: 'oci-sif',
      origin: 'oci',
      architecture: 'arm64',
      labels: { A: 'b' },
      notes: [],
    });
    expect((await contentsOf(makeSif([index, manifest.object]))).notes).toHaveLength(1);
  });

  test('objects beyond the end, overlaps, equal ids, trailing bytes', async () => {
    const image = makeSif([
      { type: dataType.generic, data: Buffer.alloc(100) },
      { type: dataType.generic, data: Buffer.alloc(100) },
    ]);
    const problems = async (bytes: Buffer) => structureProblems(await readSif(memorySource(bytes))).map(({ severity }) => severity);
    expect(await problems(image)).toEqual([]);
    expect(await problems(image.subarray(0, -1))).toEqual(['broken']);
    const overlapping = Buffer.from(image);
    overlapping.writeBigInt64LE(image.readBigInt64LE(128 + 17), 128 + 585 + 17);
    expect(await problems(overlapping)).toEqual(['odd']);
    const equalIds = Buffer.from(image);
    equalIds.writeUInt32LE(1, 128 + 585 + 5);
    expect(await problems(equalIds)).toEqual(['odd']);
    expect(trailingBytes(await readSif(memorySource(Buffer.concat([image, Buffer.alloc(7)]))))).toBe(7);
  });

  const hostile = [
    ['count', 88, 2n ** 62n],
    ['negative count', 88, -1n],
    ['table offset', 96, 2n ** 62n],
    ['negative table offset', 96, -600n],
    ['table size', 104, 10n],
  ] as const;
  test.each(hostile)('hostile %s', async (_, at, value) => {
    const image = makeSif([{ type: dataType.generic, data: Buffer.alloc(10) }]);
    image.writeBigInt64LE(value, at);
    await expect(readSif(memorySource(image))).rejects.toMatchObject({
      name: 'ImageFormatError',
      reference: 'reading descriptors: unexpected EOF',
    });
  });

  test('a hostile object size allocates nothing', async () => {
    const image = makeSif([{ type: dataType.deffile, data: Buffer.alloc(10) }]);
    image.writeBigInt64LE(2n ** 60n, 128 + 25);
    const sif = await readSif(memorySource(image));
    await expect(readObject(sif, sif.descriptors[0]!, 1 << 20, undefined)).rejects.toMatchObject({ name: 'ImageFormatError' });
  });
});

describe('a sandbox', () => {
  const root = path.join(folder, 'box');
  const write = (name: string, content: string) => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
  };
  write('.singularity.d/labels.json', '{"A":"b"}');
  write('.singularity.d/runscript', 'exec sh');
  write('.singularity.d/Singularity', 'Bootstrap: scratch\n');
  write('.singularity.d/env/90-environment.sh', 'export X=1');
  write('scif/apps/foo/scif/labels.json', '{"L":"x"}');
  fs.writeFileSync(path.join(folder, 'secret'), 'outside');
  fs.symlinkSync('../../secret', path.join(root, '.singularity.d/test'));

  test('tells labels, recipe, scripts and apps', async () => {
    const contents = await readContents(await openSandbox(await openFolder(root), 'box'));
    expect(contents).toMatchObject({
      format: 'sandbox',
      labels: { A: 'b' },
      recipe: 'Bootstrap: scratch\n',
      apps: [{ name: 'foo', labels: { L: 'x' } }],
    });
    expect(Object.keys(contents.scripts).sort()).toEqual(['environment', 'runscript']);
  });

  test('nothing outside is read', async () => {
    const box = await openFolder(root);
    expect(await box.readFile('.singularity.d/test', 1000)).toBeUndefined();
    expect(await box.readFile('../secret', 1000)).toBeUndefined();
    expect(await box.list('../..')).toEqual([]);
  });

  test('any other folder is none', async () => {
    fs.mkdirSync(path.join(folder, 'other'));
    await expect(openSandbox(await openFolder(path.join(folder, 'other')), 'other')).rejects.toMatchObject({ name: 'ImageFormatError' });
    await expect(openFolder(path.join(folder, 'secret'))).rejects.toThrow(/is not a folder/);
    await expect(openFolder(path.join(folder, 'none'))).rejects.toThrow(/There is no file/);
  });
});

describeCorpus('older formats', 'sif/apptainer-sif/images', (images) => {
  test('ext3, bare and behind the launch line', async () => {
    const sif = await readSif(memorySource(fs.readFileSync(path.join(images, 'two-groups.sif'))));
    const ext3 = await readObject(
      sif,
      sif.descriptors.find(({ detail }) => detail.kind === 'partition' && detail.fileSystem === 'Ext3')!,
      1 << 20,
    );
    // That file system has no journal, which the engines ask for: an ext2 to them.
    await expect(openImage(memorySource(ext3))).rejects.toMatchObject({ name: 'ImageFormatError' });
    ext3[1116]! |= 4;
    expect(await openImage(memorySource(ext3))).toMatchObject({ format: 'ext3', offset: 0 });
    const launched = Buffer.concat([Buffer.from('#!/usr/bin/env run-singularity\n'), ext3]);
    expect(await openImage(memorySource(launched))).toMatchObject({ format: 'ext3', offset: 31 });
    expect((await contentsOf(launched)).notes).toHaveLength(1);
  });
});

describeCorpus('what a look at a large remote image costs', 'sif/made', (made) => {
  test('labels out of a squashfs root without inspect metadata', async () => {
    const root = fs.readFileSync(path.join(made, 'root.gzip.squashfs'));
    // A partition of 10 GiB by its size; the file system stands at its beginning.
    const image = makeSif([{ type: dataType.partition, data: root, extra: partitionExtra(1, 2) }]);
    const source = memorySource(image);
    const large = { ...source, size: 10 * 2 ** 30 };
    const contents = await readContents(await openImage(large));
    expect(contents.origin).toBe('root-file-system');
    expect(source.asked.bytes).toBeLessThan(80 * 1024);
    expect(source.asked.reads).toBeLessThan(12);
  });
});
