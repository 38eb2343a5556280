import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openRemote } from '../../../server/src/hub/remoteSource';
import { bigFile } from '../../hub/content';
import type { Fault } from '../../hub/faults';
import { useEmbeddedHub } from './embeddedWorld';

const underTest = useEmbeddedHub();
const gigabytes = 10 * 1024 ** 3;
const path = `/mirror/a/big/${gigabytes}/ten.bin`;
const content = bigFile(gigabytes, 'ten');

const open = (name = path) => openRemote(underTest().world.http, { url: underTest().hub.origin + name });

function served(): number {
  return underTest()
    .hub.requests.map(({ headers }) => /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? ''))
    .reduce((sum, range) => sum + (range === null ? gigabytes : Number(range[2]) - Number(range[1]) + 1), 0);
}

describe('reading', () => {
  test('a look into 10 GB fetches a few tens of kilobytes, once', async () => {
    const source = await open();
    expect(source.size).toBe(gigabytes);
    expect(await source.read(0, 128)).toEqual(content.read(0, 128));
    await source.read(4096, 28_080);
    const far = gigabytes / 2 + 17;
    expect(await source.read(far, 100)).toEqual(content.read(far, 100));
    await source.read(far + 50, 10);
    expect(underTest().hub.requests).toHaveLength(2);
    expect(served()).toBeLessThanOrEqual(3 * 64 * 1024);
    await source.close();
  });

  test('any stretch gives the bytes of the file', async () => {
    const source = await open('/mirror/a/big/1000000/small.bin');
    const small = bigFile(1_000_000, 'small');
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_100), fc.nat(300_000), async (offset, length) => {
        expect(Buffer.from(await source.read(offset, length)).equals(Buffer.from(small.read(offset, length)))).toBe(true);
      }),
      { numRuns: 60 },
    );
    await source.close();
  });

  test('a long read is one request a run of blocks', async () => {
    const source = await open();
    const bytes = await source.read(1000, 9_000_000);
    expect(Buffer.from(bytes).equals(Buffer.from(content.read(1000, 9_000_000)))).toBe(true);
    expect(underTest().hub.requests.length).toBeLessThanOrEqual(4);
    await source.close();
  });

  test('reads side by side share their requests', async () => {
    const source = await open();
    await Promise.all(Array.from({ length: 50 }, (_, index) => source.read(5_000_000 + index, 10)));
    expect(underTest().hub.requests).toHaveLength(2);
    await source.close();
  });

  test('a file that is shorter than a block', async () => {
    const source = await open('/mirror/a/hello-world.simg');
    const image = underTest().hub.images.image('hello-world.simg');
    expect(source.size).toBe(image.size);
    expect(Buffer.from(await source.read(0, 1e6)).equals(Buffer.from(image.content.read(0, image.size)))).toBe(true);
    expect(await source.read(image.size + 5, 10)).toHaveLength(0);
    await source.close();
  });

  test('later requests carry the validator, and headers are asked for each time', async () => {
    const { hub, world } = underTest();
    let asked = 0;
    const headers = () => Promise.resolve({ 'x-try': String(++asked) });
    const source = await openRemote(world.http, { url: `${hub.origin}${path}`, headers });
    await source.read(1e9, 10);
    expect(hub.requests.map((request) => [request.headers['x-try'], request.headers['if-range']])).toEqual([
      ['1', undefined],
      ['2', expect.stringMatching(/^".+"$/)],
    ]);
    await source.close();
  });
});

describe('servers that do not do', () => {
  test.each<[Fault, RegExp]>([
    [{ kind: 'no-ranges' }, /does not serve parts/],
    [{ kind: 'whole-for-range' }, /does not serve parts/],
    [{ kind: 'wrong-range', shift: 10 }, /another part/],
    [{ kind: 'status', status: 404 }, /does not have the file/],
    [{ kind: 'status', status: 401 }, /sign-in/],
    [{ kind: 'status', status: 418 }, /status 418/],
    [{ kind: 'html' }, /does not serve parts|short|changed|sent/],
    [{ kind: 'truncate', after: 100 }, /./],
  ])('%o', async (fault, message) => {
    underTest().hub.misbehave('/mirror/a/tool-1.4.sif', fault);
    if (fault.kind === 'html') expect((await open('/mirror/a/tool-1.4.sif')).size).toBeLessThan(1000);
    else await expect(open('/mirror/a/tool-1.4.sif')).rejects.toThrow(message);
  });

  test('packed without being asked', async () => {
    underTest().hub.misbehave('/mirror/a/tool-1.4.sif', { kind: 'gzip' });
    await expect(open('/mirror/a/tool-1.4.sif')).rejects.toThrow();
  });

  test('a file that changes while it is read', async () => {
    const source = await open();
    underTest().hub.misbehave(path, { kind: 'headers', headers: { etag: '"another"' } });
    await expect(source.read(1e9, 10)).rejects.toThrow(/changed while it was read/);
    await source.close();
  });

  test('a block that failed is asked for again', async () => {
    const source = await open();
    underTest().hub.misbehave(path, { kind: 'status', status: 418 }, { times: 1 });
    await expect(source.read(1e9, 10)).rejects.toThrow(/418/);
    expect(await source.read(1e9, 10)).toEqual(content.read(1e9, 10));
    await source.close();
  });

  test('a stalled read can be given up, and closing ends it', async () => {
    const source = await open();
    underTest().hub.misbehave(path, { kind: 'stall', after: 10 });
    await expect(source.read(1e9, 10, AbortSignal.timeout(50))).rejects.toThrow();
    const waiting = source.read(2e9, 10);
    await source.close();
    await expect(waiting).rejects.toThrow();
    await expect(source.read(0, 10)).rejects.toThrow(/closed/);
  });
});
