import parse from 'spdx-expression-parse';
import identifiers from 'spdx-license-ids';
import { nearest } from '../text/nearest';

/**
 * Whether `text` is an SPDX licence expression. Identifiers are compared without case and operators with it, as SPDX 2.x says in its
 * annex on licence expressions. Never throws.
 */
export function isLicenceExpression(text: string): boolean {
  // No real expression is longer; the parser's recursion stays shallow.
  return text.length <= 1000 && (parses(text) || parses(inCanonicalCase(text)));
}

/** What was probably meant by a text that is no SPDX expression: `Apache 2.0` → `Apache-2.0`. Undefined when nothing is near. */
export function suggestLicence(text: string): string | undefined {
  const typed = text
    .trim()
    .replace(/^(?:the\s+)?spdx:\s*/i, '')
    .replace(/\s+licen[cs]e$/i, '');
  if (isLicenceExpression(typed)) return typed;
  const known = customary.get(simplified(typed));
  if (known !== undefined) return known;
  const key = simplified(typed);
  const same = identifiers.find((identifier) => simplified(identifier) === key);
  return same ?? (/^[\w.+-]{3,40}$/.test(typed) ? nearest(typed, identifiers) : undefined);
}

/** Licences that people in this field name most. */
export const frequentLicences: readonly string[] = [
  'Apache-2.0', 'MIT', 'BSD-3-Clause', 'BSD-2-Clause', 'GPL-3.0-or-later', 'GPL-3.0-only', 'GPL-2.0-or-later', 'GPL-2.0-only',
  'LGPL-3.0-or-later', 'LGPL-2.1-or-later', 'AGPL-3.0-or-later', 'MPL-2.0', 'ISC', 'Artistic-2.0', 'CC-BY-4.0', 'CC0-1.0', 'Unlicense',
]; // prettier-ignore

function parses(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    // The library's way to say no: its message tells an offset that means little to an author of a label.
    return false;
  }
}

let canonical: ReadonlyMap<string, string> | undefined;

function inCanonicalCase(text: string): string {
  const table = (canonical ??= new Map(identifiers.map((identifier) => [identifier.toLowerCase(), identifier])));
  return text.replace(/[A-Za-z0-9.-]+/g, (word) => table.get(word.toLowerCase()) ?? word);
}

function simplified(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9.+]+/g, '');
}

/** How people write what SPDX writes otherwise, in the form of `simplified`. */
const customary: ReadonlyMap<string, string> = new Map([
  ['apache', 'Apache-2.0'],
  ['apache2', 'Apache-2.0'],
  ['apachev2', 'Apache-2.0'],
  ['apachev2.0', 'Apache-2.0'],
  ['apachelicense2.0', 'Apache-2.0'],
  ['apachelicenseversion2.0', 'Apache-2.0'],
  ['bsd', 'BSD-3-Clause'],
  ['bsd2', 'BSD-2-Clause'],
  ['bsd3', 'BSD-3-Clause'],
  ['newbsd', 'BSD-3-Clause'],
  ['gpl', 'GPL-3.0-or-later'],
  ['gpl2', 'GPL-2.0-only'],
  ['gplv2', 'GPL-2.0-only'],
  ['gplv2+', 'GPL-2.0-or-later'],
  ['gpl3', 'GPL-3.0-only'],
  ['gplv3', 'GPL-3.0-only'],
  ['lgplv2.1', 'LGPL-2.1-only'],
  ['lgpl3', 'LGPL-3.0-only'],
  ['lgplv3', 'LGPL-3.0-only'],
  ['agplv3', 'AGPL-3.0-only'],
  ['mpl2', 'MPL-2.0'],
  ['artistic', 'Artistic-2.0'],
  ['publicdomain', 'CC0-1.0'],
]);
