import { inspect } from 'node:util';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { download } from '../../../server/src/download/download';
import { unsafeName } from '../../../server/src/download/targetName';
import { digest, head, honest, randomBytes, reply, serve, status } from '../../faults/servers';
import type { FaultServer } from '../../faults/servers';
import { testAuthorities, testCertificate, testKey } from '../../faults/testCertificate';
import { attempt, pieces, requestFor, temporaryFolder, testWorld } from './world';

const data = randomBytes(300_000);
const other = randomBytes(300_000, 'other');
let folder: string;
const servers: FaultServer[] = [];
const from = async (...parameters: Parameters<typeof serve>): Promise<FaultServer> => {
  const server = await serve(...parameters);
  servers.push(server);
  return server;
};
const final = (): string => path.join(folder, 'file.sif');

beforeEach(() => (folder = temporaryFolder()));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('names', () => {
  const unsafe = [
    '', '.', '..', '/etc/passwd', '../x', 'a/../b', 'a/..', './x', 'a/./b', 'a//b', 'a/', 'a/.', '..\\x', 'C:\\x', 'C:x', 'a\\b', '\\\\host\\share',
    'con', 'NUL', 'com1.txt', 'lpt9', 'aux.sif', 'x.', 'x ', 'a:b', '~x', '~/x', 'a\0b', 'a\nb', 'a\u0007', 'a\u202eb', 'x'.repeat(256),
  ]; // prettier-ignore
  test.each(unsafe)('%j is refused', async (name) => {
    expect(unsafeName(name)).toBeDefined();
    await expect(download({ ...requestFor(data, [], folder), name }, testWorld())).rejects.toMatchObject({ failure: 'name' });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
  test.each(['x', 'a/b', 'a/b/c.sif', '..x', 'x..y', 'sha256.abc', 'con1', '%2e%2e%2fx', 'ä', '-x', 'x'.repeat(255)])(
    '%j is fine',
    (name) => {
      expect(unsafeName(name)).toBeUndefined();
    },
  );
  test('folders of the name are made, the longest name fits', async () => {
    const { url } = await from(data);
    for (const name of ['a/b/c.sif', 'x'.repeat(255)]) {
      const { path: written } = await download({ ...requestFor(data, [url], folder), name }, testWorld());
      expect(written).toBe(path.join(fs.realpathSync(folder), name));
    }
  });
  test('a symbolic link in place of a folder is not followed', async () => {
    const outside = temporaryFolder();
    fs.symlinkSync(outside, path.join(folder, 'a'));
    await expect(download({ ...requestFor(data, [], folder), name: 'a/b' }, testWorld())).rejects.toMatchObject({ failure: 'name' });
    expect(fs.readdirSync(outside)).toEqual([]);
    fs.rmdirSync(outside);
  });
  test('a symbolic link or hard link in place of the partial file is not written through', async () => {
    const { url } = await from(data);
    const victim = path.join(folder, 'victim');
    for (const link of [fs.symlinkSync, fs.linkSync]) {
      fs.writeFileSync(victim, 'precious');
      link(victim, path.join(folder, '.file.sif.part'));
      await expect(download(requestFor(data, [url], folder), testWorld())).rejects.toMatchObject({ failure: 'name' });
      expect(fs.readFileSync(victim, 'utf8')).toBe('precious');
      fs.rmSync(path.join(folder, '.file.sif.part'));
    }
  });
});

describe('what is there already', () => {
  test('CVE-2010-1511: a differing file is not overwritten', async () => {
    const { url, requests } = await from(data);
    fs.writeFileSync(final(), 'mine');
    await expect(download(requestFor(data, [url], folder), testWorld())).rejects.toMatchObject({ failure: 'exists' });
    expect([fs.readFileSync(final(), 'utf8'), requests.length]).toEqual(['mine', 0]);
  });
  test('unless that is asked for', async () => {
    const { url } = await from(data);
    fs.writeFileSync(final(), 'mine');
    await download({ ...requestFor(data, [url], folder), overwrite: true }, testWorld());
    expect(fs.readFileSync(final()).equals(data)).toBe(true);
  });
  test('a failed download leaves the old file, overwrite or not', async () => {
    const { url } = await from(data, status(404));
    fs.writeFileSync(final(), 'mine');
    await expect(download({ ...requestFor(data, [url], folder), overwrite: true }, testWorld())).rejects.toMatchObject({
      failure: 'no-source',
    });
    expect(fs.readFileSync(final(), 'utf8')).toBe('mine');
  });
  test('a file that appears meanwhile is not overwritten', async () => {
    const { url } = await from(data, async (request, socket, bytes) => {
      fs.writeFileSync(final(), 'mine');
      await honest()(request, socket, bytes);
    });
    await expect(download(requestFor(data, [url], folder), testWorld())).rejects.toMatchObject({ failure: 'exists' });
    expect(fs.readFileSync(final(), 'utf8')).toBe('mine');
  });
  test('a link in place of the file is replaced, not written through', async () => {
    const { url } = await from(data);
    const victim = path.join(folder, 'victim');
    fs.writeFileSync(victim, 'precious');
    fs.symlinkSync(victim, final());
    await expect(download(requestFor(data, [url], folder), testWorld())).rejects.toMatchObject({ failure: 'exists' });
    await download({ ...requestFor(data, [url], folder), overwrite: true }, testWorld());
    expect([fs.readFileSync(victim, 'utf8'), fs.lstatSync(final()).isSymbolicLink()]).toEqual(['precious', false]);
  });
  test('the same bytes need no network', async () => {
    const { url, requests } = await from(data);
    fs.writeFileSync(final(), data);
    expect(await download(requestFor(data, [url], folder), testWorld())).toMatchObject({
      outcome: 'already-there',
      digests: { 'sha-256': digest(data) },
    });
    expect(requests).toEqual([]);
  });
});

describe('vulnerabilities of others', () => {
  test('CVE-2021-22922: bytes with a wrong hash are not kept', async () => {
    const { error, left } = await attempt({
      data: other,
      behaviours: [honest()],
      request: { hashes: [{ type: 'sha-256', hex: digest(data), source: 'x' }] },
    });
    expect([error?.failure, left]).toEqual(['mismatch', []]);
  });
  test('CVE-2021-22923: credentials of one URL are not sent to another mirror', async () => {
    const [one, two] = [await from(data, status(503)), await from(data, honest(), { host: '127.0.0.2' })];
    const sources = [
      { url: one.url.replace('//', '//user:p%40ss@'), priority: 1, headers: () => Promise.resolve({ 'X-Token': 'secret' }) },
      { url: two.url, priority: 2 },
    ];
    const world = testWorld();
    const result = await download({ ...requestFor(data, [], folder), sources }, world);
    expect(one.requests[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
      'x-token': 'secret',
    });
    expect(two.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(two.requests[0]?.headers).not.toHaveProperty('x-token');
    expect(inspect([result, world.lines], { depth: 9 })).not.toMatch(/p%40ss|p@ss|secret|user/);
  });
  test('CVE-2021-22923: nor to where a redirect leads', async () => {
    const two = await from(data, honest(), { host: '127.0.0.2' });
    const one = await from(data, (_request, socket) => reply(socket, 302, { Location: two.url }));
    const sources = [
      { url: one.url.replace('//', '//user:pass@'), priority: 1, headers: () => Promise.resolve({ Authorization: 'Bearer secret' }) },
    ];
    await download({ ...requestFor(data, [], folder), sources }, testWorld());
    expect(one.requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret' });
    expect(two.requests[0]?.headers).not.toHaveProperty('authorization');
  });
  test('CVE-2021-22876: no Referer is sent', async () => {
    const two = await from(data, honest(), { host: '127.0.0.2' });
    const one = await from(data, (_request, socket) => reply(socket, 302, { Location: two.url }));
    await download({ ...requestFor(data, [one.url.replace('//', '//user:pass@')], folder) }, testWorld());
    for (const { headers } of [...one.requests, ...two.requests]) expect(headers).not.toHaveProperty('referer');
  });
  test('CVE-2018-20483: credentials are stored nowhere', async () => {
    const controller = new AbortController();
    const { url } = await from(data, ({ last }, socket) => {
      socket.write(head(206, { 'Content-Length': String(data.length), 'Content-Range': `bytes 0-${last}/${data.length}` }));
      socket.write(data.subarray(0, 200_000));
      setTimeout(() => controller.abort(), 200);
    });
    const request = { ...requestFor(data, [url.replace('//', '//user:topsecret@')], folder), hashes: [] };
    await expect(download(request, testWorld(), controller)).rejects.toMatchObject({ failure: 'cancelled' });
    const journal = fs.readFileSync(path.join(folder, '.file.sif.part.journal'), 'utf8');
    expect(journal).toMatch(/127\.0\.0\.1/);
    expect(journal).not.toMatch(/topsecret|user/);
  });
  test('CVE-2016-4971: the name never comes from a redirect or a header', async () => {
    const { url } = await from(data, (request, socket, bytes) =>
      request.path.includes('evil')
        ? honest({ headers: { 'Content-Disposition': 'attachment; filename=".bashrc"' } })(request, socket, bytes)
        : reply(socket, 302, { Location: '/.evil' }),
    );
    await download(requestFor(data, [url], folder), testWorld());
    expect(fs.readdirSync(folder)).toEqual(['file.sif']);
  });
  test('CVE-2026-58469: blank and malformed URLs are skipped', async () => {
    const { url } = await from(data);
    const { outcome } = await download(requestFor(data, ['   ', '', 'http://', url], folder), testWorld());
    expect(outcome).toBe('downloaded');
  });
  test('librepo#372: one bad mirror does not poison what others give', async () => {
    const [bad, good] = [await from(other, honest({ etag: null })), await from(data, honest(), { host: '127.0.0.2' })];
    await download({ ...requestFor(data, [bad.url, good.url], folder), pieces: pieces(data, 65_536) }, testWorld());
    expect(fs.readFileSync(final()).equals(data)).toBe(true);
  });
});

describe('where requests go', () => {
  test('https never falls to http', async () => {
    const plain = await from(data);
    const secure = await from(data, (_request, socket) => reply(socket, 302, { Location: plain.url }), {
      tls: { cert: testCertificate, key: testKey },
    });
    const world = testWorld({}, { proxies: { certificates: testAuthorities } });
    await expect(download(requestFor(data, [secure.url], folder), world)).rejects.toThrow(/plain http/);
    expect(plain.requests).toEqual([]);
  });
  test('a certificate that nobody vouches for is refused, and accepted when that is the setting', async () => {
    const { url } = await from(data, honest(), { tls: { cert: testCertificate, key: testKey } });
    await expect(download(requestFor(data, [url], folder), testWorld())).rejects.toThrow(/no secure connection/);
    await download(requestFor(data, [url], folder), testWorld({}, { proxies: { rejectUnauthorized: false } }));
    expect(fs.readFileSync(final()).equals(data)).toBe(true);
  });
  test('over TLS with a certificate of one’s own', async () => {
    const { url } = await from(data, honest(), { tls: { cert: testCertificate, key: testKey } });
    await download(requestFor(data, [url], folder), testWorld({}, { proxies: { certificates: testAuthorities } }));
    expect(fs.readFileSync(final()).equals(data)).toBe(true);
  });
  test('a host that may not be contacted is not, by redirect neither', async () => {
    const inner = await from(data, honest(), { host: '127.0.0.2' });
    const outer = await from(data, (_request, socket) => reply(socket, 302, { Location: inner.url }));
    const world = testWorld({}, { refuse: (url) => Promise.resolve(url.includes('127.0.0.2') ? 'it is not allowed' : undefined) });
    await expect(download(requestFor(data, [outer.url], folder), world)).rejects.toThrow(/it is not allowed/);
    expect(inner.requests).toEqual([]);
  });
  test('an expired token is renewed once', async () => {
    let token = 'old';
    const { url } = await from(data, (request, socket, bytes) =>
      request.headers.authorization === 'Bearer new'
        ? honest()(request, socket, bytes)
        : reply(socket, 401, { 'WWW-Authenticate': 'Bearer realm="r"' }),
    );
    const sources = [{ url, priority: 1, headers: ({ refresh, challenge }: { refresh: boolean; challenge?: string }) => {
      if (refresh && challenge === 'Bearer realm="r"') token = 'new';
      return Promise.resolve({ Authorization: `Bearer ${token}` });
    } }]; // prettier-ignore
    await download({ ...requestFor(data, [], folder), sources }, testWorld());
    expect(fs.readFileSync(final()).equals(data)).toBe(true);
  });
  test('through a forwarding proxy and through a tunnel', async () => {
    const plain = await from(data);
    const secure = await from(data, honest(), { tls: { cert: testCertificate, key: testKey } });
    const lines: string[] = [];
    const proxy = net.createServer((socket) => {
      socket.once('data', (bytes) => {
        const text = bytes.toString('latin1');
        lines.push(`${text.split(' ')[0] ?? ''} ${/proxy-authorization: (.*)/i.exec(text)?.[1] ?? ''}`);
        const target = net.connect(text.startsWith('CONNECT') ? secure.port : plain.port, '127.0.0.1');
        if (text.startsWith('CONNECT')) socket.write('HTTP/1.1 200 OK\r\n\r\n');
        else target.write(bytes);
        socket.pipe(target).pipe(socket);
        for (const end of [socket, target]) end.on('error', () => [socket, target].forEach((s) => s.destroy()));
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as net.AddressInfo;
    const world = testWorld({}, { proxies: { proxyFor: () => `http://me:pw@127.0.0.1:${port}`, certificates: testAuthorities } });
    for (const { url } of [plain, secure]) {
      await download(requestFor(data, [url], folder), world);
      expect(fs.readFileSync(final()).equals(data)).toBe(true);
      fs.rmSync(final());
    }
    proxy.close();
    const basic = `Basic ${Buffer.from('me:pw').toString('base64')}`;
    expect(lines).toEqual([`GET ${basic}`, `CONNECT ${basic}`]);
    expect(JSON.stringify(plain.requests[0]?.line)).toContain('http://127.0.0.1');
  });
  test.each(['http', 'https'])('a proxy that asks for a password is named with what to set (%s)', async (scheme) => {
    const proxy = net.createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'));
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as net.AddressInfo;
    const world = testWorld({}, { proxies: { proxyFor: () => `http://127.0.0.1:${port}` } });
    const failed = download(requestFor(data, [`${scheme}://127.0.0.1:9/tool.sif`], folder), world);
    await expect(failed).rejects.toThrow(`The proxy 127.0.0.1:${port} asks for a name and password. Put them into "http.proxy"`);
    proxy.close();
    // A sentence that names who failed is not put behind a name once more.
    expect(world.lines.join('\n')).not.toMatch(/password@127\.0\.0\.1:\d+"\.[.;:]/);
  });
});
