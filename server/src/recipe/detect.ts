import { outline } from './outline';
import { isAppSectionKeyword, isSectionKeyword } from './vocabulary';

/**
 * Whether a text is a definition file: it has a line with the key `Bootstrap`, or the line of a section that the engines know. Other
 * files named `.def` (Modula-2, Windows modules, LLVM) have neither. Linear; cannot fail.
 */
export function looksLikeRecipe(text: string): boolean {
  if (/^[\t \ufeff]*bootstrap[\t ]*:/im.test(text)) return true;
  return outline(text).some((mark) => {
    if (mark.kind === 'stage') return true;
    const name = /^%+([a-z]+)/i.exec(text.slice(mark.at, Math.min(mark.lineEnd, mark.at + 40)))?.[1]?.toLowerCase() ?? '';
    return isSectionKeyword(name) || isAppSectionKeyword(name);
  });
}
