import net from 'node:net';
import { hostName, isLoopbackHost } from './addresses';

/** What decides about proxies: VS Code's settings first, then the environment. */
export interface ProxyOptions {
  /** `http.proxy`: http, https or socks5 URL, with userinfo where it needs one. Empty: the environment's. */
  readonly proxy?: string;
  /** `http.noProxy`. */
  readonly noProxy?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The proxy for a URL, or undefined for a direct connection. Loopback is never proxied (as in Go's `httpproxy` and in VS Code).
 * The result may hold a password: never print it, print `withoutCredentials` of it.
 */
export function proxyFor(url: URL, { proxy, noProxy, environment }: ProxyOptions): string | undefined {
  if (isLoopbackHost(url.host)) return undefined;
  const bypass = noProxy && noProxy.length > 0 ? noProxy : entries(variable(environment, 'no_proxy'));
  if (isBypassed(url, bypass)) return undefined;
  const named = url.protocol === 'https:' ? variable(environment, 'https_proxy') : variable(environment, 'http_proxy');
  const chosen = proxy || named || variable(environment, 'all_proxy');
  if (chosen === undefined || chosen.trim() === '') return undefined;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(chosen) ? chosen : `http://${chosen}`;
  // Older spellings of SOCKS; names are looked up by the proxy in all of them.
  return withScheme.trim().replace(/^socks5?h?:/i, 'socks5:');
}

/** Lower case wins, as in curl. */
function variable(environment: ProxyOptions['environment'], name: string): string | undefined {
  return environment[name] || environment[name.toUpperCase()] || undefined;
}

function entries(list: string | undefined): readonly string[] {
  return (list ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
}

/** `host`, `.suffix`, `*.suffix`, `host:port`, an address, a network as `10.0.0.0/8` or `fd00::/8`, or `*` for all. */
function isBypassed(url: URL, list: readonly string[]): boolean {
  const name = hostName(url.host);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list.some((raw) => {
    const entry = raw.trim().toLowerCase();
    if (entry === '*') return true;
    const network = /^\[?([0-9a-f.:]+)\]?\/(\d+)$/.exec(entry);
    if (network) return inNetwork(name, network[1] ?? '', Number(network[2]));
    // An IPv6 address has a port only behind its brackets.
    const withPort = net.isIPv6(entry) ? null : /^(.*[^:]):(\d+)$/.exec(entry);
    if (withPort && withPort[2] !== port) return false;
    const suffix = (withPort?.[1] ?? entry).replace(/^\*?\./, '').replace(/^\[|\]$/g, '');
    return suffix !== '' && (name === suffix || name.endsWith(`.${suffix}`));
  });
}

function inNetwork(name: string, base: string, prefix: number): boolean {
  const family = net.isIP(base) === 6 ? 'ipv6' : 'ipv4';
  if (net.isIP(base) === 0 || net.isIP(name) !== net.isIP(base) || prefix > (family === 'ipv6' ? 128 : 32)) return false;
  const network = new net.BlockList();
  network.addSubnet(base, prefix, family);
  return network.check(name, family);
}

/** A URL for logs and messages: without userinfo. Text that is no URL comes back as `(not a URL)`. */
export function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
