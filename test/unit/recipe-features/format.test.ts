import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits, formatRecipe } from '../../../server/src/recipe/format';
import { meaningOf } from '../../../server/src/recipe/meaning';
import { anyRecipe, contextOf, corpusRecipes } from './recipes';

const spaces = { tabSize: 4, insertSpaces: true };
const format = (text: string, options = spaces) => applyEdits(text, formatRecipe(contextOf(text), options));

describe('what is done', () => {
  test.each<[string, string, string]>([
    ['nothing to an empty text', '', ''],
    ['spaces around the colon', 'Bootstrap: docker\nFrom   :alpine   \n', 'Bootstrap: docker\nFrom: alpine\n'],
    [
      'spelling of keys',
      'bootstrap: docker\nFROM: alpine\nmirrorurl: http://a\n',
      'Bootstrap: docker\nFrom: alpine\nMirrorURL: http://a\n',
    ],
    ['keys that nobody knows stay', 'Bootstrap: docker\nfrm : alpine\n', 'Bootstrap: docker\nfrm: alpine\n'],
    ['indentation of the header', 'Bootstrap: docker\n   From: alpine\n', 'Bootstrap: docker\nFrom: alpine\n'],
    ['a comment behind a value', 'Bootstrap: docker\nFrom:alpine   # why  \n', 'Bootstrap: docker\nFrom: alpine   # why\n'],
    ['a continued value', 'Bootstrap: yum\nInclude :a \\\n  b\n', 'Bootstrap: yum\nInclude: a \\\n  b\n'],
    ['numbered keys', 'Bootstrap: zypper\notherurl2:http://a\n', 'Bootstrap: zypper\nOtherURL2: http://a\n'],
    ['spelling of sections', 'Bootstrap: docker\n\n%%POST\n true\n', 'Bootstrap: docker\n\n%post\n true\n'],
    ['space behind a section', 'Bootstrap: docker\n\n%post \n true\n', 'Bootstrap: docker\n\n%post\n true\n'],
    ['more space there is an argument, and stays', 'Bootstrap: docker\n\n%POST   \n true\n', 'Bootstrap: docker\n\n%POST   \n true\n'],
    ['blank lines behind the header', 'Bootstrap: docker\n\n\n\n%post\n true\n', 'Bootstrap: docker\n\n%post\n true\n'],
    ['no blank line behind the header', 'Bootstrap: docker\n%post\n true\n', 'Bootstrap: docker\n\n%post\n true\n'],
    [
      'columns of labels',
      'Bootstrap: docker\n\n%labels\nA 1\n  Longer   two words  \n\n\n%post\n true\n',
      'Bootstrap: docker\n\n%labels\n    A      1\n    Longer two words\n\n%post\n true\n',
    ],
    ['a tab in a label', 'Bootstrap: docker\n\n%labels\n  A\t1\n', 'Bootstrap: docker\n\n%labels\n    A\t1\n'],
    [
      'columns of files',
      'Bootstrap: docker\n\n%files\n  a.txt /b\n  # c\n  "d e" /f\n',
      'Bootstrap: docker\n\n%files\n    a.txt /b\n    # c\n    "d e" /f\n',
    ],
    [
      'scripts stay',
      'Bootstrap: docker\n\n%post\n\ttrue   \n\n\n\n%runscript\n x  \n',
      'Bootstrap: docker\n\n%post\n\ttrue   \n\n\n\n%runscript\n x  \n',
    ],
    ['help stays', 'Bootstrap: docker\n\n%help\n\n  a  \n\n\n%post\n true\n', 'Bootstrap: docker\n\n%help\n\n  a  \n\n\n%post\n true\n'],
    ['a line end at the end', 'Bootstrap: docker\n\n%post\n true', 'Bootstrap: docker\n\n%post\n true\n'],
    [
      'Windows line ends stay',
      'Bootstrap: docker\r\nFrom :a\r\n%post\r\n true\r\n',
      'Bootstrap: docker\r\nFrom: a\r\n\r\n%post\r\n true\r\n',
    ],
    ['a second stage', 'Bootstrap: docker\n\n%post\n a\nbootstrap:docker\n', 'Bootstrap: docker\n\n%post\n a\nBootstrap: docker\n'],
    ['no new stage comes to be', 'From: a\nBootstrap : docker\n', 'From: a\nBootstrap : docker\n'],
    ['an indented section stays for a quick fix', 'Bootstrap: docker\n\n  %post\n true\n', 'Bootstrap: docker\n\n  %post\n true\n'],
  ])('%s', (_title, before, after) => {
    expect(format(before)).toBe(after);
    expect(format(after)).toBe(after);
  });

  test('only in a range', () => {
    const text = 'Bootstrap: docker\nFrom :a\nStage :b\n';
    expect(applyEdits(text, formatRecipe(contextOf(text), spaces, { start: 18, end: 20 }))).toBe('Bootstrap: docker\nFrom: a\nStage :b\n');
  });

  test('with tabs', () =>
    expect(format('Bootstrap: docker\n\n%labels\n  A 1\n', { tabSize: 8, insertSpaces: false })).toContain('\n\tA 1\n'));
});

test('the corpus keeps its meaning, and formatting again changes nothing', () => {
  for (const text of corpusRecipes()) {
    const formatted = format(text);
    expect(meaningOf(formatted)).toBe(meaningOf(text));
    expect(format(formatted)).toBe(formatted);
  }
});

test('any text keeps its meaning, and formatting again changes nothing', () => {
  fc.assert(
    fc.property(anyRecipe, (text) => {
      const formatted = format(text);
      expect(meaningOf(formatted)).toBe(meaningOf(text));
      expect(format(formatted)).toBe(formatted);
    }),
    { numRuns: 300 },
  );
});
