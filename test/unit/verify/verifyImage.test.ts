import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fileIdentity } from '../../../server/src/platform/file';
import type { VerificationReport } from '../../../server/src/image/verdict';
import { reportText } from '../../../server/src/operations/reportText';
import { noKeys } from '../../../server/src/signature/keyMaterial';
import type { KeyMaterial } from '../../../server/src/signature/keyMaterial';
import { loadKeys } from '../../../server/src/signature/keys';
import type { Expectation } from '../../../server/src/verify/expectation';
import { confirmUnchanged, verifiedFile } from '../../../server/src/verify/verifiedFile';
import { verifyImage } from '../../../server/src/verify/verifyImage';
import { describeCorpus } from '../corpus';
import { dataType } from '../../../server/src/sif/descriptor';
import { makeSif } from '../sif/makeSif';
import { memorySource } from '../sif/memorySource';
import { referenceKey } from '../signature/referenceKey';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'verify-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const keyFiles = (files: readonly string[], trustedFingerprints: readonly string[] = []): Promise<KeyMaterial> =>
  loadKeys({ files, trustedFingerprints, keyRings: false });
const indepFingerprint = async (key: string): Promise<string> => (await keyFiles([key])).pgp[0]!.entity.fingerprint;

const data = Buffer.from('Hello, container.\n'.repeat(200_000));
const digest = (algorithm: string, bytes: Uint8Array = data) => createHash(algorithm).update(bytes).digest('hex');
const origin = { source: 'metalink line 7', channel: 'https' } as const;
const hash = (type: string, value: string): Expectation => ({ kind: 'hash', type, value, ...origin });
const pieces = (type: string, length: number, change?: number): Expectation => {
  const hashes: string[] = [];
  for (let at = 0; at < data.length; at += length) hashes.push(digest(type.replace('-', ''), data.subarray(at, at + length)));
  if (change !== undefined) hashes[change] = '0'.repeat(64);
  return { kind: 'pieces', type, length, hashes, ...origin };
};

