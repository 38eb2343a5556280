import { describe, expect, test } from 'vitest';
import { readDefinitions } from '../../../server/src/recipe/definition';
import type { Definition } from '../../../server/src/recipe/definition';
import { parseRecipe } from '../../../server/src/recipe/parse';
import type { Engine } from '../../../server/src/recipe/vocabulary';

/** `stages: N`, or the engine's error; a crash is marked. */
function answer(text: string, engine: Engine): string {
  const result = readDefinitions(parseRecipe(text), engine);
  if ('stages' in result) return `stages: ${result.stages.length}`;
  return result.crash ? `crash: ${result.message}` : result.message;
}

function onlyStage(text: string): Definition {
  const result = readDefinitions(parseRecipe(text), 'apptainer');
  if (!('stages' in result) || result.stages[0] === undefined) throw new Error('refused');
  return result.stages[0];
}

// What the real parsers said (test/oracle/recipe): text, Apptainer, SingularityCE where it differs.
const verdicts: [text: string, apptainer: string, singularity?: string][] = [
  ['Bootstrap: docker\n', 'stages: 1'],
  ['bootstrap:docker\nFrom: a\n%post\n x\n', 'stages: 1'],
  ['Bootstrap : docker\nFrom: a\n', 'stages: 1'],
  [' Bootstrap: docker\nFrom: a\n', 'stages: 1'],
  ['bootſtrap: docker\n', 'failed to parse deffile header: invalid header keyword found: bootſtrap'],
  ['Bootstrap: docker\n%help\nbootstrap: see below\n', 'stages: 2'],
  ['Bootstrap: docker\n%post\ncat <<EOF\nBootstrap: x\nEOF\n', 'failed to parse deffile header: header key EOF had no val'],
  ['Bootstrap: docker\n%post\ncat <<EOF\n%wheel ALL=(ALL)\nEOF\n', 'invalid section(s) specified: wheel'],
  ['From: a\nBootstrap: docker\n', 'stages: 2'],
  ['\ufeffBootstrap: docker\nFrom: a\n', 'failed to parse deffile header: invalid header keyword found: \ufeffbootstrap'],
  ['Bootstrap: docker\nNope: x\n', 'failed to parse deffile header: invalid header keyword found: nope'],
  ['Bootstrap: docker\nFrom a\n', 'failed to parse deffile header: header key From a had no val'],
  ['Bootstrap: docker\nFrom a # c\n', 'failed to parse deffile header: header key From a  had no val'],
  ['Bootstrap: docker\nOtherURL: x\n', 'failed to parse deffile header: invalid header keyword found: otherurl'],
  ['Bootstrap: docker\nOtherURL12: x\n', 'stages: 1'],
  ['Bootstrap: docker\notherurl&n: x\n', 'stages: 1'],
  ['Bootstrap: docker\nFrom2: x\n', 'failed to parse deffile header: invalid header keyword found: from2'],
  ['Bootstrap: docker\nİnclude: x\n', 'stages: 1'],
  ['Bootstrap: docker\nConfURL: x\n', 'stages: 1', 'failed to parse deffile header: invalid header keyword found: confurl'],
  ['Bootstrap: docker\nTarget: x\n', 'stages: 1', 'failed to parse deffile header: invalid header keyword found: target'],
  ['Bootstrap: docker\n: x\n', 'failed to parse deffile header: invalid header keyword found: '],
  ['Bootstrap: docker\nInclude: a \\\n b\n', 'stages: 1'],
  ['Bootstrap: docker\nInclude: a \\\n# c\n b\n', 'crash: assignment to entry in nil map'],
  ['Bootstrap: docker\nInclude: a \\\n\n b: c\n', 'crash: assignment to entry in nil map'],
  ['Bootstrap: docker\nInclude: a \\\n%post\n', 'stages: 1'],
  ['Bootstrap: docker\nInclude: \\\nFrom: b\n', 'stages: 1'],
  ['Bootstrap: docker\nInclude: \\\nFrom: b\n\nStage: c\n', 'crash: assignment to entry in nil map'],
  ['Bootstrap: docker\n: a \\\n# c\n b\n', 'failed to parse deffile header: invalid header keyword found: '],
  [
    'Bootstrap: docker\nTarget:\u00a0\\\r\nbootstrap1: x\n\nFrom: a\n',
    'failed to parse deffile header: invalid header keyword found: bootstrap1',
  ],
  ['Bootstrap: docker\nNope: a \\\n', 'stages: 1'],
  ['Bootstrap: docker\nMirrorURL: https://x/a#b\n', 'stages: 1'],
  ['DistType "debian"\n', 'failed to parse deffile header: header key DistType "debian" had no val'],
  ['%post\n', 'section %post: could not be split into section name and body'],
  ['%post', 'section %post: could not be split into section name and body'],
  ['%post -c bash\n', 'section %post -c bash: could not be split into section name and body'],
  ['%post\n x\n', 'stages: 1'],
  ['%post\n\n', 'section %post: could not be split into section name and body'],
  ['\n%post\n', 'no stages found in definition file', 'stages: 0'],
  ['\n%post\n\n', 'stages: 1'],
  ['# c\n%post\n x\n', 'stages: 1'],
  ['  %post\n x\n', 'stages: 1'],
  ['Bootstrap: docker\n  %post\n x\n', 'invalid section(s) specified: '],
  ['Bootstrap: docker\n\t%post -c x\n', 'invalid section(s) specified: \t%post'],
  ['Bootstrap: docker\n\u00a0%post\n', 'invalid section(s) specified: \u00a0%post'],
  ['Bootstrap: docker\n\f%post\n', 'invalid section(s) specified: \f%post'],
  ['Bootstrap: docker\nx\r%post\n', 'failed to parse deffile header: header key x\r%post had no val'],
  ['Bootstrap: docker\n%post\t-c x\n', 'invalid section(s) specified: post\t-c'],
  ['Bootstrap: docker\n%files\tfrom a\n', 'invalid section(s) specified: files\tfrom'],
  ['Bootstrap: docker\n%post# c\n', 'invalid section(s) specified: post#'],
  ['Bootstrap: docker\n%post # c\n', 'stages: 1'],
  ['Bootstrap: docker\n% post\n', 'invalid section(s) specified: '],
  ['Bootstrap: docker\n%%POST\n x\n', 'stages: 1'],
  ['Bootstrap: docker\n%fİles\n a b\n', 'stages: 1'],
  ['Bootstrap: docker\n%tests\n', 'invalid section(s) specified: tests'],
  ['Bootstrap: docker\n%tests\n%label\n%tests x\n', 'invalid section(s) specified: tests, label'],
  ['Bootstrap: docker\n%{{ S }}\n', 'invalid section(s) specified: {{'],
  ['Bootstrap: docker\n%post\u200b\n', 'invalid section(s) specified: post\u200b'],
  ['Bootstrap: docker\n%post\n%\n', 'invalid section(s) specified: '],
  ['Bootstrap: docker\n%appinstall\n', 'app section appinstall: could not be split into section name and app name'],
  ['Bootstrap: docker\n%appinstall \n', 'stages: 1'],
  ['Bootstrap: docker\n%appinstall  foo\n', 'stages: 1'],
  ['Bootstrap: docker\n%appinstall foo bar\n x\n', 'stages: 1'],
  ['Bootstrap: docker\n%AppInstall foo\n', 'invalid section(s) specified: AppInstall foo'],
  ['Bootstrap: docker\n%AppInstall\n', 'app section AppInstall: could not be split into section name and app name'],
  ['Bootstrap: docker\n%appİnstall foo\n', 'invalid section(s) specified: appİnstall foo'],
  ['Bootstrap: docker\n%appfoo bar\n', 'invalid section(s) specified: appfoo'],
  ['Bootstrap: docker\n%files\n"\n', 'crash: index out of range [0] with length 0'],
  ["Bootstrap: docker\n%files\n'\n", 'stages: 1'],
  ['Bootstrap: docker\n%files x\n"\n', 'crash: index out of range [0] with length 0'],
  ['Bootstrap: docker\n%files\u180e x\n"\n', 'invalid section(s) specified: files\u180e'],
  ['Bootstrap: docker\n%appfiles a\n"\n', 'stages: 1'],
  ['Bootstrap: docker\n%labels\n', 'stages: 1'],
  ['\n%labels x\n # c\n', 'no stages found in definition file', 'stages: 0'],
  ['', 'no stages found in definition file', 'stages: 0'],
  ['\n', 'no stages found in definition file', 'stages: 0'],
  ['# only a comment\n', 'no stages found in definition file', 'stages: 0'],
  ['\n%help\n%post\n', 'no stages found in definition file', 'stages: 0'],
  ['\n%files\n', 'stages: 1'],
  ['{"header": {}}\n', 'failed to parse deffile header: invalid header keyword found: {"header"'],
  [
    'Bootstrap: docker\n%post\n x\nFrom: b\nBootstrap: docker\nNope: y\n',
    'failed to parse deffile header: invalid header keyword found: nope',
  ],
  ['Bootstrap: docker\nNope: y\n%post\nBootstrap: docker\nFrom\n', 'failed to parse deffile header: invalid header keyword found: nope'],
  ['Bootstrap: docker\n%tests\n%appinstall\n', 'app section appinstall: could not be split into section name and app name'],
];

