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

/** `host`, `.suffix`, `*.suffix`, `host:port`, an address, a network as `10.0.0.0/8`, or `*` for all. */
function isBypassed(url: URL, list: readonly string[]): boolean {
  const name = hostName(url.host);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list.some((raw) => {
    const entry = raw.trim().toLowerCase();
    if (entry === '*') return true;
    const network = /^([0-9.]+)\/(\d+)$/.exec(entry);
    if (network) return inNetwork(name, network[1] ?? '', Number(network[2]));
    const withPort = /^(.*[^:]):(\d+)$/.exec(entry);
    if (withPort && withPort[2] !== port) return false;
    const suffix = (withPort?.[1] ?? entry).replace(/^\*?\./, '').replace(/^\[|\]$/g, '');
    return suffix !== '' && (name === suffix || name.endsWith(`.${suffix}`));
  });
}

function inNetwork(name: string, base: string, prefix: number): boolean {
  const address = toNumber(name);
  const network = toNumber(base);
  if (address === undefined || network === undefined || prefix > 32) return false;
  const shift = 2 ** (32 - prefix);
  return Math.floor(address / shift) === Math.floor(network / shift);
}

function toNumber(address: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  return parts?.every((part) => part < 256) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}

/** A URL for logs and messages: without userinfo. Text that is no URL comes back as `(not a URL)`. */
export function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
