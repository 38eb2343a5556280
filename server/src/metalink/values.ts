import { countryName, languageName } from './displayNames';
import { isSpace } from './xml/characters';

// The syntax of values (RFC 5854 and what it refers to). Predicates over the exact text: white space is content (section 2).

/** `+` and leading zeros are allowed, a minus sign is not: the lexical form of a non-negative integer. */
export function isNonNegativeInteger(value: string): boolean {
  return /^\+?[0-9]+$/.test(value);
}

/** The number that a non-negative integer stands for; undefined for anything else, and beyond 30 digits, which no file has. */
export function integerOf(value: string): bigint | undefined {
  const digits = /^\+?0*([0-9]{1,30})$/.exec(value)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

export function isPositiveInteger(value: string): boolean {
  return /^\+?0*[1-9][0-9]*$/.test(value);
}

/** Sections 4.2.8.1 and 4.2.16.1: 1 to 999999. */
export function isPriority(value: string): boolean {
  return /^\+?0*[1-9][0-9]{0,5}$/.test(value);
}

/** The priority of a source that names none (RFC 5854, sections 4.2.8.1, 4.2.16.1). */
export const lowestPriority = 999_999;

/** White space of XML around a value. */
export function hasOuterSpace(value: string): boolean {
  return /^[ \t\r\n]|[ \t\r\n]$/.test(value);
}

/** Without the white space of XML around it. In one pass: an expression with `+$` would look at inner space again from each character. */
export function trimSpace(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isSpace(value.charCodeAt(start))) start++;
  while (end > start && isSpace(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

/** An IRI with a scheme (RFC 3987): what may not stand in it at all is refused, the rest is left to whoever dereferences it. */
export function isIri(value: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\p{Z}\p{C}<>"{}|\\^`]+$/u.test(value);
}

/** An IRI or a relative reference; may be empty. */
export function isIriReference(value: string): boolean {
  return /^[^\p{Z}\p{C}<>"{}|\\^`]*$/u.test(value);
}

/** What an IRI cannot hold as it is, percent-encoded. */
export function encodeIri(value: string): string {
  return value.replace(/[\s<>"{}|\\^`]/g, (character) => encodeURIComponent(character));
}

/** The scheme of an IRI in lower case. */
export function schemeOf(iri: string): string | undefined {
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(iri)?.[1]?.toLowerCase();
}

/** `type/subtype` without parameters (RFC 4288, section 4.2). */
export function isMediaType(value: string): boolean {
  return /^[A-Za-z0-9!#$&.+\-^_]{1,127}\/[A-Za-z0-9!#$&.+\-^_]{1,127}$/.test(value);
}

/** `token ["/" token]` (section 4.2.3). */
export function isAgent(value: string): boolean {
  return /^[!#$%&'*+\-.0-9A-Z^_`a-z|~]+(?:\/[!#$%&'*+\-.0-9A-Z^_`a-z|~]+)?$/.test(value);
}

/** Nobody reads the name of a program that is longer, and what looks for one in it takes time that grows with the square. */
export const longestAgent = 300;

/** Something that is an agent: spaces become `-`, a version at the end goes behind `/`. Undefined when nothing is left. */
export function suggestAgent(value: string): string | undefined {
  if (value.length > longestAgent) return undefined;
  const plain = trimSpace(value)
    .replace(/\([^)]*\)/g, ' ')
    .trim();
  const version = /^(.*?)[ /]+(?:version[ ]+)?[vV]?([0-9][^ /]*)$/.exec(plain);
  const clean = (part: string): string =>
    part
      .trim()
      .replace(/[ \t\r\n()<>@,;:\\"/[\]?={}]+/g, '-')
      .replace(/[^!-~]/g, '')
      .replace(/^-+|-+$/g, '');
  const name = clean(version?.[1] ?? plain);
  const suggestion = version?.[2] === undefined ? name : `${name}/${clean(version[2])}`;
  return isAgent(suggestion) ? suggestion : undefined;
}

/** The shape of a language tag (RFC 5646): letters, then groups of letters and digits. */
export function isLanguageTag(value: string): boolean {
  return /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/.test(value);
}

/** Whether a two-letter language or region of a well-shaped tag is one that ISO does not know; longer subtags are not judged. */
export function unknownSubtag(tag: string): string | undefined {
  const [language = '', ...rest] = tag.split('-');
  if (/^(?:i|x)$/i.test(language)) return undefined;
  if (language.length === 2 && languageName(language.toLowerCase()) === undefined) return language;
  if (language.length === 1) return language;
  const region = rest.slice(0, 3).find((subtag) => /^[A-Za-z]{2}$/.test(subtag));
  return region !== undefined && countryName(region) === undefined ? region : undefined;
}

/**
 * Lower-case hexadecimal digits between two offsets, all of them. Without a branch on the digit: whether the next one of a digest is a
 * number or a letter is a toss of a coin, and a processor that guesses wrong half of the time takes three times as long.
 */
export function isLowerHex(text: string, start: number, end: number): boolean {
  let strange = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    // Negative outside 0–9, and negative outside a–f.
    strange |= ((code - 48) | (57 - code)) & ((code - 97) | (102 - code));
  }
  return end > start && strange >= 0;
}

/** The userinfo of a URL and its `@`, when it has one: `user:secret@`. */
export function userinfoOf(iri: string): string | undefined {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#@]*@)/.exec(iri)?.[1];
}
