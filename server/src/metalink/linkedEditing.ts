import type { Range } from 'vscode-languageserver-types';
import type { MetalinkContext } from './context';
import { endNameRange, placeAt } from './place';
import { nameRange } from './xml/tree';

/** The name in the start tag and the one in the end tag, edited together; undefined where the caret is in neither. */
export function metalinkLinkedEditing(
  { parsed, source }: MetalinkContext,
  offset: number,
): { ranges: Range[]; wordPattern: string } | undefined {
  const place = placeAt(parsed, offset);
  if (place.kind !== 'name') return undefined;
  const closing = endNameRange(parsed, place.element);
  if (closing === undefined) return undefined;
  return { ranges: [source.rangeOf(nameRange(place.element)), source.rangeOf(closing)], wordPattern: '[\\w:.-]+' };
}
