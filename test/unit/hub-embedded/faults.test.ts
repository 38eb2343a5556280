import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bigFile, digestOf, pieceHashes } from '../../hub/content';
import type { Fault, FaultOptions } from '../../hub/faults';
import type { EmbeddedHub } from '../../hub/hub';
import { startHub } from '../../hub/hub';

let hub: EmbeddedHub;
beforeAll(async () => {
  hub = await startHub();
});
afterEach(() => hub.behave());
afterAll(() => hub.close());

const path = '/mirror/a/tool-1.4.sif';
const image = () => hub.images.image('tool-1.4.sif');
const whole = () => Buffer.from(image().content.read(0, image().size));

async function get(fault?: Fault, headers: Record<string, string> = {}, options?: FaultOptions) {
  if (fault !== undefined) hub.misbehave(path, fault, options);
  return fetch(hub.origin + path, { headers, redirect: 'manual', signal: AbortSignal.timeout(5000) });
}

/** The bytes until the body ends, breaks off, or `patience` milliseconds have gone. */
/** Reads a body to its end, for so long (milliseconds), or until more than `enough` bytes came. */
async function read(
  reply: Response,
  { patience = 3000, enough = Infinity } = {},
): Promise<{ bytes: Buffer; end: 'end' | 'broken' | 'waiting' | 'enough' }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = reply.body?.getReader();
  const timeout = new Promise<'waiting'>((resolve) => setTimeout(resolve, patience, 'waiting'));
  for (;;) {
    const part = await Promise.race([reader?.read().catch(() => 'broken' as const), timeout]);
    if (part === 'broken' || part === 'waiting') {
      void reader?.cancel().catch(() => undefined);
      return { bytes: Buffer.concat(parts), end: part };
    }
    if (part?.value === undefined) return { bytes: Buffer.concat(parts), end: 'end' };
    parts.push(part.value);
    length += part.value.length;
    if (length > enough) {
      void reader?.cancel().catch(() => undefined);
      return { bytes: Buffer.concat(parts), end: 'enough' };
    }
  }
}

describe('well behaved', () => {
  test.each<[string, number, number, number]>([
    ['bytes=0-0', 206, 0, 1],
    ['bytes=100-', 206, 100, Infinity],
    ['bytes=-5', 206, -5, 5],
    ['bytes=0-99999999', 206, 0, Infinity],
    ['bytes=99999999-', 416, 0, 0],
    ['bytes=5-1', 416, 0, 0],
    ['lines=1-2', 200, 0, Infinity],
  ])('%s is %i', async (range, status, start, length) => {
    const reply = await get(undefined, { range });
    const from = start < 0 ? image().size + start : start;
    expect(reply.status).toBe(status);
    if (status !== 416) expect(Buffer.from(await reply.arrayBuffer()).equals(whole().subarray(from, from + length))).toBe(true);
  });

  test.each<[string, Record<string, string>, number]>([
    ['If-Range that fits', { range: 'bytes=0-9', 'if-range': 'ETAG' }, 206],
    ['If-Range that does not', { range: 'bytes=0-9', 'if-range': '"x"' }, 200],
    ['If-Range by date', { range: 'bytes=0-9', 'if-range': 'Wed, 15 Jan 2025 10:00:00 GMT' }, 206],
    ['If-Match that does not', { 'if-match': '"x"' }, 412],
    ['If-None-Match', { 'if-none-match': 'ETAG' }, 304],
  ])('%s is %i', async (_, headers, status) => {
    const etag = (await get()).headers.get('etag') ?? '';
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('ETAG', etag)]));
    expect((await get(undefined, filled)).status).toBe(status);
  });

  test('the same file on every address', async () => {
    for (const origin of hub.origins) {
      const reply = await fetch(`${origin}/mirror/b/tool-1.3.sif`);
      expect((await reply.arrayBuffer()).byteLength).toBe(hub.images.image('tool-1.3.sif').size);
    }
    expect(hub.requests.at(-1)?.host).toBe(new URL(hub.origins.at(-1) ?? '').host);
  });

  test('files made on the fly are the same in parts and whole', async () => {
    const content = bigFile(300_000, 'seed');
    const reply = await fetch(`${hub.origin}/mirror/c/big/300000/seed.bin`);
    expect(Buffer.from(await reply.arrayBuffer()).equals(Buffer.from(content.read(0, 300_000)))).toBe(true);
    const part = await fetch(`${hub.origin}/mirror/c/big/300000/seed.bin`, { headers: { range: 'bytes=65530-65545' } });
    expect(Buffer.from(await part.arrayBuffer()).equals(Buffer.from(content.read(65_530, 16)))).toBe(true);
    expect(pieceHashes(content, 100_000)).toHaveLength(3);
    expect(digestOf(bigFile(300_000, 'other'))).not.toBe(digestOf(content));
  });
});

