import net from 'node:net';
import tls from 'node:tls';
import { t } from '../text/l10n';
import { endOfHead, formatRequest, longestHead, parseHead } from './httpHead';
import { askForProxyPassword } from './httpErrors';
import { HttpError } from './ports';
import type { HttpFailure } from './ports';
import { askSocksForTunnel } from './transportSocks';
import { basicAuthorization } from './userinfo';

/** How connections reach the world: the settings of proxies and certificates, handed in by whoever knows them. */
export interface ProxySettings {
  /** URL of the proxy for a URL, userinfo included where it needs one; undefined for a direct connection. */
  proxyFor?(url: string): string | undefined | Promise<string | undefined>;
  /** Certificate authorities (PEM) trusted besides those that Node ships: asked for when TLS is first spoken; the same list each time. */
  readonly certificates?: () => Promise<readonly string[]>;
  /** False accepts any certificate (`http.proxyStrictSSL` off). Default true. */
  readonly rejectUnauthorized?: boolean;
}

/** Takes the bytes of a socket straight into memory of the reader's choice. */
export interface SocketReader {
  /** Memory for the next read, at least one byte. */
  buffer(): Uint8Array;
  /** `length` bytes are in `memory`, which `buffer` gave. False pauses the socket. */
  read(length: number, memory: Uint8Array): boolean;
}

export interface OpenedSocket {
  readonly socket: net.Socket;
  /** The bytes go to the `SocketReader`; otherwise they come as `data` events (TLS inside a proxy's tunnel has no other way in Node). */
  readonly direct: boolean;
  /** A forwarding proxy: the request line carries the whole URL, and this header where the proxy asks for a sign-in. */
  readonly forward?: { readonly proxy: string; readonly authorization?: string };
}

/** Connects to the origin of `url`, through its proxy when it has one. Rejects with `HttpError`. */
export async function openSocket(url: URL, settings: ProxySettings, reader: SocketReader, timeout: number): Promise<OpenedSocket> {
  const proxyUrl = await settings.proxyFor?.(withoutUserinfo(url));
  const host = url.host;
  if (proxyUrl === undefined) {
    const socket =
      url.protocol === 'http:'
        ? await connectTcp(url, host, timeout, reader)
        : await startTls({ ...addressOf(url), onread: onreadOf(reader) }, url, settings, timeout);
    return { socket, direct: true };
  }
  const proxy = parseProxy(proxyUrl);
  const authorization = basicAuthorization(proxy);
  const forward = { proxy: proxy.host, ...(authorization === undefined ? {} : { authorization }) };
  if (url.protocol === 'http:' && proxy.protocol === 'http:') {
    const socket = await connectTcp(proxy, proxy.host, timeout, reader).catch((error: unknown) => throwAsProxy(error, proxy));
    return { socket, direct: true, forward };
  }
  let tunnel = await connectTcp(proxy, proxy.host, timeout).catch((error: unknown) => throwAsProxy(error, proxy));
  if (proxy.protocol === 'socks5:') {
    await askSocksForTunnel(tunnel, url, proxy, timeout);
    return {
      socket: url.protocol === 'http:' ? tunnel.resume() : await startTls({ socket: tunnel }, url, settings, timeout),
      direct: false,
    };
  }
  if (proxy.protocol === 'https:') tunnel = await startTls({ socket: tunnel }, proxy, settings, timeout);
  if (url.protocol === 'http:') return { socket: tunnel, direct: false, forward };
  await askForTunnel(tunnel, url, proxy, authorization, timeout);
  return { socket: await startTls({ socket: tunnel }, url, settings, timeout), direct: false };
}

/** A URL as it may be stored, logged and shown: no userinfo, no fragment. */
export function withoutUserinfo(url: URL | string): string {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  copy.hash = '';
  return copy.href;
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'socks5:': 1080 };

function parseProxy(text: string): URL {
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy === undefined || !Object.hasOwn(defaultPorts, proxy.protocol))
    throw new HttpError('proxy', t('The proxy setting is not the URL of an http, https or SOCKS 5 proxy.'), proxy?.host ?? '');
  return proxy;
}

function throwAsProxy(error: unknown, proxy: URL): never {
  const reason = error instanceof Error ? error.message : String(error);
  throw new HttpError('proxy', t('The proxy {0} cannot be reached: {1}', proxy.host, reason), proxy.host, { cause: error });
}

function connectTcp(url: URL, host: string, timeout: number, reader?: SocketReader): Promise<net.Socket> {
  const socket = net.connect({ ...addressOf(url), ...(reader === undefined ? {} : { onread: onreadOf(reader) }) });
  return settle(socket, 'connect', host, timeout);
}

function addressOf(url: URL): net.TcpNetConnectOpts {
  const port = Number(url.port) || (defaultPorts[url.protocol] ?? 80);
  return { host: hostnameOf(url), port, noDelay: true };
}

function hostnameOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/**
 * Of TLS too, each record of at most 16 KiB is put into this memory instead of a new buffer and an event: half of the cost of Node's
 * part. Records that have been decrypted still come after a pause, and the memory is asked for anew after each of them, also by the one
 * that closed the connection: a reader that has ended has to give memory that nobody else uses.
 */