describe('expectations', () => {
  const sha256 = hash('sha-256', digest('sha256'));
  const md5 = hash('md5', digest('md5'));
  const wrong = hash('sha-256', '0'.repeat(64));
  const cases: readonly (readonly [string, readonly Expectation[], VerificationReport['verdict']])[] = [
    ['nothing to compare with', [], 'unverified'],
    ['the size alone', [{ kind: 'size', value: BigInt(data.length), ...origin }], 'unverified'],
    ['another size', [{ kind: 'size', value: 1, ...origin }, sha256], 'failed'],
    ['sha-256', [sha256], 'intact'],
    ['sha-256 in capitals', [hash('SHA256', digest('sha256').toUpperCase())], 'intact'],
    ['every function', ['sha1', 'sha224', 'sha384', 'sha512'].map((name) => hash(name, digest(name))), 'intact'],
    ['another sha-256', [wrong], 'failed'],
    ['one of two', [sha256, wrong], 'failed'],
    ['only md5', [md5], 'intact'],
    ['md5 beside something unknown', [md5, hash('sha-3000', 'ab')], 'unverified'],
    ['md5 beside a malformed sha-256', [md5, hash('sha-256', 'abc')], 'unverified'],
    ['another md5 beside the right sha-256', [sha256, hash('md5', '0'.repeat(32))], 'failed'],
    ['pieces', [pieces('sha-256', 1 << 16)], 'intact'],
    ['pieces of odd length', [pieces('sha-256', 77_777)], 'intact'],
    ['pieces of one longer than the file', [pieces('sha-256', 1 << 30)], 'intact'],
    ['a piece that differs', [pieces('sha-256', 1 << 16, 3)], 'failed'],
    ['pieces that do not fit', [{ kind: 'pieces', type: 'sha-256', length: 1 << 16, hashes: ['ab'], ...origin }], 'unverified'],
    ['a digest', [{ kind: 'digest', value: { algorithm: 'sha256', hex: digest('sha256') }, ...origin }], 'intact'],
    ['a library hash', [{ kind: 'library-hash', value: `sha256.${digest('sha256')}`, ...origin }], 'intact'],
    ['another library hash', [{ kind: 'library-hash', value: `sha256.${'0'.repeat(64)}`, ...origin }], 'failed'],
    [
      'a library id that is no digest',
      [{ kind: 'library-hash', value: 'sif.4f2b8a30-0000-4000-8000-000000000000', ...origin }],
      'unverified',
    ],
    ['Singularity Hub', [{ kind: 'shub-md5', value: digest('md5'), ...origin }], 'intact'],
    ['the name of a cache entry', [{ kind: 'cache-name', value: { algorithm: 'sha256', hex: digest('sha256') }, ...origin }], 'intact'],
  ];
  test.each(cases)('%s', async (_, expectations, verdict) => {
    const report = await verifyImage(memorySource(data, 'data.bin'), expectations, { keys: noKeys });
    expect(report.verdict).toBe(verdict);
    if (verdict === 'failed') expect(report.checks[0]).toMatchObject({ status: 'fail' });
    for (const check of report.checks) expect(check.message).not.toBe('');
  });

  test('an XML signature of the metalink is said to be unverified, and blocks nothing', async () => {
    const report = await verifyImage(memorySource(data, 'tool.bin'), [sha256], { keys: noKeys, xmlSigned: true });
    expect(report.verdict).toBe('intact');
    expect(report.checks).toContainEqual(expect.objectContaining({ name: 'xml signature', status: 'skip' }));
  });

  test('a piece that differs is named by its bytes', async () => {
    const report = await verifyImage(memorySource(data), [pieces('sha-256', 1 << 16, 3)], { keys: noKeys });
    expect(report.checks.find(({ name }) => name === 'pieces')?.message).toContain('196,608–262,143');
  });

  test('one pass reads the bytes once', async () => {
    const source = memorySource(data);
    await verifyImage(source, [sha256, md5, hash('sha-512', digest('sha512')), pieces('sha-256', 1 << 18)], { keys: noKeys });
    expect(source.asked.bytes).toBeLessThan(data.length + 64 * 1024);
  });

  test('a large file is hashed in threads with the same outcome', async () => {
    const file = path.join(folder, 'large.bin');
    const bytes = Buffer.concat(Array.from({ length: 20 }, () => data));
    fs.writeFileSync(file, bytes);
    const progress: number[] = [];
    const expectations = [hash('sha-256', digest('sha256', bytes)), hash('sha-512', digest('sha512', bytes))];
    const report = await verifyImage(file, expectations, { keys: noKeys, onProgress: (done) => progress.push(done) });
    expect(report).toMatchObject({ verdict: 'intact', path: file, size: bytes.length });
    expect(progress.length).toBeGreaterThan(1);
    const stop = new AbortController();
    const running = verifyImage(file, expectations, { keys: noKeys, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('what this process hashed already is not read again, as long as the file is the same', async () => {
    const file = path.join(folder, 'hashed.bin');
    fs.writeFileSync(file, data);
    const list = pieces('sha-256', 1 << 16);
    // Digests of other bytes: that they decide shows that nothing was read.
    const alreadyHashed = {
      identity: await fileIdentity(file),
      digests: { 'sha-256': 'a'.repeat(64) },
      pieces: { type: 'sha-256', length: 1 << 16, hashes: Array<string>(52).fill('b'.repeat(64)) },
    };
    const options = { keys: noKeys, alreadyHashed };
    const known = await verifyImage(file, [hash('sha-256', 'a'.repeat(64))], options);
    expect(known.verdict).toBe('intact');
    expect(verifiedFile(known)).toBeDefined();
    expect((await verifyImage(file, [list], options)).checks[0]).toMatchObject({ name: 'pieces', status: 'fail', actual: 'b'.repeat(64) });
    // What was not computed is read: another function, pieces of another length.
    expect((await verifyImage(file, [md5, pieces('sha-256', 1 << 17)], options)).verdict).toBe('intact');
    // Touched, even with the same bytes: everything is read, and what the older report said is worth nothing.
    fs.writeFileSync(file, data);
    expect((await verifyImage(file, [sha256, list], options)).verdict).toBe('intact');
    expect((await verifyImage(file, [hash('sha-256', 'a'.repeat(64))], options)).verdict).toBe('failed');
    await expect(confirmUnchanged(verifiedFile(known)!)).rejects.toThrow(/changed/);
  });

  test('a missing file is an error for people', async () => {
    await expect(verifyImage(path.join(folder, 'none.sif'), [], { keys: noKeys })).rejects.toThrow(/There is no file/);
  });
});

describeCorpus('signatures', 'sif/made', (made) => {
  const image = path.join(made, 'indep-rsa.sif');
  const key = path.join(made, 'indep-pub.asc');
  const signed = async (options: Partial<Parameters<typeof verifyImage>[2]> = {}) =>
    verifyImage(image, [], { keys: await keyFiles([key]), ...options });

  test('a key that the user gives: signed', async () => {
    const report = await signed();
    expect(report.verdict).toBe('signed');
    expect(report.signatures[0]).toMatchObject({ status: 'valid', kind: 'pgp', trust: 'trusted', keySource: 'key file indep-pub.asc' });
    expect(report.signatures[0]?.covers).toEqual(['recipe', 'metadata', 'root file system', 'header']);
  });

  test('no key: unverified, and the signature is shown', async () => {
    const report = await signed({ keys: noKeys });
    expect(report.verdict).toBe('unverified');
    expect(report.signatures[0]?.status).toBe('unknown-key');
    expect(report.signatures[0]?.error).toContain('unknown entity');
  });

  test('a key that was fetched: intact, and signed once it is pinned', async () => {
    const fetched = await keyFiles([key]);
    const asFetched = {
      ...fetched,
      pgp: fetched.pgp.map((known) => ({ ...known, trust: 'fetched' as const, source: 'https://keys.example.org' })),
    };
    const asked: string[] = [];
    const report = await signed({
      keys: noKeys,
      fetchKeys: (ids) => {
        asked.push(...ids);
        return Promise.resolve(asFetched);
      },
    });
    expect(report).toMatchObject({ verdict: 'intact', signatures: [{ trust: 'fetched' }] });
    expect(asked).toEqual([expect.stringMatching(/^[0-9A-F]{16}$/)]);
  });

  test('required fingerprints', async () => {
    const fingerprints = (await keyFiles([key])).pgp.map(({ entity }) => entity.fingerprint);
    const report = await signed();
    const mine = report.signatures[0]?.fingerprint ?? '';
    expect(fingerprints).toContain(mine);
    expect((await signed({ requiredFingerprints: [mine.toLowerCase()] })).verdict).toBe('signed');
    const refused = await signed({ requiredFingerprints: [mine, 'A'.repeat(40)] });
    expect(refused.verdict).toBe('failed');
    expect(refused.checks[0]?.name).toBe('fingerprints');
    expect(refused.checks[0]?.message).toContain('image not signed by required entities');
    expect((await signed({ keys: noKeys, requiredFingerprints: [mine] })).verdict).toBe('failed');
  });

  test('an unsigned image: unverified', async () => {
    expect((await verifyImage(path.join(made, 'go-unsigned.sif'), [], { keys: noKeys })).verdict).toBe('unverified');
  });

  test('pinning needs the full fingerprint', async () => {
    const full = await indepFingerprint(key);
    const ring = path.join(folder, 'keys');
    fs.mkdirSync(ring, { recursive: true });
    fs.copyFileSync(key, path.join(ring, 'pgp-public'));
    const load = (pin: string) =>
      loadKeys({ files: [], trustedFingerprints: [pin], keyRings: true, environment: { APPTAINER_KEYSDIR: ring }, home: folder });
    expect((await load(full)).pgp.find(({ entity }) => entity.fingerprint === full)?.trust).toBe('trusted');
    expect((await load(full.slice(-16))).pgp.map(({ trust }) => trust)).not.toContain('trusted');
  });
});

describeCorpus('tampered images', 'sif/tampered/expected.tsv', (file) => {
  const rows = fs
    .readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t') as [string, string]);
  test.each(rows)('%s', async (name, words) => {
    const keys = await keyFiles([path.join(path.dirname(file), '../made/indep-pub.asc')]);
    const report = await verifyImage(path.join(path.dirname(file), `${name}.sif`), [], { keys });
    expect(report.verdict).toBe(words === 'verify: <nil>' ? 'signed' : 'failed');
  });
});

describeCorpus('legacy signatures', 'sif/apptainer-sif/images', (images) => {
  const key = path.join(folder, 'reference.asc');
  fs.writeFileSync(key, referenceKey);
  const judge = async (name: string, legacy: boolean) =>
    verifyImage(path.join(images, `${name}.sif`), [], { keys: await keyFiles([key]), legacy });
  const cases = [
    ['one-group-signed-legacy', 'unverified', 'signed'],
    ['one-group-signed-legacy-all', 'unverified', 'signed'],
    ['one-group-signed-legacy-group', 'unverified', 'signed'],
    ['two-groups-signed-legacy-group', 'unverified', 'unverified'],
    ['one-group-signed-pgp', 'signed', 'unverified'],
    ['two-groups-signed-pgp', 'signed', 'unverified'],
    ['one-group-signed-dsse', 'unverified', 'unverified'],
    ['one-group', 'unverified', 'unverified'],
  ] as const;
  test.each(cases)('%s', async (name, plain, asLegacy) => {
    expect((await judge(name, false)).verdict).toBe(plain);
    const report = await judge(name, true);
    expect(report.verdict).toBe(asLegacy);
    if (asLegacy === 'signed') expect(report.notCovered.join()).toContain('header and descriptors');
  });
  test('what the signature of a single object leaves out is told', async () => {
    expect((await judge('one-group-signed-legacy', true)).notCovered).toContain('object 1 (partition): not signed');
    expect((await judge('two-groups-signed-legacy-all', true)).notCovered).toContain('object 3 (partition): not signed');
    expect((await judge('two-groups-signed-legacy-group', true)).notCovered).toContain('group 2 (partition): not signed');
  });
  test('two groups signed by one unknown key are told apart', async () => {
    const lines = reportText(await verifyImage(path.join(images, 'two-groups-signed-pgp.sif'), [], { keys: noKeys }));
    const signatures = lines.filter((line) => line.includes('is not known here'));
    expect(signatures.map((line) => /\[(.*)\]$/.exec(line)?.[1])).toEqual(['group 1 (partition, root file system)', 'group 2 (partition)']);
  });
  test('are named when they are not asked for', async () => {
    expect((await judge('one-group-signed-legacy', false)).checks.map(({ message }) => message).join()).toContain('--legacy-insecure');
  });
});

describe('hostile images', () => {
  const signature = { type: dataType.signature, data: Buffer.alloc(64), group: 0, link: 0xf0000001, extra: Buffer.from([1, 0, 0, 0]) };
  const recipe = { type: dataType.deffile, data: Buffer.from('Bootstrap: scratch\n') };
  const blob = (text: string, digestOf = text) => ({
    type: dataType.ociBlob,
    data: Buffer.from(text),
    extra: Buffer.from(`sha256:${digest('sha256', Buffer.from(digestOf))}`),
  });
  const judge = (image: Buffer) => verifyImage(memorySource(image), [], { keys: noKeys });

  test('many signatures, big ones, and objects that share their bytes are refused without reading them', async () => {
    const many = makeSif([recipe, ...Array.from({ length: 300 }, () => signature)]);
    const big = makeSif([recipe, ...Array.from({ length: 40 }, () => signature)]);
    for (let index = 1; index <= 40; index++) big.writeBigInt64LE(1n << 40n, 128 + index * 585 + 25);
    const shared = makeSif(Array.from({ length: 20 }, () => recipe));
    for (let index = 0; index < 20; index++) shared.writeBigInt64LE(0n, 128 + index * 585 + 17);
    for (let index = 0; index < 20; index++) shared.writeBigInt64LE(BigInt(shared.length), 128 + index * 585 + 25);
    const padded = Buffer.concat([big, Buffer.alloc(1 << 20)]);
    for (const [image, words] of [
      [many, 'claims 300 signatures'],
      [padded, 'signatures claim'],
      [shared, 'they overlap'],
    ] as const) {
      const report = await judge(image);
      expect(report.verdict).toBe('failed');
      expect(report.checks.map(({ message }) => message).join()).toContain(words);
      expect(report.checks.length).toBeLessThan(30);
    }
  });
  test('a blob of an OCI-SIF that is not what its digest says', async () => {
    expect(await judge(makeSif([blob('{}'), blob('layer')]))).toMatchObject({ verdict: 'unverified' });
    const report = await judge(makeSif([blob('{}'), blob('layer', 'other')]));
    expect(report).toMatchObject({ verdict: 'failed', checks: [{ name: 'blobs', status: 'fail' }, {}, {}] });
    expect(report.checks[0]?.message).toContain('1 of 2 OCI blobs differ');
  });
});

describe('the verified file', () => {
  const file = path.join(folder, 'tool.bin');
  const verify = () => {
    fs.writeFileSync(file, data);
    return verifyImage(file, [hash('sha-256', digest('sha256'))], { keys: noKeys });
  };

  test('comes only from a good report of this process', async () => {
    const report = await verify();
    expect(verifiedFile(report)).toMatchObject({ path: file });
    expect(verifiedFile({ ...report })).toBeUndefined();
    expect(verifiedFile(await verifyImage(file, [], { keys: noKeys }))).toBeUndefined();
    expect(verifiedFile(await verifyImage(file, [hash('md5', '0'.repeat(32))], { keys: noKeys }))).toBeUndefined();
  });

  test('is no longer good when the file changes', async () => {
    const good = verifiedFile(await verify())!;
    await expect(confirmUnchanged(good)).resolves.toBeUndefined();
    const { atime, mtime } = fs.statSync(file);
    fs.writeFileSync(file, Buffer.alloc(data.length));
    fs.utimesSync(file, atime, mtime);
    await expect(confirmUnchanged(good)).rejects.toThrow(/changed after it was verified/);
    fs.rmSync(file);
    await expect(confirmUnchanged(good)).rejects.toThrow(/There is no file/);
  });
});
