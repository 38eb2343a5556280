import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { checkMirrors } from '../../../server/src/operations/checkMirrors';
import type { Fault } from '../../hub/faults';
import { startHubWorld, unwatched } from './hubWorld';
import type { HubWorld } from './hubWorld';

let started: HubWorld;
beforeAll(async () => {
  started = await startHubWorld();
});
afterEach(() => started.hub.behave());
afterAll(() => started.close());

const tool = () => started.hub.images.image('tool-1.4.sif');
const document = (inner: string, ...urls: string[]) =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="tool-1.4.sif">${inner}${urls
    .map((url) => `<url>${url.startsWith('/') ? started.hub.origin + url : url}</url>`)
    .join('')}</file></metalink>`;
const declared = () => `<size>${tool().size}</size><hash type="sha-256">${tool().sha256}</hash>`;
const path = (mirror: string) => `/mirror/${mirror}/tool-1.4.sif`;
const check = (text: string) => checkMirrors(started.world, text, unwatched);

test('a good mirror: size, parts, time, dates, at its URL', async () => {
  const text = document(declared(), path('a'));
  const { mirrors, findings } = await check(text);
  expect(mirrors).toMatchObject([{ ok: true, url: started.hub.origin + path('a') }]);
  expect(mirrors[0]?.message).toMatch(/640 kB, parts can be fetched, \d+ ms, modified Wed, 15 Jan 2025 10:00:00 GMT, ETag "/);
  expect(findings).toMatchObject([{ severity: 'information', code: 'mirrors/good' }]);
  expect(text.slice(findings[0]?.range.start, findings[0]?.range.end)).toContain(path('a'));
});

test('a digest that agrees is told', async () =>
  expect((await check(document(declared(), '/metalink/tool-1.4.sif'))).mirrors[0]?.message).toContain('its digest agrees'));

const faults: [string, Fault, string][] = [
  ['dead', { kind: 'status', status: 404 }, 'does not have the file (status 404)'],
  ['forbidden', { kind: 'status', status: 403 }, 'asks for a sign-in'],
  ['broken', { kind: 'status', status: 500 }, 'status 500'],
  ['limited', { kind: 'status', status: 429, retryAfter: '3600' }, 'limits how often it may be asked (status 429)'],
  ['another size', { kind: 'short-file', size: 1000 }, 'has 1,000 bytes; 640,169 are declared'],
  ['a web page', { kind: 'html' }, 'web page'],
  [
    'another digest',
    { kind: 'headers', headers: { 'repr-digest': `sha-256=:${Buffer.alloc(32, 7).toString('base64')}:` } },
    '070707070707…; ',
  ],
];
test.each(faults)(
  '%s',
  async (_, fault, words) => {
    started.hub.misbehave(path('b'), fault);
    const { mirrors, findings } = await check(document(declared(), path('a'), path('b')));
    expect(mirrors.map(({ ok }) => ok)).toEqual([true, false]);
    expect(mirrors[1]?.message).toContain(words);
    expect(findings[1]).toMatchObject({ severity: 'warning', code: 'mirrors/bad', message: mirrors[1]?.message });
  },
  30_000,
);

test('without parts it is good, and said', async () => {
  started.hub.misbehave(path('b'), { kind: 'no-ranges' });
  expect((await check(document(declared(), path('b')))).mirrors).toMatchObject([
    { ok: true, message: expect.stringContaining('no parts') as string },
  ]);
});

test('without a declaration the odd one out is found', async () => {
  started.hub.misbehave(path('c'), { kind: 'short-file', size: 1000 });
  started.hub.misbehave('/metalink-redirect/tool-1.4.sif', {
    kind: 'headers',
    headers: { 'repr-digest': `sha-256=:${Buffer.alloc(32, 7).toString('base64')}:`, digest: '' },
  });
  const digests = ['/metalink/tool-1.4.sif', '/metalink/tool-1.4.sif?again', '/metalink-redirect/tool-1.4.sif'];
  const { mirrors } = await check(document('', path('a'), path('b'), path('c'), ...digests));
  expect(mirrors.map(({ ok }) => ok)).toEqual([true, true, false, true, true, false]);
  expect(mirrors[2]?.message).toContain('most others 640,169');
  expect(mirrors[5]?.message).toContain('most others');
});

test('what cannot be asked, and no password in an answer', async () => {
  const { mirrors } = await check(document(declared(), 'ftp://example.org/tool.sif', 'http://user:secret@127.0.0.1:9/tool.sif'));
  expect(mirrors.map(({ ok }) => ok)).toEqual([false, false]);
  expect(mirrors[0]?.message).toContain('only http and https');
  expect(JSON.stringify(mirrors)).not.toContain('secret');
});

test('a server without HEAD is asked for one byte', async () => {
  started.hub.misbehave(path('d'), { kind: 'status', status: 405 }, { method: 'HEAD' });
  expect((await check(document(declared(), path('d')))).mirrors).toMatchObject([{ ok: true }]);
});

test.each([
  [['a'], ['1 URL']],
  [
    ['a', 'b'],
    ['1 of 2 URLs', '2 of 2 URLs'],
  ],
])('progress over %j', async (mirrors, told) => {
  const progress: string[] = [];
  const onProgress = ({ what }: { readonly what: string }) => progress.push(what);
  await checkMirrors(started.world, document(declared(), ...mirrors.map(path)), { ...unwatched, onProgress });
  expect(progress).toEqual(told);
});
