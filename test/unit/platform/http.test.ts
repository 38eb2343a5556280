import http from 'node:http';
import type { AddressInfo } from 'node:net';
import zlib from 'node:zlib';
import { MockAgent } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpClientOptions } from '../../../server/src/platform/http';
import { createHttpClient, plainHttpAllowed } from '../../../server/src/platform/http';
import type { HttpFailure, HttpRequest } from '../../../server/src/platform/ports';
import { HttpError } from '../../../server/src/platform/ports';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** A server on loopback; `origin2` is the same server under another name, and so another origin. */
async function serve(answer: (request: http.IncomingMessage, response: http.ServerResponse, origins: readonly [string, string]) => void) {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answer(request, response, origins());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origins = () => [`http://127.0.0.1:${port}`, `http://localhost:${port}`] as const;
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin: origins()[0], origin2: origins()[1], seen };
}

function client(options: Partial<HttpClientOptions> = {}, logged: string[] = []) {
  const log = (message: string): void => void logged.push(message);
  const made = createHttpClient({
    userAgent: 'container-metalink/test',
    environment: {},
    settings: {},
    log: { info: log, warn: log, error: log, debug: log },
    ...options,
  });
  closers.push(() => made.close());
  return made;
}

async function failure(promise: Promise<unknown>): Promise<HttpFailure | 'none'> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(HttpError);
    return (error as HttpError).failure;
  }
}

test('a plain answer: status, headers as lists, text, our name', async () => {
  const { origin, seen } = await serve((_, response) => {
    response.setHeader('Link', ['<a>; rel=x', '<b>; rel=y']);
    response.end('hello');
  });
  const answer = await client().request({ url: `${origin}/x`, headers: { Accept: 'text/plain' } });
  expect(answer.status).toBe(200);
  expect(answer.headers.link).toEqual(['<a>; rel=x', '<b>; rel=y']);
  expect(await answer.text(100)).toBe('hello');
  expect(seen[0]?.headers).toMatchObject({ 'user-agent': 'container-metalink/test', accept: 'text/plain' });
});

describe('redirects', () => {
  test('credentials stay with their origin, the way is told', async () => {
    const { origin, origin2, seen } = await serve((request, response, [, other]) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b', link: '<m>; rel=describedby' }).end();
      else if (request.url === '/b') response.writeHead(307, { location: `${other}/c` }).end();
      else response.end('there');
    });
    const answer = await client().request({
      url: `${origin}/a`,
      headers: { authorization: 'Bearer secret', cookie: 'c=1', 'x-auth-token': 's' },
    });
    expect(await answer.text(100)).toBe('there');
    expect(answer.url).toBe(`${origin2}/c`);
    expect(answer.redirects.map((r) => [r.url, r.status])).toEqual([
      [`${origin}/a`, 302],
      [`${origin}/b`, 307],
    ]);
    expect(answer.redirects[0]?.headers.link).toEqual(['<m>; rel=describedby']);
    expect(seen.map((s) => s.headers.authorization)).toEqual(['Bearer secret', 'Bearer secret', undefined]);
    expect(seen[2]?.headers).not.toHaveProperty('cookie');
    expect(seen[2]?.headers).not.toHaveProperty('x-auth-token');
  });
  test('maxRedirects 0 hands the 3xx back', async () => {
    const { origin } = await serve((_, response) => response.writeHead(303, { location: '/b' }).end());
    const answer = await client().request({ url: `${origin}/a`, maxRedirects: 0 });
    expect([answer.status, answer.headers.location?.[0]]).toEqual([303, '/b']);
    await answer.discard();
  });
  test('a POST becomes a GET by 303, and its content never goes to another origin', async () => {
    const { origin, seen } = await serve((request, response, [, other]) => {
      if (request.url === '/form') response.writeHead(303, { location: '/done' }).end();
      else if (request.url === '/away') response.writeHead(307, { location: `${other}/done` }).end();
      else response.end('ok');
    });
    const http = client();
    await http
      .request({ method: 'POST', url: `${origin}/form`, body: 'a=1', headers: { 'content-type': 'text/plain' } })
      .then((r) => r.discard());
    expect(seen.map((s) => s.method)).toEqual(['POST', 'GET']);
    expect(seen[1]?.headers).not.toHaveProperty('content-type');
    expect(await failure(http.request({ method: 'POST', url: `${origin}/away`, body: 'password=1' }))).toBe('redirect');
  });
  test.each([
    ['in circles', (origin: string) => `${origin}/a`],
    ['to a file', () => 'file:///etc/passwd'],
    ['to nowhere', () => ''],
    ['to something that is no URL', () => 'http://['],
  ])('%s are refused', async (_, location) => {
    const { origin } = await serve((__, response, [here]) => response.writeHead(302, { location: location(here) }).end());
    expect(await failure(client().request({ url: `${origin}/a` }))).toBe('redirect');
  });
  test('without end are refused', async () => {
    let step = 0;
    const { origin, seen } = await serve((_, response) => response.writeHead(302, { location: `/${step++}` }).end());
    expect(await failure(client().request({ url: `${origin}/a` }))).toBe('redirect');
    expect(seen).toHaveLength(6);
  });
  test.each([
    ['https to http', 'https://registry.example/', 'http://registry.example/x'],
    ['public to loopback', 'https://registry.example/', 'https://127.0.0.1/x'],
    ['public to a private address', 'https://registry.example/', 'https://10.1.2.3/x'],
    ['public to the metadata service', 'https://registry.example/', 'https://169.254.169.254/latest'],
    ['public to localhost', 'https://registry.example/', 'https://localhost/x'],
    ['public to a mapped loopback', 'https://registry.example/', 'https://[::ffff:127.0.0.1]/x'],
    ['public to a decimal address', 'https://registry.example/', 'https://2130706433/x'],
  ])('%s is refused', async (_, url, location) => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent.get('https://registry.example').intercept({ path: '/' }).reply(302, '', { headers: { location } });
    expect(await failure(client({ route: () => agent }).request({ url }))).toBe('redirect');
  });
});

