import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import { AMPERSAND, APOSTROPHE, EQUALS, GREATER, LESS, LF, QUOTE, SLASH, endOfName, isSpace, skipSpace } from './characters';
import { declarationProblem, declareAll, isDeclaration, namespaceOf, splitName } from './namespaces';
import type { NamespaceScope } from './namespaces';
import { checkCharacter, checkReference, replacement } from './problems';
import type { DeclaredEntities, ProblemList } from './problems';
import type { XmlAttribute } from './tree';
import { attributeValue } from './value';

/** The attributes of a start tag, and where the tag's end was found. */
export interface AttributeList {
  readonly attributes: readonly XmlAttribute[];
  /** The scope with this tag's own declarations. */
  readonly scope: NamespaceScope;
  /** Offset of the `>`, `/>`, or of what ended the tag without one. */
  readonly end: number;
}

const none: readonly XmlAttribute[] = [];

/** Reads attributes from `at`, behind the element's name, to the end of the tag (XML 1.0, section 3.1; Namespaces in XML 1.0). */
export function readAttributes(
  text: string,
  at: number,
  outer: NamespaceScope,
  entities: DeclaredEntities,
  list: ProblemList,
): AttributeList {
  let position = skipSpace(text, at);
  const first = text.charCodeAt(position);
  if (first === GREATER || (first === SLASH && text.charCodeAt(position + 1) === GREATER))
    return { attributes: none, scope: outer, end: position };
  const written: XmlAttribute[] = [];
  let spaced = position > at;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === GREATER || code === LESS || (code === SLASH && text.charCodeAt(position + 1) === GREATER)) break;
    const nameEnd = endOfName(text, position);
    if (nameEnd === position) {
      const end = skipJunk(text, position);
      list.add(position, end, t('`{0}` has no place in a start tag.', text.slice(position, Math.min(end, position + 20))), {
        fixes: [replacement(t('Remove it'), { start: position, end }, '')],
      });
      position = skipSpace(text, end);
      spaced = true;
      continue;
    }
    if (!spaced)
      list.add(position, nameEnd, t('A space is missing before `{0}`.', text.slice(position, nameEnd)), {
        fixes: [replacement(t('Insert a space'), { start: position, end: position }, ' ')],
      });
    const attribute = readAttribute(text, position, nameEnd, entities, list);
    written.push(attribute.attribute);
    position = skipSpace(text, attribute.end);
    spaced = position > attribute.end;
  }
  return { ...resolve(written, outer, list), end: position };
}

interface ReadAttribute {
  readonly attribute: XmlAttribute;
  /** Offset behind it. */
  readonly end: number;
}

function readAttribute(text: string, start: number, nameEnd: number, entities: DeclaredEntities, list: ProblemList): ReadAttribute {
  const name = text.slice(start, nameEnd);
  const nameRange = { start, end: nameEnd };
  const equals = skipSpace(text, nameEnd);
  if (text.charCodeAt(equals) !== EQUALS) {
    list.add(start, nameEnd, t('The attribute `{0}` has no value. Write `{0}="…"`.', name));
    return { attribute: create(name, nameRange, { start: nameEnd, end: nameEnd }, '', false, false), end: nameEnd };
  }
  const open = skipSpace(text, equals + 1);
  const quote = text.charCodeAt(open);
  if (quote !== QUOTE && quote !== APOSTROPHE) return readUnquoted(text, name, nameRange, open, list);
  const { end, closed, unresolved, plain } = scanValue(text, open + 1, quote, entities, list);
  if (!closed) {
    list.add(open, end, t('The value of `{0}` is not closed.', name), {
      fixes: [replacement(t('Close the value'), { start: end, end }, text.charAt(open))],
    });
  }
  const raw = text.slice(open + 1, end);
  const attribute = create(name, nameRange, { start: open + 1, end }, plain ? raw : attributeValue(raw), true, unresolved);
  return { attribute, end: closed ? end + 1 : end };
}

/** Written out: spreading objects costs more than all the rest of an attribute. */
function create(
  name: string,
  nameRange: TextRange,
  valueRange: TextRange,
  value: string,
  hasValue: boolean,
  unresolved: boolean,
): XmlAttribute {
  const { prefix, local } = splitName(name);
  return { name, prefix, local, namespace: '', nameRange, valueRange, value, hasValue, unresolved };
}

