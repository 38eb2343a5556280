// Trimming as Go does it. By hand: a pattern such as /[ \t]+$/ takes quadratic time on long runs of blanks, which anybody can put into
// a signature.

/** Without spaces and tabs at the end. */
export function trimBlanksAtEnd(line: string): string {
  let end = line.length;
  while (end > 0 && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(0, end);
}

/**
 * Go's bytes.TrimSpace, for bytes below 0x80. NEL and NBSP, which stand alone in latin1 and are no valid UTF-8 there, are kept.
 */
export function trimSpace(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && isSpace(line.charCodeAt(start))) start++;
  while (end > start && isSpace(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
