import { describe, expect, test } from 'vitest';
import { metalinkHover } from '../../../server/src/metalink/hover';
import { vocabulary } from '../../../server/src/metalink/vocabulary';
import { contextOf, inFile, meta4, withCursor } from './documents';

function hover(marked: string): string {
  const { text, offset } = withCursor(marked);
  const contents = metalinkHover(contextOf(text), offset)?.contents;
  return contents !== undefined && typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

const digest = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

describe('every element and attribute', () => {
  test.each([...vocabulary.values()].map((definition) => [definition.name, definition] as const))('%s', (name, definition) => {
    const parent = name === 'metalink' ? undefined : definition.parents[0];
    const around = (element: string) => (parent === undefined ? element : parent === 'file' ? inFile(element) : meta4(element));
    const tag = (inner: string) =>
      parent === undefined ? `<metalink xmlns="urn:ietf:params:xml:ns:metalink" ${inner}/>` : around(`<${name} ${inner}/>`);
    expect(hover(tag('').replace(`<${name}`, `<|${name}`))).toContain(`section-${definition.section})`);
    for (const attribute of definition.attributes)
      expect(hover(tag(`|${attribute.name}="x"`)), attribute.name).toContain(`section-${attribute.section})`);
    if (definition.languageSensitive) expect(hover(tag('|xml:lang="de"'))).toContain('RFC 5646');
  });
});

test.each<[string, string]>([
  [inFile('<si|ze>1</size>'), '**size**'],
  [inFile('<size>1</si|ze>'), '**size**'],
  [inFile('<size>2621|440</size>'), '2,621,440 bytes = 2.6 MB'],
  [inFile('<size>99999999999999999999999999999999999999999|</size>'), '**size**'],
  [inFile('<url location="d|e">x</url>'), 'Germany'],
  [inFile('<url location="xx|">x</url>'), '**location**'],
  [inFile('<hash type="sha|-256">x</hash>'), '64 hexadecimal digits; fit for verification'],
  [inFile('<hash type="md|5">x</hash>'), 'too weak'],
  [inFile('<pieces length="1048|576" type="sha-256"><hash>a</hash></pieces>'), '1,048,576'],
  [inFile(`<size>25</size><pieces length="10" type="sha-256"><hash>${digest}</hash><hash>${digest}</hash><hash>9f|86</hash></pieces>`), 'Part 3: from byte 20, 5 bytes long'],
  [inFile('<language>pt-|BR</language>'), 'Portuguese'],
  ['<metalink xm|lns="urn:ietf:params:xml:ns:metalink"/>', 'namespace of Metalink 4'],
  ['<m:metalink xmlns:m="urn:ietf:par|ams:xml:ns:metalink"/>', '#section-1.2'],
  ['<metalink xmlns="http://www.meta|linker.org/"/>', 'namespace of Metalink 3'],
  ['<metalink xmlns="urn:|x"/>', ''],
  [inFile('<description xml:lang="d|e">x</description>'), 'German'],
  [inFile('<x:size xmlns:x="urn:x">1|</x:size>'), ''],
  [inFile('<!-- <si|ze> -->'), ''],
  [inFile('<nonsen|se/>'), ''],
  ['<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="f"><si|ze>1</size></file></files></metalink>', 'Metalink 3'],
  ['', ''],
].map(([marked = '', expected = '']) => [marked === '' ? '|' : marked, expected]))('%s', (marked, expected) => {
  if (expected === '') expect(hover(marked)).toBe('');
  else expect(hover(marked)).toContain(expected);
}); // prettier-ignore
