import { describe, expect, it } from 'vitest';
import { fixAllEdits } from '../../../server/src/lsp/codeActions';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { resolvablesIn } from '../../../server/src/metalink/resolvable';
import { metalinkRules } from '../../../server/src/metalink/rules';
import { createSourceText } from '../../../server/src/text/sourceText';
import type { Finding, Fix, OffsetEdit } from '../../../server/src/text/finding';

const sha1 = 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3';
const sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const pgp = '-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----';
const url = '<url>https://example.org/d/f</url>';

const root = (inner: string, attributes = ''): string =>
  `<metalink xmlns="urn:ietf:params:xml:ns:metalink"${attributes}>${inner}</metalink>`;
const file = (inner: string, name = 'name="f"'): string => root(`<file ${name}>${inner}${url}</file>`);
const top = (inner: string): string => root(`${inner}<file name="f">${url}</file>`);

function check(text: string, fileName = 'tool.meta4'): Finding[] {
  return checkMetalink(createSourceText(text), parseMetalink(text), { fileName });
}

function apply(text: string, edits: readonly OffsetEdit[]): string {
  return [...edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end), text);
}

function fixOf(findings: readonly Finding[], rule: string, title: RegExp): Fix {
  const fix = findings.filter(({ code }) => code === rule).flatMap(({ fixes }) => fixes ?? []).find((each) => title.test(each.title)); // prettier-ignore
  if (fix === undefined) throw new Error(`${rule} has no fix ${String(title)}`);
  return fix;
}

const errorsOf = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);

