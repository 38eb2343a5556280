// Base64 as Go's encoding/base64 reads it: the engines' verdict on a damaged text depends on it.

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const urlSafe = `${standard.slice(0, 62)}-_`;

/** What could be decoded up to the first error. */
export interface DecodedBase64 {
  readonly bytes: Uint8Array;
  /** Go's words for what is wrong behind `bytes`; undefined when the text ends well. */
  readonly damage: string | undefined;
}

/** Decodes padded standard base64; line ends are skipped, trailing bits are not looked at, as in Go. */
export function decodeBase64(text: string, alphabet: 'standard' | 'url' = 'standard'): DecodedBase64 {
  const table = alphabet === 'standard' ? standard : urlSafe;
  const bytes = Buffer.alloc(Math.ceil(text.length / 4) * 3);
  let length = 0;
  let quantum = 0;
  let count = 0;
  let at = 0;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\n' || character === '\r') continue;
    const value = table.indexOf(character);
    if (value < 0) break;
    quantum = (quantum << 6) | value;
    if (++count < 4) continue;
    bytes[length++] = (quantum >> 16) & 0xff;
    bytes[length++] = (quantum >> 8) & 0xff;
    bytes[length++] = quantum & 0xff;
    quantum = 0;
    count = 0;
  }
  const rest = text.slice(at).replace(/[\r\n]/g, '');
  const padding = count === 2 ? '==' : count === 3 ? '=' : '';
  if (padding !== '' && rest.startsWith(padding)) {
    bytes[length++] = (count === 2 ? quantum >> 4 : quantum >> 10) & 0xff;
    if (count === 3) bytes[length++] = (quantum >> 2) & 0xff;
  } else if (count > 0 && rest === '') return { bytes: bytes.subarray(0, length), damage: 'unexpected EOF' };
  return { bytes: bytes.subarray(0, length), damage: rest === padding ? undefined : 'illegal base64 data' };
}

/** Standard or URL-safe base64, whole; undefined when it is neither (DSSE allows both). */
export function decodeWholeBase64(text: string): Uint8Array | undefined {
  const first = decodeBase64(text);
  if (first.damage === undefined) return first.bytes;
  const second = decodeBase64(text, 'url');
  return second.damage === undefined ? second.bytes : undefined;
}
