import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { t } from '../text/l10n';
import { isPrivateHost, leadsToPrivate } from './addresses';
import type { RawBody } from './httpBody';
import { readableBody } from './httpBody';
import type { Dispatchers, Route } from './httpDispatchers';
import { createDispatchers } from './httpDispatchers';
import { askForProxyPassword, toHttpError } from './httpErrors';
import type { Hop } from './httpRedirect';
import { isRedirect, nextHop } from './httpRedirect';
import { retryDelay } from './httpRetry';
import type { HttpClient, HttpHeaders, HttpRequest, HttpResponse, Log, RequestReason } from './ports';
import { HttpError } from './ports';
import { proxyFor } from './proxySettings';
import { basicAuthorization } from './userinfo';

/** What may change while the client lives: VS Code's and our settings. */
export interface HttpSettings {
  /** `http.proxy`, `http.noProxy`, `http.proxyStrictSSL`. */
  readonly proxy?: string;
  readonly noProxy?: readonly string[];
  readonly strictSSL?: boolean;
  /** Certificate authorities (PEM) besides those that Node ships: `extraCertificates` (certificates.ts). Called when TLS is first spoken; the same list each time. */
  readonly certificates?: () => Promise<readonly string[]>;
  /** Hosts (with port where it matters) to which credentials may go over plain http. Loopback and private addresses always may. */
  readonly insecureHosts?: readonly string[];
  /** Nothing is asked: requests reject with `offline`. `editor`: only those that no command wants. */
  readonly offline?: boolean | 'editor';
}

export interface HttpClientOptions {
  /** `container-metalink/0.1.0`. */
  readonly userAgent: string;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: HttpSettings;
  /**
   * Whether a URL may be asked: undefined, or why not, for people. Where an allowed host redirects to is that host's affair (blobs lie on
   * other hosts than their registries), save for private addresses: nothing but a command leads to one that is not allowed by itself. What
   * else redirects may not do is in httpRedirect.ts.
   */
  permit?(url: URL, reason: RequestReason): string | undefined;
  /** Connections to one host at a time; default 4. */
  readonly connections?: number;
  /** Tests put their own way to a URL here. */
  route?(url: URL): Dispatcher;
}

/** The one HTTP client of a process. */
export interface ConfigurableHttpClient extends HttpClient {
  /** New settings, from the next request on; what runs goes on with the old ones. */
  configure(settings: HttpSettings): void;
  /** The proxy for a URL, userinfo included, for the transport of downloads. */
  proxyFor(url: string): string | undefined;
  readonly settings: HttpSettings;
  close(): Promise<void>;
}

const defaultRedirects = 5;
const defaultTimeout = 30_000;
const retriesByReason: Readonly<Record<RequestReason, number>> = { command: 2, editor: 1 };

