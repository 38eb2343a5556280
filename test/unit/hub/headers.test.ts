import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../../../server/src/hub/challenge';
import { nextPage, parseLinks } from '../../../server/src/hub/linkHeader';
import { choosePlatform, machinePlatform } from '../../../server/src/hub/platformChoice';
import { formatPlatform, parsePlatform } from '../../../server/src/image/platform';
import type { IndexEntry } from '../../../server/src/hub/platformChoice';
import { judgeRealm } from '../../../server/src/hub/realm';

describe('WWW-Authenticate', () => {
  test.each<[string, ReturnType<typeof parseChallenges>]>([
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' },
        },
      ],
    ],
    ['Basic realm="a \\"quoted\\" one, with comma"', [{ scheme: 'basic', parameters: { realm: 'a "quoted" one, with comma' } }]],
    ['basic REALM=x', [{ scheme: 'basic', parameters: { realm: 'x' } }]],
    [
      'Negotiate, Basic realm="x"',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'x' } },
      ],
    ],
    [
      'Negotiate abc==, Bearer realm="r" , service = "s"',
      [
        { scheme: 'negotiate', parameters: {}, token68: 'abc==' },
        { scheme: 'bearer', parameters: { realm: 'r', service: 's' } },
      ],
    ],
    [', ,Basic realm="x",,', [{ scheme: 'basic', parameters: { realm: 'x' } }]],
    ['Bearer realm=https://h/token,service=x', [{ scheme: 'bearer', parameters: { realm: 'https://h/token', service: 'x' } }]],
    ['Bearer realm="a",realm="b"', [{ scheme: 'bearer', parameters: { realm: 'a' } }]],
    ['', []],
    ['"', []],
    ['Bearer realm="unclosed', [{ scheme: 'bearer', parameters: {} }]],
  ])('%s', (field, expected) => {
    expect(parseChallenges([field])).toEqual(expected);
  });
  test('any text is read without failing, in linear time', () => {
    fc.assert(fc.property(fc.array(fc.string()), (fields) => void parseChallenges(fields)));
    parseChallenges([`Bearer ${'a="b\\'.repeat(3000)}`]);
    parseChallenges(['Basic '.repeat(3000)]);
  });
});

describe('Link', () => {
  test.each([
    ['</v2/x/tags/list?last=b>; rel="next"', '/v2/x/tags/list?last=b', ['next']],
    ['<a,b;c>; title="x, <y>"; rel=describedby; type="application/metalink4+xml"', 'a,b;c', ['describedby']],
    ['<a>; REL="next prev"', 'a', ['next', 'prev']],
  ])('%s', (field, target, relations) => {
    expect(parseLinks([field])[0]).toMatchObject({ target, relations });
  });
  test.each<[string, string[]]>([
    ['<a>; rel=next;', ['a']],
    ['<a>; rel=next; , <b>;; rel=x', ['a', 'b']],
    [', ,<a>; rel=next,, <b>,', ['a', 'b']],
    ['<a>;', ['a']],
    [',;<a>', []],
  ])('empty parameters and elements are passed over: %s', (field, targets) => {
    expect(parseLinks([field]).map((link) => link.target)).toEqual(targets);
  });
  test('several in a field, what is malformed ends it', () => {
    parseLinks([`<a>${'; '.repeat(20_000)}x x`, ', '.repeat(50_000), `<a>${' '.repeat(50_000)}x`]);
    expect(parseLinks(['<a>; rel=x, <b>; rel=y, nonsense <c>']).map((link) => link.target)).toEqual(['a', 'b']);
    fc.assert(fc.property(fc.array(fc.string()), (fields) => void parseLinks(fields)));
  });
  test('the next page is of the same origin', () => {
    const page = (field: string) => nextPage([field], 'https://r.example/v2/x/tags/list');
    expect(page('</v2/x/tags/list?last=b>; rel="next"')).toEqual({ next: 'https://r.example/v2/x/tags/list?last=b' });
    expect(page('<?last=b>; rel=next')).toEqual({ next: 'https://r.example/v2/x/tags/list?last=b' });
    // Not followed; that there is more is known all the same.
    for (const elsewhere of [
      'https://evil.example/v2',
      'http://r.example/v2',
      '//evil.example/v2',
      'https://r.example:8443/v2',
      'http://[',
    ])
      expect(page(`<${elsewhere}>; rel="next"`)).toEqual({ isCut: true });
    expect(page('</v2>; rel="prev"')).toEqual({});
  });
});

