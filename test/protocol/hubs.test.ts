// Hubs as an editor meets them: slow, private, gone, behind proxies. Everything over JSON-RPC, against the embedded hub.
import fs from 'node:fs';
import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CodeAction, CompletionItem, CompletionList, Diagnostic, Hover } from 'vscode-languageserver-types';
import { methods } from '../../server/src/protocol';
import type { CheckSignInResult, PinResult, StatusParams } from '../../server/src/protocol';
import { accounts } from '../hub/accounts';
import { startHub } from '../hub/hub';
import type { EmbeddedHub } from '../hub/hub';
import { startSession } from './session';
import type { Session, SessionOptions } from './session';

let hub: EmbeddedHub;
let folder: string;
const open: Session[] = [];
const saved = { ...process.env };

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hubs-'));
  process.env.HOME = path.join(folder, 'home');
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'DOCKER_CONFIG'])
    Reflect.deleteProperty(process.env, name);
  hub = await startHub();
});
afterEach(async () => {
  hub.behave();
  await Promise.all(open.splice(0).map((session) => session.close()));
});
afterAll(async () => {
  await hub.close();
  process.env = saved;
  fs.rmSync(folder, { recursive: true, force: true });
});

const settings = { 'online.hosts': ['*'], 'engine.path': '/nonexistent/apptainer' };
const host = () => new URL(hub.origin).host;
const from = (reference: string, bootstrap = 'docker') => `Bootstrap: ${bootstrap}\nFrom: ${reference}\n`;

async function start(options: SessionOptions = {}): Promise<Session> {
  const session = await startSession({ trusted: true, settings, ...options });
  open.push(session);
  return session;
}

let documents = 0;
async function show(session: Session, text: string, languageId = 'singularity'): Promise<string> {
  const uri = `file:///tmp/hubs-${++documents}.${languageId === 'metalink' ? 'meta4' : 'def'}`;
  await session.open(uri, languageId, text);
  return uri;
}
async function hover(session: Session, uri: string): Promise<string> {
  const found = await session.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 10 } });
  return found !== null && typeof found.contents === 'object' && 'value' in found.contents ? found.contents.value : '';
}
/** Completion at `|`. */
async function complete(session: Session, marked: string, languageId?: string): Promise<{ labels: string[]; isIncomplete: boolean }> {
  const uri = await show(session, marked.replace('|', ''), languageId);
  const before = marked.slice(0, marked.indexOf('|')).split('\n');
  const answer = await session.request<CompletionItem[] | CompletionList>('textDocument/completion', {
    textDocument: { uri },
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  });
  const list = Array.isArray(answer) ? { items: answer, isIncomplete: false } : answer;
  return { labels: list.items.map(({ label }) => label), isIncomplete: list.isIncomplete };
}
const states = (session: Session) =>
  session.notified.filter(({ method }) => method === methods.status).map(({ params }) => params as StatusParams);
