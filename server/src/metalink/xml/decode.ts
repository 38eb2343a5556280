import { t } from '../../text/l10n';
import type { XmlProblem } from './tree';

/** A document's text, and what was wrong with its bytes. A byte-order mark is not part of the text. */
export interface DecodedXml {
  readonly text: string;
  /** Lower-case name of the encoding that was used. */
  readonly encoding: string;
  readonly problems: readonly XmlProblem[];
}

/**
 * Decodes the bytes of an XML document: byte-order mark first, then the shape of the first bytes, then the declared encoding, else
 * UTF-8 (XML 1.0, section 4.3.3 and appendix F). Never throws: bytes that do not fit become U+FFFD and a problem.
 */
export function decodeXml(bytes: Uint8Array): DecodedXml {
  const mark = byteOrderMark(bytes);
  const guess = mark ?? shape(bytes);
  const head = decode(bytes.subarray(0, 400), guess?.encoding ?? 'windows-1252')?.text ?? '';
  const declared = declaredEncoding(head);
  const problems: XmlProblem[] = [];
  let encoding = guess?.encoding ?? 'utf-8';
  if (declared !== undefined) {
    const label = canonicalEncoding(declared.name);
    if (guess !== undefined && !agrees(guess.encoding, declared.name)) {
      problems.push({
        range: declared.range,
        message: t('The declaration says `{0}`, but the bytes are {1}.', declared.name, guess.encoding.toUpperCase()),
      });
    } else if (guess === undefined && label?.startsWith('utf-16')) {
      problems.push({
        range: declared.range,
        message: t('The declaration says `{0}`, but the bytes are not UTF-16: there is no byte-order mark.', declared.name),
      });
    } else if (guess === undefined && label !== undefined) encoding = label;
  }
  // TextDecoder takes the mark away. One that is still there is a second one, or belongs to another encoding: a character like any.
  const result = decode(bytes, encoding) ?? decode(bytes, 'utf-8');
  const decoded = result?.text ?? '';
  const text = decoded.replace(/^\uFEFF/, '');
  if (text !== decoded) {
    problems.push({
      range: { start: 0, end: Math.min(1, text.length) },
      message: t('A second byte-order mark stands in front of the document. Remove it.'),
    });
  }
  const beyond = declared !== undefined && isAscii(declared.name) ? text.search(/[^\u0000-\u007f]/) : -1;
  if (beyond >= 0) {
    problems.push({
      range: { start: beyond, end: beyond + 1 },
      message: t('The declaration says `{0}`, and `{1}` is not in ASCII.', declared?.name ?? '', text.charAt(beyond)),
    });
  }
  if (result?.damaged === true) {
    const at = Math.max(text.indexOf('\uFFFD'), 0);
    problems.push({
      range: { start: at, end: Math.min(at + 1, text.length) },
      message: t('The bytes here are not valid {0}.', encoding.toUpperCase()),
    });
  }
  return { text, encoding, problems };
}

/** The text of a document that is going to be written in UTF-8: a declaration of another encoding says so. */
export function declareUtf8(text: string): string {
  const declared = declaredEncoding(text.slice(0, 400));
  if (declared === undefined || canonicalEncoding(declared.name) === 'utf-8') return text;
  return text.slice(0, declared.range.start) + 'UTF-8' + text.slice(declared.range.end);
}

/** Whether an encoding's name (IANA, as browsers know them) can be decoded here. */
export function isKnownEncoding(name: string): boolean {
  return canonicalEncoding(name) !== undefined;
}

interface Guess {
  readonly encoding: string;
}

function byteOrderMark(bytes: Uint8Array): Guess | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return { encoding: 'utf-8' };
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le' };
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be' };
  return undefined;
}

/** `<` and a zero byte, in either order: UTF-16 without a mark. */
function shape(bytes: Uint8Array): Guess | undefined {
  if (bytes[0] === 0x3c && bytes[1] === 0 && bytes[3] === 0) return { encoding: 'utf-16le' };
  if (bytes[0] === 0 && bytes[1] === 0x3c && bytes[2] === 0) return { encoding: 'utf-16be' };
  return undefined;
}

function declaredEncoding(head: string): { readonly name: string; readonly range: { start: number; end: number } } | undefined {
  const text = head.replace(/^\uFEFF/, '');
  const match = /^(<\?xml[^>]*?\sencoding\s*=\s*["'])([^"'>]*)["']/.exec(text);
  const before = match?.[1];
  const name = match?.[2];
  if (before === undefined || name === undefined) return undefined;
  return { name, range: { start: before.length, end: before.length + name.length } };
}

/** UTF-16 in a declaration leaves the byte order to the mark; an unknown name is the reader's problem, not a contradiction. */
function agrees(found: string, declared: string): boolean {
  const label = canonicalEncoding(declared);
  return label === undefined || label === found || (label === 'utf-16le' && declared.toLowerCase() === 'utf-16' && found === 'utf-16be');
}

/** Names of US-ASCII (IANA). TextDecoder takes them for windows-1252, which holds more than ASCII. */
function isAscii(name: string): boolean {
  return /^(?:us-ascii|ascii|ansi_x3\.4-1968|iso-ir-6|iso646-us|csascii)$/i.test(name);
}

function canonicalEncoding(name: string): string | undefined {
  try {
    return new TextDecoder(name).encoding;
  } catch (error) {
    // RangeError is how TextDecoder says that it does not know a name.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function decode(bytes: Uint8Array, encoding: string): { readonly text: string; readonly damaged: boolean } | undefined {
  if (canonicalEncoding(encoding) === undefined) return undefined;
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), damaged: false };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { text: new TextDecoder(encoding).decode(bytes), damaged: true };
  }
}
