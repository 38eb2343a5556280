import type { OffsetEdit } from '../text/finding';
import { childrenNamed } from './parse';
import type { ParsedMetalink } from './parse';
import { isPriority, lowestPriority, trimSpace } from './values';
import { attributeOf } from './xml/tree';
import type { XmlElement } from './xml/tree';

/**
 * Edits that put the `url` and the `metaurl` elements of every file in order of their priority, the best first; equal ones keep their
 * order. Only elements trade places: white space, comments and everything else stay. None where all is in order, or for Metalink 3.
 */
export function sortByPriority(parsed: ParsedMetalink): OffsetEdit[] {
  const { root, document } = parsed;
  if (root === undefined || parsed.dialect !== 'metalink4') return [];
  const groups = childrenNamed(root, 'file').flatMap((file) => [childrenNamed(file, 'url'), childrenNamed(file, 'metaurl')]);
  return groups.flatMap((elements) => {
    const sorted = elements.toSorted((a, b) => priorityOf(a) - priorityOf(b));
    return elements.flatMap((element, index) => {
      const other = sorted[index];
      if (other === undefined || other === element) return [];
      return [{ range: { start: element.start, end: element.end }, newText: document.text.slice(other.start, other.end) }];
    });
  });
}

function priorityOf(element: XmlElement): number {
  const written = trimSpace(attributeOf(element, 'priority')?.value ?? '');
  return isPriority(written) ? Number(written) : lowestPriority;
}
