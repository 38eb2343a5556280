import type { InlayHint } from 'vscode-languageserver-types';
import { humanBytes } from '../text/human';
import { overlaps } from '../text/range';
import type { TextRange } from '../text/range';
import type { MetalinkContext } from './context';
import { isNonNegativeInteger } from './values';
import { attributeOf, contentRange } from './xml/tree';
import type { XmlElement } from './xml/tree';
import { textOf } from './xml/value';

/** Sizes and piece lengths in human units, behind the number. */
export function metalinkInlayHints({ parsed, source }: MetalinkContext, range: TextRange): InlayHint[] {
  const hints: InlayHint[] = [];
  const add = (offset: number, value: string) => {
    if (!isNonNegativeInteger(value) || value.length < 4 || value.length > 20) return;
    hints.push({ position: source.positionAt(offset), label: humanBytes(BigInt(value)), paddingLeft: true });
  };
  const visit = (element: XmlElement) => {
    if (!overlaps({ start: element.start, end: element.end }, range)) return;
    if (element.local === 'size') add(contentRange(element).end, textOf(parsed.document, element));
    const length = element.local === 'pieces' ? attributeOf(element, 'length') : undefined;
    if (length) add(length.valueRange.end + 1, length.value);
    else for (const child of element.children) visit(child);
  };
  if (parsed.root) visit(parsed.root);
  return hints;
}