/** Every file below a folder, as one text. */
/** A number that has stood still for half a second. */
async function settled(number: () => number): Promise<number> {
  for (let before = -1; ;) {
    if (number() === before) return before;
    before = number();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function onDisk(root: string): string {
  const files = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8')).join('\n');
}

describe('completion', () => {
  test('does not wait for a slow hub: what there is, marked as incomplete, and all of it later', async () => {
    const session = await start();
    await hover(session, await show(session, from(`${host()}/open/base:1.0`))); // connections and code are there
    hub.misbehave('/v2/open/tool/tags/list', { kind: 'delay', milliseconds: 9000 });
    const early = await complete(session, from(`${host()}/open/tool:|`));
    expect(early).toEqual({ labels: [], isIncomplete: true });
    await expect.poll(() => complete(session, from(`${host()}/open/tool:|`)), { timeout: 20_000 }).toMatchObject({ isIncomplete: false });
    expect((await complete(session, from(`${host()}/open/tool:|`))).labels).toEqual(['latest', '1.4']);
  });

  test('what open documents use, and its namespaces', async () => {
    const session = await start();
    await show(session, from('registry.invalid/team/inner/tool:1.0'));
    const { labels } = await complete(session, from('reg|'));
    expect(labels).toEqual(expect.arrayContaining(['registry.invalid/team/inner/tool', 'registry.invalid/', 'registry.invalid/team/']));
  });

  test('what recipes of the workspace use that no editor has open', async () => {
    const root = path.join(folder, 'used');
    fs.mkdirSync(path.join(root, 'tools/samtools'), { recursive: true });
    fs.mkdirSync(path.join(root, 'node_modules'), { recursive: true });
    fs.writeFileSync(path.join(root, 'tools/samtools/Singularity'), from('quay.invalid/bio/samtools:1.20'));
    fs.writeFileSync(path.join(root, 'broken.def'), 'Bootstrap: docker\nFrom: Upper/Case:\n');
    fs.writeFileSync(path.join(root, 'node_modules/x.def'), from('other.invalid/x/y:1'));
    const session = await start({ folders: [pathToFileURL(root).href] });
    const { labels } = await complete(session, from('q|'));
    expect(labels).toEqual(expect.arrayContaining(['quay.invalid/bio/samtools', 'quay.invalid/', 'quay.invalid/bio/']));
    expect(labels.join()).not.toContain('other.invalid');
  });

  test('the headers Registry and Namespace are heeded', async () => {
    const session = await start();
    const { labels } = await complete(session, `Bootstrap: docker\nRegistry: ${host()}\nNamespace: open\nFrom: ba|\n`);
    expect(labels).toContain('base');
    expect(labels).not.toContain('open/base');
  });

  test('URLs of registry blobs in a metalink: repositories, then the files of the tags', async () => {
    const session = await start();
    const metalink = (url: string) =>
      `<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n<file name="tool.sif">\n<url>${url}</url>\n</file>\n</metalink>\n`;
    const base = `${hub.origin}/v2/demo/tool/blobs/`;
    expect((await complete(session, metalink(`${hub.origin}/v2/demo/to|`), 'metalink')).labels).toContain(base);
    const { labels } = await complete(session, metalink(`${base}|`), 'metalink');
    expect(labels).toContain(`${base}sha256:${hub.images.image('tool-1.4.sif').sha256}`);
    expect(labels).toContain(`${base}sha256:${hub.images.image('tool-1.3.sif').sha256}`);
  });
});

describe('hover', () => {
  test('entrypoint, environment, author, age; for a SIF architecture, signatures and recipe', async () => {
    const session = await start();
    const image = await hover(session, await show(session, from(`${host()}/open/base:1.0`)));
    expect(image).toMatch(/sha256:[0-9a-f]{64}/);
    expect(image).toContain('linux/arm64');
    const sif = await hover(session, await show(session, from(`${host()}/open/tool:1.4`, 'oras')));
    expect(sif).toContain('amd64');
    expect(sif).toContain(`**Signatures** by \`${hub.images.image('tool-1.4.sif').signer ?? ''}\``);
    expect(sif).toMatch(/`````singularity\nbootstrap:/i);
  });

  test('tells after three seconds that the hub is slow, and the answer once it is there', async () => {
    const session = await start();
    // The findings of the document ask by HEAD, before or after: only what the hover waits for is late.
    const heal = hub.misbehave(/\/v2\/open\/base\/manifests\//, { kind: 'delay', milliseconds: 8000 }, { method: 'GET' });
    const uri = await show(session, from(`${host()}/open/base:1.1`));
    expect(await hover(session, uri)).toContain('has not answered within 3 seconds');
    heal();
    await expect.poll(() => hover(session, uri), { timeout: 20_000 }).toMatch(/sha256:[0-9a-f]{64}/);
  });

  test('offline: what was seen before, with its age; cleared, the cause', async () => {
    const storagePath = path.join(folder, 'offline');
    const first = await start({ storagePath });
    const text = from(`${host()}/open/base:1.2`);
    expect(await hover(first, await show(first, text))).toContain('sha256:');
    await expect.poll(() => fs.existsSync(storagePath) && onDisk(storagePath)).toContain('open/base:1.2');
    const second = await start({ storagePath, settings: { ...settings, 'online.enabled': false } });
    const uri = await show(second, text);
    expect(await hover(second, uri)).toMatch(/sha256:[0-9a-f]{64}/);
    await second.request(methods.refresh, { what: 'answers' });
    expect(await hover(second, uri)).toContain('offline: last seen');
    await second.request(methods.refresh, { what: 'caches' });
    expect(await hover(second, uri)).toContain('Offline');
    expect(onDisk(storagePath)).not.toContain('open/base');
  });

  test('asked anew after a refresh', async () => {
    const session = await start();
    const uri = await show(session, from(`${host()}/open/base:1.0`));
    await hover(session, uri);
    const asked = () => hub.requests.filter(({ path: asked }) => asked.includes('/open/base/manifests/')).length;
    const before = asked();
    await hover(session, uri);
    expect(asked()).toBe(before);
    await session.request(methods.refresh, { what: 'answers' });
    await hover(session, uri);
    expect(asked()).toBeGreaterThan(before);
  });
});

describe('online findings', () => {
  const online = (diagnostics: Diagnostic[]) => diagnostics.filter(({ code }) => typeof code === 'string' && code.startsWith('online/'));
  const other = `sha256:${'0'.repeat(63)}1`;

  test('are not asked for by default', async () => {
    const session = await start();
    await show(session, from(`${host()}/open/unasked:1`));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(hub.requests.filter(({ path: asked }) => asked.includes('unasked'))).toEqual([]);
  });

  test('what each reference lacks', async () => {
    const session = await start({ settings: { ...settings, 'online.findings': true, 'online.platform': 'linux/s390x' } });
    const digest = hub.registry.repositories.get('open/base')?.tags.get('1.1') ?? '';
    const cases: [string, string, number, string][] = [
      [from(`${host()}/open/nothing:1`), 'online/not-found', 2, 'open/nothing'],
      [from(`${host()}/open/base:1.7`), 'online/tag-gone', 2, '1.7'],
      [from(`${host()}/open/base:1.0@${digest}`), 'online/digest-changed', 3, '1.0'],
      [from(`${host()}/open/base@${other}`), 'online/not-found', 2, 'open/base'],
      [from(`${host()}/open/base:1.0`), 'online/no-platform', 2, 's390x'],
      [from(`${host()}/open/base:1.0`), 'online/newer-tag', 4, '1.2'],
      [from('127.0.0.1:1/open/base:1.0'), 'online/not-asked', 3, '127.0.0.1:1'],
      [from(`${host()}/private/base:1.0`), 'online/not-asked', 3, 'sign-in'],
    ];
    for (const [text, code, severity, words] of cases) {
      const uri = await show(session, text);
      const found = online(await session.diagnosticsUntil(uri, (all) => all.some((one) => one.code === code)));
      const [finding] = found.filter((one) => one.code === code);
      const message = typeof finding?.message === 'string' ? finding.message : '';
      expect([finding?.severity, message.includes(words)], `${code}: ${message}`).toEqual([severity, true]);
    }
  }, 40_000);

  test('a gone tag has a fix', async () => {
    const session = await start({ settings: { ...settings, 'online.findings': true } });
    const uri = await show(session, from(`${host()}/open/base:1.00`));
    const [diagnostic] = online(await session.diagnosticsUntil(uri, (all) => online(all).length > 0));
    const actions = await session.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostic?.range,
      context: { diagnostics: [diagnostic] },
    });
    expect(actions.map(({ title }) => title)).toContain('Change the tag to 1.2');
  });
});

describe('the state', () => {
  test('busy and idle, sign-in, rate-limited, offline reach the client', async () => {
    const session = await start();
    await hover(session, await show(session, from(`${host()}/open/base:1.0`)));
    expect(states(session).map(({ state }) => state)).toEqual(expect.arrayContaining(['busy', 'idle']));
    await hover(session, await show(session, from(`${host()}/private/base:1.0`)));
    await expect.poll(() => states(session).at(-1)).toMatchObject({ state: 'sign-in', host: host() });
    await hover(session, await show(session, from('127.0.0.1:1/open/base:1.0')));
    await expect.poll(() => states(session).some(({ state, host: away }) => state === 'offline' && away === '127.0.0.1:1')).toBe(true);
    hub.misbehave(/\/v2\/open\/tool\/manifests\//, { kind: 'status', status: 429, retryAfter: '600' });
    await hover(session, await show(session, from(`${host()}/open/tool:1.4`)));
    await expect.poll(() => states(session).some(({ state, text }) => state === 'rate-limited' && /until \d\d:\d\d/.test(text))).toBe(true);
  });
});

describe('a sign-in', () => {
  test('opens what is private, goes to its host only, and stands nowhere', async () => {
    const storagePath = path.join(folder, 'signed-in');
    const asked: string[] = [];
    let stored: { username: string; password: string } | null = null;
    const secret = (of: string) => {
      asked.push(of);
      return of === host() ? stored : null;
    };
    const session = await start({ storagePath, secret });
    const uri = await show(session, from(`${host()}/private/base:1.0`));
    expect(await hover(session, uri)).toContain('sign-in');
    expect(asked).toEqual([host()]);
    stored = { username: accounts.registryUser, password: accounts.registryPassword };
    await session.request(methods.refresh, { what: 'credentials' });
    expect(await hover(session, uri)).toMatch(/sha256:[0-9a-f]{64}/);
    const { labels } = await complete(session, from(`${host()}/private/base:|`));
    expect(labels).toContain('1.1');
    // The same hub under another name is another host.
    const stranger = host().replace('127.0.0.1', 'localhost');
    const before = hub.requests.length;
    expect(await hover(session, await show(session, from(`${stranger}/private/base:1.0`)))).not.toMatch(/sha256:[0-9a-f]{64}/);
    const sent = hub.requests.slice(before).filter((request) => request.host === stranger);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.some(({ headers }) => headers.authorization?.startsWith('Basic'))).toBe(false);

    expect(await session.request(methods.checkSignIn, { host: host() })).toEqual({ state: 'accepted' });
    stored = { username: accounts.registryUser, password: 'another-one-8' };
    await session.request(methods.refresh, { what: 'credentials' });
    const refused = await session.request<CheckSignInResult>(methods.checkSignIn, { host: host() });
    expect(refused).toMatchObject({ state: 'refused', message: expect.stringContaining('your sign-in') as string });
    expect(JSON.stringify(refused)).not.toContain('another-one-8');
    expect(await session.request(methods.checkSignIn, { host: '127.0.0.1:1' })).toMatchObject({ state: 'unknown' });
    stored = null;
    await session.request(methods.refresh, { what: 'credentials' });
    expect(await hover(session, uri)).toContain('sign-in');

    await expect.poll(() => fs.existsSync(storagePath) && onDisk(storagePath)).toContain('private/base');
    const texts = { log: session.logged.join('\n'), told: JSON.stringify(session.notified), disk: onDisk(storagePath) };
    const wire = hub.requests.map((request) => request.path).join('\n');
    const basic = Buffer.from(`${accounts.registryUser}:${accounts.registryPassword}`).toString('base64');
    for (const [where, text] of Object.entries({ ...texts, wire })) {
      for (const word of [accounts.registryPassword, basic]) expect(text.includes(word), where).toBe(false);
      expect(text, where).not.toMatch(/bearer [\w.-]{8,}|"(?:access_)?token"/i);
    }
  });
});

describe('proxies', () => {
  /** What a proxy was asked for, and the proxy; every host leads to the embedded hub. */
  async function listen(server: net.Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  function httpProxy(seen: { host: string; authorization: string | undefined }[]) {
    const server = http.createServer((request, response) => {
      const url = new URL(request.url ?? '');
      seen.push({ host: url.host, authorization: request.headers['proxy-authorization'] });
      const onward = http.request(
        `${hub.origin}${url.pathname}${url.search}`,
        { method: request.method, headers: request.headers },
        (reply) => {
          response.writeHead(reply.statusCode ?? 502, reply.headers);
          reply.pipe(response);
        },
      );
      onward.end();
    });
    server.on('connect', (request: IncomingMessage, socket: net.Socket) => {
      seen.push({ host: request.url ?? '', authorization: request.headers['proxy-authorization'] });
      tunnel(socket, 'HTTP/1.1 200 OK\r\n\r\n');
    });
    return server;
  }
  function tunnel(socket: net.Socket, hello: string | Buffer): void {
    const onward = net.connect(hub.port, '127.0.0.1', () => {
      socket.write(hello);
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => [socket, onward].forEach((one) => one.destroy()));
  }
  /** RFC 1928: no sign-in, CONNECT to a name. */
  function socksProxy(seen: string[]) {
    return net.createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', (asked) => {
          seen.push(asked.subarray(5, 5 + (asked[4] ?? 0)).toString());
          tunnel(socket, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
        });
      });
    });
  }

  test('http.proxy with a password, then SOCKS, then none: each from the next request on', async () => {
    const byHttp: { host: string; authorization: string | undefined }[] = [];
    const bySocks: string[] = [];
    const [first, second] = [httpProxy(byHttp), socksProxy(bySocks)];
    const [httpPort, socksPort] = [await listen(first), await listen(second)];
    try {
      const own = { ...settings, 'online.insecureHosts': ['registry.invalid'] };
      const session = await start({
        settings: own,
        http: { proxy: `http://me:proxy-secret@127.0.0.1:${httpPort}`, proxyStrictSSL: false },
      });
      expect(await hover(session, await show(session, from('registry.invalid/open/base:1.0')))).toMatch(/sha256:[0-9a-f]{64}/);
      expect(byHttp.map(({ host: asked }) => asked)).toEqual(expect.arrayContaining(['registry.invalid:443', 'registry.invalid']));
      expect(new Set(byHttp.map(({ authorization }) => authorization))).toEqual(
        new Set([`Basic ${Buffer.from('me:proxy-secret').toString('base64')}`]),
      );
      expect(session.logged.join('\n')).not.toContain('proxy-secret');

      const before = await settled(() => byHttp.length); // sizes of platforms may still be on their way
      await session.setSettings(own, { proxy: `socks5://127.0.0.1:${socksPort}` });
      expect(await hover(session, await show(session, from('registry.invalid/open/base:1.1')))).toMatch(/sha256:[0-9a-f]{64}/);
      expect(bySocks).toContain('registry.invalid');
      expect(byHttp).toHaveLength(before);

      const socks = await settled(() => bySocks.length);
      await session.setSettings(own, { proxy: '' });
      expect(await hover(session, await show(session, from('registry.invalid/open/base:1.2')))).not.toMatch(/sha256:[0-9a-f]{64}/);
      expect(bySocks).toHaveLength(socks);
    } finally {
      first.closeAllConnections();
      first.close();
      second.close();
    }
  });
});