describe('verdicts of the engines’ parsers', () => {
  test.each(verdicts)('%j', (text, apptainer, singularity) => {
    expect(answer(text, 'apptainer')).toBe(apptainer);
    expect(answer(text, 'singularity')).toBe(singularity ?? apptainer);
  });
});

describe('the limit of 65,536 bytes', () => {
  const header = 'Bootstrap: docker\n';
  const filler = (bytes: number, unit = 'a') => unit.repeat(bytes);
  const tooLong = 'bufio.Scanner: token too long';
  // One byte has to stay free at the end of the file: the scanner sees the end by reading once more.
  test.each([
    ['last section fits', `${header}%post\n${filler(65529)}`, 'stages: 1'],
    ['last section is one byte longer', `${header}%post\n${filler(65530)}`, tooLong],
    ['section with the next section line fits', `${header}%post\n${filler(65522)}\n%test\n x\n`, 'stages: 1'],
    ['section with the next section line is one byte longer', `${header}%post\n${filler(65524)}\n%test\n x\n`, tooLong],
    ['two sections, each below', `${header}%post\n${filler(60000)}\n%test\n${filler(60000)}\n`, 'stages: 1'],
    ['bytes count, not characters', `${header}%post\n${filler(22000, '日')}`, tooLong],
    ['a pair of surrogates is four bytes', `${header}%post\n${filler(16382, '😀')}`, 'stages: 1'],
    ['a pair of surrogates is four bytes: too long', `${header}%post\n${filler(16383, '😀')}`, tooLong],
    ['what stands for a byte that is no UTF-8 is one', `${header}%post\n${filler(65529, '\udcff')}`, 'stages: 1'],
    ['header', `${header}# ${filler(65536)}\n%post\n`, tooLong],
    ['each stage counts for itself', `${header}%post\n${filler(60000)}\n${header}%post\n${filler(60000)}\n`, 'stages: 2'],
  ])('%s', (_, text, expected) => expect(answer(text, 'apptainer')).toBe(expected));
});