function readUnquoted(text: string, name: string, nameRange: TextRange, open: number, list: ProblemList): ReadAttribute {
  let end = open;
  while (end < text.length && !isSpace(text.charCodeAt(end)) && !isTagEnd(text, end)) end++;
  const value = text.slice(open, end);
  list.add(nameRange.start, Math.max(end, nameRange.end), t('The value of `{0}` must be in quotes.', name), {
    fixes: [replacement(t('Put the value in quotes'), { start: open, end }, `"${value.replace(/"/g, '&quot;')}"`)],
  });
  return { attribute: create(name, nameRange, { start: open, end }, value, value !== '', false), end };
}

interface ScannedValue {
  readonly end: number;
  readonly closed: boolean;
  readonly unresolved: boolean;
  readonly plain: boolean;
}

function scanValue(text: string, start: number, quote: number, entities: DeclaredEntities, list: ProblemList): ScannedValue {
  let unresolved = false;
  let plain = true;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) return { end: at, closed: true, unresolved, plain };
    if (code === LESS) {
      if (!closesOnThisLine(text, at + 1, quote)) break;
      list.add(at, at + 1, t('`<` is not allowed in an attribute value. Write `&lt;`.'), {
        fixes: [replacement(t('Write `&lt;`'), { start: at, end: at + 1 }, '&lt;', true)],
      });
      at++;
    } else if (code === AMPERSAND) {
      const reference = checkReference(text, at, entities, list);
      unresolved ||= reference.unresolved;
      plain = false;
      at = reference.end;
    } else if (code >= 32 && code < 0xd800) at++;
    else {
      if (code < 32) plain = false;
      at = checkCharacter(text, at, list);
    }
  }
  return { end: endOfLooseValue(text, start, at), closed: false, unresolved: false, plain: false };
}

/** Whether the quote comes before the line or the next tag ends: then a `<` belongs to the value, else the value was never closed. */
function closesOnThisLine(text: string, from: number, quote: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return true;
    if (code === LF || code === LESS || code === GREATER) return false;
  }
  return false;
}

/** Where an unclosed value ends for the sake of the rest: at the tag's `>`, at the line's end, at the latest at `limit`. */
function endOfLooseValue(text: string, start: number, limit: number): number {
  let at = start;
  while (at < limit && text.charCodeAt(at) !== LF && !isTagEnd(text, at)) at++;
  return at;
}

function isTagEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === GREATER || code === LESS || (code === SLASH && text.charCodeAt(at + 1) === GREATER);
}

function skipJunk(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !isSpace(text.charCodeAt(at)) && !isTagEnd(text, at) && endOfName(text, at) === at) at++;
  return at;
}

/** Puts declarations in force, gives every attribute its namespace, and finds duplicates (Namespaces in XML 1.0, section 6.3). */
function resolve(written: readonly XmlAttribute[], outer: NamespaceScope, list: ProblemList): Pick<AttributeList, 'attributes' | 'scope'> {
  const declarations = written.filter(({ name, value, valueRange, nameRange }) => {
    if (!isDeclaration(name)) return false;
    const problem = declarationProblem(name, value);
    if (problem !== undefined) list.add(nameRange.start, Math.max(valueRange.end, nameRange.end), problem);
    return problem === undefined;
  });
  const scope = declareAll(outer, declarations);
  const attributes = written.map((attribute) => inNamespace(attribute, scope, list));
  if (attributes.length > 1) reportDuplicates(attributes, list);
  return { attributes, scope };
}

function inNamespace(attribute: XmlAttribute, scope: NamespaceScope, list: ProblemList): XmlAttribute {
  const { name, prefix, nameRange } = attribute;
  if (prefix === '') {
    if (name.includes(':')) list.add(nameRange.start, nameRange.end, t('`{0}` is not a name with one prefix.', name));
    return attribute;
  }
  const namespace = namespaceOf(scope, prefix);
  if (namespace !== undefined) return { ...attribute, namespace };
  list.add(nameRange.start, nameRange.start + prefix.length, t('The prefix `{0}` is not declared. Add `xmlns:{0}="…"`.', prefix));
  return { ...attribute, namespace: `unbound:${prefix}` };
}

function reportDuplicates(attributes: readonly XmlAttribute[], list: ProblemList): void {
  const seen = new Map<string, XmlAttribute>();
  for (const attribute of attributes) {
    const key = `${attribute.namespace} ${attribute.local}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, attribute);
    else {
      const { start, end } = attribute.nameRange;
      const whole = { start: start - 1, end: attribute.hasValue ? attribute.valueRange.end + 1 : end };
      list.add(start, end, t('The attribute `{0}` is there twice.', attribute.name), {
        fixes: [replacement(t('Remove the second `{0}`', attribute.name), whole, '')],
        related: [{ range: first.nameRange, message: t('The first one') }],
      });
    }
  }
}
