import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type * as workerThreads from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DigestsOnThread } from '../../../server/src/download/digestThread';
import { DigestsHere } from '../../../server/src/download/runningDigests';
import type { RunningDigests } from '../../../server/src/download/runningDigests';
import { blockLength, blockPool } from '../../../server/src/platform/partialFile';
import { corrupt, digest, honest, randomBytes } from '../../faults/servers';
import { attempt, pieces } from './world';

/** Every thread that was started, so that a test can end one. */
const threads = vi.hoisted((): workerThreads.Worker[] => []);
vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof workerThreads>();
  class Watched extends real.Worker {
    constructor(...given: ConstructorParameters<typeof workerThreads.Worker>) {
      super(...given);
      threads.push(this);
    }
  }
  return { ...real, Worker: Watched };
});

afterEach(() => {
  vi.restoreAllMocks();
  threads.splice(0);
});

const types = ['sha-512', 'sha-256', 'shake256'];
const data = randomBytes(5 * blockLength + 123);

function blocks(): Buffer[] {
  return Array.from({ length: Math.ceil(data.length / blockLength) }, (_, index) => {
    const block = blockPool.take();
    const length = data.copy(block, 0, index * blockLength, (index + 1) * blockLength);
    return block.subarray(0, length);
  });
}

function written(bytes: Buffer): [file: string, fd: number] {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'digest-thread-')), 'file');
  fs.writeFileSync(file, bytes);
  return [file, fs.openSync(file, 'r')];
}

/** Hashes all of `data`, with a wrong block that is taken back. */
function feed(digests: RunningDigests): void {
  const wrong = blockPool.take();
  wrong.fill(1);
  for (const [index, block] of blocks().entries()) {
    if (index === 3) {
      digests.mark();
      digests.update(wrong);
      digests.restore();
    }
    digests.update(block);
    blockPool.give(block);
  }
  blockPool.give(wrong);
}

describe('digests on a thread', () => {
  test('are those computed here, also after going back', async () => {
    const here = new DigestsHere(types);
    feed(here);
    const there = new DigestsOnThread(types, () => undefined);
    feed(there);
    const found = await there.digests();
    expect(found).toEqual(await here.digests());
    expect(found).toMatchObject({ 'sha-256': digest(data), 'sha-512': createHash('sha512').update(data).digest('hex') });
    there.close();
  });

  test('a block is used again only after it was hashed', async () => {
    const there = new DigestsOnThread(['sha-256'], () => undefined);
    for (const block of blocks()) {
      there.update(block);
      blockPool.give(block);
      blockPool.take().fill(7); // never the block that waits
    }
    expect(there.behind).toBeGreaterThan(0);
    expect(await there.digests()).toEqual({ 'sha-256': digest(data) });
    expect(there.behind).toBe(0);
    there.close();
  });

  test('one thread serves all, and ends with the last', async () => {
    const [first, second] = [new DigestsOnThread(['sha-256'], () => undefined), new DigestsOnThread(['sha-1'], () => undefined)];
    feed(first);
    feed(second);
    expect(await second.digests()).toEqual({ 'sha-1': digest(data, 'sha1') });
    second.close();
    expect(await first.digests()).toEqual({ 'sha-256': digest(data) });
    const ended = new Promise((resolve) => threads[0]?.on('exit', resolve));
    first.close();
    await ended;
    expect(threads).toHaveLength(1);
  });

  test('what the file holds is read by the thread, in order with what comes from memory', async () => {
    const [file, fd] = written(data);
    const there = new DigestsOnThread(types, () => undefined);
    const [first] = blocks();
    there.update(first ?? Buffer.alloc(0));
    there.mark();
    there.read(fd, 0, 1000);
    there.restore();
    there.read(fd, blockLength, data.length - blockLength);
    expect(there.reads).toBe(2);
    const here = new DigestsHere(types);
    feed(here);
    expect(await there.digests()).toEqual(await here.digests());
    expect(there.reads).toBe(0);
    there.close();
    fs.closeSync(fd);
    fs.rmSync(path.dirname(file), { recursive: true });
  });

  test('a file that ends before, or cannot be read, leaves no digests', async () => {
    const [file, fd] = written(data);
    const short = new DigestsOnThread(['sha-256'], () => undefined);
    short.read(fd, 0, data.length + 1);
    expect([await short.digests(), short.isLost]).toEqual([undefined, true]);
    short.close();
    const closed = new DigestsOnThread(['sha-256'], () => undefined);
    closed.read(99_999, 0, 10);
    expect(await closed.digests()).toBeUndefined();
    closed.close();
    fs.closeSync(fd);
    fs.rmSync(path.dirname(file), { recursive: true });
  });

  test('a thread that dies leaves no digests', async () => {
    const lost = vi.fn();
    const there = new DigestsOnThread(['sha-256'], lost);
    feed(there);
    const asked = there.digests();
    await threads[0]?.terminate();
    expect([await asked, there.isLost, there.behind]).toEqual([undefined, true, 0]);
    expect(lost).toHaveBeenCalled();
    there.close();
  });
});

describe('a large file', () => {
  const large = randomBytes(65 * blockLength + 17);
  const request = { pieces: pieces(large, 4 * blockLength) };
  beforeEach(() => void vi.spyOn(os, 'availableParallelism').mockReturnValue(2));

  test('is hashed on a thread beside the download', async () => {
    const wrongOnce = corrupt((offset) => offset === 20 * blockLength);
    const { result, bytes } = await attempt({ data: large, behaviours: [honest(), wrongOnce], request });
    expect(result).toMatchObject({ outcome: 'downloaded', digests: { 'sha-256': digest(large) } });
    expect(bytes?.equals(large)).toBe(true);
    expect(threads).toHaveLength(1);
  });

  test('is downloaded all the same when the thread dies in the middle', async () => {
    const onProgress = ({ bytes }: { readonly bytes: number }): void => {
      if (bytes > large.length / 4) void threads[0]?.terminate();
    };
    const { result, bytes } = await attempt({
      data: large,
      behaviours: [honest(), honest()],
      request,
      settings: { rateLimit: 80 * blockLength },
      control: { onProgress },
    });
    expect(result).toMatchObject({ outcome: 'downloaded', digests: { 'sha-256': digest(large) } });
    expect(bytes?.equals(large)).toBe(true);
  });
});