describe('lines of %files', () => {
  test.each([
    ['a b', 'a', 'b'],
    ['a', 'a', ''],
    ['a b c # d', 'a', 'b'],
    ['"a b" "/c d"', 'a b', '/c d'],
    ["'a b' /y", "'a b", "' /y"],
    ["'a b /y", "'a b /y", ''],
    ["it's b", 'it', "'s b"],
    ['a\\ b /z', 'a\\', 'b'],
    ['"a b /x', 'a', 'b'],
    ['"" /x', '', '/x'],
    ['a\tb', 'a', 'b'],
    ['a\u00a0b c', 'a\u00a0b', 'c'],
    ['a\vb c', 'a\vb', 'c'],
    ['x/{{ V }}/y {{ W }}/z', 'x/{{ V }}/y', '{{ W }}/z'],
    ['{{ V } b', '{{ V }', 'b'],
    ['a{{ V }}b{{W}}c d', 'a{{ V }}b{{W}}c', 'd'],
    ['{{ V.x }} b', '{{', 'V.x'],
    ['{{ V }}{b c', '{{ V }}', '{b'],
    ['a{{ V }}"q" c', 'a{{ V }}', 'q'],
  ])('%j', (line, source, destination) => {
    expect(onlyStage(`Bootstrap: docker\n%files\n ${line} \n`).buildData.files).toEqual([{ args: '', files: [{ source, destination }] }]);
  });
});

