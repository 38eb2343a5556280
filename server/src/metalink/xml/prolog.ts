import { t } from '../../text/l10n';
import { endOfName, skipSpace } from './characters';
import type { DeclaredEntities, ProblemList } from './problems';
import { isKnownEncoding } from './decode';

const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*("[^"]*"|'[^']*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/;

/** Judges the XML declaration between two offsets (XML 1.0, section 2.8). */
export function checkDeclaration(text: string, start: number, end: number, list: ProblemList): void {
  const written = text.slice(start, Math.min(end, start + 1000));
  const match = declaration.exec(written);
  if (match === null) {
    list.add(start, end, t('The XML declaration is not well-formed. It reads `<?xml version="1.0" encoding="UTF-8"?>`.'), {
      fixes: [
        {
          title: t('Write `<?xml version="1.0" encoding="UTF-8"?>`'),
          edits: [{ range: { start, end }, newText: '<?xml version="1.0" encoding="UTF-8"?>' }],
        },
      ],
    });
    return;
  }
  const quoted = match[1];
  if (quoted === undefined) return;
  const name = quoted.slice(1, -1);
  const at = start + written.indexOf(quoted) + 1;
  if (!/^[A-Za-z][A-Za-z0-9._-]*$/.test(name)) {
    list.add(at, at + name.length, t('`{0}` is not the name of an encoding.', name), {
      fixes: [{ title: t('Write `UTF-8`'), edits: [{ range: { start: at, end: at + name.length }, newText: 'UTF-8' }] }],
    });
  } else if (!isKnownEncoding(name)) {
    list.add(at, at + name.length, t('The encoding `{0}` is not known here. Every XML reader knows UTF-8 and UTF-16.', name));
  }
}

/** What a DOCTYPE holds, as far as it is looked at: where it ends, and which entities it declares. Nothing of it is ever expanded. */
export interface Doctype {
  readonly end: number;
  readonly entities: DeclaredEntities;
}

/** Passes over the DOCTYPE at `start` (XML 1.0, section 2.8); quotes, comments and instructions inside the internal subset are honoured. */
export function readDoctype(text: string, start: number, list: ProblemList): Doctype {
  const names = new Set<string>();
  let open = false;
  let inSubset = false;
  let at = start + 9;
  const nameEnd = endOfName(text, skipSpace(text, at));
  if (nameEnd === skipSpace(text, at) || nameEnd === at)
    list.add(start, at, t('A DOCTYPE names the document element: `<!DOCTYPE metalink>`.'));
  if (/^[ \t\r\n]*(?:SYSTEM|PUBLIC)[ \t\r\n]/.test(text.slice(nameEnd, nameEnd + 40))) open = true;
  at = Math.max(at, nameEnd);
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"' || character === "'") at = behind(text, character, at + 1);
    else if (character === '[' && !inSubset) {
      inSubset = true;
      at++;
    } else if (character === ']' && inSubset) {
      inSubset = false;
      at++;
    } else if (text.startsWith('<!--', at)) at = behind(text, '-->', at + 4);
    else if (text.startsWith('<?', at)) at = behind(text, '?>', at + 2);
    else if (inSubset && character === '%' && endOfName(text, at + 1) > at + 1) {
      open = true;
      at++;
    } else if (text.startsWith('<!ENTITY', at)) {
      const name = skipSpace(text, at + 8);
      const end = endOfName(text, name);
      if (end > name) names.add(text.slice(name, end));
      at = Math.max(end, at + 8);
      // `<!ENTITY % name` declares a parameter entity: its `%` is no use of one.
      if (text.charAt(at) === '%') at++;
    } else if (character === '>' && !inSubset) return { end: at + 1, entities: { names, open } };
    else at++;
  }
  list.add(start, start + 9, t('The DOCTYPE is not closed.'));
  return { end: text.length, entities: { names, open } };
}

function behind(text: string, close: string, from: number): number {
  const found = text.indexOf(close, from);
  return found < 0 ? text.length : found + close.length;
}
