import { execFileSync } from 'node:child_process';
import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createMessage, generateKey, readPrivateKey, reformatKey, sign } from 'openpgp';
import { afterAll, describe, expect, test } from 'vitest';
import type { HttpClient, HttpRequest } from '../../../server/src/platform/ports';
import { detachedIssuers, verifyDetached } from '../../../server/src/signature/detached';
import { noKeys } from '../../../server/src/signature/keyMaterial';
import type { KeyMaterial } from '../../../server/src/signature/keyMaterial';
import { fetchKeys, isFullFingerprint, joinKeys, keyRingFiles, loadKeys, normalFingerprint } from '../../../server/src/signature/keys';
import { readPublicKeys } from '../../../server/src/signature/publicKeys';
import { referenceKey } from './referenceKey';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keys-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array): string => {
  fs.writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};
const fingerprint = '12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84';

/** A key server that knows the reference key, and what it was asked. */
function keyServer(status = 200, body = referenceKey): { client: HttpClient; asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  const client: HttpClient = {
    request(request) {
      asked.push(request);
      return Promise.resolve({
        status,
        url: request.url,
        redirects: [],
        headers: {},
        body: { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true as const, value: undefined }) }) },
        bytes: () => Promise.resolve(Buffer.from(body)),
        text: () => Promise.resolve(body),
        discard: () => Promise.resolve(),
      });
    },
  };
  return { client, asked };
}

describe('key files', () => {
  const load = (...files: string[]) => loadKeys({ files, trustedFingerprints: [], keyRings: false });

  test('armored, several in one file, with other text around', async () => {
    const second = await generateKey({ userIDs: [{ name: 'Second' }] });
    const keys = await load(file('two.asc', `note\n${referenceKey}\nmore\n${second.publicKey}`));
    expect(keys.pgp.map(({ entity, trust }) => [entity.signer, trust])).toEqual([
      ['Unit Test <unit@test.com>', 'trusted'],
      ['Second', 'trusted'],
    ]);
    expect(keys.problems).toEqual([]);
  });

  test('PEM', async () => {
    const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
    expect((await load(file('key.pem', pem))).publicKeys).toMatchObject([{ trust: 'trusted', source: 'key file key.pem' }]);
  });

  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['no key', 'hello'],
    ['broken armor', referenceKey.slice(0, 900)],
    ['broken PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
  ])('%s: a problem for people', async (name, content) => {
    const keys = await load(content === undefined ? path.join(folder, 'none') : file(`${name}.txt`, content));
    expect(keys.pgp.length + keys.publicKeys.length).toBe(0);
    expect(keys.problems.length).toBeGreaterThan(0);
  });

  test('one bad key does not spoil the ring', async () => {
    const bytes = Buffer.from(referenceKey.split('\n\n')[1]!.split('\n=')[0]!, 'base64');
    const other = Buffer.from(bytes);
    other[40]! ^= 1; // the key's numbers: its own signatures hold no more
    const keys = await load(file('ring.pgp', Buffer.concat([other, bytes])));
    expect(keys.pgp.map(({ entity }) => entity.fingerprint)).toEqual([fingerprint]);
    expect(keys.problems).toHaveLength(1);
  });
});

describe('key rings', () => {
  test.each([
    [{}, ['~/.apptainer/keys/pgp-public', '~/.singularity/sypgp/pgp-public']],
    [{ APPTAINER_KEYSDIR: '/keys' }, ['/keys/pgp-public', '~/.singularity/sypgp/pgp-public']],
    [{ SINGULARITY_SYPGPDIR: '/old' }, ['/old/pgp-public']],
  ])('%j', (environment, local) => {
    const names = keyRingFiles(environment, '/home/me').map(({ name }) => name);
    expect(names.filter((name) => !name.endsWith('global-pgp-public'))).toEqual(local);
    expect(names).toContain('/etc/apptainer/global-pgp-public');
  });

  test.each([
    ['12045c8c 0b1004d0 58de4bed a20c27ee 7ff7ba84', true],
    ['0x12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84', true],
    ['A20C27EE7FF7BA84', false],
    ['', false],
  ])('%s', (written, full) => expect(isFullFingerprint(written)).toBe(full));

  test('fingerprints are compared in one form', () => expect(normalFingerprint('0x1204 5c8c')).toBe('12045C8C'));
});

