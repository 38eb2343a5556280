import { decodeArmor } from './armor';
import type { Armored } from './armor';
import { trimBlanksAtEnd } from './trim';

/** A clear-signed message, taken apart. */
export interface ClearSigned {
  /** The text: lines without trailing blanks, joined by LF. */
  readonly plaintext: Uint8Array;
  /** What is signed: the same lines joined by CRLF. */
  readonly signed: Uint8Array;
  readonly signature: Armored;
}

const begin = '-----BEGIN PGP SIGNED MESSAGE-----';
const signatureLine = '-----BEGIN PGP SIGNATURE-----';
const end = '\n-----END PGP SIGNATURE-----';
const hashNames = ['MD5', 'SHA1', 'RIPEMD160', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'SHA3-256', 'SHA3-512'];

/**
 * Finds the first clear-signed message in `data`, byte for byte as go-crypto openpgp/clearsign Decode does: text in front is
 * discarded, only `Hash` headers are allowed, dash escapes are undone. Undefined when there is none or it is malformed.
 */
export function decodeClearSigned(data: Uint8Array): ClearSigned | undefined {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  const cursor = startOf(text);
  if (!cursor || !skipHashHeaders(cursor)) return undefined;
  const lines: string[] = [];
  for (;;) {
    const lineStart = cursor.at;
    const line = nextLine(cursor);
    if (line === '' && cursor.at >= text.length) return undefined;
    if (line === signatureLine) {
      cursor.at = lineStart;
      break;
    }
    lines.push(trimBlanksAtEnd(line.startsWith('- ') ? line.slice(2) : line));
  }
  // The library would fail on a message without a line; there is nothing to verify in it.
  if (lines.length === 0) return undefined;
  const endAt = text.indexOf(end, cursor.at);
  if (endAt < 0) return undefined;
  const signature = decodeArmor(text.slice(cursor.at, endAt + end.length) + '\n');
  if (!signature) return undefined;
  return {
    plaintext: Buffer.from(lines.join('\n'), 'latin1'),
    signed: Buffer.from(lines.join('\r\n'), 'latin1'),
    signature,
  };
}

interface Cursor {
  readonly text: string;
  at: number;
}

function startOf(text: string): Cursor | undefined {
  const found = text.startsWith(begin) ? 0 : text.indexOf(`\n${begin}`) + 1;
  if (found === 0 && !text.startsWith(begin)) return undefined;
  const cursor = { text, at: found + begin.length };
  return nextLine(cursor) === '' ? cursor : undefined;
}

/** The line at the cursor without its end (LF or CRLF). */
function nextLine(cursor: Cursor): string {
  const feed = cursor.text.indexOf('\n', cursor.at);
  const stop = feed < 0 ? cursor.text.length : feed;
  const line = cursor.text.slice(cursor.at, stop);
  cursor.at = feed < 0 ? stop : feed + 1;
  return feed >= 0 && line.endsWith('\r') ? line.slice(0, -1) : line;
}

function skipHashHeaders(cursor: Cursor): boolean {
  for (;;) {
    if (cursor.at >= cursor.text.length) return false;
    const line = nextLine(cursor);
    if (/^[\t-\r ]*$/.test(line)) return true;
    if (/[^\x20-\x7e]/.test(line)) return false;
    const colon = line.indexOf(':');
    if (colon < 0 || line.slice(0, colon).trim() !== 'Hash') return false;
    const names = line.slice(colon + 1).split(',');
    if (!names.every((name) => hashNames.includes(name.trim().toUpperCase()))) return false;
  }
}
