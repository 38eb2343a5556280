import fc from 'fast-check';
import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { decodeArmor } from '../../../server/src/signature/armor';
import { decodeBase64 } from '../../../server/src/signature/base64';
import { readCertificateExtensions } from '../../../server/src/signature/certificateExtensions';
import { decodeClearSigned } from '../../../server/src/signature/clearSign';
import { claimedKeyIds, isDsse, verifyDsse } from '../../../server/src/signature/dsse';
import { readImageMetadata, readLegacyDigest } from '../../../server/src/signature/imageMetadata';
import { readPgpKeys } from '../../../server/src/signature/pgpEntities';
import { PgpPacketError, signaturePackets } from '../../../server/src/signature/pgpSignature';
import { verifyPgp } from '../../../server/src/signature/pgpVerify';
import { derAsPem, readPublicKeys } from '../../../server/src/signature/publicKeys';
import { referenceKey } from './referenceKey';

const bytes = fc.uint8Array({ maxLength: 2000 });
const now = Date.now() / 1000;

/** Text out of the pieces that the readers look for. */
const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '-----BEGIN PGP SIGNED MESSAGE-----', '-----BEGIN PGP SIGNATURE-----', '-----END PGP SIGNATURE-----', 'Hash: SHA256', 'Hash: SHA1, MD5',
        '', '- ', '- -----', 'SIFHASH:', '{"version":1}', 'wsBzBAEBCAAnBYJe+oD0CZCiDCfuf/e6hBYhBBIEXIwLEATQWN5L7aIMJ+5/97qE', '=AAAA', 'AA==', ' \t', 'Version: 1',
      ), // prettier-ignore
      fc.string({ maxLength: 120 }),
    ),
    { maxLength: 25 },
  )
  .chain((lines) => fc.constantFrom('\n', '\r\n', '\r').map((end) => Buffer.from(lines.join(end))));

