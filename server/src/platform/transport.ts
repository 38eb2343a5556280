import { t } from '../text/l10n';
import { formatRequest } from './httpHead';
import { askForProxyPassword } from './httpErrors';
import { HttpError } from './ports';
import type { HttpHeaders } from './ports';
import { HttpConnection } from './transportConnection';
import type { BodySink } from './transportConnection';
import { openSocket, withoutUserinfo } from './transportSocket';
import type { ProxySettings } from './transportSocket';

export type { BodySink } from './transportConnection';
export type { ProxySettings } from './transportSocket';

export interface TransportRequest {
  /** http or https; userinfo is not looked at. */
  readonly url: string;
  readonly method?: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The head of a reply, and its body on demand. Redirects are handed back as they are. */
export interface TransportReply {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Bytes of the body; undefined when the reply does not say. */
  readonly length: number | undefined;
  /** Sends the body to `sink`; resolves at its end, rejects with `HttpError` when it breaks off or stalls. */
  stream(sink: BodySink): Promise<void>;
  /** After `sink.filled` returned false. */
  resume(): void;
  /** Gives the reply up; a short rest is read so that the connection can be used again. Never rejects. */
  discard(): Promise<void>;
  /** Gives the reply up and closes the connection at once: nothing reaches the sink any more. */
  destroy(): void;
}

export interface TransportOptions extends ProxySettings {
  /** Milliseconds to connect, default 15,000. */
  readonly connectTimeout?: number;
  /** Milliseconds to the head of a reply, default 30,000. */
  readonly headTimeout?: number;
  /** Milliseconds without a byte of the body, default 20,000. */
  readonly idleTimeout?: number;
}

/** Requests for large bodies. Connections are kept for the next request to the same origin. */
export interface Transport {
  /** Rejects with `HttpError`. */
  get(request: TransportRequest): Promise<TransportReply>;
  /** Closes what is idle; what runs ends by itself. */
  close(): void;
}

const idleLife = 8_000;
const worthReading = 64 * 1024;

/** The raw transport of downloads: HTTP/1.1 on sockets, without redirects, cookies, decoding or retries, which are the caller's. */
export function createTransport(options: TransportOptions): Transport {
  const idle = new Map<string, IdleConnection[]>();

  return {
    async get(request) {
      const url = new URL(request.url);
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw new HttpError('forbidden', t('{0} is not a scheme that can be downloaded from.', url.protocol.slice(0, -1)), url.host);
      for (;;) {
        const kept = takeIdle(url.origin);
        const connection = kept ?? (await open(url, request.signal));
        try {
          return await ask(connection, url, request);
        } catch (error) {
          // A kept connection that its server has closed meanwhile says nothing about the server: once more on another one.
          if (kept === undefined || connection.answered || request.signal?.aborted === true) throw error;
        }
      }
    },
    close: () => {
      for (const { connection } of [...idle.values()].flat()) connection.destroy();
    },
  };

  async function open(url: URL, signal: AbortSignal | undefined): Promise<HttpConnection> {
    if (signal?.aborted === true) throw aborted(url);
    const connection = new HttpConnection(url.origin, url.host);
    const opening = openSocket(url, options, connection, options.connectTimeout ?? 15_000);
    return await new Promise((resolve, reject) => {
      const giveUp = (): void => reject(aborted(url));
      signal?.addEventListener('abort', giveUp, { once: true });
      opening.then((opened) => {
        signal?.removeEventListener('abort', giveUp);
        connection.attach(opened);
        if (signal?.aborted === true) connection.destroy();
        resolve(connection);
      }, reject);
    });
  }

  async function ask(connection: HttpConnection, url: URL, request: TransportRequest): Promise<TransportReply> {
    const { signal, method = 'GET' } = request;
    if (signal?.aborted === true) throw aborted(url);
    const stop = (): void => connection.destroy();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const forward = connection.forward;
      const target = forward === undefined ? `${url.pathname}${url.search}` : withoutUserinfo(url);
      const headers = {
        Host: url.host,
        ...request.headers,
        ...(forward?.authorization === undefined ? {} : { 'Proxy-Authorization': forward.authorization }),
      };
      const head = await connection.request(method, formatRequest(method, target, headers, url.host), options.headTimeout ?? 30_000);
      if (head.status === 407 && forward !== undefined) throw new HttpError('proxy', askForProxyPassword(forward.proxy), forward.proxy);
      if (connection.idle) keep(connection);
      return replyOf(
        connection,
        head.status,
        head.headers,
        head.framing.kind === 'length' ? head.framing.length : head.framing.kind === 'none' ? 0 : undefined,
      );
    } catch (error) {
      connection.destroy();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  function replyOf(connection: HttpConnection, status: number, headers: HttpHeaders, length: number | undefined): TransportReply {
    const isEmpty = length === 0;
    const stream = async (sink: BodySink): Promise<void> => {
      if (isEmpty) return;
      await connection.stream(sink, options.idleTimeout ?? 20_000);
      if (connection.idle) keep(connection);
    };
    return {
      status,
      headers,
      length,
      stream,
      resume: () => connection.resume(),
      destroy: () => {
        if (!isEmpty) connection.destroy();
      },
      discard: async () => {
        if (isEmpty) return;
        if (length === undefined || length > worthReading) {
          connection.destroy();
          return;
        }
        const memory = Buffer.allocUnsafe(16 * 1024);
        // The reply is not wanted any more: how its rest ends does not matter.
        await stream({ buffer: () => memory, filled: () => true }).catch(() => connection.destroy());
      },
    };
  }

  function takeIdle(origin: string): HttpConnection | undefined {
    const kept = idle.get(origin)?.pop();
    if (kept === undefined) return undefined;
    clearTimeout(kept.timer);
    kept.connection.onClose = undefined;
    kept.connection.keepProcess(true);
    return kept.connection;
  }

  function keep(connection: HttpConnection): void {
    const list = idle.get(connection.key) ?? [];
    idle.set(connection.key, list);
    const entry = { connection, timer: setTimeout(() => connection.destroy(), idleLife).unref() };
    list.push(entry);
    connection.keepProcess(false);
    connection.onClose = () => {
      clearTimeout(entry.timer);
      const at = list.indexOf(entry);
      if (at >= 0) list.splice(at, 1);
    };
  }
}

interface IdleConnection {
  readonly connection: HttpConnection;
  readonly timer: NodeJS.Timeout;
}

function aborted(url: URL): HttpError {
  return new HttpError('aborted', t('The request to {0} was given up.', url.host), url.host);
}
