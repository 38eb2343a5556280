import { t } from '../../text/l10n';
import type { Fix } from '../../text/finding';
import type { TextRange } from '../../text/range';
import { isHighSurrogate, isLowSurrogate, isXmlCharacter } from './characters';
import { readReference } from './references';
import type { XmlProblem } from './tree';

/** Collects problems up to a limit. */
export interface ProblemList {
  add(start: number, end: number, message: string, more?: Pick<XmlProblem, 'fixes' | 'related'>): void;
  readonly problems: readonly XmlProblem[];
}

export function createProblemList(limit: number): ProblemList {
  const problems: XmlProblem[] = [];
  return {
    problems,
    add(start, end, message, more) {
      if (problems.length < limit) problems.push({ message, range: { start, end }, ...more });
    },
  };
}

/** A fix that puts `newText` in place of a stretch. */
export function replacement(title: string, range: TextRange, newText: string, safe = false): Fix {
  return { title, edits: [{ range, newText }], preferred: true, ...(safe ? { fixAll: true } : {}) };
}

/** Entities that the DOCTYPE declares: references to them are legal, and are left as they are. */
export interface DeclaredEntities {
  readonly names: ReadonlySet<string>;
  /** Declarations may stand where this reader does not look (external subset, parameter entities): no name is known to be undeclared. */
  readonly open: boolean;
}

export const noEntities: DeclaredEntities = { names: new Set(), open: false };

/**
 * Judges the reference at `at` and reports what is wrong with it. Returns the offset behind it, and whether it stands for an entity that
 * stays unexpanded.
 */
export function checkReference(
  text: string,
  at: number,
  entities: DeclaredEntities,
  list: ProblemList,
): { end: number; unresolved: boolean } {
  const reference = readReference(text, at);
  if (reference.kind === 'broken') {
    const ampersand = { start: at, end: at + 1 };
    list.add(at, reference.end, reference.message, { fixes: [replacement(t('Write `&amp;`'), ampersand, '&amp;')] });
    return { end: reference.end, unresolved: false };
  }
  if (reference.kind === 'character') return { end: reference.end, unresolved: false };
  if (!entities.open && !entities.names.has(reference.name)) {
    const range = { start: at, end: at + 1 };
    list.add(
      at,
      reference.end,
      t('The entity `{0}` is not declared. XML itself knows `&amp;`, `&lt;`, `&gt;`, `&quot;` and `&apos;`.', reference.name.slice(0, 40)),
      { fixes: [replacement(t('Write `&amp;`'), range, '&amp;')] },
    );
  }
  return { end: reference.end, unresolved: true };
}

/** Reports the character at `at` when XML 1.0 does not allow it; returns the offset behind it, a surrogate pair being one. */
export function checkCharacter(text: string, at: number, list: ProblemList): number {
  const code = text.charCodeAt(at);
  if (isXmlCharacter(code)) return at + 1;
  if (isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(at + 1))) return at + 2;
  const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  list.add(at, at + 1, t('The character {0} is not allowed in XML 1.0.', shown), {
    fixes: [replacement(t('Remove the character'), { start: at, end: at + 1 }, '')],
  });
  return at + 1;
}

/** Reports characters that are not allowed between two offsets. */
export function checkCharacters(text: string, start: number, end: number, list: ProblemList): void {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    at = code >= 32 && code < 0xd800 ? at + 1 : checkCharacter(text, at, list);
  }
}
