// The embedded hub: every protocol that container images come by, in one process, on loopback only, able to misbehave.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { dockerHub } from './dockerHub';
import type { Fault, FaultOptions } from './faults';
import { createFaults, spoil } from './faults';
import type { StoredImages } from './images';
import { loadImages } from './images';
import { ipfsGateway } from './ipfs';
import { keyServer } from './keyServer';
import { library } from './library';
import { mirrors } from './mirrors';
import { registry } from './registry';
import type { RegistryStore } from './registryStore';
import { fillRegistry } from './registryStore';
import type { HubRequest, Protocol } from './reply';
import { notFound } from './reply';
import { send } from './send';
import { singularityHub } from './singularityHub';
import { storage } from './storage';

export interface HubOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Loopback addresses to listen on besides 127.0.0.1, as mirrors; those that the machine does not have are left out. */
  readonly addresses?: readonly string[];
  /** Seconds that a registry token is good for. Default 300. */
  readonly tokenLifetime?: number;
  /** Certificate and key (PEM) to speak TLS with. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The project's folder, where it cannot be found from the working directory. */
  readonly root?: string;
  /** The time of the world, for expiry. Default: the clock. */
  readonly now?: () => number;
}

export interface LoggedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Address and port that the client called. */
  readonly host: string;
  /** Names in lower case; of `authorization` and `cookie` only the scheme (`Bearer …`). */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export interface EmbeddedHub {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly port: number;
  /** Origins of the same hub on other loopback addresses, the first one included. */
  readonly origins: readonly string[];
  readonly images: StoredImages;
  readonly registry: RegistryStore;
  /** Every request so far. */
  readonly requests: LoggedRequest[];
  /** Makes a path misbehave; returns what makes it behave again. */
  misbehave(path: string | RegExp, fault: Fault, options?: FaultOptions): () => void;
  /** Takes all faults back. */
  behave(): void;
  /** Ends every connection and stops. */
  close(): Promise<void>;
}

const defaultAddresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '::1'];

/** Starts the hub. Rejects when the port is taken. */
export async function startHub(options: HubOptions = {}): Promise<EmbeddedHub> {
  const images = loadImages(options.root);
  const store = fillRegistry(images);
  const faults = createFaults();
  const requests: LoggedRequest[] = [];
  const now = options.now ?? Date.now;
  const protocols: Protocol[] = [
    registry(store, { lifetime: options.tokenLifetime ?? 300, now }),
    dockerHub(store),
    library(images),
    singularityHub(images),
    mirrors(images),
    keyServer(images),
    ipfsGateway(images),
    storage(store, images),
  ];
  const scheme = options.tls === undefined ? 'http' : 'https';

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming, scheme);
    requests.push(logged(request));
    const meant = faults.of(request);
    const reply = protocols.reduce<ReturnType<Protocol>>((found, protocol) => found ?? protocol(request), undefined) ?? notFound();
    await send(
      request,
      meant.reduce((spoilt, fault) => spoil(spoilt, fault, request), reply),
      meant,
      response,
    );
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    answer(incoming, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(`embedded hub: ${String(error)}`);
    });
  };
  const create = () => (options.tls === undefined ? http.createServer(listener) : https.createServer(options.tls, listener));

  const { servers, port } = await listen(create, options.port ?? 0, options.addresses ?? defaultAddresses);
  const origins = servers.map(({ address }) => `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`);
  return {
    origin: `${scheme}://127.0.0.1:${port}`,
    port,
    origins,
    images,
    registry: store,
    requests,
    misbehave: (path, fault, faultOptions) => faults.add(path, fault, faultOptions),
    behave: () => faults.clear(),
    close: async () => {
      await Promise.all(servers.map(({ server }) => stop(server)));
    },
  };
}

interface Listening {
  readonly server: Server;
  readonly address: string;
}

async function listen(create: () => Server, wanted: number, others: readonly string[]): Promise<{ servers: Listening[]; port: number }> {
  for (let attempt = 0; ; attempt++) {
    const first = create();
    await listenOn(first, wanted, '127.0.0.1');
    const port = (first.address() as AddressInfo).port;
    const servers: Listening[] = [{ server: first, address: '127.0.0.1' }];
    let taken = false;
    for (const address of others) {
      const server = create();
      const code = await listenOn(server, port, address).then(
        () => undefined,
        (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown',
      );
      if (code === undefined) servers.push({ server, address });
      else if (code === 'EADDRINUSE') taken = true;
    }
    // With a port of its own choice the hub looks for one that is free on every address.
    if (!taken || wanted !== 0 || attempt === 10) return { servers, port };
    await Promise.all(servers.map(({ server }) => stop(server)));
  }
}

function listenOn(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address, ipv6Only: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function readRequest(incoming: IncomingMessage, scheme: string): Promise<HubRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
  const origin = `${scheme}://${headers.host ?? 'localhost'}`;
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?', 2);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    origin,
    body: Buffer.concat(parts).toString(),
  };
}

function logged(request: HubRequest): LoggedRequest {
  const headers: Record<string, string> = { ...request.headers };
  for (const secret of ['authorization', 'cookie'])
    if (headers[secret] !== undefined) headers[secret] = `${headers[secret].split(' ', 1)[0] ?? ''} …`;
  const query = request.query.toString();
  return {
    method: request.method,
    path: query === '' ? request.path : `${request.path}?${query}`,
    host: request.headers.host ?? '',
    headers,
    time: Date.now(),
  };
}