/** Builds the client on undici: proxies, certificates, limits per host, redirects by rule, retries. Rejects with `HttpError` only. */
export function createHttpClient(options: HttpClientOptions): ConfigurableHttpClient {
  let { settings } = options;
  let dispatchers = build();
  const closing = new Set<Promise<void>>();

  function build(): Dispatchers {
    const { proxy, noProxy, strictSSL } = settings;
    return createDispatchers({
      environment: options.environment,
      connections: options.connections ?? 4,
      certificates: certificatesOf(settings),
      ...(proxy !== undefined && { proxy }),
      ...(noProxy && { noProxy }),
      ...(strictSSL !== undefined && { strictSSL }),
    });
  }

  function close(old: Dispatchers): Promise<void> {
    const closed = old.close().catch((error: unknown) => options.log.debug(`connections did not close well: ${String(error)}`));
    closing.add(closed);
    return closed.finally(() => closing.delete(closed));
  }

  async function request(asked: HttpRequest): Promise<HttpResponse> {
    const reason = asked.reason ?? 'command';
    const redirects: HttpResponse['redirects'][number][] = [];
    const seen = new Set<string>();
    let hop = firstHop(asked, options.userAgent);
    let publicOnly = false;
    for (;;) {
      check(hop, reason, redirects.length > 0);
      const key = `${hop.method} ${hop.url.href}`;
      if (seen.has(key)) throw new HttpError('redirect', t('{0} redirects in circles.', hop.url.host), hop.url.host);
      seen.add(key);
      const answer = await attempt(hop, asked, publicOnly);
      const { status, headers, raw, proxy } = answer;
      const body = readableBody(raw, headers, hop.url.host, proxy);
      if (!isRedirect(status) || asked.maxRedirects === 0) return { status, url: hop.url.href, redirects, headers, ...body };
      await body.discard();
      redirects.push({ url: hop.url.href, status, headers });
      const most = asked.maxRedirects ?? defaultRedirects;
      if (redirects.length > most)
        throw new HttpError('redirect', t('{0} redirects more than {1} times.', hop.url.host, most), hop.url.host);
      const from = hop.url;
      hop = nextHop(hop, status, headers.location?.[0]);
      // Names are looked up only here: a public host must not lead inside by a name either.
      publicOnly ||= hop.url.host !== from.host && proxy === undefined && !(await leadsToPrivate(from.host));
    }
  }

  function check(hop: Hop, reason: RequestReason, redirected: boolean): void {
    const { host, protocol } = hop.url;
    if (settings.offline === true || (settings.offline === 'editor' && reason === 'editor')) {
      throw new HttpError('switched-off', t('Offline: {0} is not asked.', host), host);
    }
    const judged = !redirected || (reason === 'editor' && isPrivateHost(host));
    const refusal = judged ? options.permit?.(hop.url, reason) : undefined;
    if (refusal !== undefined) throw new HttpError('forbidden', refusal, host);
    const secret = Object.keys(hop.headers).some((name) => name.toLowerCase() === 'authorization' || name.toLowerCase() === 'cookie');
    if (protocol === 'http:' && secret && !plainHttpAllowed(host, settings.insecureHosts)) {
      const message = t(
        'Credentials are not sent to {0} over plain http. If you must, name the host in "containerMetalink.online.insecureHosts".',
        host,
      );
      throw new HttpError('forbidden', message, host);
    }
  }

  async function attempt(hop: Hop, asked: HttpRequest, publicOnly: boolean): Promise<Answer> {
    const most = hop.method === 'POST' ? 0 : retriesByReason[asked.reason ?? 'command'];
    for (let retry = 0; ; retry++) {
      const outcome = await send(hop, asked, publicOnly).catch((error: unknown) => ({ error: error as HttpError }));
      const delay = retry < most ? retryDelay(outcome, retry) : undefined;
      if (delay === undefined) {
        if ('error' in outcome) throw outcome.error;
        return outcome;
      }
      if (!('error' in outcome)) await readableBody(outcome.raw, outcome.headers, hop.url.host, outcome.proxy).discard();
      options.log.debug(`${hop.url.host}: again in ${delay} ms (${'error' in outcome ? outcome.error.failure : outcome.status})`);
      await sleep(delay, undefined, asked.signal && { signal: asked.signal }).catch((error: unknown) => {
        throw toHttpError(error, hop.url.host, undefined);
      });
    }
  }

  async function send(hop: Hop, asked: HttpRequest, publicOnly: boolean): Promise<Answer> {
    const { host } = hop.url;
    const started = Date.now();
    let route: Route | undefined;
    try {
      route = options.route ? { dispatcher: options.route(hop.url) } : await dispatchers.route(hop.url, { publicOnly });
      const { statusCode, headers, body } = await route.dispatcher.request({
        origin: hop.url.origin,
        path: hop.url.pathname + hop.url.search,
        method: hop.method,
        headers: hop.headers,
        body: hop.body ?? null,
        headersTimeout: asked.headersTimeout ?? defaultTimeout,
        bodyTimeout: asked.bodyTimeout ?? defaultTimeout,
        ...(asked.signal && { signal: asked.signal }),
      });
      options.log.debug(
        `${hop.method} ${host}${loggedPath(hop.url)} → ${statusCode} in ${Date.now() - started} ms${route.proxy ? ` by ${route.proxy}` : ''}`,
      );
      if (statusCode === 407 && route.proxy !== undefined) {
        body.destroy();
        throw new HttpError('proxy', askForProxyPassword(route.proxy), host);
      }
      return { status: statusCode, headers: listed(headers), raw: body, ...(route.proxy !== undefined && { proxy: route.proxy }) };
    } catch (error) {
      const failure = toHttpError(error, host, route?.proxy);
      if (failure.failure !== 'aborted') options.log.debug(`${hop.method} ${host} failed: ${failure.failure}`);
      throw failure;
    }
  }

  return {
    request,
    configure: (changed) => {
      settings = changed;
      const old = dispatchers;
      dispatchers = build();
      void close(old);
    },
    proxyFor: (url) => (URL.canParse(url) ? proxyFor(new URL(url), { ...settings, environment: options.environment }) : undefined),
    get settings() {
      return settings;
    },
    close: async () => {
      await close(dispatchers);
      await Promise.all(closing);
    },
  };
}

function certificatesOf(settings: HttpSettings): () => Promise<readonly string[]> {
  return async () => (await settings.certificates?.()) ?? [];
}

/** What undici answered. */
export interface Answer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly raw: RawBody;
  readonly proxy?: string;
}

/** Whether a host may be spoken to by plain http where it matters: this machine, private addresses, hosts that the user named. */
export function plainHttpAllowed(host: string, insecureHosts: readonly string[] = []): boolean {
  const name = host.replace(/:\d+$/, '');
  return (
    isPrivateHost(host) ||
    insecureHosts.some((entry) => entry.toLowerCase() === host.toLowerCase() || entry.toLowerCase() === name.toLowerCase())
  );
}

function firstHop(asked: HttpRequest, userAgent: string): Hop {
  if (!URL.canParse(asked.url)) throw new HttpError('forbidden', t('This is not a URL that can be asked.'), '');
  const url = new URL(asked.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new HttpError('forbidden', t('{0} addresses are not asked.', url.protocol), url.host);
  const userinfo = basicAuthorization(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  const headers = {
    'user-agent': userAgent,
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(userinfo !== undefined && { authorization: userinfo }),
  };
  for (const [name, value] of Object.entries(asked.headers ?? {})) {
    // RFC 9110 §5.5: no line breaks. A reference or a token must not be able to add a header field.
    if (/[\r\n\0]/.test(`${name}${value}`))
      throw new HttpError('forbidden', t('A header field for {0} holds a line break.', url.host), url.host);
    Object.assign(headers, { [name.toLowerCase()]: value });
  }
  return { method: asked.method ?? 'GET', url, headers, ...(asked.body !== undefined && { body: asked.body }) };
}

/** Queries carry signatures and tokens: they are not logged. */
function loggedPath(url: URL): string {
  return url.search === '' ? url.pathname : `${url.pathname}?…`;
}

function listed(headers: Readonly<Record<string, string | string[] | undefined>>): HttpHeaders {
  const lists: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) lists[name.toLowerCase()] = Array.isArray(value) ? value : [value];
  }
  return lists;
}
