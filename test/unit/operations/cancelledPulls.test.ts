import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCancelledPulls } from '../../../server/src/operations/cancelledPulls';
import { isLock, tryLock } from '../../../server/src/platform/fileLock';
import type { DiscardParams } from '../../../server/src/protocol';

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cancelled-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

const pull = (name: string): DiscardParams => ({ target: { kind: 'path', path: name }, destination: { kind: 'cache' } });

/** A pull that is cancelled after some of its file has come. */
async function cancelled(pulls: ReturnType<typeof createCancelledPulls>, name: string): Promise<string> {
  const partial = path.join(folder, `.${name}.part`);
  for (const file of [partial, `${partial}.journal`]) fs.writeFileSync(file, 'some');
  const run = pulls.follow(pull(name), (onPartial) => {
    onPartial(partial);
    return Promise.reject(new Error('cancelled'));
  });
  await expect(run).rejects.toThrow('cancelled');
  return partial;
}

test('what a cancelled pull left is deleted with its journal, and nothing else', async () => {
  const pulls = createCancelledPulls();
  await cancelled(pulls, 'a.sif');
  const other = await cancelled(pulls, 'b.sif');
  expect(await pulls.discard(pull('a.sif'))).toEqual({ kept: [] });
  expect(fs.readdirSync(folder).sort()).toEqual([path.basename(other), `${path.basename(other)}.journal`]);
});

test('a pull that went well leaves nothing to delete, even if something of that name comes later', async () => {
  const pulls = createCancelledPulls();
  const partial = await cancelled(pulls, 'a.sif');
  await pulls.follow(pull('a.sif'), () => Promise.resolve());
  expect(await pulls.discard(pull('a.sif'))).toEqual({ kept: [] });
  expect(fs.existsSync(partial)).toBe(true);
});

test('what is being downloaded again stays, with the reason', async () => {
  const pulls = createCancelledPulls();
  const partial = await cancelled(pulls, 'a.sif');
  const lock = await tryLock(`${partial}.lock`, 'a.sif');
  if (!isLock(lock)) throw new Error('the lock is taken');
  expect((await pulls.discard(pull('a.sif'))).kept).toMatchObject([expect.stringContaining('it is being downloaded')]);
  expect(fs.existsSync(partial)).toBe(true);
  await lock.release();
});
