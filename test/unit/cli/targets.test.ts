import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { targetOf } from '../../../server/src/cli/targets';
import { call, ownFolder } from './program';

let folder: ReturnType<typeof ownFolder>;
beforeAll(() => {
  folder = ownFolder();
  folder.write('noimage.sif', Buffer.alloc(5000));
  folder.write(
    'nowhere.meta4',
    '<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="absent.sif"><url>http://127.0.0.1:1/absent.sif</url></file></metalink>',
  );
});
afterAll(() => folder.close());

test('words as targets', () => {
  expect(targetOf('docker://alpine')).toEqual({ kind: 'reference', reference: 'docker://alpine' });
  expect(targetOf('docker-archive:a.tar')).toEqual({ kind: 'reference', reference: 'docker-archive:a.tar' });
  expect(targetOf('https://h/x.sif')).toEqual({ kind: 'reference', reference: 'https://h/x.sif' });
  expect(targetOf('a.meta4')).toEqual({ kind: 'document', uri: pathToFileURL(path.resolve('a.meta4')).href });
  expect(targetOf('b.def')).toEqual({ kind: 'document', uri: pathToFileURL(path.resolve('b.def')).href });
  expect(targetOf('c.sif')).toEqual({ kind: 'path', path: path.resolve('c.sif') });
});

describe('what is not there or cannot be reached: a message, status 2', () => {
  test.each([
    ['inspect missing.sif', 'missing.sif'],
    ['inspect missing.def', 'missing.def'],
    ['inspect noimage.sif', 'no container image'],
    ['inspect docker://127.0.0.1:1/x:1', '127.0.0.1:1 refuses the connection'],
    ['inspect docker://UPPER/x', 'lower-case'],
    ['verify missing.sif', 'missing.sif'],
    ['verify missing.meta4', 'missing.meta4'],
    ['verify --metalink missing.meta4 noimage.sif', 'missing.meta4'],
    ['verify --key missing.asc noimage.sif', 'missing.asc'],
    ['pull missing.sif', 'missing.sif'],
    ['pull missing.meta4', 'missing.meta4'],
    ['pull nowhere.meta4', '127.0.0.1:1'],
    ['pull docker://127.0.0.1:1/x:1', '127.0.0.1:1'],
    ['metalink create missing.sif', 'missing.sif'],
    ['metalink convert missing.metalink', 'missing.metalink'],
    ['metalink resolve missing.meta4', 'missing.meta4'],
    ['metalink merge missing.meta4 nowhere.meta4', 'missing.meta4'],
  ])('%s', async (line, message) => {
    const { status, out, note } = await call(...line.split(' '));
    expect(note).toContain(message);
    expect(note).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
    expect(status).toBe(2);
  });

  test('a message names the file once', async () => {
    const { note } = await call('inspect', 'noimage.sif');
    expect(note.split('noimage.sif')).toHaveLength(2);
  });
});

test('verify of bytes that are no image: failed, status 1', async () => {
  const { status, out } = await call('verify', '--offline', 'noimage.sif');
  expect(out).toContain('noimage.sif: failed');
  expect(status).toBe(1);
  const json = await call('verify', '--offline', '--format', 'json', 'noimage.sif');
  expect(JSON.parse(json.out)).toMatchObject({ verdict: 'failed', target: 'noimage.sif' });
});

test.each(['missing.sif', 'missing.meta4', 'missing.def'])('verify of what is not there, as JSON: %s', async (name) => {
  const { status, out } = await call('verify', '--format', 'json', name);
  expect(status).toBe(2);
  expect(JSON.parse(out)).toMatchObject({
    verdict: 'unverified',
    checks: [{ name: 'access', status: 'skip', message: expect.stringContaining(name) as string }],
    signatures: [],
  });
});

test.each(['verify', 'inspect', 'check'])('%s of a name that is no UTF-8 says why it is not found', async (command) => {
  const { status, out, note } = await call(command, 'od\uFFFDd.sif');
  expect(status).toBe(2);
  expect(out + note).toContain('Its name seems to be no UTF-8');
});