describe('bodies', () => {
  test('longer than the limit are given up, with and without Content-Length', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/said') response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('x'.repeat(100_000));
    });
    const http = client();
    for (const path of ['/said', '/endless']) {
      const answer = await http.request({ url: `${origin}${path}` });
      expect(await failure(answer.text(1000))).toBe('too-large');
    }
  });
  test('compressed although nobody asked, and bombs', async () => {
    const { origin } = await serve((request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(request.url === '/lie' ? 'plain' : zlib.gzipSync(request.url === '/bomb' ? 'x'.repeat(1_000_000) : 'hello'));
    });
    const http = client();
    expect(await (await http.request({ url: `${origin}/` })).text(100)).toBe('hello');
    expect(await failure((await http.request({ url: `${origin}/bomb` })).text(10_000))).toBe('too-large');
    expect(await failure((await http.request({ url: `${origin}/lie` })).text(100))).toBe('protocol');
  });
  test('that stall time out', async () => {
    const { origin } = await serve((_, response) => void response.write('x'));
    const answer = await client().request({ url: origin, bodyTimeout: 200 });
    expect(await failure(answer.text(100))).toBe('timeout');
  });
});

describe('failures', () => {
  test('say what happened', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/reset') request.socket.destroy();
      else if (request.url === '/slow') return;
      else response.end('x');
    });
    const http = client();
    const ask = (request: Partial<HttpRequest>) => failure(http.request({ url: origin, ...request }));
    expect(await ask({ url: 'http://127.0.0.1:1/' })).toBe('refused');
    expect(await ask({ url: 'http://no-such-host.invalid/' })).toBe('dns');
    expect(await ask({ url: `${origin}/reset` })).toBe('protocol');
    expect(await ask({ url: `${origin}/slow`, headersTimeout: 200 })).toBe('timeout');
    expect(await ask({ signal: AbortSignal.abort() })).toBe('aborted');
    expect(await ask({ url: `${origin}/slow`, signal: AbortSignal.timeout(50) })).not.toBe('none');
    expect(await ask({ url: 'ftp://127.0.0.1/' })).toBe('forbidden');
    expect(await ask({ url: 'nonsense' })).toBe('forbidden');
    expect(await ask({ headers: { 'x-a': 'b\r\nHost: evil' } })).toBe('forbidden');
    expect(await ask({ url: origin.replace('http:', 'https:') })).toBe('tls');
  });
  test('503 and resets are tried again, 404 and POST are not', async () => {
    let count = 0;
    const { origin, seen } = await serve((request, response) => {
      count++;
      if (request.url === '/503' && count < 3) response.writeHead(503, { 'retry-after': '0' }).end();
      else if (request.url === '/404') response.writeHead(404).end();
      else if (request.method === 'POST') response.writeHead(503).end();
      else response.end('ok');
    });
    const http = client();
    expect(await (await http.request({ url: `${origin}/503` })).text(10)).toBe('ok');
    expect(seen).toHaveLength(3);
    expect((await http.request({ url: `${origin}/404` })).status).toBe(404);
    expect((await http.request({ method: 'POST', url: origin })).status).toBe(503);
    expect(seen).toHaveLength(5);
  });
  test('a long Retry-After is handed to the caller at once', async () => {
    const { origin, seen } = await serve((_, response) => response.writeHead(429, { 'retry-after': '3600' }).end());
    expect((await client().request({ url: origin })).status).toBe(429);
    expect(seen).toHaveLength(1);
  });
});

