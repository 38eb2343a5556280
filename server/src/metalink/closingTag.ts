import type { TextEdit } from 'vscode-languageserver-types';
import type { MetalinkContext } from './context';
import { elementAt } from './place';

/** Behind a typed `>`: the end tag of the element that was just opened. Behind `</`: its name. `offset`: behind the typed character. */
export function closeTagMetalink({ parsed, source }: MetalinkContext, offset: number, character: string): TextEdit[] {
  const { text } = source;
  const element = elementAt(parsed, offset);
  const insert = (newText: string): TextEdit[] => [{ range: source.rangeOf({ start: offset, end: offset }), newText }];
  if (
    character === '>' &&
    element !== undefined &&
    !element.closed &&
    !element.selfClosing &&
    element.openEnd === offset &&
    text[offset - 2] !== '/'
  )
    return insert(`</${element.name}>`);
  if (character === '/' && text[offset - 2] === '<') {
    // The innermost element that is still open here.
    for (let open = elementAt(parsed, offset - 2); open !== undefined; open = open.parent) {
      if (!open.closed) return insert(`${open.name}>`);
    }
  }
  return [];
}
