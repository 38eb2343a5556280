import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { errorsOf, inFile, meta4 } from './documents';

interface Snippet {
  readonly body: string | readonly string[];
  readonly description: string;
}

const file = path.resolve(import.meta.dirname, '../../../snippets/metalink.json');
const snippets = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, Snippet>;
const digest = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const clock: Readonly<Record<string, string>> = {
  CURRENT_YEAR: '2026', CURRENT_MONTH: '05', CURRENT_DATE: '01', CURRENT_HOUR: '12', CURRENT_MINUTE: '15', CURRENT_SECOND: '02',
  CURRENT_TIMEZONE_OFFSET: '+02:00',
}; // prettier-ignore

/** The text of a snippet as it is before anything is typed: usual values, the first of each choice. */
function expanded({ body }: Snippet): string {
  return (typeof body === 'string' ? body : body.join('\n'))
    .replace(/\$\{([A-Z_]+)\}/g, (_, name: string) => clock[name] ?? '')
    .replace(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, '$1')
    .replace(/\$\{\d+(?::([^}]*))?\}/g, '$1')
    .replace(/\$\d/g, '');
}

test.each(Object.entries(snippets))('%s, filled in, breaks no rule', (name, snippet) => {
  const text = expanded(snippet)
    .replace('<size></size>', '<size>1048577</size>')
    .replace(/(<hash[^>]*>)<\/hash>/g, `$1${digest}</hash>`);
  const pieces = name.endsWith('pieces') ? text.replace(/<hash>.*<\/hash>/, (hash) => hash + hash) : text;
  const required = `<size>1048577</size>${name.endsWith('hash') ? '' : `<hash type="sha-256">${digest}</hash>`}<url>https://a.example.org/f</url>`;
  const document = text.startsWith('<?xml') ? text : text.startsWith('<file') ? meta4(text) : inFile(required + pieces);
  expect(errorsOf(document)).toEqual([]);
  expect(snippet.description).not.toBe('');
});
