import type { DiskCache } from '../platform/diskCache';
import type { HttpClient, HttpHeaders, HttpRequest, HttpResponse } from '../platform/ports';
import { objectOf, textOf } from './shape';

/** Largest body that is kept, in bytes. */
const largestBody = 2 * 1024 * 1024;
/** Fields that a kept answer needs besides its body. */
const keptFields = ['content-type', 'docker-content-digest', 'link', 'etag'];

interface KeptAnswer {
  readonly etag: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

/**
 * A client whose GETs are conditional (RFC 9110 §13.1.2): a body with an `ETag` is kept, and the next request says `If-None-Match`; a 304
 * is handed out as the 200 that it stands for. For documents without secrets only: the bodies lie on disk.
 */
export function createRevalidatingClient(http: HttpClient, disk: DiskCache, now: () => number): HttpClient {
  return {
    async request(asked) {
      if (!isPlainGet(asked)) return http.request(asked);
      const key = `etag ${fieldOf(asked, 'accept') ?? ''} ${asked.url}`;
      const kept = readKept((await disk.get(key))?.value);
      const headers = { ...asked.headers, ...(kept && { 'if-none-match': kept.etag }) };
      const response = await http.request({ ...asked, headers });
      if (kept !== undefined && response.status === 304) {
        await response.discard();
        return fromKept(kept, response);
      }
      return keeping(response, (body) => {
        const etag = response.headers.etag?.[0];
        if (etag === undefined || response.status !== 200 || body.length > largestBody || mustNotBeKept(response.headers)) return;
        void disk.put(key, { storedAt: now(), value: { etag, headers: fieldsToKeep(response.headers), body: toBase64(body) } });
      });
    },
  };
}

function isPlainGet({ method, url, headers = {} }: HttpRequest): boolean {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const conditional = names.some((name) => name === 'range' || name.startsWith('if-'));
  return (method ?? 'GET') === 'GET' && !conditional && !/\/\/[^/]*@/.test(url);
}

function fieldOf({ headers = {} }: HttpRequest, name: string): string | undefined {
  return Object.entries(headers).find(([field]) => field.toLowerCase() === name)?.[1];
}

function mustNotBeKept(headers: HttpHeaders): boolean {
  return (headers['cache-control'] ?? []).some((value) => /\bno-store\b/i.test(value));
}

function fieldsToKeep(headers: HttpHeaders): HttpHeaders {
  return Object.fromEntries(keptFields.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

function readKept(value: unknown): KeptAnswer | undefined {
  const fields = objectOf(value);
  const etag = textOf(fields?.etag);
  const body = textOf(fields?.body);
  const stored = objectOf(fields?.headers);
  if (etag === undefined || body === undefined || stored === undefined) return undefined;
  const headers = Object.entries(stored).flatMap(([name, values]) =>
    Array.isArray(values) && values.every((one): one is string => typeof one === 'string') ? [[name, values] as const] : [],
  );
  return { etag, headers: Object.fromEntries(headers), body: Buffer.from(body, 'base64') };
}

function toBase64(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64');
}

/** The answer that a 304 stands for: the kept body, with the fields that came now before the kept ones (RFC 9111 §4.3.4). */
function fromKept(kept: KeptAnswer, now: HttpResponse): HttpResponse {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(kept.body);
  }
  const fresh = Object.fromEntries(Object.entries(now.headers).filter(([name]) => name !== 'content-length' && name !== 'content-type'));
  return {
    ...now,
    status: 200,
    headers: { ...kept.headers, ...fresh },
    body: { [Symbol.asyncIterator]: body },
    bytes: () => Promise.resolve(kept.body),
    text: () => Promise.resolve(new TextDecoder().decode(kept.body)),
  };
}

/** The response, whose body is handed to `keep` once it was read whole. */
function keeping(response: HttpResponse, keep: (body: Uint8Array) => void): HttpResponse {
  const bytes = async (limit: number): Promise<Uint8Array> => {
    const body = await response.bytes(limit);
    keep(body);
    return body;
  };
  return { ...response, bytes, text: async (limit) => new TextDecoder().decode(await bytes(limit)) };
}
