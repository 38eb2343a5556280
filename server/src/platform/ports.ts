// What the rooms above the Node adapters ask of the world: types only. Tests hand in their own.

/** Who wants it: `command`, the user by a command; `editor`, a hover, a completion, a background look. Decides which hosts may be asked. */
export type RequestReason = 'command' | 'editor';

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Redirects to follow; 0 hands a 3xx reply back. Default 5. `authorization` and `cookie` never cross to another origin; https never falls to http. */
  readonly maxRedirects?: number;
  /** Milliseconds until the reply's headers. Default 30,000. */
  readonly headersTimeout?: number;
  /** Milliseconds without a byte of the body. Default 30,000. */
  readonly bodyTimeout?: number;
  readonly signal?: AbortSignal;
  /** Default `command`. */
  readonly reason?: RequestReason;
}

export interface HttpResponse {
  readonly status: number;
  /** The URL that answered, after redirects, without userinfo. */
  readonly url: string;
  /** Every URL on the way, the first one asked included, with the headers of each redirect reply (RFC 6249 puts Link on the 302). */
  readonly redirects: readonly { readonly url: string; readonly status: number; readonly headers: HttpHeaders }[];
  readonly headers: HttpHeaders;
  /** The body as it arrives; consume it or call `discard`. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body, at most `limit` bytes; rejects when it is longer. */
  bytes(limit: number): Promise<Uint8Array>;
  /** The whole body as UTF-8 text, at most `limit` bytes. */
  text(limit: number): Promise<string>;
  /** Gives the connection back, or closes it. Never rejects. */
  discard(): Promise<void>;
}

/** Header fields: names in lower case; a field that came more than once has all its values in order. */
export type HttpHeaders = Readonly<Record<string, readonly string[]>>;

/** One HTTP client a process: proxies, certificates, limits per host, User-Agent. Rejects with `HttpError`. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>;
}

/** Why a request did not succeed, in a class that callers can tell apart. */
export type HttpFailure =
  | 'switched-off' // the offline switch is on: nobody was asked
  | 'offline' // there is no network
  | 'dns'
  | 'refused'
  | 'timeout'
  | 'tls'
  | 'proxy'
  | 'redirect' // loop, too many, forbidden target
  | 'forbidden' // host not allowed (untrusted workspace, private address by redirect, plain http)
  | 'too-large'
  | 'aborted'
  | 'protocol'; // the connection broke or the reply was no HTTP

/** An error of the network that says what happened, to which host, and what to do. */
export class HttpError extends Error {
  constructor(
    readonly failure: HttpFailure,
    message: string,
    /** Host and port, never userinfo. */
    readonly host: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HttpError';
  }
}

export interface Credential {
  readonly username?: string;
  readonly password?: string;
  /** Bearer or identity token. */
  readonly token?: string;
  /** `identity`: exchanged for access tokens (Docker's `identitytoken`); `bearer`: sent as it is. Default `identity` for registries. */
  readonly tokenKind?: 'identity' | 'bearer';
  /** Where it came from, for messages: `Docker's config.json`, `VS Code sign-in`. */
  readonly source: string;
}

/** `registry`: an OCI registry asks for it; the engines' variables, which name no host, are meant for those alone. */
export type CredentialPurpose = 'registry';

/** Finds the credential that belongs to a host; never asks the user. */
export interface CredentialStore {
  /** `host` with port where there is one; `path` the repository for entries that are narrower than a host. Undefined when there is none. */
  find(host: string, path?: string, purpose?: CredentialPurpose): Promise<Credential | undefined>;
}

/** Where a log line goes; the text carries no secret. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
}
