/**
 * Decodes the bytes of a definition file so that the parser can count them as the engines do. Valid UTF-8 comes out as usual (a byte
 * order mark is kept: the engines stumble over it); each byte that is not part of valid UTF-8 becomes one lone surrogate
 * U+DC80…U+DCFF (0xDC00 + byte), which is one character for the engines too (Go's utf8.RuneError of width 1). Linear; cannot fail.
 */
export function decodeRecipe(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not UTF-8: the slow way keeps every byte.
    return decodeBytewise(bytes);
  }
}

/** Joins two decoded texts as the engines join their bytes: what is no UTF-8 at the seam can become a character there. */
export function joinDecoded(left: string, right: string): string {
  const last = left.charCodeAt(left.length - 1);
  const isBroken = last >= 0xdc80 && last <= 0xdcff && right.charCodeAt(0) >= 0xdc80 && right.charCodeAt(0) <= 0xdcff;
  return isBroken ? (left + right).replace(/(?<![\ud800-\udbff])[\udc80-\udcff]{2,}/g, mend) : left + right;
}

function mend(run: string): string {
  return decodeBytewise(Uint8Array.from(run, (unit) => unit.charCodeAt(0) - 0xdc00));
}

const chunkLength = 4096;

function decodeBytewise(bytes: Uint8Array): string {
  const parts: string[] = [];
  let units: number[] = [];
  for (let i = 0; i < bytes.length;) {
    const sequence = readSequence(bytes, i);
    if (sequence === undefined) {
      units.push(0xdc00 + (bytes[i] ?? 0));
      i++;
    } else {
      const { codePoint, length } = sequence;
      if (codePoint >= 0x10000) units.push(0xd7c0 + (codePoint >> 10), 0xdc00 + (codePoint & 0x3ff));
      else units.push(codePoint);
      i += length;
    }
    if (units.length >= chunkLength) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  parts.push(String.fromCharCode(...units));
  return parts.join('');
}

/** The code point at `index`, or undefined when no valid UTF-8 sequence starts there (RFC 3629: no overlong forms, no surrogates). */
function readSequence(bytes: Uint8Array, index: number): { codePoint: number; length: number } | undefined {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return { codePoint: first, length: 1 };
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || index + length > bytes.length) return undefined;
  let codePoint = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const next = bytes[index + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return undefined;
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  const smallest = length === 4 ? 0x10000 : length === 3 ? 0x800 : 0x80;
  const isSurrogate = codePoint >= 0xd800 && codePoint < 0xe000;
  return codePoint < smallest || codePoint > 0x10ffff || isSurrogate ? undefined : { codePoint, length };
}
