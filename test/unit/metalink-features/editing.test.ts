import { describe, expect, test } from 'vitest';
import { closeTagMetalink } from '../../../server/src/metalink/closingTag';
import { formatMetalink } from '../../../server/src/metalink/format';
import { metalinkLinkedEditing } from '../../../server/src/metalink/linkedEditing';
import { prepareRenameMetalink, renameMetalink } from '../../../server/src/metalink/rename';
import { metalinkRewrites } from '../../../server/src/metalink/rewrites';
import { applyEdits, contextOf, inFile, inner, meta4, withCursor } from './documents';

describe('closing tags', () => {
  test.each<[string, string]>([
    [inFile('<size>|'), inFile('<size></size>')],
    [inFile('<url location="de">|\n'), inFile('<url location="de"></url>\n')],
    [meta4('<file name="a">|'), meta4('<file name="a"></file>')],
    [inFile('<size/>|'), inFile('<size/>')],
    [inFile('<size>|</size>'), inFile('<size></size>')],
    [inFile('<size>1</size>|'), inFile('<size>1</size>')],
    [inFile('a>|'), inFile('a>')],
    [inFile('<!-- <a>| -->'), inFile('<!-- <a> -->')],
    ['<m:metalink xmlns:m="urn:x"><m:file>|</m:metalink>', '<m:metalink xmlns:m="urn:x"><m:file></m:file></m:metalink>'],
    [inFile('<size>1</|'), inFile('<size>1</size>')],
    ['<metalink><file><size>1</size></|', '<metalink><file><size>1</size></file>'],
    ['<metalink></|', '<metalink></metalink>'],
    [inFile('<!-- </| -->'), inFile('<!-- </ -->')],
    [inFile('<url>https:/|/a.org/</url>'), inFile('<url>https://a.org/</url>')],
  ])('%s', (marked, expected) => {
    const { text, offset } = withCursor(marked);
    const context = contextOf(text);
    expect(applyEdits(context, closeTagMetalink(context, offset, text[offset - 1] ?? ''))).toBe(expected);
  });
});

describe('linked editing', () => {
  test.each<[string, string[]]>([
    [inFile('<si|ze>1</size>'), ['size', 'size']],
    [inFile('<size>1</si|ze>'), ['size', 'size']],
    [inFile('<size|>1</size>'), ['size', 'size']],
    ['<m:a|  xmlns:m="urn:x">1</m:a >', ['m:a', 'm:a']],
    [inFile('<size>1|</size>'), []],
    [inFile('<si|ze/>'), []],
    [inFile('<si|ze>1'), []],
    [inFile('<!-- <si|ze>1</size> -->'), []],
  ])('%s', (marked, expected) => {
    const { text, offset } = withCursor(marked);
    const context = contextOf(text);
    const ranges = metalinkLinkedEditing(context, offset)?.ranges ?? [];
    expect(ranges.map(({ start, end }) => text.slice(context.source.offsetAt(start), context.source.offsetAt(end)))).toEqual(expected);
  });
});

describe('rename of a file entry', () => {
  const two = meta4('<file name="a"><url>https://a.org/a</url></file><file name=\'b&amp;c\'><url>https://a.org/b</url></file>');
  test.each<[string, string, string]>([
    ['name="a"', 'tool.sif', 'name="tool.sif"'],
    ['name="a"', 'x & "y"', 'name="x &amp; &quot;y&quot;"'],
    ["name='b", "it's", "name='it&apos;s'"],
  ])('%s to %s', (place, newName, expected) => {
    const context = contextOf(two);
    const renamed = renameMetalink(context, two.indexOf(place) + 6, newName);
    expect(renamed !== undefined && 'edits' in renamed && applyEdits(context, renamed.edits)).toContain(expected);
  });
  test.each<[string, string]>([
    ['../a', 'M4-033'],
    ['/etc/passwd', 'M4-033'],
    ['', 'M4-033'],
    ['b&c', 'M4-032'],
  ])('not to %s', (newName, code) => {
    const renamed = renameMetalink(contextOf(two), two.indexOf('name="a"') + 6, newName);
    expect(renamed !== undefined && 'problem' in renamed && renamed.problem).toContain(code);
  });
  test('its own name is no other', () => expect(renameMetalink(contextOf(two), two.indexOf('name="a"') + 6, 'a')).toHaveProperty('edits'));
  test('the old name is shown as it is meant', () =>
    expect(prepareRenameMetalink(contextOf(two), two.indexOf('b&amp;') + 1)).toMatchObject({ placeholder: 'b&c' }));
  test('nothing else is renamed', () => expect(prepareRenameMetalink(contextOf(two), two.indexOf('https') + 1)).toBeUndefined());
});

