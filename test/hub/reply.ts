// What a protocol of the embedded hub sees of a request and says in return. Writing it to the wire is send.ts, misbehaving faults.ts.
import type { Content } from './content';
import { contentOf } from './content';

export interface HubRequest {
  readonly method: string;
  /** Path as it came, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `http://127.0.0.1:18080`: how the client called us. */
  readonly origin: string;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly content?: Content;
  /** Whether `Range` is answered; with it an ETag and Last-Modified usually stand in the headers. */
  readonly ranges?: boolean;
}

/** A protocol: answers the requests that are its own. */
export type Protocol = (request: HubRequest) => Reply | undefined;

export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, content: contentOf(JSON.stringify(value)) };
}

export function text(body: string, type = 'text/plain; charset=utf-8', status = 200): Reply {
  return { status, headers: { 'content-type': type }, content: contentOf(body) };
}

export function redirect(location: string, status = 302, headers: Readonly<Record<string, string | string[]>> = {}): Reply {
  return { status, headers: { location, ...headers }, content: contentOf('') };
}

export function notFound(): Reply {
  return text('404 page not found\n', 'text/plain; charset=utf-8', 404);
}

/** User and password of a Basic `Authorization` header. */
export function basicCredential(request: HubRequest): { user: string; password: string } | undefined {
  const match = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '');
  if (match?.[1] === undefined) return undefined;
  const [user = '', ...rest] = Buffer.from(match[1], 'base64').toString().split(':');
  return { user, password: rest.join(':') };
}

/** Token of a Bearer `Authorization` header. */
export function bearerToken(request: HubRequest): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
