import type { TextRange } from '../text/range';

// Go's idea of text, which both engines' parsers are written in. JavaScript's `trim`, `\s` and `toLowerCase` differ in places.

/** Go's unicode.IsSpace (also bufio.ScanWords): no U+FEFF, no U+180E, but U+0085. All of it lies in the basic plane. */
export function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 9 && code <= 13);
  if (code < 0x85) return false;
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** `\s` of Go's regular expressions. */
export function isRegexSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 12 || code === 13;
}

/** `\w` of Go's regular expressions. */
export function isWordCharacter(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
}

/** The first character `code` in `start`…`end`, or undefined. Never looks further, unlike indexOf: a text without it stays linear. */
export function findCode(text: string, code: number, start: number, end: number): number | undefined {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) === code) return i;
  return undefined;
}

/** `start`…`end` of `text` without the space around it: Go's strings.TrimSpace. Empty, at `end`, when there is nothing else. */
export function trimRange(text: string, start: number, end: number): TextRange {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return { start: from, end: to };
}

/** Go's strings.TrimSpace. */
export function trimSpace(text: string): string {
  const { start, end } = trimRange(text, 0, text.length);
  return end - start === text.length ? text : text.slice(start, end);
}

/** Go's strings.ToLower: rune by rune, so `İ` becomes `i` and a final sigma stays a plain one. */
export function toLower(text: string): string {
  if (!/[^\x00-\x7f]/.test(text)) return text.toLowerCase();
  let lower = '';
  for (const character of text) lower += character === '\u0130' ? 'i' : character.toLowerCase();
  return lower;
}

/** Go's strings.Fields: the words between space. */
export function fields(text: string): string[] {
  const words: string[] = [];
  for (let i = 0; i < text.length;) {
    while (i < text.length && isSpace(text.charCodeAt(i))) i++;
    const start = i;
    while (i < text.length && !isSpace(text.charCodeAt(i))) i++;
    if (i > start) words.push(text.slice(start, i));
  }
  return words;
}

/**
 * UTF-8 bytes of `start`…`end` of `text`, as the engines count them in the file. A lone surrogate U+DC80…U+DCFF stands for one byte
 * that is not UTF-8 (decode.ts); any other one takes the three bytes of U+FFFD that an editor would save.
 */
export function byteLength(text: string, start: number, end: number): number {
  if (!/[^\x00-\x7f]/.test(text.slice(start, end))) return end - start;
  let bytes = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (code >= 0xd800 && code < 0xdc00 && i + 1 < end && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += code >= 0xdc80 && code <= 0xdcff ? 1 : 3;
  }
  return bytes;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
