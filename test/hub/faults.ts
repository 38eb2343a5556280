// How the embedded hub can be told to misbehave: one fault a path, for some requests or for all.
import type { Content } from './content';
import { contentOf, cut, damaged } from './content';
import type { HubRequest, Reply } from './reply';
import { text } from './reply';

export type Fault =
  /** `count` bytes from `offset` of the file are others (ranges see them too). */
  | { readonly kind: 'wrong-bytes'; readonly offset: number; readonly count?: number }
  /** The file is shorter than it should be, and the headers agree with that. */
  | { readonly kind: 'short-file'; readonly size: number }
  /** The connection is closed after `after` bytes of the body, against Content-Length. */
  | { readonly kind: 'truncate'; readonly after: number }
  /** Nothing more comes after `after` bytes of the body; the connection stays open. */
  | { readonly kind: 'stall'; readonly after: number }
  /** `bytes` at a time with `interval` milliseconds between. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly interval: number }
  | { readonly kind: 'rate'; readonly bytesPerSecond: number }
  /** Another status, such as 429 with `retryAfter` or 503. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly headers?: Readonly<Record<string, string>> }
  /** Says that it has no ranges and answers 200 with the whole file. */
  | { readonly kind: 'no-ranges' }
  /** Says that it has ranges, and answers 200 with the whole file all the same. */
  | { readonly kind: 'whole-for-range' }
  /** 206 with another range than was asked for, `shift` bytes further on. */
  | { readonly kind: 'wrong-range'; readonly shift: number }
  /** gzip that nobody asked for. */
  | { readonly kind: 'gzip' }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  /** Redirects to itself without end. */
  | { readonly kind: 'redirect-loop' }
  /** A login page where something else should be. */
  | { readonly kind: 'html'; readonly status?: number }
  | { readonly kind: 'body'; readonly body: string; readonly type?: string }
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string | string[]>> }
  /** A body without end and without Content-Length. */
  | { readonly kind: 'endless' }
  /** The connection is reset before any reply. */
  | { readonly kind: 'reset' }
  /** The reply's headers come only after so many milliseconds. */
  | { readonly kind: 'delay'; readonly milliseconds: number };

export interface FaultOptions {
  /** Only the first so many requests; the rest are answered well. */
  readonly times?: number;
  /** Only requests that came to this host name or address (`127.0.0.2`). */
  readonly host?: string;
  readonly method?: string;
}

/** The faults in force. */
export interface Faults {
  /** Adds a fault for a path (a string must equal it, or be its beginning up to a `*` at the end). Returns what takes it back. */
  add(path: string | RegExp, fault: Fault, options?: FaultOptions): () => void;
  /** Faults for a request, in the order in which they were added; counts it against `times`. */
  of(request: HubRequest): Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  const rules: { path: string | RegExp; fault: Fault; options: FaultOptions; used: number }[] = [];
  return {
    add(path, fault, options = {}) {
      const rule = { path, fault, options, used: 0 };
      rules.push(rule);
      return () => void rules.splice(rules.indexOf(rule), rules.includes(rule) ? 1 : 0);
    },
    of(request) {
      const host = new URL(request.origin).hostname;
      const meant = rules.filter(
        ({ path, options, used }) =>
          matches(path, request.path) &&
          used < (options.times ?? Infinity) &&
          (options.host ?? host) === host &&
          (options.method ?? request.method) === request.method,
      );
      for (const rule of meant) rule.used++;
      return meant.map((rule) => rule.fault);
    },
    clear: () => void rules.splice(0),
  };
}

/** The reply with what a fault changes in it. Faults of the wire (stall, rate, truncate…) are send.ts's. */
export function spoil(reply: Reply, fault: Fault, request: HubRequest): Reply {
  switch (fault.kind) {
    case 'wrong-bytes':
      return withContent(reply, (content) => damaged(content, fault.offset, fault.count));
    case 'short-file':
      return withContent(reply, (content) => cut(content, fault.size));
    case 'status':
      return {
        ...text(`${fault.status}\n`, 'text/plain', fault.status),
        headers: { ...(fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }), ...fault.headers },
      };
    case 'no-ranges':
      return { ...reply, ranges: false, headers: { ...reply.headers, 'accept-ranges': 'none' } };
    case 'whole-for-range':
      return { ...reply, ranges: false, headers: { ...reply.headers, 'accept-ranges': 'bytes' } };
    case 'redirect':
      return { status: fault.status ?? 302, headers: { location: fault.to }, content: contentOf('') };
    case 'redirect-loop':
      return { status: 302, headers: { location: `${request.origin}${request.path}` }, content: contentOf('') };
    case 'html':
      return text('<!doctype html><html><title>Sign in</title><body>Please sign in.</body></html>', 'text/html', fault.status ?? 200);
    case 'body':
      return text(fault.body, fault.type ?? 'application/json');
    case 'headers':
      return { ...reply, headers: { ...reply.headers, ...fault.headers } };
    case 'truncate':
    case 'stall':
    case 'drip':
    case 'rate':
    case 'wrong-range':
    case 'gzip':
    case 'endless':
    case 'reset':
    case 'delay':
      return reply;
  }
}

function matches(pattern: string | RegExp, path: string): boolean {
  if (pattern instanceof RegExp) return pattern.test(path);
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

function withContent(reply: Reply, change: (content: Content) => Content): Reply {
  return reply.content === undefined ? reply : { ...reply, content: change(reply.content) };
}
