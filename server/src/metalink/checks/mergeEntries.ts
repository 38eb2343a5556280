import type { Fix } from '../../text/finding';
import { t } from '../../text/l10n';
import { entryOf } from '../convert';
import { insertChild, removeElement } from '../edits';
import { contradictionOf } from '../merge';
import { readFile } from '../model4';
import { trimSpace } from '../values';
import { vocabulary } from '../vocabulary';
import { attributeOf } from '../xml/tree';
import type { XmlDocument, XmlElement } from '../xml/tree';
import { textOf } from '../xml/value';
import { fixWith } from './context';

/** UTF-16 units. A longer entry is merged by the command: a fix is made for every finding, whether it is asked for or not. */
const longestEntry = 100_000;

/**
 * M4-032: what the second of two entries of one name says and the first does not goes into the first, the second goes away. Undefined
 * where they describe different bytes, or where the second holds what has a meaning only where it stands.
 */
export function mergeFix(document: XmlDocument, first: XmlElement, second: XmlElement, name: string): Fix | undefined {
  if (second.end - second.start > longestEntry || !isPlainEntry(document, second) || first.prefix !== second.prefix) return undefined;
  const locate = (range: { readonly start: number; readonly end: number }) => ({ range, line: 0 });
  const entry = (file: XmlElement) => entryOf(readFile(document, file, locate), name);
  if (contradictionOf(entry(first), entry(second)) !== undefined) return undefined;
  const present = new Set(first.children.map((child) => identityOf(document, child)));
  const moved = second.children.filter((child) => !present.has(identityOf(document, child)));
  const lines = moved.map(({ start, end }) => document.text.slice(start, end));
  return fixWith(t('Merge into the first `{0}`', name), [
    ...(lines.length === 0 ? [] : [insertChild(document, first, lines, first.children.at(-1))]),
    removeElement(document, second),
  ]);
}

/** Elements of the vocabulary alone, whole, with no comment between them, and no attribute that counts for all of them. */
function isPlainEntry(document: XmlDocument, file: XmlElement): boolean {
  return (
    file.closed &&
    file.textStart < 0 &&
    file.attributes.every(({ name }) => name === 'name') &&
    file.children.every((child) => child.closed && child.namespace === file.namespace) &&
    !hasMarkupBetween(document, file)
  );
}

/** Comments and the like between the children, in one walk along both. */
function hasMarkupBetween(document: XmlDocument, file: XmlElement): boolean {
  let next = 0;
  for (const { start } of document.markup) {
    if (start < file.start) continue;
    if (start > file.end) return false;
    while ((file.children[next]?.end ?? file.end) <= start) next++;
    if ((file.children[next]?.start ?? file.end) > start) return true;
  }
  return false;
}

/** What makes two elements of an entry say the same thing: there may be one of it, or one a type, or one a value. */
function identityOf(document: XmlDocument, element: XmlElement): string {
  const single = vocabulary.get('file')?.children.find(({ name }) => name === element.local)?.most === 1;
  if (single) return element.local;
  if (element.local === 'hash' || element.local === 'pieces') return `${element.local} ${attributeOf(element, 'type')?.value ?? ''}`;
  return `${element.local} ${trimSpace(textOf(document, element))}`;
}
