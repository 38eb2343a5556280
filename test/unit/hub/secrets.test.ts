// Secrets of every kind against hubs that redirect, fail and lie: none may reach another host or the log.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHubs } from '../../../server/src/hub/hubs';
import { parseReference } from '../../../server/src/image/reference';
import { createHttpClient } from '../../../server/src/platform/http';
import type { Credential } from '../../../server/src/platform/ports';

const secrets = { password: 'pass-word-1', identity: 'identity-token-2', bearer: 'bearer-token-3', access: 'access-token-4' };
const closers: (() => unknown)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** Everything that a server was sent: request line, headers, content. */
async function record(answer: (request: http.IncomingMessage, response: http.ServerResponse) => void) {
  const wire: string[] = [];
  const server = http.createServer((request, response) => {
    wire.push(`${request.method ?? ''} ${request.url ?? ''} ${request.rawHeaders.join(' ')}`);
    request.on('data', (chunk: Buffer) => wire.push(chunk.toString()));
    request.on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { wire, port: (server.address() as AddressInfo).port };
}

const credentials: [string, Credential][] = [
  ['a password', { username: 'alice', password: secrets.password, source: 'the test' }],
  ['an identity token', { token: secrets.identity, tokenKind: 'identity', source: 'the test' }],
  ['a bearer token', { token: secrets.bearer, tokenKind: 'bearer', source: 'the test' }],
];

// Another name, and the same name with another port: both are another origin.
const strangers = ['localhost', '127.0.0.1'];

test.each(credentials.flatMap(([title, credential]) => strangers.map((name) => [title, name, credential] as const)))(
  '%s stays with its registry, does not go to %s, and not into the log',
  async (_, strangerName, credential) => {
    const stranger = await record((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"x"}'),
    );
    const away = `http://${strangerName}:${stranger.port}`;
    let challenge = '';
    const registry = await record((request, response) => {
      const path = request.url ?? '';
      const signedIn = request.headers.authorization !== undefined;
      if (path.startsWith('/token'))
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token: secrets.access }));
      else if (!signedIn) response.writeHead(401, { 'www-authenticate': challenge }).end();
      else if (path.includes('tags'))
        response.writeHead(200, { 'content-type': 'application/json', link: `<${away}/next>; rel="next"` }).end('{"tags":["a"]}');
      else response.writeHead(307, { location: `${away}/elsewhere` }).end();
    });
    const host = `127.0.0.1:${registry.port}`;
    const logged: string[] = [];
    const write = (line: string): void => void logged.push(line);
    const log = { info: write, warn: write, error: write, debug: write };
    const client = createHttpClient({ userAgent: 'test', log, environment: {}, settings: {} });
    const messages: string[] = [];
    // A token server on another port of the registry's own host is the registry's affair.
    const foreignRealms = strangerName === '127.0.0.1' ? [] : [`${away}/token`];
    for (const realm of [`http://${host}/token`, ...foreignRealms, 'https://evil.invalid/token']) {
      for (challenge of [`Bearer realm="${realm}",service="s"`, `Basic realm="${realm}"`]) {
        const hubs = createHubs({
          http: client,
          log,
          credentials: { find: (asked) => Promise.resolve(asked === host ? credential : undefined) },
          platform: () => ({ os: 'linux', architecture: 'amd64' }),
          plainHttp: () => false,
        });
        const reference = parseReference(`docker://${host}/org/tool:1`).reference!;
        for (const call of [hubs.resolve, hubs.manifest, hubs.tags, hubs.open]) {
          await call(reference, { reason: 'editor' }).catch((error: unknown) => messages.push(String(error)));
        }
      }
    }
    await client.close();
    expect(registry.wire.length).toBeGreaterThan(5);
    expect(stranger.wire.length).toBeGreaterThan(0);
    const encoded = Buffer.from(`alice:${secrets.password}`).toString('base64');
    for (const secret of [...Object.values(secrets), encoded]) {
      expect(stranger.wire.join('\n')).not.toContain(secret);
      expect(logged.join('\n')).not.toContain(secret);
      expect(messages.join('\n')).not.toContain(secret);
    }
  },
);
