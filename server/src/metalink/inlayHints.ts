import type { InlayHint } from 'vscode-languageserver-types';
import { humanBytes } from '../text/human';
import { overlaps } from '../text/range';
import type { TextRange } from '../text/range';
import type { MetalinkContext } from './context';
import { integerOf } from './values';
import { attributeOf, contentRange } from './xml/tree';
import type { XmlElement } from './xml/tree';
import { textOf } from './xml/value';

/** Sizes and piece lengths in human units, behind the number. */
export function metalinkInlayHints({ parsed, source }: MetalinkContext, range: TextRange): InlayHint[] {
  const hints: InlayHint[] = [];
  const add = (offset: number, value: string) => {
    const bytes = integerOf(value);
    if (bytes === undefined || bytes < 1000n) return;
    hints.push({ position: source.positionAt(offset), label: humanBytes(bytes), paddingLeft: true });
  };
  const visit = (element: XmlElement) => {
    if (!overlaps({ start: element.start, end: element.end }, range)) return;
    if (element.local === 'size') add(contentRange(element).end, textOf(parsed.document, element).trim());
    const length = element.local === 'pieces' ? attributeOf(element, 'length') : undefined;
    if (length) add(length.valueRange.end + 1, length.value.trim());
    if (element.local !== 'pieces') for (const child of element.children) visit(child);
  };
  if (parsed.root) visit(parsed.root);
  return hints;
}
