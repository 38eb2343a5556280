// Character classes of XML 1.0, fifth edition, over UTF-16 units.

export const TAB = 9;
export const LF = 10;
export const CR = 13;
const SPACE = 32;
export const BANG = 33;
export const QUOTE = 34;
export const HASH = 35;
export const AMPERSAND = 38;
export const APOSTROPHE = 39;
export const SLASH = 47;
const COLON = 58;
export const SEMICOLON = 59;
export const LESS = 60;
export const EQUALS = 61;
export const GREATER = 62;
export const QUESTION = 63;
export const BRACKET = 93;

const NAME_START = 1;
const NAME = 2;

const asciiClasses = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const letter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95 || code === COLON;
  const more = (code >= 48 && code <= 57) || code === 45 || code === 46;
  asciiClasses[code] = letter ? NAME_START | NAME : more ? NAME : 0;
}

/** Production 3, `S`. */
export function isSpace(code: number): boolean {
  return code === SPACE || code === LF || code === TAB || code === CR;
}

/** Production 4, `NameStartChar`, for one unit. Pairs are the business of `endOfName`. */
export function isNameStart(code: number): boolean {
  if (code < 128) return ((asciiClasses[code] ?? 0) & NAME_START) !== 0;
  return isWideNameStart(code);
}

/** Production 4a, `NameChar`. */
function isNameCharacter(code: number): boolean {
  if (code < 128) return ((asciiClasses[code] ?? 0) & NAME) !== 0;
  return isWideNameStart(code) || code === 0xb7 || (code >= 0x300 && code <= 0x36f) || (code >= 0x203f && code <= 0x2040);
}

/** Production 2, `Char`, for one unit that is not half of a pair. */
export function isXmlCharacter(code: number): boolean {
  return code >= SPACE ? code < 0xd800 || (code > 0xdfff && code < 0xfffe) : code === TAB || code === LF || code === CR;
}

export function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

export function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** Production 2, `Char`, for a code point: what a character reference may stand for. */
export function isXmlCodePoint(code: number): boolean {
  return code <= 0xffff ? isXmlCharacter(code) : code <= 0x10ffff;
}

/** The offset behind the name that starts at `start`; `start` itself when there is none. */
export function endOfName(text: string, start: number): number {
  const first = text.charCodeAt(start);
  let at = isNameStart(first) ? start + 1 : start + widthOfPair(text, start);
  if (at === start) return start;
  while (at < text.length) {
    const width = isNameCharacter(text.charCodeAt(at)) ? 1 : widthOfPair(text, at);
    if (width === 0) break;
    at += width;
  }
  return at;
}

/** Whether a name goes on at `at`. */
export function continuesName(text: string, at: number): boolean {
  return isNameCharacter(text.charCodeAt(at)) || widthOfPair(text, at) > 0;
}

/** 2 where a surrogate pair of planes 1 to 14 stands, all of which are name characters; else 0. */
function widthOfPair(text: string, at: number): 0 | 2 {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdb7f && isLowSurrogate(text.charCodeAt(at + 1)) ? 2 : 0;
}

/** The offset of the first character at or behind `start` that is no white space. */
export function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function isWideNameStart(code: number): boolean {
  return (
    (code >= 0xc0 && code <= 0x2ff && code !== 0xd7 && code !== 0xf7) ||
    (code >= 0x370 && code <= 0x1fff && code !== 0x37e) ||
    (code >= 0x200c && code <= 0x200d) ||
    (code >= 0x2070 && code <= 0x218f) ||
    (code >= 0x2c00 && code <= 0x2fef) ||
    (code >= 0x3001 && code <= 0xd7ff) ||
    (code >= 0xf900 && code <= 0xfdcf) ||
    (code >= 0xfdf0 && code <= 0xfffd)
  );
}
