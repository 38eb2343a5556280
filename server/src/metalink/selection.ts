import type { SelectionRange } from 'vscode-languageserver-types';
import type { TextRange } from '../text/range';
import type { MetalinkContext } from './context';
import { elementAt, placeAt } from './place';
import { contentRange } from './xml/tree';

/** From the value or name under the caret outwards: attribute, tag, content, element, its parent… up to the document. */
export function metalinkSelection({ parsed, source }: MetalinkContext, offset: number): SelectionRange {
  const ranges: TextRange[] = [{ start: 0, end: source.text.length }];
  const chain = [];
  for (let element = elementAt(parsed, offset); element !== undefined; element = element.parent) chain.unshift(element);
  for (const element of chain) {
    ranges.push({ start: element.start, end: element.end });
    const content = contentRange(element);
    if (offset >= content.start && offset <= content.end) ranges.push(content);
    else if (offset < element.openEnd) ranges.push({ start: element.start, end: element.openEnd });
  }
  const place = placeAt(parsed, offset);
  if (place.kind === 'name') ranges.push(place.range);
  if (place.kind === 'attribute-name' || place.kind === 'attribute-value') {
    const { nameRange, valueRange } = place.attribute;
    ranges.push(
      { start: nameRange.start, end: Math.max(nameRange.end, valueRange.end + 1) },
      place.kind === 'attribute-name' ? nameRange : valueRange,
    );
  }
  // A damaged document can give stretches that do not nest: those are left out.
  const nested: TextRange[] = [];
  for (const range of ranges) {
    const outer = nested.at(-1);
    const fits =
      outer === undefined || (range.start >= outer.start && range.end <= outer.end && range.end - range.start < outer.end - outer.start);
    if (fits) nested.push(range);
  }
  return (
    nested.reduce<SelectionRange | undefined>(
      (parent, range) => ({ range: source.rangeOf(range), ...(parent && { parent }) }),
      undefined,
    ) ?? { range: source.rangeOf({ start: 0, end: 0 }) }
  );
}
