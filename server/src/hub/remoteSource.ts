import { LRUCache } from 'lru-cache';
import { header, hostOf } from './askHub';
import type { ByteSource } from '../image/byteSource';
import type { HttpClient, HttpResponse, RequestReason } from '../platform/ports';
import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';

/** A file on a server and how to ask for it. */
export interface RemoteFile {
  readonly url: string;
  /** For messages; default: the URL without userinfo and query. */
  readonly name?: string;
  /** Header fields for the URL's origin; asked before each request, so that tokens can be renewed. */
  headers?(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
  readonly reason?: RequestReason;
}

/** Bytes a block: one request reads the header and the descriptors of a SIF. */
const blockLength = 64 * 1024;
/** Blocks kept in memory: 8 MiB a source. */
const mostBlocks = 128;
/** Blocks in one request. */
const longestRun = 64;

/**
 * Opens a file on a server for reading here and there, by ranges (RFC 9110 §14): a look at a SIF of 10 GB fetches a few tens of KB. Every
 * block is fetched once and kept; reads side by side share requests. That all blocks are of the same file is watched by its validators
 * (a strong ETag, else Last-Modified, and the size). Rejects with an Error for people when the server serves no ranges, or fails.
 */
export async function openRemote(http: HttpClient, file: RemoteFile, signal?: AbortSignal): Promise<ByteSource> {
  const name = file.name ?? nameOf(file.url);
  const closing = new AbortController();
  const first = await fetchRange(http, file, { start: 0, end: blockLength - 1 }, signal ?? closing.signal);
  const size = first.size;
  const validator = first.validator;
  const blocks = new LRUCache<number, Promise<Uint8Array>>({ max: mostBlocks });
  blocks.set(0, Promise.resolve(first.bytes));

  /** Blocks from `from` to `to`, those that are missing by one request a run. */
  function need(from: number, to: number): Promise<Uint8Array>[] {
    const wanted: Promise<Uint8Array>[] = [];
    for (let index = from; index <= to; index++) {
      if (blocks.get(index) === undefined) fetchRun(index, Math.min(to, index + longestRun - 1));
      const block = blocks.get(index);
      if (block !== undefined) wanted.push(block);
    }
    return wanted;
  }

  function fetchRun(from: number, limit: number): void {
    let to = from;
    while (to < limit && !blocks.has(to + 1)) to++;
    const start = from * blockLength;
    const run = fetchRange(http, file, { start, end: Math.min(size, (to + 1) * blockLength) - 1, validator, size }, closing.signal);
    for (let index = from; index <= to; index++) {
      const offset = (index - from) * blockLength;
      const block = run.then(({ bytes }) => bytes.slice(offset, offset + blockLength));
      blocks.set(index, block);
      block.catch(() => {
        // A failed block is asked for again by the next read; the failure itself goes to whoever reads now.
        if (blocks.peek(index) === block) blocks.delete(index);
      });
    }
  }

  return {
    size,
    name,
    async read(offset, length, readSignal) {
      readSignal?.throwIfAborted();
      const end = Math.min(size, offset + length);
      if (closing.signal.aborted) throw new Error(t('{0} is closed.', name));
      if (end <= offset) return new Uint8Array(0);
      const bytes = new Uint8Array(end - offset);
      // By runs, so that a long read holds no more than a run's blocks beside its own bytes.
      for (let index = Math.floor(offset / blockLength); index * blockLength < end; index += longestRun) {
        const last = Math.min(index + longestRun - 1, Math.floor((end - 1) / blockLength));
        const parts = await abortable(Promise.all(need(index, last)), readSignal);
        parts.forEach((part, place) => {
          const at = (index + place) * blockLength;
          bytes.set(part.subarray(Math.max(0, offset - at), Math.max(0, end - at)), Math.max(0, at - offset));
        });
      }
      return bytes;
    },
    close() {
      closing.abort();
      blocks.clear();
      return Promise.resolve();
    },
  };
}

interface RangeAsked {
  readonly start: number;
  /** Last byte, included. */
  readonly end: number;
  readonly validator?: string | undefined;
  readonly size?: number;
}

interface RangeFetched {
  readonly bytes: Uint8Array;
  /** Whole length of the file, in bytes. */
  readonly size: number;
  readonly validator?: string;
}

async function fetchRange(http: HttpClient, file: RemoteFile, asked: RangeAsked, signal: AbortSignal): Promise<RangeFetched> {
  const response = await http.request({
    url: file.url,
    headers: {
      ...(await file.headers?.(signal)),
      'accept-encoding': 'identity',
      range: `bytes=${asked.start}-${asked.end}`,
      ...(asked.validator !== undefined && { 'if-range': asked.validator }),
    },
    signal,
    ...(file.reason !== undefined && { reason: file.reason }),
  });
  const problem = wrongReply(response, asked);
  if (problem !== undefined) {
    await response.discard();
    throw new Error(problem);
  }
  const range = contentRange(response);
  const size = range?.size ?? Number(header(response.headers, 'content-length'));
  const wanted = Math.min(asked.end, size - 1) - asked.start + 1;
  const bytes = await response.bytes(wanted);
  if (bytes.length !== wanted)
    throw new Error(
      t('{0} sent {1} bytes where {2} were asked for.', hostOf(file.url), groupedNumber(bytes.length), groupedNumber(wanted)),
    );
  const validator = validatorOf(response);
  return { bytes, size, ...(validator !== undefined && { validator }) };
}

/** Why a reply is not the range that was asked for; undefined when it is. */
function wrongReply(response: HttpResponse, asked: RangeAsked): string | undefined {
  const host = hostOf(response.url);
  const { status } = response;
  if (status === 200 && asked.validator !== undefined) return t('The file on {0} changed while it was read.', host);
  if (header(response.headers, 'content-encoding') !== undefined) return t('{0} sends the file packed, so its parts cannot be read.', host);
  if (status === 200) {
    // A whole file that fits into the block that was asked for is as good as the range.
    const length = header(response.headers, 'content-length') ?? '';
    const short = /^\d{1,6}$/.test(length) && Number(length) <= asked.end + 1 && asked.start === 0;
    return short
      ? undefined
      : t('{0} does not serve parts of the file (it ignores Range), so it cannot be looked into without a download.', host);
  }
  if (status === 401 || status === 403) return t('{0} asks for a sign-in ({1}).', host, status);
  if (status === 404 || status === 410) return t('{0} does not have the file ({1}).', host, status);
  if (status !== 206) return t('{0} answered with status {1}.', host, status);
  const range = contentRange(response);
  if (range === undefined) return t('{0} sent a part of the file and did not say which one.', host);
  if (range.start !== asked.start || range.end !== Math.min(asked.end, range.size - 1))
    return t('{0} sent another part of the file than was asked for.', host);
  const validator = validatorOf(response);
  const changed = asked.validator !== undefined && validator !== undefined && validator !== asked.validator;
  if (changed || (asked.size !== undefined && range.size !== asked.size)) return t('The file on {0} changed while it was read.', host);
  return undefined;
}

function contentRange(response: HttpResponse): { start: number; end: number; size: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(header(response.headers, 'content-range') ?? '');
  return match === null ? undefined : { start: Number(match[1]), end: Number(match[2]), size: Number(match[3]) };
}

/** A strong ETag, else Last-Modified (RFC 9110 §13.1.5: a weak ETag does not do for ranges). */
function validatorOf(response: HttpResponse): string | undefined {
  const etag = header(response.headers, 'etag');
  return etag?.startsWith('"') === true ? etag : header(response.headers, 'last-modified');
}

function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error(t('The reading was cancelled.')));
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function nameOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
