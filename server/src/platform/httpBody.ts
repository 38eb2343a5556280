import zlib from 'node:zlib';
import { promisify } from 'node:util';
import { t } from '../text/l10n';
import { toHttpError } from './httpErrors';
import type { HttpHeaders, HttpResponse } from './ports';
import { HttpError } from './ports';

/** What undici gives for a body: a stream that can be given up. */
export interface RawBody extends AsyncIterable<Uint8Array> {
  destroy(error?: Error): unknown;
  dump(options?: { limit: number }): Promise<unknown>;
}

/** Bytes that are read rather than the connection closed, when a body is given up. */
const worthReading = 64 * 1024;

/** The reading half of an `HttpResponse`: limits, decoding, errors for people. */
export function readableBody(
  raw: RawBody,
  headers: HttpHeaders,
  host: string,
  proxy: string | undefined,
): Pick<HttpResponse, 'body' | 'bytes' | 'text' | 'discard'> {
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      yield* raw;
    } catch (error) {
      throw toHttpError(error, host, proxy);
    }
  }

  async function bytes(limit: number): Promise<Uint8Array> {
    const declared = Number(headers['content-length']?.[0] ?? 0);
    if (declared > limit) {
      raw.destroy();
      throw tooLarge(host, limit);
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body()) {
      length += chunk.length;
      if (length > limit) {
        raw.destroy();
        throw tooLarge(host, limit);
      }
      chunks.push(chunk);
    }
    return decode(Buffer.concat(chunks), headers['content-encoding']?.[0], limit, host);
  }

  return {
    body: { [Symbol.asyncIterator]: body },
    bytes,
    text: async (limit) => new TextDecoder().decode(await bytes(limit)),
    discard: async () => {
      try {
        await raw.dump({ limit: worthReading });
      } catch {
        // Nobody waits for these bytes any more.
        raw.destroy();
      }
    },
  };
}

function tooLarge(host: string, limit: number): HttpError {
  return new HttpError('too-large', t('{0} sends more than the {1} bytes that an answer of this kind may have.', host, limit), host);
}

/** We ask for no encoding; some servers send one all the same. */
async function decode(bytes: Buffer, encoding: string | undefined, limit: number, host: string): Promise<Uint8Array> {
  const decoder = decoders[encoding?.toLowerCase() ?? 'identity'];
  if (decoder === undefined) return bytes;
  try {
    return await decoder(bytes, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(host, limit);
    throw new HttpError('protocol', t('The answer of {0} says that it is compressed ({1}) and is not.', host, encoding ?? ''), host, {
      cause: error,
    });
  }
}

const decoders: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  'x-gzip': promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  deflate: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
  br: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
};
