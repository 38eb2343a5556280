import { isRegexSpace, isWordCharacter } from './engineText';
import type { Placeholder } from './syntax';

/**
 * The build-argument placeholders of a definition file: `{{\s*(\w+)\s*}}` on the raw text, comments and `%arguments` included
 * (A and S internal/pkg/build/args/reader.go). None can reach over the start of a stage, so one pass serves all stages. Linear.
 */
export function findPlaceholders(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  let scanned = 0;
  let commentSeen = false;
  for (let at = text.indexOf('{{'); at >= 0;) {
    const match = matchPlaceholder(text, at);
    if (match === undefined) {
      at = text.indexOf('{{', at + 1);
      continue;
    }
    commentSeen = hasComment(text, scanned, at, commentSeen);
    scanned = at;
    found.push({ kind: 'placeholder', ...match, inComment: commentSeen });
    if (!commentSeen) scanned = match.range.end;
    at = text.indexOf('{{', match.range.end);
  }
  return found;
}

/**
 * Whether `at` stands in a comment for Apptainer: behind a `#` on its line, and behind the last placeholder that was replaced, followed
 * by anything but `!`. `scanned` is where an earlier search on this line ended, `seen` what it found; no character is looked at twice.
 */
function hasComment(text: string, scanned: number, at: number, seen: boolean): boolean {
  let found = false;
  for (let i = at - 1; i >= scanned; i--) {
    const code = text.charCodeAt(i);
    if (code === newline) return found;
    if (code === hashSign && i + 1 < at && text.charCodeAt(i + 1) !== exclamationMark) found = true;
  }
  return found || seen;
}

const newline = 10;
const exclamationMark = 33;
const hashSign = 35;
const closeBrace = 125;

function matchPlaceholder(text: string, at: number): Pick<Placeholder, 'range' | 'nameRange' | 'name'> | undefined {
  let i = at + 2;
  while (isRegexSpace(text.charCodeAt(i))) i++;
  const start = i;
  while (isWordCharacter(text.charCodeAt(i))) i++;
  const end = i;
  while (isRegexSpace(text.charCodeAt(i))) i++;
  if (start === end || text.charCodeAt(i) !== closeBrace || text.charCodeAt(i + 1) !== closeBrace) return undefined;
  return { range: { start: at, end: i + 2 }, nameRange: { start, end }, name: text.slice(start, end) };
}
