import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digest, randomBytes, serve } from '../../faults/servers';
import type { FaultServer } from '../../faults/servers';
import { call, ownFolder } from './program';

const data = randomBytes(100_000);
let folder: ReturnType<typeof ownFolder>;
let server: FaultServer;

beforeEach(async () => {
  folder = ownFolder();
  server = await serve(data);
  folder.write('tool.meta4', metalink(digest(data)));
  folder.write('wrong.meta4', metalink('0'.repeat(64)));
  folder.write('local.sif', Buffer.alloc(64));
});
afterEach(async () => {
  await server.close();
  folder.close();
});

const metalink = (sha256: string) =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n  <file name="tool.bin">\n    <size>${data.length}</size>\n    <hash type="sha-256">${sha256}</hash>\n    <url>${server.url}</url>\n  </file>\n</metalink>\n`;
const target = () => path.join(folder.path, 'tool.bin');

describe('pull', () => {
  test('tells the file and the verdict, each once', async () => {
    const { status, out } = await call('pull', 'tool.meta4');
    expect({ status, out }).toEqual({ status: 0, out: `Pulled ${target()}: intact (sha-256 as declared)` });
    expect((await call('pull', 'tool.meta4')).out).toBe(`${target()} is there already: intact (sha-256 as declared)`);
  });

  test('leaves another file of the name alone, and says what replaces it', async () => {
    folder.write('tool.bin', 'mine');
    const refused = await call('pull', '--format', 'json', 'tool.meta4');
    expect(refused).toMatchObject({ status: 2, note: expect.stringContaining('--force replaces it.') as string });
    expect(JSON.parse(refused.out)).toMatchObject({ outcome: 'exists' });
    expect(fs.readFileSync(target(), 'utf8')).toBe('mine');
    expect((await call('pull', '--force', 'tool.meta4')).status).toBe(0);
    expect(fs.readFileSync(target()).equals(data)).toBe(true);
  });

  test('tells a wrong hash once', async () => {
    const { status, out, note } = await call('pull', 'wrong.meta4');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(note.match(/does not match what is declared/g)).toHaveLength(1);
    expect(note).toMatch(/^tool\.bin {2}FAILED$/m);
  });

  test.each([['--cache'], ['--output', 'copy.sif']])('an image of this machine is put nowhere by %s', async (...options) => {
    const { status, note } = await call('pull', 'local.sif', ...options);
    expect(status).toBe(2);
    expect(note).toContain('local.sif is on this machine already: nothing was put anywhere.');
    expect(fs.existsSync('copy.sif')).toBe(false);
  });

  test('says what is in the way of a folder', async () => {
    const { status, note } = await call('pull', 'tool.meta4', '--output', 'local.sif/tool.bin');
    expect(status).toBe(2);
    expect(note).toBe(`${path.join(folder.path, 'local.sif')} cannot be made: a file is in the way.`);
  });
});