test('a proxy that wants a password for a plain request says what to do', async () => {
  const { origin } = await serve((_, response) => response.writeHead(407, { 'proxy-authenticate': 'Basic realm="x"' }).end());
  const request = client({ settings: { proxy: origin } }).request({ url: 'http://registry.example.test/v2/' });
  await expect(request).rejects.toThrow('asks for a name and password');
});

describe('policy', () => {
  test('offline, for all or for the editor', async () => {
    const { origin } = await serve((_, response) => response.end('x'));
    const http = client({ settings: { offline: 'editor' } });
    expect(await failure(http.request({ url: origin, reason: 'editor' }))).toBe('switched-off');
    expect(await failure(http.request({ url: origin }))).toBe('none');
    http.configure({ offline: true });
    expect(await failure(http.request({ url: origin }))).toBe('switched-off');
    http.configure({});
    expect(await failure(http.request({ url: origin }))).toBe('none');
  });
  test('hosts that are not allowed, asked or redirected to', async () => {
    const { origin, origin2, seen } = await serve((request, response, [, other]) => {
      if (request.url === '/') response.writeHead(302, { location: `${other}/x` });
      response.end();
    });
    const http = client({ permit: (url, reason) => (reason === 'editor' && url.origin === origin2 ? 'not this one' : undefined) });
    expect(await failure(http.request({ url: origin2, reason: 'editor' }))).toBe('forbidden');
    expect(seen).toHaveLength(0);
    expect(await failure(http.request({ url: origin2 }))).toBe('none');
    // A file alone does not lead to a private address by way of an allowed host either; a command may.
    expect(await failure(http.request({ url: origin, reason: 'editor' }))).toBe('forbidden');
    expect(seen.map(({ url }) => url)).toEqual(['/', '/x', '/']);
    expect(await failure(http.request({ url: origin }))).toBe('none');
  });
  test('a public host that an allowed one redirects to is its affair', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent
      .get('https://registry.example')
      .intercept({ path: '/blob' })
      .reply(307, '', { headers: { location: 'https://storage.example/x' } });
    agent.get('https://storage.example').intercept({ path: '/x' }).reply(200, 'bytes');
    closers.push(() => agent.close());
    const http = client({ route: () => agent, permit: (url) => (url.host === 'registry.example' ? undefined : 'not this one') });
    expect(await (await http.request({ url: 'https://registry.example/blob', reason: 'editor' })).text(100)).toBe('bytes');
    expect(await failure(http.request({ url: 'https://storage.example/x', reason: 'editor' }))).toBe('forbidden');
  });
  test('credentials over plain http', async () => {
    const http = client({ settings: { insecureHosts: ['allowed.invalid'] } });
    const headers = { authorization: 'Basic eDp5' };
    expect(await failure(http.request({ url: 'http://registry.invalid/', headers }))).toBe('forbidden');
    expect(await failure(http.request({ url: 'http://user:pw@registry.invalid/' }))).toBe('forbidden');
    expect(await failure(http.request({ url: 'http://allowed.invalid/', headers }))).toBe('dns');
  });
  test.each([
    ['localhost:5000', true],
    ['127.0.0.1', true],
    ['[::1]:80', true],
    ['192.168.1.4:5000', true],
    ['172.32.0.1', false],
    ['registry.example.org', false],
    ['marked.example.org:5000', true],
    ['x.localhost', true],
  ])('plain http to %s: %s', (host, allowed) => {
    expect(plainHttpAllowed(host, ['marked.example.org'])).toBe(allowed);
  });
});

test('four connections to a host at once', async () => {
  let now = 0;
  let most = 0;
  const { origin } = await serve((_, response) => {
    most = Math.max(most, ++now);
    setTimeout(() => (now--, response.end('x')), 20);
  });
  const http = client();
  await Promise.all(Array.from({ length: 20 }, async () => (await http.request({ url: origin })).text(10)));
  expect(most).toBeLessThanOrEqual(4);
});

test('logs hold no secret', async () => {
  const logged: string[] = [];
  const { origin } = await serve((_, response) => response.writeHead(200, { 'set-cookie': 'sid=hunter2' }).end('x'));
  const http = client({}, logged);
  await http
    .request({ url: `${origin.replace('//', '//user:hunter2@')}/p?token=hunter2`, headers: { cookie: 'a=hunter2' } })
    .then((r) => r.discard());
  await failure(http.request({ url: 'https://user:hunter2@no-such-host.invalid/?sig=hunter2' }));
  expect(logged.length).toBeGreaterThan(1);
  expect(logged.join('\n')).not.toContain('hunter2');
});