function onreadOf(reader: SocketReader): net.OnReadOpts {
  return {
    buffer: () => reader.buffer(),
    callback: (length, memory) => reader.read(length, memory),
  };
}

/** TLS sessions by host and port, so that a second connection skips half the handshake. */
const sessions = new Map<string, Buffer>();

/** Reading a hundred certificates takes longer than a handshake: once for a list. */
const contexts = new WeakMap<readonly string[], tls.SecureContext>();
const noCertificates: readonly string[] = [];

function contextFor(certificates: readonly string[]): tls.SecureContext {
  const known =
    contexts.get(certificates) ??
    tls.createSecureContext(certificates.length === 0 ? {} : { ca: [...tls.rootCertificates, ...certificates] });
  contexts.set(certificates, known);
  return known;
}

/** A socket of its own, which reads straight into memory, or TLS over `through.socket`. */
async function startTls(
  through: { readonly socket: net.Socket } | net.TcpNetConnectOpts,
  url: URL,
  settings: ProxySettings,
  timeout: number,
): Promise<tls.TLSSocket> {
  const hostname = hostnameOf(url);
  const session = sessions.get(url.host);
  const certificates = await settings.certificates?.();
  const secure = tls.connect({
    ...through,
    ...(net.isIP(hostname) === 0 ? { servername: hostname } : {}),
    host: hostname,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: settings.rejectUnauthorized ?? true,
    secureContext: contextFor(certificates ?? noCertificates),
    ...(session === undefined ? {} : { session }),
  });
  secure.on('session', (ticket) => {
    if (sessions.size > 100) sessions.clear();
    sessions.set(url.host, ticket);
  });
  return await settle(secure, 'secureConnect', url.host, timeout);
}

function settle<S extends net.Socket>(socket: S, event: 'connect' | 'secureConnect', host: string, timeout: number): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => fail(new HttpError('timeout', t('{0} did not answer within {1} s.', host, Math.round(timeout / 1000)), host)),
      timeout,
    );
    const fail = (error: Error): void => {
      stopWaiting();
      socket.on('error', () => undefined); // what follows a failure that has been reported
      socket.destroy();
      reject(error instanceof HttpError ? error : socketError(error, host));
    };
    const ended = (): void => fail(new HttpError('protocol', t('{0} closed the connection.', host), host));
    const done = (): void => {
      stopWaiting();
      resolve(socket);
    };
    const stopWaiting = (): void => {
      clearTimeout(timer);
      socket.off('error', fail).off('close', ended).off(event, done);
    };
    socket.on('error', fail).on('close', ended).on(event, done);
  });
}

async function askForTunnel(socket: net.Socket, url: URL, proxy: URL, authorization: string | undefined, timeout: number): Promise<void> {
  const target = `${url.hostname}:${url.port === '' ? '443' : url.port}`;
  const headers = { Host: target, ...(authorization === undefined ? {} : { 'Proxy-Authorization': authorization }) };
  socket.write(formatRequest('CONNECT', target, headers, proxy.host));
  const head = await readHead(socket, proxy.host, timeout);
  const { status } = parseHead(head, 'HEAD', proxy.host);
  if (status >= 200 && status < 300) return;
  socket.destroy();
  if (status === 407) throw new HttpError('proxy', askForProxyPassword(proxy.host), proxy.host);
  throw new HttpError('proxy', t('The proxy {0} does not let {1} through: it answered {2}.', proxy.host, url.host, status), proxy.host);
}

function readHead(socket: net.Socket, host: string, timeout: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      socket.off('data', take).off('close', closed).off('error', failed).pause();
      if (error === undefined) resolve(bytes);
      else {
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      }
    };
    const timer = setTimeout(() => finish(new HttpError('timeout', t('The proxy {0} did not answer.', host), host)), timeout);
    const closed = (): void => finish(new HttpError('proxy', t('The proxy {0} closed the connection.', host), host));
    const failed = (error: Error): void => finish(socketError(error, host));
    const take = (part: Buffer): void => {
      bytes = Buffer.concat([bytes, part]);
      if (endOfHead(bytes) === bytes.length) finish();
      else if (endOfHead(bytes) > 0 || bytes.length > longestHead)
        finish(new HttpError('proxy', t('The proxy {0} gave a malformed reply.', host), host));
    };
    socket.on('data', take).on('close', closed).on('error', failed);
  });
}

const failures: Readonly<Record<string, HttpFailure>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ETIMEDOUT: 'timeout',
};

/** An error of a socket in words for people. */
export function socketError(error: unknown, host: string): HttpError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reason = error instanceof Error ? error.message : String(error);
  const isTls = /CERT|SSL|TLS|SELF_SIGNED|ISSUER|ALTNAME|UNABLE_TO|EPROTO/.test(code);
  const failure = failures[code] ?? (isTls ? 'tls' : 'protocol');
  const texts: Partial<Record<HttpFailure, string>> = {
    dns: t('{0}: the name is not known to the name server.', host),
    refused: t('{0} refuses connections or cannot be reached.', host),
    timeout: t('{0} did not answer in time.', host),
    tls: t('{0}: no secure connection: {1}.', host, reason),
  };
  return new HttpError(failure, texts[failure] ?? t('{0}: the connection broke ({1}).', host, code === '' ? reason : code), host, {
    cause: error,
  });
}
