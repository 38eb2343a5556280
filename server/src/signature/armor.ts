import { decodeBase64 } from './base64';
import type { DecodedBase64 } from './base64';
import { trimSpace } from './trim';

/** What stands in one armored block. */
export interface Armored extends DecodedBase64 {
  /** `PGP SIGNATURE`, `PGP PUBLIC KEY BLOCK`… */
  readonly type: string;
}

/** Longest line that Go's armor reader takes whole, and longest line of data. */
const longestLine = 100;
const longestData = 96;

/**
 * Finds and decodes the first armored block as go-crypto openpgp/armor does: leading text is skipped, the checksum is not looked at.
 * Undefined when there is none. Bytes of the text stand for themselves (latin1).
 */
export function decodeArmor(text: string): Armored | undefined {
  const lines = text.split('\n');
  let at = 0;
  for (;;) {
    let type: string | undefined;
    while (at < lines.length && type === undefined) {
      const line = trimSpace(lines[at++] ?? '');
      if (line.length > 16 && line.length <= longestLine && line.startsWith('-----BEGIN ')) type = line.slice(11, -5);
    }
    if (type === undefined) return undefined;
    const header = skipHeaders(lines, at);
    at = header.next;
    if (header.end === 'eof') return undefined;
    if (header.end === 'data') return { type, ...decodeBase64Lines(lines, at) };
  }
}

/** Header lines up to the empty one. A line without a colon means that no block began here. */
function skipHeaders(lines: readonly string[], start: number): { readonly next: number; readonly end: 'data' | 'again' | 'eof' } {
  for (let at = start; at < lines.length; at++) {
    const line = trimSpace(lines[at] ?? '');
    if (line === '') return at === lines.length - 1 ? { next: at, end: 'eof' } : { next: at + 1, end: 'data' };
    if (!line.slice(0, longestLine).includes(':')) return { next: at + 1, end: 'again' };
  }
  return { next: lines.length, end: 'eof' };
}

function decodeBase64Lines(lines: readonly string[], start: number): DecodedBase64 {
  const data: string[] = [];
  let broken = false;
  for (let at = start; at < lines.length; at++) {
    const line = trimSpace(lines[at] ?? '');
    if (line.startsWith('-----END ') || (line.length === 5 && line.startsWith('='))) break;
    broken = line.length > longestData;
    if (broken) break;
    data.push(line);
  }
  const decoded = decodeBase64(data.join(''));
  // What was read in front of the long line is there; groups of four that it breaks into are not.
  return broken ? { bytes: decoded.bytes, damage: 'openpgp: invalid data: armor invalid' } : decoded;
}
