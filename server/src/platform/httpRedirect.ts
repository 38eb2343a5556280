import { t } from '../text/l10n';
import { isPrivateHost } from './addresses';
import type { HttpRequest } from './ports';
import { HttpError } from './ports';

export interface Hop {
  readonly method: NonNullable<HttpRequest['method']>;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** Header fields that belong to the host they were meant for (RFC 9110 §15.4: "remove … Authorization, Cookie"; the rest are widespread). */
const privateFields = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-auth-token',
  'x-api-key',
  'private-token',
  'job-token',
]);

/**
 * The request that follows a redirect (RFC 9110 §15.4). Credentials stay with their origin, a body is never carried to another one,
 * https never falls to http, and a host of the Internet does not lead to an address inside. Throws `HttpError`.
 */
export function nextHop(hop: Hop, status: number, location: string | undefined): Hop {
  const from = hop.url.host;
  if (location === undefined || location === '')
    throw new HttpError('redirect', t('{0} redirects (status {1}) without saying where to.', from, status), from);
  if (!URL.canParse(location, hop.url.href)) throw new HttpError('redirect', t('{0} redirects to something that is no URL.', from), from);
  const url = new URL(location, hop.url.href);
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new HttpError('redirect', t('{0} redirects to a {1} address, which is not followed.', from, url.protocol), from);
  }
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') {
    throw new HttpError('redirect', t('{0} redirects from https to plain http at {1}, which is not followed.', from, url.host), from);
  }
  if (isPrivateHost(url.host) && !isPrivateHost(from)) throw privateTarget(from, url.host);

  const sameOrigin = url.origin === hop.url.origin;
  const toGet = status === 303 || (hop.method === 'POST' && (status === 301 || status === 302));
  const method = toGet && hop.method !== 'HEAD' ? 'GET' : hop.method;
  if (hop.body !== undefined && method === 'POST' && !sameOrigin) {
    throw new HttpError('redirect', t('{0} redirects a request with content to {1}, which is not followed.', from, url.host), from);
  }
  const headers = Object.fromEntries(
    Object.entries(hop.headers)
      .filter(([name]) => sameOrigin || !privateFields.has(name.toLowerCase()))
      .filter(([name]) => method === 'POST' || name.toLowerCase() !== 'content-type'),
  );
  return { method, url, headers, ...(hop.body !== undefined && method === 'POST' && { body: hop.body }) };
}

export function privateTarget(from: string, to: string): HttpError {
  return new HttpError('redirect', t('{0} redirects to an address inside a private network ({1}), which is not followed.', from, to), from);
}
