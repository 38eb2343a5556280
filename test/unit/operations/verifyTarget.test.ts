import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reportLine } from '../../../server/src/operations/reportText';
import { verifyTarget } from '../../../server/src/operations/verify';
import { startHubWorld, unwatched } from './hubWorld';
import type { HubWorld } from './hubWorld';
import { serve, honest, reply } from '../../faults/servers';
import type { FaultServer } from '../../faults/servers';

const images = path.join(import.meta.dirname, '../../hub/images');
const bytes = fs.readFileSync(path.join(images, 'tool-1.4.sif'));
const jane = path.join(images, 'jane.asc');
const janesFingerprint = '7A0F45D533DC7F73DEC0EC5449DA7734E7794DC0';
const plain = { keys: [], fingerprints: [], offline: true, ...unwatched };

let started: HubWorld;
let mirror: FaultServer;
let folder: string;
beforeAll(async () => {
  started = await startHubWorld();
  mirror = await serve(bytes, honest());
});
afterAll(async () => {
  await mirror.close();
  await started.close();
});
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(started.folder, 'verify-'));
});

const put = (name: string, content: string | Uint8Array): string => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
};
const verify = async (file: string, options: { readonly keys?: readonly string[] } = {}) =>
  (await verifyTarget(started.world, { kind: 'path', path: file }, { ...plain, ...options }))[0]!;

describe('a signature beside a file', () => {
  const signature = fs.readFileSync(path.join(images, 'tool-1.4.sif.asc'));

  test('counts as a signature of the whole file', async () => {
    put('tool-1.4.sif.asc', signature);
    const report = await verify(put('tool-1.4.sif', bytes), { keys: [jane] });
    expect(report.signatures).toContainEqual(
      expect.objectContaining({ kind: 'detached-pgp', status: 'valid', fingerprint: janesFingerprint, trust: 'trusted' }),
    );
  });
  test('of other bytes contradicts', async () => {
    put('other.bin.asc', signature);
    expect((await verify(put('other.bin', 'other bytes'), { keys: [jane] })).verdict).toBe('failed');
  });
  test('by an unknown key proves nothing', async () => {
    put('other.bin.asc', signature);
    expect((await verify(put('other.bin', 'other bytes'))).verdict).toBe('unverified');
  });
  test('that is no signature is left alone', async () => {
    put('other.bin.asc', fs.readFileSync(jane));
    expect((await verify(put('other.bin', 'other bytes'), { keys: [jane] })).signatures).toEqual([]);
  });
});

describe('what is fetched to be verified', () => {
  const metalink = (more = '') =>
    put(
      'tool.meta4',
      `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${more}<file name="tool.sif"><hash type="sha-256">${createHash('sha256')
        .update(bytes)
        .digest('hex')}</hash><url>${mirror.url}</url></file></metalink>`,
    );
  const target = (file: string) => ({ kind: 'document', uri: pathToFileURL(file).href }) as const;
  const online = { ...plain, offline: false };

  test('is judged with the keys that the user gives', async () => {
    const [report] = await verifyTarget(started.world, target(metalink()), { ...online, keys: [jane] });
    expect(report).toMatchObject({ verdict: 'signed', signatures: [{ trust: 'trusted', fingerprint: janesFingerprint }] });
  });
  test('is judged with the fingerprints that the user demands', async () => {
    const [report] = await verifyTarget(started.world, target(metalink()), { ...online, keys: [jane], fingerprints: ['0'.repeat(40)] });
    expect(report).toMatchObject({ verdict: 'failed' });
  });
  test('an XML signature of the metalink is told', async () => {
    const signed = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>';
    const [report] = await verifyTarget(started.world, target(metalink(signed)), { ...online, keys: [jane] });
    expect(report?.verdict).toBe('signed');
    expect(report?.checks.map(({ name }) => name)).toContain('xml signature');
  });
});

