import { isSpace } from './engineText';

/** Where a stage or a section starts: offsets of its line, `lineEnd` without the LF, `next` behind it. */
export interface Mark {
  readonly kind: 'stage' | 'section';
  readonly lineStart: number;
  readonly lineEnd: number;
  readonly next: number;
  /** The percent sign of a section; the start of the line for a stage. */
  readonly at: number;
}

/**
 * The lines of `text` that start a stage or a section. Stages: Go's `(?mi)^bootstrap:` anywhere at column 0. Sections: lines whose
 * first word starts with `%` (deffile.go, All and scanDefinitionFile). Lines end at LF only. Linear.
 */
export function outline(text: string): Mark[] {
  const marks: Mark[] = [];
  for (let lineStart = 0; lineStart < text.length;) {
    const newline = text.indexOf('\n', lineStart);
    const lineEnd = newline < 0 ? text.length : newline;
    const next = newline < 0 ? text.length : newline + 1;
    if (startsStage(text, lineStart)) marks.push({ kind: 'stage', lineStart, lineEnd, next, at: lineStart });
    else {
      let at = lineStart;
      while (at < lineEnd && isSpace(text.charCodeAt(at))) at++;
      if (at < lineEnd && text.charCodeAt(at) === percentSign) marks.push({ kind: 'section', lineStart, lineEnd, next, at });
    }
    lineStart = next;
  }
  return marks;
}

const percentSign = 37;
const word = 'bootstrap:';

/** Whether `bootstrap:` stands at `at`, without regard to case: for Go's regular expressions, `ſ` (U+017F) is an `s` then. */
function startsStage(text: string, at: number): boolean {
  for (let i = 0; i < word.length; i++) {
    const code = text.charCodeAt(at + i);
    const lower = code === 0x17f ? 115 : code >= 65 && code <= 90 ? code + 32 : code;
    if (lower !== word.charCodeAt(i)) return false;
  }
  return true;
}