// Every quick fix that the facts name for a rule: rule, title, document before, what is right in it afterwards.
const named: readonly (readonly [rule: string, title: RegExp, before: string, after: string])[] = [
  ['M4-001', /Remove .*before|Remove the/, ` \n<?xml version="1.0"?>\n${file('')}`, '<?xml version="1.0"?>\n<metalink'],
  ['M4-001', /^Write `&amp;`/, file('<description>a & b</description>'), 'a &amp; b'],
  ['M4-001', /^Write `&lt;`/, file('<description>a < b</description>'), 'a &lt; b'],
  ['M4-002', /^Set the namespace/, `<metalink><file name="f">${url}</file></metalink>`, '<metalink xmlns="urn:ietf:params:xml:ns:metalink">'],
  ['M4-002', /^Convert to Metalink 4/, `<metalink version="3.0" xmlns="https://www.metalinker.org/"><files><file name="f"><resources><url type="https">https://example.org/f</url></resources></file></files></metalink>`, 'xmlns="urn:ietf:params:xml:ns:metalink"'],
  ['M4-004', /^Remove the DOCTYPE$/, `<!DOCTYPE metalink>\n${file('')}`, '<metalink'],
  ['M4-004', /write out its entities/, `<!DOCTYPE metalink [<!ENTITY who "R &#38; D">]>\n${file('')}`.replace('R &#38; D', 'Lab').replace(url, `<description>&who;</description>${url}`), '<description>Lab</description>'],
  ['M4-006', /^Remove the white space/, file('<size> 7 </size>'), '<size>7</size>'],
  ['M4-006', /^Remove the white space/, top('<published> 2026-05-01T12:15:02Z\n</published>'), '<published>2026-05-01T12:15:02Z</published>'],
  ['M4-009', /^Change/, file('<description xml:lang="en_US">x</description>'), 'xml:lang="en-US"'],
  ['M4-009', /^Change/, file('<description xml:lang="jp">x</description>'), 'xml:lang="ja"'],
  ['M4-010', /^Remove/, file('<version xml:lang="en">1</version>'), '<version>1</version>'],
  ['M4-011', /^Write whole URLs/, root('<file name="f" xml:base="https://example.org/d/"><url>f</url></file>'), '<file name="f"><url>https://example.org/d/f</url>'],
  ['M4-012', /^Change to `priority="1"`/, root('<file name="f"><url preference="100">https://example.org/f</url></file>'), '<url priority="1">'],
  ['M4-012', /^Change to `priority="2"`/, root('<file name="f"><url pri="2">https://example.org/f</url></file>'), '<url priority="2">'],
  ['M4-012', /^Change to `location="de"`/, root('<file name="f"><url geo="DE">https://example.org/f</url></file>'), '<url location="de">'],
  ['M4-012', /^Change to `mediatype=/, file(`<signature type="pgp">${pgp}</signature>`), '<signature mediatype="application/pgp-signature">'],
  ['M4-012', /^Remove `colour`/, file('', 'name="f" colour="red"'), '<file name="f">'],
  ...(['generator', 'origin', 'published', 'updated'] as const).map((name, index) => {
    const value = { generator: 'tool/1', origin: 'https://example.org/f.meta4', published: '2026-05-01T12:15:02Z', updated: '2026-05-01T12:15:02Z' }[name];
    const element = `<${name}>${value}</${name}>`;
    return [`M4-02${String(index + 1)}`, /^Remove this/, top(element + element), `>${element}<file`] as const;
  }),
  ['M4-025', /^Insert the origin/, top(''), '<origin>https://example.org/d/tool.meta4</origin>'],
  ['M4-026', /^Remove `identity`/, file('<identity></identity>'), `<file name="f">${url}`],
  ['M4-026', /^Remove `publisher`/, file('<publisher name=""/>'), `<file name="f">${url}`],
  ['M4-028', /^Remove the text/, file('stray'), `<file name="f">${url}`],
  ['M4-028', /^Make it a comment/, file('stray'), '<!-- stray -->'],
  ['M4-029', /^Move `identity` into each file/, top('<identity>tool</identity>'), '<file name="f"><identity>tool</identity>'],
  ['M4-029', /^Remove the tags of `files`/, root(`<files><file name="f">${url}</file></files>`), `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="f">`],
  ['M4-029a', /^Write the publisher into each file/, top('<publisher><name>Lab</name><url>https://example.org/</url></publisher>'), '<publisher name="Lab" url="https://example.org/"/>'],
  ['M4-031', /^Name it/, file('', ''), 'name="f"'],
  ['M4-032', /^Change to `f-2`/, root(`<file name="f">${url}</file><file name="f"><size>1</size><url>https://example.org/2</url></file>`), 'name="f-2"'],
  ['M4-032', /^Merge into the first/, root(`\n  <file name="f">\n    <size>1</size>\n    ${url}\n  </file>\n  <file name="f">\n    <size>1</size>\n    <hash type="sha-256">${sha256}</hash>\n    ${url}\n    <url>https://example.org/2</url>\n  </file>\n`), `\n    ${url}\n    <hash type="sha-256">${sha256}</hash>\n    <url>https://example.org/2</url>\n  </file>\n</metalink>`],
  ['M4-032a', /^Change to `F-2`/, root(`<file name="f">${url}</file><file name="F"><url>https://example.org/2</url></file>`), 'name="F-2"'],
  ['M4-032a', /^Change to `f-2\/g`/, root(`<file name="f">${url}</file><file name="f/g"><url>https://example.org/2</url></file>`), 'name="f-2/g"'],
  ['M4-033', /^Change to `d\/f`/, file('', 'name="../d/f"'), 'name="d/f"'],
  ['M4-034', /^Change to `d\/f`/, file('', 'name="d/./f"'), 'name="d/f"'],
  ['M4-035', /^Change to `d\/f`/, file('', 'name="d\\f"'), 'name="d/f"'],
  ['M4-036', /^Change/, file('', 'name="con.txt"'), 'name="_con.txt"'],
  ...['copyright', 'description', 'identity', 'logo', 'size', 'version'].map((name) => {
    const element = `<${name}>${name === 'size' ? '7' : 'x'}</${name}>`;
    return ['M4-040', /^Remove this/, file(element + element), `<file name="f">${element}<url>`] as const;
  }),
  ['M4-040', /^Remove this/, file('<publisher name="a"/><publisher name="b"/>'), '<file name="f"><publisher name="a"/><url>'],
  ['M4-060', /^Set/, file(`<size>5</size><pieces length="16384"><hash>${sha256}</hash></pieces>`), 'type="sha-256"'],
  ['M4-062', /^Remove these pieces/, file('<size>5</size><pieces length="16384" type="sha-256"></pieces>'), '<size>5</size><url>'],
  ['M4-065', /^Remove these pieces/, file(`<size>5</size>${`<pieces length="16384" type="sha-256"><hash>${sha256}</hash></pieces>`.repeat(2)}`), '</pieces><url>'],
  ['M4-066', /^Remove `type`/, file(`<size>5</size><pieces length="16384" type="sha-256"><hash type="sha-256">${sha256}</hash></pieces>`), '<hash>'],
  ['M4-080', /^Set/, file(`<hash>${sha256}</hash>`), '<hash type="sha-256">'],
  ['M4-081', /^Change to lower case/, file(`<hash type="sha-256">${sha256.toUpperCase()}</hash>`), sha256],
  ['M4-083', /^Change to `sha-256`/, file(`<hash type="sha-265">${sha256}</hash>`), 'type="sha-256"'],
  ['M4-084', /^Remove this one/, file(`<hash type="sha-1">${sha1}</hash><hash type="sha-1">${'0'.repeat(40)}</hash>`), `${sha1}</hash><url>`],
  ['M4-087', /^Change to `sha-256`/, file(`<hash type="SHA256">${sha256}</hash>`), 'type="sha-256"'],
  ['M4-089', /^Remove the white space/, file(`<hash type="sha-256">\n${sha256} </hash>`), `>${sha256}<`],
  ['M4-090', /^Make `b` text/, file('<description>a <b>c</b></description>'), 'a &lt;b>c&lt;/b>'],
  ['M4-092', /^Change/, top('<generator>My Tool 1.0</generator>'), '<generator>My-Tool/1.0</generator>'],
  ['M4-094', /^Change/, file('<language>en_US</language>'), '<language>en-US</language>'],
  ['M4-094', /^Change/, file('<language>cz</language>'), '<language>cs</language>'],
  ['M4-096', /^Change/, top('<origin>f.meta4</origin>'), '<origin>https://example.org/d/f.meta4</origin>'],
  ['M4-097', /^Change/, top('<origin dynamic="yes">https://example.org/f.meta4</origin>'), 'dynamic="true"'],
  ['M4-097', /^Change/, top('<origin dynamic="0">https://example.org/f.meta4</origin>'), 'dynamic="false"'],
  ['M4-098', /^Change/, file('<os>Linux-x86</os>'), '<os>LINUX</os>'],
  ['M4-099', /^Set/, file('<publisher><name>Lab</name><url>https://example.org/</url></publisher>'), '<publisher name="Lab" url="https://example.org/"></publisher>'],
  ['M4-101', /^Change/, file(`<signature mediatype="pgp">${pgp}</signature>`), 'mediatype="application/pgp-signature"'],
  ['M4-101', /^Set/, file(`<signature>${pgp}</signature>`), 'mediatype="application/pgp-signature"'],
  ['M4-110', /^Change/, root('<file name="f"><url priority="0">https://example.org/f</url></file>'), 'priority="1"'],
  ['M4-110', /^Change/, root('<file name="f"><url priority="1000000">https://example.org/f</url></file>'), 'priority="999999"'],
  ['M4-112', /^Change/, root('<file name="f"><url location="uk">https://example.org/f</url></file>'), 'location="gb"'],
  ['M4-114', /^Change/, root('<origin>https://example.org/d/f.meta4</origin><file name="f"><url>f</url></file>'), '<url>https://example.org/d/f</url>'],
  ['M4-115a', /^Remove the credentials/, root('<file name="f"><url>https://me:secret@example.org/f</url></file>'), '<url>https://example.org/f</url>'],
  ['M4-116', /^Change to `torrent`/, file('<metaurl mediatype="application/x-bittorrent">https://example.org/f.torrent</metaurl>'), 'mediatype="torrent"'],
  ['M4-116', /^Set/, file('<metaurl>https://example.org/f.torrent</metaurl>'), 'mediatype="torrent"'],
  ['M4-116', /^Change to `application/, file('<metaurl mediatype="metalink">https://example.org/f.meta4</metaurl>'), 'mediatype="application/metalink4+xml"'],
  ['M4-118', /^Change/, file('<metaurl mediatype="torrent" name="/f">https://example.org/f.torrent</metaurl>'), 'name="f"'],
  ['M4-119', /^Remove `location`/, file('<metaurl mediatype="torrent" location="de">https://example.org/f.torrent</metaurl>'), '<metaurl mediatype="torrent">'],
  ['M4-120', /^Change/, top('<published>Mon, 15 May 2006 00:00:01 GMT</published>'), '<published>2006-05-15T00:00:01Z</published>'],
  ['M4-121', /^Change/, top('<published>2026-05-01t12:15:02Z</published>'), '<published>2026-05-01T12:15:02Z</published>'],
  ['M4-122', /^Change/, top('<published>2026-05-01T12:15:02</published>'), '<published>2026-05-01T12:15:02Z</published>'],
  ['M4-132', /^Change to `identity`/, file('<identiy>tool</identiy>'), '<identity>tool</identity>'],
]; // prettier-ignore

describe('a quick fix that is named mends what it is about', () => {
  it.each(named)('%s %s %s', (rule, title, before, after) => {
    const found = check(before);
    const { edits } = fixOf(found, rule, title);
    const mended = apply(before, edits);
    const left = check(mended);
    expect(mended).toContain(after);
    expect(left.filter(({ code }) => code === rule).length, mended).toBeLessThan(found.filter(({ code }) => code === rule).length);
    expect(errorsOf(left), mended).toEqual([]);
    expect(mended).not.toBe(before);
  });

  it.each(named.filter(([, title]) => !title.test('Convert to Metalink 4')))('%s %s %s: no more than needed', (rule, title, before) => {
    for (const { range, newText } of fixOf(check(before), rule, title).edits) {
      const replaced = before.slice(range.start, range.end);
      expect(replaced === newText).toBe(false);
      expect(replaced).not.toMatch(/<file[^]*<\/metalink>/);
    }
  });
});

/** Values that only the author has: the fix gives the place for them. */
describe('a quick fix gives the place for what is missing', () => {
  it.each([
    ['M4-020', /^Insert a `file`/, root(''), '<file name=""></file>'],
    ['M4-045', /^Insert a `url`/, root('<file name="f"></file>'), '<file name="f"><url></url></file>'],
  ])('%s', (rule, title, before, after) => {
    const mended = apply(before, fixOf(check(before), rule, title).edits);
    expect(mended).toContain(after);
    expect(check(mended).map(({ code }) => code)).not.toContain(rule);
    expect(check(mended).map(({ code }) => code)).not.toContain('M4-001');
  });
});

describe('a file in the wrong extension is renamed (M4-005)', () => {
  const old = `<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="f"><resources><url type="https">https://example.org/f</url></resources></file></files></metalink>`; // prettier-ignore
  it.each([
    ['tool.meta4', old, '.metalink'],
    ['tool.metalink', file(''), '.meta4'],
  ])('%s', (fileName, text, extension) => {
    const fix = fixOf(check(text, fileName), 'M4-005', /^Rename the file/);
    expect(fix).toMatchObject({ edits: [], extension });
    expect(check(text, `tool${extension}`).map(({ code }) => code)).not.toContain('M4-005');
  });
  it('or converted', () => {
    const converted = apply(old, fixOf(check(old), 'M3-001', /^Convert to Metalink 4/).edits);
    expect(check(converted).map(({ code }) => code)).not.toContain('M4-005');
  });
});

describe('what others know is resolved (the command asks before it downloads)', () => {
  const pieces = (hashes: string) => `<pieces length="16384" type="sha-256">${hashes}</pieces>`;
  it.each([
    ['M4-046', 'told', file('')],
    ['M4-064a', 'told', file(pieces(`<hash>${sha256}</hash>`))],
    ['M4-084', 'told', file(`<hash type="sha-256">${sha256}</hash><hash type="sha-256">${'0'.repeat(64)}</hash>`)],
    ['M4-085', 'told', file(`<hash type="sha-1">${sha1}</hash>`)],
    ['M4-062', 'computed', file(`<size>5</size>${pieces('')}`)],
    ['M4-064', 'computed', file(`<size>99999</size>${pieces(`<hash>${sha256}</hash>`)}`)],
    ['M4-068', 'computed', file(`<size>5</size>${pieces('<hash>00</hash>')}`)],
  ])('%s', (rule, by, text) => {
    const source = createSourceText(text);
    const parsed = parseMetalink(text);
    const findings = checkMetalink(source, parsed);
    const finding = findings.find(({ code }) => code === rule);
    if (finding === undefined) throw new Error(`${rule} is not found`);
    const found = resolvablesIn({ source, parsed, options: {} }, findings, finding.range);
    expect(found).toContainEqual(expect.objectContaining({ file: 'f', by }));
  });
});

describe('entries of one name', () => {
  const titles = (text: string) =>
    check(text).filter(({ code }) => code === 'M4-032').flatMap(({ fixes }) => fixes ?? []).map(({ title }) => title); // prettier-ignore
  const two = (first: string, second: string, attributes = '') =>
    root(`<file name="f">${first}${url}</file><file name="f"${attributes}>${second}<url>https://example.org/2</url></file>`);
  it.each([
    ['of other sizes', two('<size>1</size>', '<size>2</size>')],
    ['of other digests', two(`<hash type="sha-1">${sha1}</hash>`, `<hash type="sha-1">${'0'.repeat(40)}</hash>`)],
    ['with a comment between', two('', '<!-- mine -->')],
    ['with a foreign element', two('', '<x xmlns="urn:x"/>')],
    ['with an attribute for all of it', two('', '', ' xml:base="https://example.org/"')],
  ])('%s are not merged by a fix', (_name, text) => expect(titles(text)).toEqual(['Change to `f-2`']));
  it('are merged with what the second has more', () => {
    const text = two('<size>1</size>', `<size>1</size><os>LINUX</os>`);
    expect(apply(text, fixOf(check(text), 'M4-032', /^Merge/).edits)).toBe(
      root(`<file name="f"><size>1</size>${url}<os>LINUX</os><url>https://example.org/2</url></file>`),
    );
  });
});

describe('fix all', () => {
  it.each(named)('%s %s %s: leaves nothing for a second time', (_rule, _title, before) => {
    const once = apply(before, fixAllEdits(check(before)));
    expect(fixAllEdits(check(once))).toEqual([]);
    expect(errorsOf(check(once)).length).toBeLessThanOrEqual(errorsOf(check(before)).length);
  });
});

/** Rules for which the facts name no fix, or none that a program could know. */
const unfixed =
  'M4-061 M4-067 M4-069 M4-082 M4-086 M4-088 M4-093 M4-095 M4-100 M4-103 M4-104 M4-105 M4-130 M4-131 M4-141 M4-144 M4-145 M4-146 M4-147 M4-160'.split(' '); // prettier-ignore
const elsewhere = 'M4-005 M4-020 M4-045 M4-046 M4-064a M4-062 M4-064 M4-068 M4-085'.split(' ');

it('every rule of Metalink 4 is in one of the tables', () => {
  const covered = new Set([...named.map(([rule]) => rule), ...unfixed, ...elsewhere]);
  expect(metalinkRules.map(({ id }) => id).filter((id) => id.startsWith('M4-') && !covered.has(id))).toEqual([]);
});