describe('one line', () => {
  const damaged = Buffer.from(bytes);
  damaged[bytes.length - 2000]! ^= 0xff;

  test.each([
    ['a damaged image, key at hand', damaged, [jane], /failed \(signature by Jane Doe <jane@example.org> does not hold: data object/],
    ['a damaged image, key unknown', damaged, [], /failed \(The bytes are not those that the signature lists.*key not at hand\)/],
    ['a whole image', bytes, [jane], /signed \(signature by Jane Doe <jane@example.org> valid\)/],
    ['a whole image, key unknown', bytes, [], /unverified \(nothing to compare with; signature by 49DA7734E7794DC0…, key not at hand\)/],
  ] as const)('%s', async (_, content, keys, words) => {
    expect(reportLine(await verify(put('tool-1.4.sif', content), { keys }))).toMatch(words);
  });
});

describe('where the bytes lie', () => {
  test('an entry of a cache is marked, so that it can be deleted', async () => {
    const entry = path.join(started.folder, 'cache/cache/oras/sha256.ab');
    fs.mkdirSync(path.dirname(entry), { recursive: true });
    fs.copyFileSync(path.join(images, 'tool-1.4.sif'), entry);
    expect((await verify(entry)).inCache).toBe(true);
    expect((await verify(put('tool-1.4.sif', bytes))).inCache).toBeUndefined();
  });
});

describe('what a server announces in its header fields', () => {
  const armored = fs.readFileSync(path.join(images, 'tool-1.4.sif.asc'), 'latin1');
  const binary = Buffer.from(armored.replace(/^[\s\S]*?\n\n|\n=[\s\S]*$|\n-----END[\s\S]*$/g, ''), 'base64');
  const sha256 = createHash('sha256').update(bytes).digest();
  const metalink = `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="other.sif"><hash type="sha-256">${'0'.repeat(64)}</hash><url>http://127.0.0.1:9/x</url></file><file name="inner.sif"><size>${bytes.length}</size><hash type="sha-512">${createHash('sha512').update(bytes).digest('hex')}</hash><url>http://127.0.0.1:9/y</url></file></metalink>`;
  const files: Readonly<Record<string, Buffer>> = {
    '/tool.sig': binary,
    '/tool.asc': Buffer.from(armored),
    '/all.meta4': Buffer.from(metalink),
  };
  const check = async (link: string, keys: readonly string[] = [jane]) => {
    const headers = { 'Repr-Digest': `sha-256=:${sha256.toString('base64')}:`, Link: link };
    const server = await serve(bytes, (request, socket, data) => {
      const file = files[request.path];
      if (request.path === '/tool') return honest({ headers })(request, socket, data);
      file === undefined ? reply(socket, 404, {}, Buffer.from('')) : reply(socket, 200, {}, file);
    });
    try {
      const reference = `${server.url.replace(/\/[^/]*$/, '')}/tool`;
      return (await verifyTarget(started.world, { kind: 'reference', reference }, { ...plain, offline: false, keys }))[0]!;
    } finally {
      await server.close();
    }
  };
  const detached = (report: Awaited<ReturnType<typeof check>>) => report.signatures.filter(({ kind }) => kind === 'detached-pgp');

  test.each(['/tool.asc', '/tool.sig'])('a signature is fetched and verified: %s', async (file) => {
    const report = await check(`<${file}>; rel=describedby; type="application/pgp-signature"`);
    expect(detached(report)).toMatchObject([{ status: 'valid', trust: 'trusted', fingerprint: janesFingerprint }]);
  });
  test('a signature that is not there is told', async () => {
    const report = await check('</gone.asc>; rel=describedby; type="application/pgp-signature"');
    expect(report.checks.find(({ name }) => name === 'detached signature')).toMatchObject({
      status: 'skip',
      message: expect.stringContaining('/gone.asc') as string,
    });
  });
  test('a signature of a kind that is not read is told', async () => {
    const report = await check('</tool.p7s>; rel=describedby; type="application/pkcs7-signature"');
    expect(report.checks.find(({ name }) => name === 'detached signature')?.message).toContain('application/pkcs7-signature');
  });
  test('the name that the server tells finds the file in the metalink (RFC 6249 §4.1)', async () => {
    const report = await check('</all.meta4>; rel=describedby; type="application/metalink4+xml"; name="inner.sif"');
    expect(
      report.checks
        .filter(({ status }) => status === 'pass')
        .map(({ message }) => message)
        .join('\n'),
    ).toContain('sha-512');
  });
  test('a metalink of other files says nothing', async () => {
    const report = await check('</all.meta4>; rel=describedby; type="application/metalink4+xml"');
    expect(report.verdict).not.toBe('failed');
    expect(JSON.stringify(report.checks)).not.toContain('sha-512');
  });
});
