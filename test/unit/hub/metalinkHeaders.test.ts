import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceDigests } from '../../../server/src/platform/instanceDigest';
import { metalinkHeaders } from '../../../server/src/hub/metalinkHeaders';

const hex = 'f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2';
const base64 = Buffer.from(hex, 'hex').toString('base64');
const base64OfHex = Buffer.from(hex).toString('base64');
const other = Buffer.alloc(32, 7).toString('base64');
const md5 = Buffer.alloc(16, 1);

const sha256 = { algorithm: 'sha256', hex };
const url = 'https://example.org/dir/tool.sif';
const server = (link: string[], digest = [`SHA-256=${base64}`]) => [{ url, headers: { link, digest } }];

describe('digests', () => {
  test.each<[string, Record<string, string[]>, object[]]>([
    ['Digest', { digest: [`SHA-256=${base64}`] }, [sha256]],
    ['any case', { digest: [`sha-256=${base64}`] }, [sha256]],
    ['base64 of hexadecimal text, as RFC 6249 has it (H6-33)', { digest: [`SHA-256=${base64OfHex}`] }, [sha256]],
    ['Repr-Digest (RFC 9530)', { 'repr-digest': [`sha-256=:${base64}:`] }, [sha256]],
    ['Repr-Digest with several', { 'repr-digest': [`unixsum=:AA==:, sha-256=:${base64}:`] }, [sha256]],
    ['both, equal', { digest: [`SHA-256=${base64}`], 'repr-digest': [`sha-256=:${base64}:`] }, [sha256]],
    ['both, different: neither (H6-35)', { digest: [`SHA-256=${base64}`], 'repr-digest': [`sha-256=:${other}:`] }, []],
    [
      'strongest first',
      { digest: [`MD5=${md5.toString('base64')},SHA-256=${base64}`] },
      [sha256, { algorithm: 'md5', hex: md5.toString('hex') }],
    ],
    [
      'two fields',
      { digest: [`MD5=${md5.toString('base64')}`, `SHA-256=${base64}`] },
      [sha256, { algorithm: 'md5', hex: md5.toString('hex') }],
    ],
    ['too short', { digest: ['SHA-256=AAAA'] }, []],
    ['not base64', { digest: ['SHA-256=!!!'] }, []],
    ['Content-Digest speaks of a part', { 'content-digest': [`sha-256=:${base64}:`] }, []],
    ['none', {}, []],
  ])('%s', (_, headers, expected) => {
    expect(instanceDigests(headers)).toEqual(expected);
  });

  test('never throws, whatever a server sends', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (digest, link) => {
        expect(Array.isArray(instanceDigests({ digest, 'repr-digest': digest }))).toBe(true);
        expect(Array.isArray(metalinkHeaders([{ url, headers: { digest, link } }]).mirrors)).toBe(true);
      }),
    );
  });
});

describe('mirrors', () => {
  test.each<[string, string[], string[]]>([
    ['bare relation', ['<http://a.example.org/t>; rel=duplicate'], ['http://a.example.org/t']],
    ['quoted relation (H6-11)', ['<http://a.example.org/t>; rel="duplicate"'], ['http://a.example.org/t']],
    ['list of relations, any case', ['<http://a.example.org/t>; rel="nofollow Duplicate"'], ['http://a.example.org/t']],
    [
      'several in one field',
      ['<http://a.example.org/t>; rel=duplicate, <http://b.example.org/t>; rel=duplicate'],
      ['http://a.example.org/t', 'http://b.example.org/t'],
    ],
    ['other relations', ['<http://a.example.org/t>; rel=next'], []],
    ['relative', ['<../m/t>; rel=duplicate'], ['https://example.org/m/t']],
    ['not http', ['<ftp://a.example.org/t>; rel=duplicate, <javascript:1>; rel=duplicate'], []],
    ['the server itself (H6-05)', [`<${url}>; rel=duplicate`], []],
    [
      'twice the same',
      ['<http://a.example.org/t>; rel=duplicate, <http://a.example.org/t>; rel=duplicate; pri=1'],
      ['http://a.example.org/t'],
    ],
    ['userinfo goes', ['<http://u:p@a.example.org/t>; rel=duplicate'], ['http://a.example.org/t']],
    [
      'by priority, preferred ones first (H6-12, H6-14)',
      [
        '<http://a.example.org/t>; rel=duplicate; pri=5, <http://b.example.org/t>; rel=duplicate; pri=1',
        '<http://c.example.org/t>; rel=duplicate; pref; pri=9',
      ],
      ['http://c.example.org/t', 'http://b.example.org/t', 'http://a.example.org/t'],
    ],
    ['a comma in the address', ['<http://a.example.org/t,1>; rel=duplicate; pri=1'], ['http://a.example.org/t,1']],
  ])('%s', (_, link, expected) => {
    expect(metalinkHeaders(server(link)).mirrors.map((mirror) => mirror.url)).toEqual(expected);
  });

  test('parameters', () => {
    const [mirror] = metalinkHeaders(server(['<http://a.example.org/t>; rel=duplicate; pri=7; geo=DE; depth=2; pref'])).mirrors;
    expect(mirror).toEqual({ url: 'http://a.example.org/t', priority: 7, location: 'de', depth: 2, preferred: true });
  });

  test.each([
    ['pri=0', 999_999],
    ['pri=1000000', 999_999],
    ['pri=x', 999_999],
    ['depth=1', 999_999],
    ['pri="3"', 3],
  ])('%s is priority %i', (parameter, priority) => {
    expect(metalinkHeaders(server([`<http://a.example.org/t>; rel=duplicate; ${parameter}`])).mirrors[0]?.priority).toBe(priority);
  });

  test('without a digest they are left alone (H6-03)', () => {
    expect(metalinkHeaders(server(['<http://a.example.org/t>; rel=duplicate'], [])).mirrors).toEqual([]);
  });

  test('those of a mirror behind a redirect are left alone (H6-05); those on the redirect count (H6-02)', () => {
    const replies = [
      ...server(['<http://a.example.org/t>; rel=duplicate']),
      { url: 'http://b.example.org/t', headers: { digest: [`SHA-256=${other}`], link: ['<http://evil.example.org/t>; rel=duplicate'] } },
    ];
    const found = metalinkHeaders(replies);
    expect(found.mirrors.map((mirror) => mirror.url)).toEqual(['http://a.example.org/t']);
    expect(found.digests).toEqual([sha256]);
  });
});

test('documents and signatures (H6-16)', () => {
  const found = metalinkHeaders(
    server([
      '<t.meta4>; rel=describedby; type="application/metalink4+xml"; name="tool.sif"',
      '<t.torrent>; rel=describedby; type="application/x-bittorrent"',
      '<t.asc>; rel=describedby; type="application/pgp-signature"',
    ]),
  );
  expect(found.describedBy).toEqual([{ url: 'https://example.org/dir/t.meta4', name: 'tool.sif' }]);
  expect(found.signatures).toEqual([{ url: 'https://example.org/dir/t.asc', mediaType: 'application/pgp-signature' }]);
});