describe('key servers', () => {
  test('are asked as the engines do, by the id without leading zeros', async () => {
    const { client, asked } = keyServer(404);
    await fetchKeys(['00000A1B2C3D4E5F'], { client, servers: ['https://keys.example.org/'], trustedFingerprints: [] });
    expect(asked.map(({ url }) => url)).toEqual(['https://keys.example.org/pks/lookup?search=0xa1b2c3d4e5f&op=get&exact=on']);
  });

  test('what comes is fetched; pinned by its full fingerprint it is trusted', async () => {
    const options = { ...keyServer(), servers: ['https://user:secret@keys.example.org'] };
    const fetched = await fetchKeys(['A20C27EE7FF7BA84'], { ...options, trustedFingerprints: [] });
    expect(fetched.pgp).toMatchObject([{ trust: 'fetched', source: 'https://keys.example.org' }]);
    const pinned = await fetchKeys(['A20C27EE7FF7BA84'], { ...options, trustedFingerprints: [fingerprint.toLowerCase()] });
    expect(pinned.pgp).toMatchObject([{ trust: 'trusted' }]);
  });

  test('a key with another id is not taken', async () => {
    const fetched = await fetchKeys(['0123456789ABCDEF'], {
      ...keyServer(),
      servers: ['https://keys.example.org'],
      trustedFingerprints: [],
    });
    expect(fetched.pgp).toEqual([]);
  });

  test.each([500, 429])('an answer of %i is a problem for people', async (status) => {
    const fetched = await fetchKeys(['A20C27EE7FF7BA84'], {
      ...keyServer(status),
      servers: ['https://keys.example.org'],
      trustedFingerprints: [],
    });
    expect(fetched.problems.join()).toContain(String(status));
  });
});

describe('detached signatures', () => {
  const now = () => Date.now() / 1000 + 5;
  const made = (async () => {
    const { privateKey, publicKey } = await generateKey({ userIDs: [{ name: 'Publisher' }] });
    const key = await readPrivateKey({ armoredKey: privateKey });
    const detached = async (text: string): Promise<string> => {
      const signed: unknown = await sign({ message: await createMessage({ binary: Buffer.from(text) }), signingKeys: key, detached: true });
      return String(signed);
    };
    return { keys: await loadKeys({ files: [file('publisher.asc', publicKey)], trustedFingerprints: [], keyRings: false }), key, detached };
  })();
  const parts = (text: string) => [Buffer.from(text.slice(0, 3)), Buffer.from(text.slice(3))];

  test('valid, changed data, unknown key', async () => {
    const { keys, detached, key } = await made;
    const signature = await detached('the image');
    expect(await verifyDetached(parts('the image'), signature, keys, now())).toMatchObject({
      status: 'valid',
      kind: 'detached-pgp',
      trust: 'trusted',
      covers: ['the whole file'],
    });
    expect(await verifyDetached(parts('the imagE'), signature, keys, now())).toMatchObject({ status: 'invalid', covers: [] });
    expect(await verifyDetached(parts('the image'), signature, noKeys, now())).toMatchObject({ status: 'unknown-key' });
    expect(detachedIssuers(signature)).toEqual([key.getKeyID().toHex().toUpperCase()]);
  });

  test('what is no signature', async () => {
    expect(await verifyDetached([], 'hello', noKeys, now())).toMatchObject({ status: 'invalid' });
    expect(await verifyDetached([], referenceKey, noKeys, now())).toMatchObject({ status: 'invalid' });
  });

  test('an expired key is told as such', async () => {
    const { key, detached } = await made;
    const signature = await detached('the image');
    const short = await reformatKey({ privateKey: key, userIDs: [{ name: 'Publisher' }], keyExpirationTime: 60 });
    const keys: KeyMaterial = await loadKeys({ files: [file('short.asc', short.publicKey)], trustedFingerprints: [], keyRings: false });
    expect(await verifyDetached(parts('the image'), signature, keys, now() + 3600)).toMatchObject({
      status: 'invalid',
      error: 'openpgp: key expired',
    });
  });

  test('keys of several sources stand together', async () => {
    const { keys } = await made;
    expect(joinKeys(keys, keys).pgp).toHaveLength(2);
  });
});

