import crypto from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';

/** One request as it came over the wire. */
export interface SeenRequest {
  readonly line: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly from: number;
  /** Last byte asked for, or the last of the file. */
  readonly last: number;
  readonly hasRange: boolean;
  /** Count of requests so far, this one included. */
  readonly number: number;
}

/** What a server does with one request, byte by byte: it may lie about everything. */
export type Behaviour = (request: SeenRequest, socket: net.Socket, data: Buffer) => void | Promise<void>;

export interface FaultServer {
  readonly port: number;
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Connections that were made. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A server on loopback whose every byte is under the test's control. `host` may be any 127.x.y.z. */
export async function serve(
  data: Buffer,
  behaviour: Behaviour = honest(),
  options: { readonly host?: string; readonly path?: string; readonly tls?: tls.TlsOptions } = {},
): Promise<FaultServer> {
  const sockets = new Set<net.Socket>();
  const requests: SeenRequest[] = [];
  let connections = 0;
  const accept = (socket: net.Socket): void => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    let text = '';
    let queue = Promise.resolve();
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const request = parse(text.slice(0, end), data.length, requests.length + 1);
        requests.push(request);
        text = text.slice(end + 4);
        queue = queue.then(() => behaviour(request, socket, data));
      }
    });
  };
  const server = options.tls === undefined ? net.createServer(accept) : tls.createServer(options.tls, accept);
  server.on('tlsClientError', () => undefined);
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    port,
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}${options.path ?? '/file.sif'}`,
    requests,
    connections: () => connections,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A correct server: ranges, ETag, keep-alive. `etag` null sends none. */
export function honest(
  options: {
    readonly etag?: string | null;
    readonly headers?: Record<string, string>;
    readonly slice?: (data: Buffer, from: number, to: number) => Buffer;
  } = {},
): Behaviour {
  return ({ from, last, hasRange }, socket, data) => {
    const slice = options.slice ?? ((bytes: Buffer, start: number, end: number) => bytes.subarray(start, end));
    const etag = options.etag === undefined ? `"${digest(data, 'md5')}"` : options.etag;
    const extra = { ...(etag === null ? {} : { ETag: etag }), ...options.headers };
    if (hasRange && from >= data.length) {
      reply(socket, 416, { 'Content-Range': `bytes */${data.length}`, ...extra });
      return;
    }
    if (!hasRange) {
      reply(socket, 200, { ...extra }, slice(data, 0, data.length));
      return;
    }
    reply(socket, 206, { 'Content-Range': `bytes ${from}-${last}/${data.length}`, ...extra }, slice(data, from, last + 1));
  };
}

/** Ignores ranges. */
export function rangeless(headers: Record<string, string> = {}): Behaviour {
  return (_request, socket, data) => reply(socket, 200, headers, data);
}

/** Always the same status. */
export function status(code: number, headers: Record<string, string> = {}, body = ''): Behaviour {
  return (_request, socket) => reply(socket, code, headers, Buffer.from(body));
}

/** Correct, but some bytes are other than they should be. */
export function corrupt(isWrong: (offset: number) => boolean): Behaviour {
  return honest({
    etag: '"corrupt"',
    slice: (data, from, to) => {
      const copy = Buffer.from(data.subarray(from, to));
      for (let at = 0; at < copy.length; at += 512) if (isWrong(from + at)) copy[at] = (copy[at] ?? 0) ^ 0xff;
      return copy;
    },
  });
}

/** Correct, but ends the connection after so many bytes of each body. */
export function cutting(after: () => number): Behaviour {
  return ({ from, last, hasRange }, socket, data) => {
    const end = hasRange ? last + 1 : data.length;
    socket.write(
      head(hasRange ? 206 : 200, {
        'Content-Range': `bytes ${from}-${last}/${data.length}`,
        'Content-Length': String(end - from),
        ETag: '"cut"',
      }),
    );
    socket.write(data.subarray(from, Math.min(end, from + after())), () => socket.destroy());
  };
}

/** At most so many bytes a second, in steps of 20 ms. */
export function limited(bytesPerSecond: number): Behaviour {
  return async ({ from, last, hasRange }, socket, data) => {
    const end = hasRange ? last + 1 : data.length;
    socket.write(
      head(hasRange ? 206 : 200, {
        ...(hasRange ? { 'Content-Range': `bytes ${from}-${last}/${data.length}` } : {}),
        'Content-Length': String(end - from),
        ETag: `"${digest(data, 'md5')}"`,
      }),
    );
    const begin = Date.now();
    for (let at = from; at < end && !socket.destroyed;) {
      const due = Math.min(end, from + Math.ceil(((Date.now() - begin + 20) * bytesPerSecond) / 1000));
      if (due > at) socket.write(data.subarray(at, due));
      at = Math.max(at, due);
      await pause(20);
    }
  };
}

export function head(code: number, headers: Readonly<Record<string, string>>): string {
  return `HTTP/1.1 ${code} X\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}

export function reply(socket: net.Socket, code: number, headers: Readonly<Record<string, string>>, body: Buffer = Buffer.alloc(0)): void {
  socket.write(head(code, { 'Content-Length': String(body.length), ...headers }));
  if (body.length > 0) socket.write(body);
}

export function digest(data: Buffer, algorithm = 'sha256'): string {
  return crypto.createHash(algorithm).update(data).digest('hex');
}

/** Bytes that look random and are the same for the same seed. */
export function randomBytes(length: number, seed = 'seed'): Buffer {
  const cipher = crypto.createCipheriv('aes-128-ctr', crypto.createHash('md5').update(seed).digest(), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

export function pieceHashes(data: Buffer, length: number, algorithm = 'sha256'): string[] {
  const hashes: string[] = [];
  for (let at = 0; at < data.length; at += length) hashes.push(digest(data.subarray(at, at + length), algorithm));
  return hashes;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function parse(text: string, size: number, number: number): SeenRequest {
  const [line = '', ...fields] = text.split('\r\n');
  const headers = Object.fromEntries(
    fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
  );
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  const last = Math.min(size - 1, range?.[2] === undefined || range[2] === '' ? size - 1 : Number(range[2]));
  return { line, path: line.split(' ')[1] ?? '', headers, from: Number(range?.[1] ?? 0), last, hasRange: range !== null, number };
}
