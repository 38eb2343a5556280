import { t } from '../../text/l10n';
import { HASH, SEMICOLON, endOfName, isXmlCodePoint } from './characters';

/** What stands at an `&`. `end` is the offset behind it. */
export type Reference =
  | { readonly kind: 'character'; readonly end: number; readonly value: string }
  | { readonly kind: 'entity'; readonly end: number; readonly name: string }
  | { readonly kind: 'broken'; readonly end: number; readonly message: string };

const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the reference whose `&` is at `at` (XML 1.0, section 4.1). The five predefined entities and character references are
 * `character`; another name is `entity`, and is never expanded. Looks at 64 characters at most for a character reference.
 */
export function readReference(text: string, at: number): Reference {
  return text.charCodeAt(at + 1) === HASH ? readCharacterReference(text, at) : readEntityReference(text, at);
}

function readCharacterReference(text: string, at: number): Reference {
  const match = /^&#(?:x([0-9a-fA-F]+)|([0-9]+));/.exec(text.slice(at, at + 64));
  if (match === null) return { kind: 'broken', end: at + 2, message: t('A character reference is written `&#233;` or `&#xE9;`.') };
  const code = match[1] !== undefined ? Number.parseInt(match[1], 16) : Number.parseInt(match[2] ?? '', 10);
  const end = at + match[0].length;
  if (!isXmlCodePoint(code))
    return { kind: 'broken', end, message: t('`{0}` stands for a character that XML 1.0 does not allow.', match[0]) };
  return { kind: 'character', end, value: String.fromCodePoint(code) };
}

function readEntityReference(text: string, at: number): Reference {
  const nameEnd = endOfName(text, at + 1);
  if (nameEnd === at + 1) return { kind: 'broken', end: at + 1, message: t('A lone `&` is not allowed here. Write `&amp;`.') };
  const name = text.slice(at + 1, nameEnd);
  if (text.charCodeAt(nameEnd) !== SEMICOLON)
    return { kind: 'broken', end: nameEnd, message: t('`&{0}` lacks its `;`. If a plain `&` is meant, write `&amp;`.', name.slice(0, 40)) };
  const value = Object.hasOwn(predefined, name) ? predefined[name] : undefined;
  return value === undefined ? { kind: 'entity', end: nameEnd + 1, name } : { kind: 'character', end: nameEnd + 1, value };
}
