import tls from 'node:tls';
import type { Dispatcher } from 'undici';
import { publicLookup } from './addresses';
import type { ProxyOptions } from './proxySettings';
import { proxyFor } from './proxySettings';
import { basicAuthorization } from './userinfo';

export interface DispatcherOptions extends ProxyOptions {
  /** False accepts any certificate: `http.proxyStrictSSL` off. */
  readonly strictSSL?: boolean;
  /** Authorities (PEM) besides those that Node ships. */
  certificates(): Promise<readonly string[]>;
  /** Connections to one host at a time. */
  readonly connections: number;
}

/** The way to a URL: undici's dispatcher, and the proxy on it. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** Host of the proxy, without userinfo; undefined for a direct connection. */
  readonly proxy?: string;
}

/** Keeps one dispatcher a proxy, and one for direct connections; made when first needed, closed together. */
export interface Dispatchers {
  /** `publicOnly`: connect to addresses of the public Internet only (ignored where a proxy looks names up). */
  route(url: URL, options: { readonly publicOnly: boolean }): Promise<Route>;
  close(): Promise<void>;
}

const connectTimeout = 10_000;
const keepAlive = 10_000;

export function createDispatchers(options: DispatcherOptions): Dispatchers {
  const made = new Map<string, Dispatcher>();
  let secureContext: Promise<tls.SecureContext | undefined> | undefined;

  async function tlsOptions() {
    secureContext ??= options
      .certificates()
      .then((extra) => (extra.length === 0 ? undefined : tls.createSecureContext({ ca: [...tls.rootCertificates, ...extra] })));
    const context = await secureContext;
    return { rejectUnauthorized: options.strictSSL !== false, timeout: connectTimeout, ...(context && { secureContext: context }) };
  }

  async function create(proxy: string | undefined, publicOnly: boolean): Promise<Dispatcher> {
    const [secure, { Agent, ProxyAgent }] = await Promise.all([tlsOptions(), import('undici')]);
    const pool = { connections: options.connections, pipelining: 1, keepAliveTimeout: keepAlive };
    if (proxy === undefined) return new Agent({ ...pool, connect: { ...secure, ...(publicOnly && { lookup: publicLookup }) } });
    const url = new URL(proxy);
    const token = basicAuthorization(url);
    // A SOCKS proxy takes its password from the URL; for the others it must not stand in what errors may quote.
    const socks = url.protocol === 'socks5:';
    if (!socks) {
      url.username = '';
      url.password = '';
    }
    return new ProxyAgent({
      ...pool,
      uri: url.href,
      ...(token !== undefined && !socks && { token }),
      requestTls: secure,
      // For a SOCKS proxy undici would take it as the wish to speak TLS with the proxy itself.
      ...(!socks && { proxyTls: secure }),
      proxyTunnel: false,
    });
  }

  return {
    route: async (url, { publicOnly }) => {
      const proxy = proxyFor(url, options);
      const key = proxy ?? (publicOnly ? 'direct, public' : 'direct');
      let dispatcher = made.get(key);
      if (!dispatcher) {
        const created = await create(proxy, publicOnly);
        // Another request may have been faster while the certificates were read.
        dispatcher = made.get(key) ?? created;
        made.set(key, dispatcher);
      }
      return { dispatcher, ...(proxy !== undefined && { proxy: new URL(proxy).host }) };
    },
    close: async () => {
      await Promise.all([...made.values()].map((dispatcher) => dispatcher.close()));
    },
  };
}