describe('long runs', () => {
  const message = (body: string) =>
    Buffer.from(
      `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${body}\n-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n`,
    );
  test.each([
    ['blanks inside lines', message(`${' \t'.repeat(20_000)}x\n`.repeat(50))],
    ['blanks at line ends', message(`x${' '.repeat(40_000)}\n`.repeat(50))],
    ['empty lines', message('\n'.repeat(500_000))],
    ['begins without an end', Buffer.from('-----BEGIN PGP SIGNED MESSAGE-----\n'.repeat(40_000))],
    ['blanks in the armor', message('x').subarray(0, -40)],
    ['an armor of blanks', Buffer.from(`-----BEGIN PGP SIGNATURE-----\n${`${' '.repeat(40_000)}x:\n`.repeat(50)}`)],
  ])('%s end soon', (_, data) => {
    const started = performance.now();
    decodeClearSigned(data);
    decodeArmor(data.toString('latin1'));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('any number of packets and of keys', async () => {
    const packets = Buffer.alloc(60_000, Buffer.from([0xc2, 1, 3]));
    expect(() => [...signaturePackets(packets, undefined)]).toThrow('more than 256 packets');
    const { entities, problems } = await readPgpKeys(Buffer.alloc(60_000, Buffer.from([0xc6, 1, 4])), 5);
    expect(entities).toEqual([]);
    expect(problems).toHaveLength(6);
  });

  test('an envelope with any number of signatures', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const { keys } = readPublicKeys(publicKey.export({ type: 'spki', format: 'pem' }).toString(), new Date());
    const signatures = Array.from({ length: 100_000 }, () => ({ sig: 'AAAA' }));
    const envelope = { payloadType: 'application/vnd.sylabs.sif-metadata+json', payload: 'A'.repeat(4 << 20), signatures };
    expect(verifyDsse(Buffer.from(JSON.stringify(envelope)), keys)).toEqual({ error: 'more than 64 signatures' });
  });
});

describe('any bytes', () => {
  test('as clear-signed text', () =>
    fc.assert(
      fc.property(fc.oneof(bytes, soup), (data) => {
        const message = decodeClearSigned(data);
        if (message) expect(message.plaintext.length).toBeLessThanOrEqual(data.length);
      }),
      { numRuns: 2000 },
    ));

  test('as armor and base64', () =>
    fc.assert(
      fc.property(fc.oneof(bytes, soup), (data) => {
        const text = Buffer.from(data).toString('latin1');
        decodeArmor(text);
        expect(decodeBase64(text).bytes.length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 1000 },
    ));

  test('as signature packets', () =>
    fc.assert(
      fc.property(bytes, fc.constantFrom(undefined, 'illegal base64 data'), (data, damage) => {
        try {
          expect([...signaturePackets(data, damage)].length).toBeLessThanOrEqual(data.length);
        } catch (error) {
          expect(error).toBeInstanceOf(PgpPacketError);
        }
      }),
      { numRuns: 2000 },
    ));

  test('as a signature by a known key', async () => {
    const { entities } = await readPgpKeys(Buffer.from(referenceKey));
    const issuer = Buffer.from(entities[0]!.primary.id, 'hex');
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(1, 17, 19, 22, 27), async (numbers, algorithm) => {
      const body = Buffer.concat([
        Buffer.from([4, 0, algorithm, 8, 0, 6, 5, 2, 0x60, 0, 0, 0, 0, 10, 9, 16]),
        issuer,
        Buffer.from([0, 0]),
        numbers,
      ]);
      const packet = Buffer.concat([Buffer.from([0xc2, 0xff, 0, 0, 0, 0]), body]);
      packet.writeUInt32BE(body.length, 2);
      const outcome = await verifyPgp(entities, [Buffer.from('text')], { bytes: packet, damage: undefined }, now);
      expect(outcome.status).toBe('invalid');
    });
    return fc.assert(property, { numRuns: 200 });
  });

  test('as keys', () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(bytes, soup), async (data) => {
        expect((await readPgpKeys(data)).entities).toEqual([]);
        readPublicKeys(Buffer.from(data).toString('latin1'), new Date());
      }),
      { numRuns: 300 },
    ));

  test('as certificates, also damaged ones', () => {
    const whole = new X509Certificate(rootCertificates[0] ?? '').raw;
    const changed = fc
      .array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { maxLength: 6 })
      .map((changes) => changes.reduce((copy, [at, value]) => copy.fill(value, at, at + 1), Buffer.from(whole)));
    const cut = fc.nat({ max: whole.length }).map((length) => whole.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(changed, cut, bytes), (der) => {
        readCertificateExtensions(der);
        const pem = derAsPem(der) ?? `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----`;
        const { keys, problems } = readPublicKeys(pem, new Date());
        expect(keys.length + problems.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  test('as a DSSE envelope', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const keys = readPublicKeys(publicKey.export({ type: 'spki', format: 'pem' }).toString(), new Date()).keys;
    expect(keys).toHaveLength(1);
    const envelope = fc.record({
      payloadType: fc.oneof(fc.constant('application/vnd.sylabs.sif-metadata+json'), fc.anything()),
      payload: fc.oneof(fc.base64String(), fc.anything()),
      signatures: fc.oneof(
        fc.array(fc.record({ keyid: fc.oneof(fc.constant(keys[0]!.id), fc.anything()), sig: fc.oneof(fc.base64String(), fc.anything()) })),
        fc.anything(),
      ),
    });
    const json = fc.oneof(envelope, fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value, printable)));
    fc.assert(
      fc.property(fc.oneof(json, bytes), (data) => {
        isDsse(data);
        claimedKeyIds(data);
        expect(verifyDsse(data, keys)).toHaveProperty('error');
      }),
      { numRuns: 1000 },
    );
  });

  test('as signed metadata', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          fc.json().map((text) => Buffer.from(text)),
        ),
        fc.constantFrom('SHA-256', 'BLAKE2b-256'),
        (data, hash) => {
          expect(readImageMetadata(data)).toBeTypeOf('object');
          expect(readLegacyDigest(data, hash)).toBeTypeOf('object');
        },
      ),
      { numRuns: 1000 },
    ));
});

/** JSON knows no big integers. */
function printable(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
