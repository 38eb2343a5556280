import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pullTarget } from '../../../server/src/operations/pull';
import { createWorld } from '../../../server/src/operations/world';
import { defaultSettings } from '../../../server/src/settings';
import type { Settings } from '../../../server/src/settings';
import type { PulledItem } from '../../../server/src/protocol';
import { corrupt, digest, honest, pieceHashes, randomBytes, rangeless, reply, serve, status } from '../../faults/servers';
import type { Behaviour, FaultServer } from '../../faults/servers';

// The cases of the peers (facts: e1–e17, Metalink/HTTP) from the document to the file on the disk.

const data = randomBytes(2_000_000);
const pieceLength = 262_144;
let folder: string;
let out: string;
let servers: FaultServer[];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pull-test-'));
  out = path.join(folder, 'target', 'out');
  fs.mkdirSync(out, { recursive: true });
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Serves `data` on a host of its own (127.0.0.1, .2, …). */
async function mirror(behaviour: Behaviour = honest(), bytes = data): Promise<FaultServer> {
  const server = await serve(bytes, behaviour, { host: `127.0.0.${servers.length + 1}` });
  servers.push(server);
  return server;
}

interface Pulled {
  readonly items: PulledItem[];
  readonly said: string;
  /** Of the only item, or of the first. */
  readonly outcome: PulledItem['outcome'] | undefined;
  readonly verdict: string | undefined;
  /** Everything below the target folder and beside it. */
  readonly left: string[];
}

