import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { isResolvable } from '../../../server/src/metalink/resolvable';
import { metalinkRules, processorRules } from '../../../server/src/metalink/rules';
import { createSourceText } from '../../../server/src/text/sourceText';
import type { Finding } from '../../../server/src/text/finding';

const pages = path.resolve(import.meta.dirname, '../../../docs/rules');

interface Example {
  readonly text: string;
  readonly fileName: string | undefined;
}

/** The examples of a page are the rule's cases. A part of a document gets a plain one around it. */
function exampleOf(page: string, heading: string): Example {
  const match = new RegExp(`^## ${heading}\\n\\n\`\`\`xml ?(\\S*)\\n([\\s\\S]*?)\\n\`\`\``, 'm').exec(page);
  if (match === null) throw new Error(`no example "${heading}"`);
  const [, fileName = '', written = ''] = match;
  return { text: wholeDocument(written), fileName: fileName === '' ? undefined : fileName };
}

function wholeDocument(written: string): string {
  if (/^<(\w+:)?metalink|^<[!?]/.test(written)) return written;
  const file = written.startsWith('<file') ? written : `<file name="f">\n${written}\n<url>https://example.org/f</url></file>`;
  return `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><origin>https://example.org/f.meta4</origin>${file}</metalink>`;
}

function check({ text, fileName }: Example): Finding[] {
  return checkMetalink(createSourceText(text), parseMetalink(text), fileName === undefined ? {} : { fileName });
}

function apply(text: string, finding: Finding): string | undefined {
  const fix = finding.fixes?.find(({ preferred }) => preferred === true);
  if (fix === undefined) return undefined;
  return [...fix.edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end), text);
}

/** What the page promises: a fix of the text, whether fix-all on save takes it too, and one that asks hubs, servers or for a download. */
function waysToMend(id: string, bad: Example): string {
  const fixes = check(bad).flatMap((finding) => (finding.code === id ? (finding.fixes ?? []) : []));
  const ways = [
    ...(fixes.length === 0 ? [] : [fixes.some(({ fixAll }) => fixAll === true) ? 'Quick fix, also on save.' : 'Quick fix.']),
    ...(isResolvable(id) ? ['Online quick fix.'] : []),
  ];
  return ways.map((way) => `${way} `).join('');
}

/** The fix asks for a value that only the author has, or another rule is left. */
const notMendedByItsFix = new Set(['M4-020', 'M4-045', 'M4-147']);

describe.each(metalinkRules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const page = readFileSync(path.join(pages, rule.page), 'utf8');
  const bad = exampleOf(page, 'Reported');
  const good = exampleOf(page, 'Not reported');
  it('has a page with its severity and how it is mended', () =>
    expect(page).toContain(`# ${id}: ${rule.title}\n\nSeverity: ${rule.severity}. ${waysToMend(id, bad)}Source: `));
  it('fires', () => expect(check(bad).map(({ code }) => code)).toContain(id));
  it('does not fire', () => expect(check(good).map(({ code }) => code)).not.toContain(id));
  it('has a good example without errors', () => expect(check(good).filter(({ severity }) => severity === 'error')).toEqual([]));
  it('is gone once its preferred fix is applied', () => {
    for (const finding of check(bad).filter(({ code }) => code === id)) {
      const fixed = apply(bad.text, finding);
      if (fixed === undefined || notMendedByItsFix.has(id)) continue;
      const left = check({ ...bad, text: fixed });
      expect(left.filter(({ code }) => code === id).length, fixed).toBeLessThan(check(bad).filter(({ code }) => code === id).length);
      expect(
        left.filter(({ code }) => code === 'M4-001'),
        fixed,
      ).toEqual([]);
    }
  });
});

describe('the table of rules', () => {
  const processing = readFileSync(path.join(pages, 'metalink-processing.md'), 'utf8');
  it('has every id once', () => expect(new Set(metalinkRules.map(({ id }) => id)).size).toBe(metalinkRules.length));
  it.each(processorRules)('%s is on the page of processing rules', (id) => expect(processing).toContain(`| ${id} |`));
});

describe('severities of the user', () => {
  const text = wholeDocument('<version>1</version>');
  const severityOf = (rules: Record<string, string>): string | undefined =>
    checkMetalink(createSourceText(text), parseMetalink(text), { rules }).find(({ code }) => code === 'M4-046')?.severity;
  it.each([
    [{}, 'warning'],
    [{ 'M4-046': 'error' }, 'error'],
    [{ 'M4-*': 'hint' }, 'hint'],
    [{ 'M4-*': 'hint', 'M4-046': 'information' }, 'information'],
    [{ 'M4-0*': 'off', '*': 'error' }, undefined],
    [{ 'M4-046': 'off' }, undefined],
    [{ 'M4-046': 'nonsense' }, 'warning'],
  ])('%j', (rules, expected) => expect(severityOf(rules)).toBe(expected));
});

const sha1 = 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3';

describe('decisions where the judges differ, or variants that a document may have', () => {
  const pieces = (type: string): string => `<pieces type="${type}" length="5"><hash>${sha1}</hash></pieces>`;
  const root = (inner: string): string =>
    `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${inner}<file name="f"><url>https://example.org/f</url></file></metalink>`;
  const cases: [string, string, string[]][] = [
    ['one type of pieces in two spellings', `<size>5</size>${pieces('sha-1')}${pieces('sha1')}`, []],
    ['one type of pieces twice', `<size>5</size>${pieces('sha1')}${pieces('sha1')}`, ['M4-065']],
    ['white space by reference', root('&#32;'), []],
    ['white space in CDATA', root('<![CDATA[ ]]>'), []],
    ['a character by reference', root('&#65;'), ['M4-028']],
    ['`files` beside a file', root('<files/>'), ['M4-029']],
    ['a foreign element in a date', root('<published>2010-05-01T12:15:02Z<x xmlns="urn:x"/></published>'), []],
    ['29 February of a common year', root('<published>2011-02-29T00:00:00Z</published>'), ['M4-120']],
  ];
  it.each(cases)('%s', (_name, written, codes) => {
    const errors = check({ text: wholeDocument(written), fileName: undefined }).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code }) => code)).toEqual(codes);
  });
});
