import { describe, expect, test } from 'vitest';
import type { ProxyOptions } from '../../../server/src/platform/proxySettings';
import { proxyFor, withoutCredentials } from '../../../server/src/platform/proxySettings';

const p = 'http://proxy.example:3128';

describe('the proxy for a URL', () => {
  test.each<[string, Partial<ProxyOptions>, string | undefined]>([
    ['https://ghcr.io/', {}, undefined],
    ['https://ghcr.io/', { proxy: p }, p],
    ['https://ghcr.io/', { environment: { HTTPS_PROXY: p } }, p],
    ['http://ghcr.io/', { environment: { HTTPS_PROXY: p } }, undefined],
    ['http://ghcr.io/', { environment: { http_proxy: p, HTTP_PROXY: 'http://other:1' } }, p],
    ['https://ghcr.io/', { environment: { ALL_PROXY: 'socks5h://s:1080' } }, 'socks5://s:1080'],
    ['https://ghcr.io/', { environment: { all_proxy: 'socks://s:1080' } }, 'socks5://s:1080'],
    ['https://ghcr.io/', { environment: { https_proxy: 'proxy.example:3128' } }, p],
    ['https://ghcr.io/', { proxy: 'http://mine:1', environment: { HTTPS_PROXY: p } }, 'http://mine:1'],
    ['http://127.0.0.1:5000/', { proxy: p }, undefined],
    ['http://localhost/', { environment: { http_proxy: p } }, undefined],
    ['https://ghcr.io/', { proxy: p, noProxy: ['ghcr.io'] }, undefined],
    ['https://x.ghcr.io/', { proxy: p, noProxy: ['.ghcr.io'] }, undefined],
    ['https://x.ghcr.io/', { proxy: p, noProxy: ['*.ghcr.io'] }, undefined],
    ['https://notghcr.io/', { proxy: p, noProxy: ['ghcr.io'] }, p],
    ['https://ghcr.io:8443/', { proxy: p, noProxy: ['ghcr.io:443'] }, p],
    ['https://ghcr.io/', { proxy: p, noProxy: ['ghcr.io:443'] }, undefined],
    ['https://10.1.2.3/', { proxy: p, noProxy: ['10.0.0.0/8'] }, undefined],
    ['https://11.1.2.3/', { proxy: p, noProxy: ['10.0.0.0/8'] }, p],
    ['https://[fd00::5]/', { proxy: p, noProxy: ['fd00::/8'] }, undefined],
    ['https://[2001:db8::5]/', { proxy: p, noProxy: ['[fd00::]/8', 'fd00::/200', '10.0.0.0/8', '10.0.0.0/33'] }, p],
    ['https://[2001:db8::1:5]/', { proxy: p, noProxy: ['2001:db8::1:5'] }, undefined],
    ['https://[2001:db8::1]/', { proxy: p, noProxy: ['[2001:db8::1]:443'] }, undefined],
    ['https://[2001:db8::1]:8443/', { proxy: p, noProxy: ['[2001:db8::1]:443'] }, p],
    ['https://ghcr.io./', { proxy: p, noProxy: ['ghcr.io'] }, undefined],
    ['https://GHCR.io/', { proxy: p, noProxy: ['.IO'] }, undefined],
    ['https://ghcr.io/', { proxy: p, noProxy: ['', ' ', '.'] }, p],
    ['https://ghcr.io/', { environment: { https_proxy: p, no_proxy: 'a, ghcr.io' } }, undefined],
    ['https://ghcr.io/', { environment: { https_proxy: p, NO_PROXY: '*' } }, undefined],
  ])('%s with %j is %s', (url, options, expected) => {
    expect(proxyFor(new URL(url), { environment: {}, ...options })).toBe(expected);
  });
});

test('userinfo is taken off before a URL is shown', () => {
  expect(withoutCredentials('http://user:secret@proxy:1/')).toBe('http://proxy:1/');
  expect(withoutCredentials('secret')).toBe('(not a URL)');
});
