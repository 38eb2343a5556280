import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const count = 100_000;
const sources = path.join(import.meta.dirname, 'slowDisk');
const project = path.resolve(import.meta.dirname, '../../..');
let folder: string;
let kind: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slow-disk-'));
  kind = path.join(folder, 'cache/net');
  fs.mkdirSync(kind, { recursive: true });
  buildSync({
    entryPoints: ['fakeDisk.ts', 'driver.ts'].map((name) => path.join(sources, name)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    mainFields: ['module', 'main'],
    alias: { openpgp: path.join(project, 'node_modules/openpgp/dist/node/openpgp.min.cjs') },
    logLevel: 'error',
  });
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What came of it, and how often the disk was asked: for the folder, for a thousand names, about an entry, for the inside of one. */
function ask(what: string, more: Readonly<Record<string, string>> = {}): { result: unknown; calls: Record<'d' | 'n' | 'l' | 'o', number> } {
  const log = path.join(folder, `${what}.log`);
  fs.writeFileSync(log, '');
  const told = execFileSync(process.execPath, ['--require', path.join(folder, 'fakeDisk.cjs'), path.join(folder, 'driver.cjs'), what], {
    encoding: 'utf8',
    env: { ...process.env, FAKE_FOLDER: kind, FAKE_COUNT: String(count), FAKE_DELAY: '0.15', FAKE_LOG: log, ...more },
  });
  const letters = fs.readFileSync(log, 'latin1');
  const times = (letter: string) => letters.split(letter).length - 1;
  return { result: JSON.parse(told), calls: { d: times('d'), n: times('n'), l: times('l'), o: times('o') } };
}

/** A disk of the network on which every answer takes its time: what counts is how often it is asked. */
describe('100,000 entries on a slow disk', () => {
  test('nothing is looked at until it is asked for: one name tells that there is something', () => {
    const { result, calls } = ask('outline');
    expect(result).toEqual({ kinds: ['net'] });
    expect(calls).toEqual({ d: 1, n: 1, l: 0, o: 0 });
  });

  test('a list asks once about each entry, opens none, and tells the first ones soon', () => {
    const { result, calls } = ask('list');
    expect(result).toMatchObject({ entries: count });
    const { chunks, askedBeforeFirst } = result as { chunks: number; askedBeforeFirst: number };
    expect(chunks).toBeGreaterThan(50);
    expect(askedBeforeFirst).toBeLessThan(count / 10);
    // The first thousand names tell that there are many; then the folder is read.
    expect(calls).toEqual({ d: 2, n: 102, l: count, o: 0 });
  });

  test('what vanished since its name was read is left out', () => {
    // No answer takes long here, so that one thread looks at all of them, and each tenth is gone.
    const { result } = ask('list', { FAKE_COUNT: '5000', FAKE_DELAY: '0', FAKE_GONE: '10' });
    const { entries } = result as { entries: number };
    expect(entries).toBeLessThan(5000);
    expect(entries).toBeGreaterThan(4400);
  });

  test('a list that is not wanted any more ends, and asks no more', () => {
    const { result, calls } = ask('cancel', { FAKE_DELAY: '1' });
    expect(result).toEqual({ outcome: 'cancelled' });
    expect(calls.l).toBeLessThan(count / 2);
    expect(calls.o).toBe(0);
  });

  test('a page of the view asks once about each entry, and looks into those that it shows', () => {
    const { result, calls } = ask('page');
    expect(result).toEqual({ entries: 50, more: count - 50 });
    expect(calls.l).toBe(count + 50);
    expect(calls.o).toBe(50);
  });
});