test('the sources of a file are sorted by priority, those of others stay', () => {
  const url = (priority: number) => `<url priority="${priority}">https://${priority}.org/</url>`;
  const text = meta4(`<file name="a">${url(2)}<!-- one -->${url(1)}</file><file name="b">${url(9)}${url(8)}</file>`);
  const context = contextOf(text);
  const at = text.indexOf('one');
  const [rewrite] = metalinkRewrites(context, { start: at, end: at });
  const edits = (rewrite?.edits ?? []).map(({ range, newText }) => ({ range: context.source.rangeOf(range), newText }));
  const sorted = applyEdits(context, edits);
  expect(sorted).toBe(meta4(`<file name="a">${url(1)}<!-- one -->${url(2)}</file><file name="b">${url(9)}${url(8)}</file>`));
  expect(metalinkRewrites(contextOf(sorted), { start: at, end: at })).toEqual([]);
});

describe('formatting', () => {
  const format = (text: string, step?: string) => {
    const context = contextOf(text);
    return applyEdits(context, formatMetalink(context, step));
  };
  test.each<[string, string]>([
    [inFile('<size>1</size>'), '\n  <file name="f">\n    <size>1</size>\n  </file>\n'],
    [inFile('\n\n\n<size> 1\n </size>   <url>a</url>'), '\n  <file name="f">\n\n    <size> 1\n </size>\n    <url>a</url>\n  </file>\n'],
    [inFile('\n<url>a</url> <!-- best -->\n<!-- next -->\n<url>b</url>'), '\n  <file name="f">\n    <url>a</url> <!-- best -->\n    <!-- next -->\n    <url>b</url>\n  </file>\n'],
    [inFile('<pieces><hash>a</hash><hash>b</hash></pieces>'), '\n  <file name="f">\n    <pieces>\n      <hash>a</hash>\n      <hash>b</hash>\n    </pieces>\n  </file>\n'],
    [inFile('text <size>1</size>'), '\n  <file name="f">text <size>1</size>\n  </file>\n'],
    [inFile('\u00a0<size>1</size>'), '\n  <file name="f">\u00a0<size>1</size>\n  </file>\n'],
    [inFile('<description>a <b>x</b>\n c</description>'), '\n  <file name="f">\n    <description>a <b>x</b>\n c</description>\n  </file>\n'],
    [inFile('<x:a xmlns:x="urn:x"><x:b/> <x:c/></x:a>'), '\n  <file name="f">\n    <x:a xmlns:x="urn:x"><x:b/> <x:c/></x:a>\n  </file>\n'],
    [inFile('<pieces xml:space="preserve"><hash>a</hash></pieces>'), '\n  <file name="f">\n    <pieces xml:space="preserve"><hash>a</hash></pieces>\n  </file>\n'],
    [inFile('<size>1</size>\r\n'), '\r\n  <file name="f">\r\n    <size>1</size>\r\n  </file>\r\n'],
    [inFile('<size>1</sise>'), '<file name="f"><size>1</sise></file>'],
  ])('%j', (text, expected) => {
    const formatted = format(text);
    expect(formatted.replace(/^<metalink xmlns="urn:ietf:params:xml:ns:metalink">/, '').replace(/<\/metalink>$/, '')).toBe(expected);
    expect(format(formatted)).toBe(formatted);
  }); // prettier-ignore
  test('with tabs', () => expect(inner(format(meta4('<generator>a/1</generator>'), '\t'))).toBe('\n\t<generator>a/1</generator>\n'));
});
