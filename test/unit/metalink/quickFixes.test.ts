import { describe, expect, it } from 'vitest';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { createSourceText } from '../../../server/src/text/sourceText';

const meta4 = (inner: string): string => `<metalink xmlns="urn:ietf:params:xml:ns:metalink">${inner}</metalink>`;
const inFile = (inner: string): string => meta4(`<file name="f">${inner}<url>https://e.org/f</url></file>`);

/** The document after the fix of that title. */
function fixed(text: string, rule: string, title: RegExp): string {
  const findings = checkMetalink(createSourceText(text), parseMetalink(text), { fileName: 'file:///project/tool.meta4' });
  const fix = findings.filter(({ code }) => code === rule).flatMap(({ fixes }) => fixes ?? []).find((each) => title.test(each.title)); // prettier-ignore
  if (fix === undefined) throw new Error(`${rule} has no fix ${String(title)}`);
  return [...fix.edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end), text);
}

describe('quick fixes write what is meant', () => {
  const cases: [string, string, RegExp, string, string][] = [
    [
      'an element in a text becomes text',
      'M4-090',
      /^Make `b` text/,
      inFile('<description>a <b x="&amp;">c</b> d</description>'),
      inFile('<description>a &lt;b x="&amp;">c&lt;/b> d</description>'),
    ],
    [
      'a name that differs in case only',
      'M4-032a',
      /^Change/,
      meta4(
        '<file name="Tool.sif"><url>https://e.org/a</url></file><file name="tool-2.sif"><url>https://e.org/b</url></file><file name="tool.sif"><url>https://e.org/c</url></file>',
      ),
      meta4(
        '<file name="Tool.sif"><url>https://e.org/a</url></file><file name="tool-2.sif"><url>https://e.org/b</url></file><file name="tool-3.sif"><url>https://e.org/c</url></file>',
      ),
    ],
    [
      'an origin beside the file',
      'M4-025',
      /^Insert the origin/,
      meta4('<file name="f"><url>https://e.org/dir/f?x=1</url></file>'),
      meta4('<origin>https://e.org/dir/tool.meta4</origin><file name="f"><url>https://e.org/dir/f?x=1</url></file>'),
    ],
    [
      'URLs as their xml:base means them',
      'M4-011',
      /^Write whole URLs/,
      meta4('<file name="f" xml:base="https://e.org/d/"><url>f?a=1&amp;b</url><url>https://x.org/f</url><metaurl mediatype="torrent">../f.torrent</metaurl></file>'), // prettier-ignore
      meta4('<file name="f"><url>https://e.org/d/f?a=1&amp;b</url><url>https://x.org/f</url><metaurl mediatype="torrent">https://e.org/f.torrent</metaurl></file>'), // prettier-ignore
    ],
    [
      'a relative URL by its xml:base',
      'M4-114',
      /^Change/,
      meta4('<file name="f" xml:base="https://e.org/d/"><url>f</url></file>'),
      meta4('<file name="f" xml:base="https://e.org/d/"><url>https://e.org/d/f</url></file>'),
    ],
    [
      'a URL that lacks its scheme',
      'M4-114',
      /^Change/,
      meta4('<file name="f"><url>www.e.org/f.sif</url></file>'),
      meta4('<file name="f"><url>https://www.e.org/f.sif</url></file>'),
    ],
    [
      'an origin that lacks its scheme',
      'M4-096',
      /^Change/,
      meta4('<origin>//e.org/f.meta4</origin><file name="f"><url>https://e.org/f</url></file>'),
      meta4('<origin>https://e.org/f.meta4</origin><file name="f"><url>https://e.org/f</url></file>'),
    ],
  ];
  it.each(cases)('%s', (_name, rule, title, before, after) => expect(fixed(before, rule, title)).toBe(after));

  it('a file without a folder is no host', () => {
    const text = meta4('<file name="f"><url>README.torrent</url></file>');
    const findings = checkMetalink(createSourceText(text), parseMetalink(text));
    expect(findings.find(({ code }) => code === 'M4-114')?.fixes).toBeUndefined();
  });
});