describe('what becomes of the text', () => {
  test.each<[string, string, (stage: Definition) => unknown, unknown]>([
    ['a continued value', 'Bootstrap: docker\nInclude: a \\\n b\n', (s) => s.header?.include, 'a b'],
    ['a line end in a value', 'Bootstrap: zypper\nProductPGP: a\\n\\\nb\n', (s) => s.header?.productpgp, 'a\nb'],
    ['the last key wins', 'Bootstrap: docker\nFrom: a\nFROM: b\n', (s) => s.header?.from, 'b'],
    ['a value that goes on at the end is dropped', 'Bootstrap: docker\nFrom: a \\\n%post\n', (s) => s.header, { bootstrap: 'docker' }],
    ['bytes joined over a continuation', 'Bootstrap: x\nUser: \udce1\udc9a\\\n\udc80x\n', (s) => s.header?.user, '\u1680x'],
    ['carriage returns', 'Bootstrap: docker\r\n%post\r\n a\r\r\n b\r\n', (s) => s.buildData.buildScripts.post.script, ' a\r\n b\n'],
    ['a carriage return as the last line', 'Bootstrap: docker\n%post\n a\n\r', (s) => s.buildData.buildScripts.post.script, ' a\n\n'],
    ['a last line without an end', 'Bootstrap: docker\n%post\n a', (s) => s.buildData.buildScripts.post.script, ' a\n'],
    ['the first section without a header is trimmed', '%post\n a\n\n%test\n b\n\n', (s) => s.buildData.buildScripts.post.script, ' a'],
    ['…and glued to its next part', '%labels\nA b\n%labels\nC d\n', (s) => s.imageData.labels, { A: 'bC d' }],
    [
      'repeated sections',
      'Bootstrap: docker\n%post -c sh\n a\n%post\n b\n',
      (s) => s.buildData.buildScripts.post,
      { args: '-c sh', script: ' a\n b\n' },
    ],
    ['a space resets the arguments', 'Bootstrap: docker\n%post -c sh\n%post \n', (s) => s.buildData.buildScripts.post.args, ''],
    ['labels', 'Bootstrap: docker\n%labels\nA b\nA\tc d\nA e \\\n', (s) => s.imageData.labels, { A: 'e \\', 'A\tc': 'd' }],
    ['a label named __proto__', 'Bootstrap: docker\n%labels\n__proto__ x\n', (s) => Object.keys(s.imageData.labels), ['__proto__']],
    [
      'apps',
      'Bootstrap: docker\n%apprun b\n x\n%appenv a\n%apprun b\n y\n',
      (s) => [s.appOrder, s.customData],
      [['b', 'a'], { 'apprun b': ' x\n y\n', 'appenv a': '' }],
    ],
    [
      'files by their arguments',
      'Bootstrap: docker\n%files from a\nx\n%files\ny\n%files from a\nz\n',
      (s) => s.buildData.files.map((f) => [f.args, f.files?.length]),
      [
        ['from a', 2],
        ['', 1],
      ],
    ],
    ['an empty %files', 'Bootstrap: docker\n%files\n', (s) => s.buildData.files, [{ args: '', files: null }]],
  ])('%s', (_, text, pick, expected) => expect(pick(onlyStage(text))).toEqual(expected));
});
