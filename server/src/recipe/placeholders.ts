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
    // A comment is for Apptainer: a `#` on this line, behind the last placeholder that it replaced, followed by anything but `!`.
    for (; scanned < at; scanned++) {
      const code = text.charCodeAt(scanned);
      if (code === newline) commentSeen = false;
      else if (code === hashSign && scanned + 1 < at && text.charCodeAt(scanned + 1) !== exclamationMark) commentSeen = true;
    }
    found.push({ kind: 'placeholder', ...match, inComment: commentSeen });
    if (!commentSeen) scanned = match.range.end;
    at = text.indexOf('{{', match.range.end);
  }
  return found;
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