async function pull(target: Parameters<typeof pullTarget>[1], settings: Partial<Settings> = {}): Promise<Pulled> {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const world = createWorld({
    settings: { ...defaultSettings, ...settings },
    environment: { HOME: path.join(folder, 'home'), APPTAINER_CACHEDIR: path.join(folder, 'home', 'cache') },
    log: { info: say, warn: say, error: say, debug: say },
    isTrusted: () => true,
    http: { systemCertificates: false },
  });
  try {
    const destination = { kind: 'folder', path: out } as const;
    const options = { overwrite: false, signal: AbortSignal.timeout(20_000), onProgress: () => undefined, onDecision: say };
    const items = await pullTarget(world, target, destination, options);
    const [first] = items;
    const left = fs.readdirSync(path.join(folder, 'target'), { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'out');
    return {
      items,
      said: [...lines, ...items.map((item) => item.message)].join('\n'),
      outcome: first?.outcome,
      verdict: first?.report?.verdict,
      left: left.map((name) => name.replace(/^out\//, '')).sort(),
    };
  } finally {
    await world.close();
  }
}

function document(text: string, name = 'x.meta4'): { kind: 'document'; uri: string } {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return { kind: 'document', uri: pathToFileURL(file).href };
}

interface Declared {
  readonly name?: string;
  readonly size?: number;
  readonly hashes?: Readonly<Record<string, string>>;
  readonly pieces?: readonly string[];
  /** `attributes url`, or a URL alone. */
  readonly urls: readonly string[];
}

function metalink(...files: readonly Declared[]): { kind: 'document'; uri: string } {
  const entries = files.map(({ name = 'file.img', size = data.length, hashes = { 'sha-256': digest(data) }, pieces, urls }) => {
    const hashed = Object.entries(hashes).map(([type, hex]) => `<hash type="${type}">${hex}</hash>`);
    const list = pieces?.map((hex) => `<hash>${hex}</hash>`).join('') ?? '';
    const listed = pieces ? `<pieces type="sha-256" length="${pieceLength}">${list}</pieces>` : '';
    const places = urls.map((text) => {
      const [url, attributes = ''] = text.split(' ').reverse();
      return `<url ${attributes}>${url ?? ''}</url>`;
    });
    return `<file name="${name}"><size>${size}</size>${hashed.join('')}${listed}${places.join('')}</file>`;
  });
  return document(`<metalink xmlns="urn:ietf:params:xml:ns:metalink">${entries.join('')}</metalink>`);
}

const plain = { name: 'file.img' };
const goodPieces = pieceHashes(data, pieceLength);
const asked = (): number[] => servers.map(({ requests }) => requests.length);
const written = (name = 'file.img'): boolean => fs.readFileSync(path.join(out, name)).equals(data);

describe('peers go wrong here', () => {
  const wrong = digest(Buffer.from('other'));
  const recovers: [string, readonly Behaviour[], Partial<Declared>][] = [
    ['e1: the first mirror is corrupt, pieces', [corrupt(() => true), honest()], { pieces: goodPieces }],
    ['e1b: the first mirror is corrupt, whole hash only', [corrupt(() => true), honest()], {}],
    ['e8: 404 first', [status(404), honest()], {}],
    ['e9: a mirror without ranges first', [rangeless(), honest()], { pieces: goodPieces }],
  ];
  test.each(recovers)('%s: intact', async (_, behaviours, declared) => {
    for (const behaviour of behaviours) await mirror(behaviour);
    const { outcome, verdict, left, said } = await pull(metalink({ ...plain, urls: servers.map(({ url }) => url), ...declared }));
    expect([outcome, verdict, left], said).toEqual(['pulled', 'intact', ['file.img']]);
    expect(written()).toBe(true);
    expect(Math.max(...asked())).toBeLessThan(20);
  });

  const refused: [string, readonly Behaviour[], Partial<Declared>][] = [
    ['e2: right pieces, wrong whole hash', [honest(), honest()], { hashes: { 'sha-256': wrong }, pieces: goodPieces }],
    ['e4: wrong whole hash', [honest()], { hashes: { 'sha-256': wrong } }],
    ['e13: md5 right, sha-256 wrong', [honest()], { hashes: { md5: digest(data, 'md5'), 'sha-256': wrong } }],
    ['sha-256 right, md5 wrong', [honest()], { hashes: { md5: '0'.repeat(32), 'sha-256': digest(data) } }],
    ['sha-256 right, sha-512 wrong', [honest()], { hashes: { 'sha-512': '0'.repeat(128), 'sha-256': digest(data) } }],
  ];
  test.each(refused)('%s: failed, nothing stays', async (_, behaviours, declared) => {
    for (const behaviour of behaviours) await mirror(behaviour);
    const { outcome, verdict, left } = await pull(metalink({ ...plain, urls: servers.map(({ url }) => url), ...declared }));
    expect([outcome, verdict, left]).toEqual(['failed', 'failed', []]);
  });

  test.each([digest(data), wrong])(
    'e3: 3 of 8 piece hashes are no list, whole hash %s decides: a corrupt tail is refused',
    async (whole) => {
      await mirror(corrupt((at) => at > 1_000_000));
      const declared = { hashes: { 'sha-256': whole }, pieces: goodPieces.slice(0, 3) };
      const { outcome, left } = await pull(metalink({ ...plain, ...declared, urls: [servers[0]!.url] }));
      expect([outcome, left]).toEqual(['failed', []]);
    },
  );
  test('3 of 8 piece hashes do not stand in the way of the right bytes', async () => {
    await mirror();
    const declared = { hashes: { 'sha-256': digest(data) }, pieces: goodPieces.slice(0, 3) };
    const { outcome } = await pull(metalink({ ...plain, ...declared, urls: [servers[0]!.url] }));
    expect(outcome).toBe('pulled');
  });

  test('e7: a size of one byte less: no source has such a file', async () => {
    await mirror();
    const { outcome, said, left } = await pull(metalink({ ...plain, size: data.length - 1, hashes: {}, urls: [servers[0]!.url] }));
    expect([outcome, left]).toEqual(['failed', []]);
    expect(said).toMatch(/1,999,999/);
  });

  test('e14: only a hash that nobody here can compute', async () => {
    await mirror();
    const { outcome, left, said } = await pull(metalink({ ...plain, hashes: { blake3: digest(data) }, urls: [servers[0]!.url] }));
    expect([outcome, left, asked()]).toEqual(['failed', [], [0]]);
    expect(said).toContain('blake3');
  });

  test('e17: no hash and a corrupt mirror: never called verified', async () => {
    await mirror(corrupt(() => true));
    const { outcome, verdict } = await pull(metalink({ ...plain, hashes: {}, urls: [servers[0]!.url] }));
    expect(outcome).toBe('failed');
    expect(verdict).not.toBe('intact');
  });

  test.each(['../x', '/tmp/pull-test-absolute', '..\\x', 'C:x', 'a/../../x', '~/x', 'CON', 'x\u0007'])(
    'e5: the name %j writes nothing',
    async (name) => {
      await mirror();
      const escaped = name.replace('\u0007', '&#7;');
      const { outcome, left } = await pull(metalink({ name: escaped, urls: [servers[0]!.url] }));
      expect([outcome, left, asked()]).toEqual(['failed', [], [0]]);
      expect(fs.existsSync('/tmp/pull-test-absolute')).toBe(false);
    },
  );
});

describe('which mirror is asked', () => {
  const located = (farPriority: number, far: string, nearPriority: number, near: string, location: string): string =>
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="file.img"><size>${data.length}</size><hash type="sha-256">${digest(data)}</hash><url priority="${farPriority}">${far}</url><url priority="${nearPriority}" location="${location}">${near}</url></file></metalink>`;
  test('e10: priorities 100, 1, 50: the best one alone, as long as it is fast', async () => {
    const [first, second, third] = [await mirror(), await mirror(), await mirror()];
    await pull(metalink({ ...plain, urls: [`priority="100" ${first.url}`, `priority="1" ${second.url}`, `priority="50" ${third.url}`] }));
    expect(asked()).toEqual([0, 1, 0]);
    expect(written()).toBe(true);
  });

  test('e6: Metalink 3: preference 100 before 10', async () => {
    const [low, high] = [await mirror(), await mirror()];
    const resources = `<url type="http" preference="10">${low.url}</url><url type="http" preference="100">${high.url}</url>`;
    const text = `<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="file.img"><size>${data.length}</size><verification><hash type="sha256">${digest(data)}</hash></verification><resources>${resources}</resources></file></files></metalink>`;
    const { outcome, verdict, said } = await pull(document(text, 'x.metalink'));
    expect([outcome, verdict, asked()], said).toEqual(['pulled', 'intact', [0, 1]]);
    expect(written()).toBe(true);
  });

  test.each([
    ['de', 'de'],
    ['de', 'DE'],
    ['DE', 'de'],
  ])('e11: location %s is preferred when the setting is %s', async (location, setting) => {
    const [far, near] = [await mirror(), await mirror()];
    const text = located(1, far.url, 1, near.url, location);
    await pull(document(text), { 'download.location': setting });
    expect(asked()).toEqual([0, 1]);
  });

  test('location is no more than an order: a nearer mirror of a worse priority waits', async () => {
    const [far, near] = [await mirror(), await mirror()];
    const text = located(1, far.url, 2, near.url, 'de');
    await pull(document(text), { 'download.location': 'de' });
    expect(asked()).toEqual([1, 0]);
  });

  test('credentials in a URL go to that mirror only, and are shown nowhere', async () => {
    const [first, second] = [await mirror(status(404)), await mirror()];
    const { outcome, said } = await pull(
      metalink({ ...plain, urls: [`priority="1" ${first.url.replace('//', '//ada:s3cret@')}`, `priority="2" ${second.url}`] }),
    );
    expect(outcome).toBe('pulled');
    expect(first.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ada:s3cret').toString('base64')}`);
    expect(second.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(said).not.toContain('s3cret');
  });
});

describe('Metalink/HTTP', () => {
  const base64 = (bytes: Buffer): string => Buffer.from(digest(bytes), 'hex').toString('base64');
  const link = (url: string, rel = 'duplicate'): string => `<${url}>; rel=${rel}; pri=1`;
  /** A server that names mirrors and gives only the first bytes itself. */
  const naming =
    (headers: () => Record<string, string>): Behaviour =>
    (request, socket, bytes) =>
      honest({ headers: headers() })(request, socket, bytes);

  const forms: [string, (urls: readonly string[]) => string][] = [
    ['bare rel', ([one = '']) => link(one)],
    ['quoted rel', ([one = '']) => link(one, '"duplicate"')],
    ['two links in one field', ([one = '', two = '']) => `${link('http://127.0.0.9:9/nothing')}, ${link(one)}, ${link(two)}`],
  ];
  test.each(forms)('links beside a digest are mirrors: %s', async (_, form) => {
    const [one, two] = [await mirror(), await mirror()];
    let count = 0;
    const origin = await mirror((request, socket, bytes) => {
      const headers = { Link: form([one.url, two.url]), 'Repr-Digest': `sha-256=:${base64(data)}:` };
      // What follows the first look is dead: only the mirrors have the file.
      if (count++ > 0 && request.line.startsWith('GET')) reply(socket, 503, {});
      else if (request.line.startsWith('HEAD'))
        socket.write(
          `HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\nAccept-Ranges: bytes\r\nLink: ${headers.Link}\r\nRepr-Digest: ${headers['Repr-Digest']}\r\n\r\n`,
        );
      else void honest({ headers })(request, socket, bytes);
    });
    const { outcome, verdict, said } = await pull({ kind: 'reference', reference: origin.url });
    expect([outcome, verdict], said).toEqual(['pulled', 'intact']);
    expect(one.requests.length + two.requests.length).toBeGreaterThan(0);
  });

  test('a digest that the bytes do not have: nothing stays', async () => {
    const origin = await mirror(naming(() => ({ 'Repr-Digest': `sha-256=:${base64(Buffer.from('other'))}:` })));
    const { outcome, verdict, left } = await pull({ kind: 'reference', reference: origin.url });
    expect([outcome, verdict, left]).toEqual(['failed', 'failed', []]);
  });

  test('links without a digest are not used (RFC 6249 §6)', async () => {
    const other = await mirror();
    const origin = await mirror(naming(() => ({ Link: link(other.url) })));
    await pull({ kind: 'reference', reference: origin.url });
    expect(other.requests.length).toBe(0);
  });
});

describe('many files', () => {
  test('come side by side, each with its own outcome, in the order of the document', async () => {
    const server = await mirror();
    const bad = await mirror(status(404));
    const names = Array.from({ length: 12 }, (_, index) => `dir/${index}.img`);
    const files = names.map((name, index) => ({ name, urls: [index === 3 ? bad.url : server.url] }));
    const { items, left } = await pull(metalink(...files));
    expect(items.map(({ title }) => title)).toEqual(names);
    expect(items.map(({ outcome }) => outcome)).toEqual(names.map((_, index) => (index === 3 ? 'failed' : 'pulled')));
    expect(left).toEqual(['dir', ...names.filter((_, index) => index !== 3)].sort());
    const again = await pull(metalink(...files));
    expect(new Set(again.items.map(({ outcome }) => outcome))).toEqual(new Set(['already-there', 'failed']));
  });

  test('the same pull twice at the same time: both have the file', async () => {
    await mirror();
    const target = metalink({ ...plain, urls: [servers[0]!.url] });
    const both = await Promise.all([pull(target), pull(target)]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['already-there', 'pulled']);
    expect(both.every(({ left }) => left.includes('file.img'))).toBe(true);
    expect(servers[0]?.requests.length).toBe(1);
  });
});