describe('misbehaving', () => {
  test('wrong bytes, seen by ranges too', async () => {
    const bytes = Buffer.from(await (await get({ kind: 'wrong-bytes', offset: 1000, count: 2 })).arrayBuffer());
    expect(bytes.equals(whole())).toBe(false);
    expect([bytes.subarray(0, 1000).equals(whole().subarray(0, 1000)), bytes.subarray(1002).equals(whole().subarray(1002))]).toEqual([
      true,
      true,
    ]);
    const part = Buffer.from(await (await get(undefined, { range: 'bytes=999-1002' })).arrayBuffer());
    expect(part.equals(bytes.subarray(999, 1003))).toBe(true);
  });

  test('a short file agrees with its headers', async () => {
    const reply = await get({ kind: 'short-file', size: 500 });
    expect([reply.headers.get('content-length'), (await reply.arrayBuffer()).byteLength]).toEqual(['500', 500]);
  });

  test('truncated: the connection breaks', async () => {
    const { bytes, end } = await read(await get({ kind: 'truncate', after: 1000 }));
    expect([bytes.length, end]).toEqual([1000, 'broken']);
  });

  test('stalled: the connection stays', async () => {
    const { bytes, end } = await read(await get({ kind: 'stall', after: 1000 }), { patience: 500 });
    expect([bytes.length, end]).toEqual([1000, 'waiting']);
  });

  test('drip and rate take their time', async () => {
    const drip = await read(await get({ kind: 'drip', bytes: 10, interval: 20 }), { patience: 150 });
    expect(drip.bytes.length).toBeLessThan(200);
    hub.behave();
    const began = Date.now();
    await (await get({ kind: 'rate', bytesPerSecond: 2_000_000 })).arrayBuffer();
    expect(Date.now() - began).toBeGreaterThan(250);
  });

  test.each<[Fault, number, Record<string, string>]>([
    [{ kind: 'status', status: 429, retryAfter: '7' }, 429, { 'retry-after': '7' }],
    [{ kind: 'status', status: 503 }, 503, {}],
    [{ kind: 'no-ranges' }, 200, { 'accept-ranges': 'none' }],
    [{ kind: 'whole-for-range' }, 200, { 'accept-ranges': 'bytes' }],
    [{ kind: 'wrong-range', shift: 5 }, 206, { 'content-range': 'bytes 5-14/640169' }],
    [{ kind: 'gzip' }, 200, { 'content-encoding': 'gzip' }],
    [{ kind: 'redirect', to: 'https://elsewhere.example.org/' }, 302, { location: 'https://elsewhere.example.org/' }],
    [{ kind: 'redirect', to: '/x', status: 308 }, 308, { location: '/x' }],
    [{ kind: 'html' }, 200, { 'content-type': 'text/html' }],
    [{ kind: 'body', body: '{' }, 200, { 'content-type': 'application/json' }],
    [{ kind: 'headers', headers: { 'content-type': 'x/y' } }, 206, { 'content-type': 'x/y' }],
  ])('%o', async (fault, status, headers) => {
    const reply = await get(fault, { range: 'bytes=0-9' });
    expect(reply.status).toBe(status);
    for (const [name, value] of Object.entries(headers)) expect(reply.headers.get(name)).toBe(value);
  });

  test('a redirect loop, a reset, a body without end, a delay', async () => {
    expect((await get({ kind: 'redirect-loop' })).headers.get('location')).toBe(hub.origin + path);
    hub.behave();
    await expect(get({ kind: 'reset' })).rejects.toThrow();
    hub.behave();
    const endless = await get({ kind: 'endless' });
    expect(endless.headers.get('content-length')).toBeNull();
    expect((await read(endless, { patience: 20_000, enough: 640_169 })).end).toBe('enough');
    hub.behave();
    const began = Date.now();
    await get({ kind: 'delay', milliseconds: 120 });
    expect(Date.now() - began).toBeGreaterThanOrEqual(110);
  });

  test('for some requests only: so many, to one host, by one method', async () => {
    const fault: Fault = { kind: 'status', status: 500 };
    expect([(await get(fault, {}, { times: 1 })).status, (await get()).status]).toEqual([500, 200]);
    hub.behave();
    expect((await get(fault, {}, { host: '127.0.0.9' })).status).toBe(200);
    hub.behave();
    expect((await get(fault, {}, { method: 'HEAD' })).status).toBe(200);
  });

  test('by a beginning, by an expression, and taken back', async () => {
    const undo = hub.misbehave('/mirror/a/*', { kind: 'status', status: 500 });
    expect((await get()).status).toBe(500);
    undo();
    hub.misbehave(/\.sif$/, { kind: 'status', status: 501 });
    expect((await get()).status).toBe(501);
    hub.behave();
    expect((await get()).status).toBe(200);
  });
});