describe('pinning', () => {
  test('every recipe of a folder, in one edit; what is open counts as it stands in the editor', async () => {
    const root = path.join(folder, 'pinning');
    fs.mkdirSync(path.join(root, 'deep'), { recursive: true });
    fs.writeFileSync(path.join(root, 'a.def'), from(`${host()}/open/base:1.0`));
    fs.writeFileSync(path.join(root, 'deep', 'Singularity'), from(`${host()}/open/nothing:1`));
    fs.writeFileSync(path.join(root, 'deep', 'c.def'), from(`${host()}/open/base:1.0`));
    fs.writeFileSync(path.join(root, 'notes.txt'), from(`${host()}/open/base:1.0`));
    const session = await start();
    const changed = pathToFileURL(path.join(root, 'deep', 'c.def')).href;
    await session.open(changed, 'singularity', from(`${host()}/open/base:1.1`));
    const result = await session.request<PinResult>(methods.pin, { uri: pathToFileURL(root).href, action: 'pin' });
    expect(result.changed).toBe(2);
    expect(result.report.map((line) => line.replace(/: .*/s, ''))).toEqual(['a.def', 'deep/Singularity', 'deep/c.def']);
    expect(session.edits).toHaveLength(1);
    const changes = session.edits[0]?.changes ?? {};
    expect(Object.keys(changes).sort()).toEqual([pathToFileURL(path.join(root, 'a.def')).href, changed].sort());
    expect(changes[changed]?.[0]?.newText).toMatch(/open\/base@sha256:[0-9a-f]{64} # tag: 1\.1$/);
  });

  test('an image of the closed hub has a quick fix', async () => {
    const session = await start();
    const uri = await show(session, from('vsoch/hello-world', 'shub'));
    const position = { line: 1, character: 10 };
    const actions = await session.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: position, end: position },
      context: { diagnostics: [], only: ['quickfix'] },
    });
    expect(actions.map(({ title }) => title)).toContain('Pin to what the archive of Singularity Hub has');
  });
});