// GGCR pkg/v1/remote/transport/bearer.go validateRealmURL
describe('realms', () => {
  test.each<[string, string, 'credentials' | 'anonymous' | 'refused']>([
    ['https://auth.docker.io/token', 'https://registry-1.docker.io/', 'credentials'],
    ['https://gitlab.com/jwt/auth', 'https://registry.gitlab.com/', 'credentials'],
    ['https://ghcr.io/token', 'https://ghcr.io/', 'credentials'],
    ['https://evil.example/token', 'https://registry.example.org/', 'anonymous'],
    ['http://registry.example.org/token', 'https://registry.example.org/', 'refused'],
    ['https://169.254.169.254/latest', 'https://registry.example.org/', 'refused'],
    ['https://127.0.0.1/token', 'https://registry.example.org/', 'refused'],
    ['https://[::1]/token', 'https://registry.example.org/', 'refused'],
    ['http://127.0.0.1:5001/token', 'http://127.0.0.1:5000/', 'credentials'],
    ['http://127.0.0.1:5000/token', 'http://127.0.0.1:5000/', 'credentials'],
    ['http://10.0.0.1/token', 'http://127.0.0.1:5000/', 'refused'],
    ['file:///etc/passwd', 'http://127.0.0.1:5000/', 'refused'],
    ['nonsense', 'https://registry.example.org/', 'refused'],
    ['https://8.8.8.8/token', 'https://1.8.8.8/', 'anonymous'],
  ])('%s of %s: %s', (realm, registry, expected) => {
    const verdict = judgeRealm(realm, new URL(registry));
    expect(verdict.ok ? (verdict.credentials ? 'credentials' : 'anonymous') : 'refused').toBe(expected);
  });
});

// GGCR pkg/v1/remote/index.go childByPlatform
describe('platforms', () => {
  const entry = (platform?: IndexEntry['platform']): IndexEntry => ({
    digest: { algorithm: 'sha256', hex: 'a'.repeat(64) },
    mediaType: '',
    size: 1,
    ...(platform && { platform }),
  });
  const linux = (architecture: string, variant?: string): IndexEntry => entry({ os: 'linux', architecture, ...(variant && { variant }) });
  const choose = (entries: IndexEntry[], wanted: string): number =>
    entries.indexOf(choosePlatform(entries, parsePlatform(wanted)!) ?? entry());
  test.each<[IndexEntry[], string, number]>([
    [[linux('amd64'), linux('arm64', 'v8')], 'linux/arm64', 1],
    [[linux('arm', 'v6'), linux('arm', 'v7')], 'linux/arm/v7', 1],
    [[linux('arm', 'v6'), linux('arm', 'v7')], 'linux/arm', 0],
    [[linux('arm')], 'linux/arm/v7', -1],
    [[entry()], 'amd64', 0],
    [[entry()], 'arm64', -1],
    [[entry({ os: 'windows', architecture: 'amd64' }), linux('amd64')], 'linux/amd64', 1],
    [[entry({ os: 'unknown', architecture: 'unknown' }), linux('amd64')], 'linux/amd64', 1],
  ])('%#: %s', (entries, wanted, expected) => {
    expect(choose(entries, wanted)).toBe(expected);
  });
  test('names', () => {
    expect(parsePlatform('linux/arm/v7')).toEqual({ os: 'linux', architecture: 'arm', variant: 'v7' });
    expect(parsePlatform('ARM64')).toEqual({ os: 'linux', architecture: 'arm64' });
    expect(parsePlatform('')).toBeUndefined();
    expect([parsePlatform('a/b/c/d'), parsePlatform('a b')]).toEqual([undefined, undefined]);
    expect(formatPlatform({ os: 'linux', architecture: 'arm64', variant: 'v8' })).toBe('linux/arm64/v8');
    expect(machinePlatform({ arch: 'x64', config: {} })).toEqual({ os: 'linux', architecture: 'amd64' });
    expect(machinePlatform({ arch: 'arm', config: { variables: { arm_version: '7' } } })).toEqual({
      os: 'linux',
      architecture: 'arm',
      variant: 'v7',
    });
  });
});