describe('certificates', () => {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const issue = (name: string, by: string, extensions: string): void => {
    file(`${name}.ext`, extensions);
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const issuer = ['-CA', `${by}.crt`, '-CAkey', `${by}.key`, '-CAcreateserial'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...issuer, '-out', `${name}.crt`, '-days', '20', '-extfile', `${name}.ext`);
  };
  const made = ((): boolean => {
    try {
      openssl('req', '-x509', ...key, '-keyout', 'root.key', '-out', 'root.crt', '-days', '30', '-subj', '/CN=Root');
      const uses = (usage: string) => `basicConstraints=CA:FALSE\n${usage === '' ? '' : `extendedKeyUsage=${usage}\n`}`;
      issue('good', 'root', uses('codeSigning'));
      issue('server', 'root', uses('serverAuth'));
      issue('any', 'root', uses('anyExtendedKeyUsage'));
      issue('plain', 'root', uses(''));
      issue('last', 'root', 'basicConstraints=critical,CA:TRUE,pathlen:0\n');
      issue('below-last', 'last', uses('codeSigning'));
      issue('one-more', 'last', 'basicConstraints=critical,CA:TRUE\n');
      issue('too-deep', 'one-more', uses('codeSigning'));
      issue('demanding', 'root', `${uses('codeSigning')}1.2.3.4=critical,ASN1:NULL\n`);
      issue('not-by-authority', 'good', uses('codeSigning'));
      return true;
    } catch {
      console.warn('no openssl: certificates are not tested');
      return false;
    }
  })();
  const pem = (...names: string[]) => names.map((name) => fs.readFileSync(path.join(folder, `${name}.crt`), 'utf8')).join('');
  const day = 86_400_000;

  test.runIf(made)('for code signing, chained to a root that is given', () => {
    expect(readPublicKeys(pem('good', 'root'), new Date())).toMatchObject({ keys: [{ subject: 'CN=good' }], problems: [] });
  });
  test.runIf(made)('for any use, or with no use named: taken, as Go takes it', () => {
    for (const name of ['any', 'plain']) expect(readPublicKeys(pem(name, 'root'), new Date()).keys).toHaveLength(1);
  });
  test.runIf(made)('chained to a root in a file of its own', async () => {
    const files = ['good.crt', 'root.crt'].map((name) => path.join(folder, name));
    expect(await loadKeys({ files, trustedFingerprints: [], keyRings: false })).toMatchObject({
      publicKeys: [{ subject: 'CN=good' }],
      problems: [],
    });
  });
  test.runIf(made)('refused: no root, other use, out of date', () => {
    expect(readPublicKeys(pem('good'), new Date())).toMatchObject({ keys: [], problems: [expect.stringContaining('trusted root')] });
    expect(readPublicKeys(pem('server', 'root'), new Date())).toMatchObject({
      keys: [],
      problems: [expect.stringContaining('code signing')],
    });
    expect(readPublicKeys(pem('good', 'root'), new Date(Date.now() + 25 * day))).toMatchObject({
      keys: [],
      problems: [expect.stringContaining('not valid now')],
    });
  });
  test.runIf(made)('authorities below authorities, as many as they allow', () => {
    expect(readPublicKeys(pem('below-last', 'last', 'root'), new Date())).toMatchObject({
      keys: [{ subject: 'CN=below-last' }],
      problems: [],
    });
    expect(readPublicKeys(pem('too-deep', 'one-more', 'last', 'root'), new Date())).toMatchObject({
      keys: [],
      problems: ['certificate CN=too-deep: an authority above it allows 0 authorities below itself, and there are 1'],
    });
  });
  test.runIf(made)('refused: a critical extension that is not known, an issuer that is no authority', () => {
    expect(readPublicKeys(pem('demanding', 'root'), new Date()).problems).toEqual([
      'certificate CN=demanding: it, or one above it, demands what is not known here: 1.2.3.4',
    ]);
    expect(readPublicKeys(pem('not-by-authority', 'root'), new Date(), [pem('good')]).problems).toEqual([
      'certificate CN=not-by-authority: it does not chain to a trusted root',
    ]);
  });
  test.runIf(made)('a self-signed one that nothing is issued by stands for itself, an authority above others does not', () => {
    expect(readPublicKeys(pem('root'), new Date()).keys).toMatchObject([{ subject: 'CN=Root' }]);
    expect(readPublicKeys(pem('root'), new Date(), [pem('good')]).keys).toEqual([]);
  });
  test.runIf(made)('in DER: certificates and bare keys', async () => {
    const der = (name: string) => file(`${name}.der`, new X509Certificate(pem(name)).raw);
    const bare = file('bare.der', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }));
    const files = [der('good'), der('root'), bare, file('broken.der', Buffer.from([0x30, 0x82, 1, 2, 3]))];
    expect(await loadKeys({ files, trustedFingerprints: [], keyRings: false })).toMatchObject({
      publicKeys: [{ subject: 'CN=good' }, { source: 'key file bare.der' }],
      problems: ['key file broken.der: it holds no key'],
    });
  });
});
