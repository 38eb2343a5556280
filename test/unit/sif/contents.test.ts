import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readContents } from '../../../server/src/sif/contents';
import { openImage } from '../../../server/src/sif/image';
import { openSquashfs } from '../../../server/src/sif/squashfs/fileSystem';
import { describeCorpus } from '../corpus';
import { memorySource } from './memorySource';

const compressions = ['gzip', 'xz', 'zstd', 'lz4', 'lzo'] as const;
const launchLine = '#!/usr/bin/env run-singularity\n';

describeCorpus('contents of the made images', 'sif/made', (folder) => {
  const bytes = (name: string) => fs.readFileSync(path.join(folder, name));

  test.each(fs.readdirSync(folder).filter((name) => name.endsWith('.sif')))('%s', async (name) => {
    const source = memorySource(bytes(name), name);
    const contents = await readContents(await openImage(source));
    expect(contents).toMatchObject({ format: 'sif', origin: 'inspect-metadata', architecture: 'amd64', encrypted: false, notes: [] });
    expect(contents.labels).toEqual({ Author: 'Test Person', Version: 'v1.2.3' });
    expect(contents.recipe).toMatch(/^Bootstrap: scratch\n/);
    expect(source.asked.bytes).toBeLessThan(64 * 1024);
  });

  test.each(compressions)('a bare %s squashfs', async (compression) => {
    const contents = await readContents(await openImage(memorySource(bytes(`root.${compression}.squashfs`))));
    expect(contents).toMatchObject({ format: 'squashfs', origin: 'root-file-system', notes: [] });
    expect(contents.labels).toMatchInlineSnapshot(`
      {
        "Author": "Test Person",
        "Version": "v1.2.3",
        "org.label-schema.build-arch": "amd64",
        "org.label-schema.schema-version": "1.0",
      }
    `);
  });

  test('a squashfs behind the launch line of Singularity 2', async () => {
    const image = await openImage(memorySource(Buffer.concat([Buffer.from(launchLine), bytes('root.gzip.squashfs')])));
    expect(image).toMatchObject({ format: 'squashfs', offset: 31 });
    expect((await readContents(image)).origin).toBe('root-file-system');
  });

  test.each(compressions)('every file of the %s squashfs, byte by byte as in the gzip one', async (compression) => {
    const open = (kind: string) => {
      const data = bytes(`root.${kind}.squashfs`);
      return openSquashfs({ source: memorySource(data), start: 0, length: data.length });
    };
    const [judged, expected] = [await open(compression), await open('gzip')];
    let files = 0;
    const walk = async (at: string): Promise<void> => {
      const names = await judged.list(at);
      expect([...names].sort()).toEqual([...(await expected.list(at))].sort());
      for (const name of names) {
        const file = await judged.readFile(`${at}/${name}`, 1 << 24);
        const other = await expected.readFile(`${at}/${name}`, 1 << 24);
        expect(file === undefined).toBe(other === undefined);
        if (file && other) {
          files++;
          expect(Buffer.from(file).equals(Buffer.from(other)), `${at}/${name}`).toBe(true);
        } else await walk(`${at}/${name}`);
      }
    };
    await walk('');
    expect(files).toBeGreaterThan(0);
  });
});
