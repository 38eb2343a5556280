import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHubs } from '../../../server/src/hub/hubs';
import { createRevalidatingClient } from '../../../server/src/hub/revalidation';
import { parseReference } from '../../../server/src/image/reference';
import type { StoredValue } from '../../../server/src/platform/diskCache';
import { createHttpClient } from '../../../server/src/platform/http';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const write = (): void => undefined;
const log = { info: write, warn: write, error: write, debug: write };
const client = createHttpClient({ userAgent: 'test', log, environment: {}, settings: {} });
let server: http.Server;
let origin: string;
let etag: string | undefined;
let more: http.OutgoingHttpHeaders;
let body: string;
let asked: { url: string; condition: string | undefined; status: number }[];

beforeEach(async () => {
  etag = '"one"';
  more = {};
  body = JSON.stringify({ name: 'org/tool', tags: ['1.0', '1.1'] });
  asked = [];
  server = http.createServer((request, response) => {
    const condition = request.headers['if-none-match'];
    const status = etag !== undefined && condition === etag ? 304 : 200;
    asked.push({ url: request.url ?? '', condition, status });
    response.writeHead(status, {
      ...(etag !== undefined && { etag }),
      ...(status === 200 && { 'content-type': 'application/json' }),
      ...more,
    });
    response.end(status === 304 ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function kept() {
  const values = new Map<string, StoredValue>();
  const disk = {
    get: (key: string) => Promise.resolve(values.get(key)),
    put: (key: string, value: StoredValue) => Promise.resolve(void values.set(key, JSON.parse(JSON.stringify(value)) as StoredValue)),
    clear: () => {
      values.clear();
      return Promise.resolve();
    },
  };
  return { values, documents: createRevalidatingClient(client, disk, Date.now) };
}

describe('a document with an ETag', () => {
  test('is fetched once; a 304 stands for the 200 of before', async () => {
    const { documents } = kept();
    for (let time = 0; time < 3; time++) {
      const response = await documents.request({ url: `${origin}/x` });
      expect([response.status, await response.text(1000), response.headers['content-type']]).toEqual([200, body, ['application/json']]);
    }
    expect(asked.map(({ status }) => status)).toEqual([200, 304, 304]);
  });
  test('that changed is fetched anew', async () => {
    const { documents } = kept();
    await (await documents.request({ url: `${origin}/x` })).bytes(1000);
    etag = '"two"';
    body = '{"new":true}';
    expect(await (await documents.request({ url: `${origin}/x` })).text(1000)).toBe(body);
    expect(asked).toMatchObject([{ condition: undefined }, { condition: '"one"', status: 200 }]);
  });
  test.each<[string, () => void, Parameters<typeof client.request>[0] | undefined]>([
    ['no ETag', () => (etag = undefined), undefined],
    ['no-store', () => (more = { 'cache-control': 'private, no-store' }), undefined],
    ['a range', write, { url: '', headers: { Range: 'bytes=0-1' } }],
    ['HEAD', write, { url: '', method: 'HEAD' }],
    ['a condition of its own', write, { url: '', headers: { 'if-match': '"x"' } }],
    ['3 MB', () => (body = ' '.repeat(3_000_000)), undefined],
  ])('nothing is kept: %s', async (_, prepare, request) => {
    const { values, documents } = kept();
    prepare();
    await (await documents.request({ ...request, url: `${origin}/x` })).bytes(10_000_000);
    expect(values.size).toBe(0);
  });
  test('other Accept, other document', async () => {
    const { documents } = kept();
    await (await documents.request({ url: `${origin}/x`, headers: { accept: 'a/a' } })).bytes(1000);
    await (await documents.request({ url: `${origin}/x`, headers: { accept: 'b/b' } })).bytes(1000);
    expect(asked.map(({ condition }) => condition)).toEqual([undefined, undefined]);
  });
  test.each(['x', null, { etag: 1 }, { etag: '"one"', body: 'e30=', headers: 5 }])(
    'what is damaged on disk counts as nothing: %j',
    async (value) => {
      const { values, documents } = kept();
      values.set(`etag  ${origin}/x`, { storedAt: 1, value });
      expect(await (await documents.request({ url: `${origin}/x` })).text(1000)).toBe(body);
      expect(asked[0]?.condition).toBeUndefined();
    },
  );
});

test('tags that did not change come without their bytes, also after a restart', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'revalidation-'));
  const { reference } = parseReference(`docker://${new URL(origin).host}/org/tool:1.0`);
  if (reference === undefined) throw new Error('no reference');
  let now = Date.now();
  const make = () =>
    createHubs({
      http: client,
      log,
      credentials: { find: () => Promise.resolve(undefined) },
      platform: () => ({ os: 'linux', architecture: 'amd64' }),
      plainHttp: () => true,
      folder,
      now: () => now,
    });
  await make().tags(reference, {});
  await new Promise((resolve) => setTimeout(resolve, 100)); // what is kept is written beside the answer
  now += 24 * 3600_000;
  const again = await make().tags(reference, {});
  expect(again.tags.map(({ name }) => name)).toEqual(['1.0', '1.1']);
  expect(again.fetchedAt).toBe(now);
  expect(asked.filter(({ url }) => url.includes('/tags/')).map(({ status }) => status)).toEqual([200, 304]);
  fs.rmSync(folder, { recursive: true, force: true });
});
