import { t } from '../text/l10n';
import { HttpError } from './ports';
import type { HttpHeaders } from './ports';

/** Head of an HTTP/1.1 reply and how its body ends. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly framing: Framing;
  /** The connection may carry another request after this reply. */
  readonly reusable: boolean;
}

/** How the end of a body is known (RFC 9112 §6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

/** Longest head that is read, in bytes. */
export const longestHead = 64 * 1024;

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Offset just behind the empty line that ends a head, or -1. */
export function endOfHead(bytes: Buffer): number {
  const at = bytes.indexOf('\r\n\r\n');
  return at < 0 ? -1 : at + 4;
}

/**
 * Reads a head as RFC 9112 wants it and no wider: what two readers could take differently (two lengths, a length beside chunks, folded
 * lines, blanks before the colon) is refused. Throws `HttpError` with failure `protocol`.
 */
export function parseHead(bytes: Buffer, method: string, host: string): ReplyHead {
  const [first = '', ...lines] = bytes.toString('latin1', 0, bytes.length - 4).split('\r\n');
  const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first);
  if (statusLine === null) throw broken(host, t('the reply is not HTTP/1.1'));
  const status = Number(statusLine[2]);
  const headers = readFields(lines, host);
  const framing = bodyFraming(headers, status, method, host);
  const options = (headers.connection ?? []).join(',').toLowerCase();
  const persistent = statusLine[1] === '1' ? !/(^|[\s,])close([\s,]|$)/.test(options) : /(^|[\s,])keep-alive([\s,]|$)/.test(options);
  return { status, headers, framing, reusable: persistent && framing.kind !== 'close' };
}

/** The bytes of a request. Throws `HttpError` for a header that would break the lines apart. */
export function formatRequest(method: string, target: string, headers: Readonly<Record<string, string>>, host: string): string {
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (!tokenPattern.test(name) || /[\0\r\n]/.test(value)) throw broken(host, t('a header of the request is malformed'));
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

function readFields(lines: readonly string[], host: string): HttpHeaders {
  const headers = Object.create(null) as Record<string, string[]>;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    if (!tokenPattern.test(name) || /[\0\n\r]/.test(value)) throw broken(host, t('a header of the reply is malformed'));
    (headers[name] ??= []).push(value);
  }
  return headers;
}

function bodyFraming(headers: HttpHeaders, status: number, method: string, host: string): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' };
  const coding = headers['transfer-encoding'];
  const lengths = [...new Set((headers['content-length'] ?? []).flatMap((value) => value.split(',').map((part) => part.trim())))];
  if (coding !== undefined) {
    if (lengths.length > 0) throw broken(host, t('the reply has both a length and chunks'));
    if (coding.join(',').trim().toLowerCase() !== 'chunked')
      throw broken(host, t('the reply has a transfer coding that was not asked for'));
    return { kind: 'chunked' };
  }
  const [length] = lengths;
  if (length === undefined) return { kind: 'close' };
  if (lengths.length > 1 || !/^\d{1,16}$/.test(length) || !Number.isSafeInteger(Number(length)))
    throw broken(host, t('the length of the reply is malformed'));
  return { kind: 'length', length: Number(length) };
}

function broken(host: string, what: string): HttpError {
  return new HttpError('protocol', t('{0}: {1}', host, what), host);
}
