import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixAllEdits } from '../../../server/src/lsp/codeActions';
import { decodeRecipe } from '../../../server/src/recipe/decode';
import { readDefinitions } from '../../../server/src/recipe/definition';
import { checkRecipe } from '../../../server/src/recipe/diagnostics';
import { applyEdits } from '../../../server/src/recipe/format';
import { defaultRecipeOptions } from '../../../server/src/recipe/options';
import { parseRecipe } from '../../../server/src/recipe/parse';
import type { Section, Stage } from '../../../server/src/recipe/syntax';
import { createSourceText } from '../../../server/src/text/sourceText';
import type { Finding } from '../../../server/src/text/finding';
import type { TextRange } from '../../../server/src/text/range';

const pieces = [
  'Bootstrap: docker\n', 'bootſtrap: x\n', 'From: alpine\n', 'From: {{ V }}/x:1 # c\n', 'Stage: one\n', 'Nope: 1\n', 'Include: a \\\n', ' b\n', '\\\n', '# c\n',
  '\n', '\r\n', '\r', '\ufeff', '\u2028', '\ud800', '\udc80', '😀', 'ſ', 'İ', '\u0000', '%post\n', '%post -c\n', '  %test\n', '%files from one\n', '%files  \n', '%labels x\n',
  '%arguments\n', '%apprun a\n', '%appfiles\n', '%AppRun a\n', '%tests\n', '%{{ V }}\n', 'V=1\n', 'V="{{ W }}"\n', '{{ V }}', '{{', '}}', '"', "'", ' a b c\n', '"a b" c\n',
  ' apt-get install curl\n', ' export A=1\n', ' cd /opt\n', ' cat <<EOF\n', 'EOF\n', ' $(', '`', ' #!/bin/bash\n', ' ', '\t', ':', '#', '%', '\\',
  ' # container-metalink-ignore lint/*\n', '$SINGULARITY_ROOTFS', 'Fingerprints: 12\n', 'Registry: ghcr.io\n', 'From: ghcr.io/a/b\n', 'MirrorURL: x/%{OSVERSION}\n', 'Bootstrap: yum\n', ' source x\n', ' sudo y\n', '%post -c python3\n', 'Bootstrap: zypper\nProduct: x\n', 'OtherURL7: x\n',
]; // prettier-ignore

const recipeText = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary' })), { maxLength: 60 })
  .map((parts) => parts.join(''));

function findings(text: string, engine: 'apptainer' | 'singularity'): Finding[] {
  return checkRecipe(createSourceText(text), parseRecipe(text), { ...defaultRecipeOptions, engine });
}

describe('for every text', () => {
  test('parse/… is found exactly when the engine refuses', () => {
    fc.assert(
      fc.property(recipeText, fc.constantFrom('apptainer' as const, 'singularity' as const), (text, engine) => {
        const refused = 'refusal' in readDefinitions(parseRecipe(text), engine);
        expect(findings(text, engine).some((finding) => finding.code.startsWith('parse/'))).toBe(refused);
      }),
      { numRuns: 1500 },
    );
  });

  test('the tree covers the text, and every range lies in its parent', () => {
    fc.assert(
      fc.property(recipeText, (text) => {
        const { recipe } = parseRecipe(text);
        expectTiles({ start: 0, end: text.length }, [recipe.leading, ...recipe.stages.map((stage) => stage.range)]);
        for (const stage of recipe.stages) expectStage(text, stage);
      }),
      { numRuns: 1500 },
    );
  });

  test('findings and fixes lie in the text, edits of a fix do not overlap', () => {
    fc.assert(
      fc.property(recipeText, (text) => {
        for (const { range, fixes = [], message } of findings(text, 'apptainer')) {
          expectInside({ start: 0, end: text.length }, range);
          expect(message).not.toMatch(/\{\d\}|undefined/);
          for (const { edits } of fixes) {
            const sorted = [...edits].sort((a, b) => a.range.start - b.range.start);
            sorted.forEach((edit, i) => {
              expectInside({ start: 0, end: text.length }, edit.range);
              expect(edit.range.start).toBeGreaterThanOrEqual(sorted[i - 1]?.range.end ?? 0);
            });
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('fix-all comes to an end, and what the engine reads it reads afterwards', () => {
    fc.assert(
      fc.property(recipeText, fc.constantFrom('apptainer' as const, 'singularity' as const), (text, engine) => {
        const isRead = (candidate: string) => !('refusal' in readDefinitions(parseRecipe(candidate), engine));
        let mended = text;
        let edits = fixAllEdits(findings(mended, engine));
        for (let round = 0; edits.length > 0; round++) {
          expect(round, JSON.stringify([text, mended])).toBeLessThan(20);
          mended = applyEdits(mended, edits);
          edits = fixAllEdits(findings(mended, engine));
        }
        if (isRead(text)) expect(isRead(mended), JSON.stringify([text, mended])).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  test('bytes survive decoding: each one that is no UTF-8 becomes one character', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const back = Buffer.concat(
          Array.from(decodeRecipe(bytes), (character) => {
            const code = character.charCodeAt(0);
            return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character);
          }),
        );
        expect([...back]).toEqual([...bytes]);
      }),
    );
  });
});

function expectStage(text: string, stage: Stage): void {
  expectTiles(stage.range, [stage.header.range, ...stage.sections.map((section) => section.range)]);
  for (const entry of stage.header.entries) {
    expectInside(stage.header.range, entry.range);
    for (const range of [entry.keyRange, entry.valueRange]) expectInside(entry.range, range);
    expect(text.slice(entry.keyRange.start, entry.keyRange.end)).toBe(entry.key);
  }
  for (const range of [...stage.header.comments, ...stage.header.stray]) expectInside(stage.header.range, range);
  for (const placeholder of stage.placeholders) {
    expectInside(stage.range, placeholder.range);
    expectInside(placeholder.range, placeholder.nameRange);
  }
  for (const section of stage.sections) expectSection(section);
}

function expectSection(section: Section): void {
  for (const range of [section.lineRange, section.bodyRange]) expectInside(section.range, range);
  for (const range of [section.markRange, section.nameRange, section.argumentsRange]) expectInside(section.lineRange, range);
  if (section.app) expectInside(section.argumentsRange, section.app.range);
  const { content } = section;
  const lines =
    content.kind === 'labels'
      ? content.labels
      : content.kind === 'files'
        ? content.files
        : content.kind === 'arguments'
          ? content.arguments
          : [];
  for (const line of lines) {
    expectInside(section.bodyRange, line.range);
    const parts = 'sourceRange' in line ? [line.sourceRange, line.destinationRange ?? line.sourceRange] : [line.keyRange, line.valueRange];
    for (const part of parts) expectInside(line.range, part);
  }
}

function expectInside(outer: TextRange, inner: TextRange): void {
  expect(inner.start).toBeLessThanOrEqual(inner.end);
  expect(inner.start).toBeGreaterThanOrEqual(outer.start);
  expect(inner.end).toBeLessThanOrEqual(outer.end);
}

/** The parts follow each other without a gap and fill the whole. */
function expectTiles(whole: TextRange, parts: readonly TextRange[]): void {
  const filled = parts.filter((part) => part.end > part.start);
  let at = whole.start;
  for (const part of filled) {
    expect(part.start).toBe(at);
    at = part.end;
  }
  expect(at).toBe(whole.end);
}

// Were any of these quadratic, it would take hours: the time limit of a test catches it.
describe('large and strange input is answered', () => {
  const header = 'Bootstrap: docker\nFrom: alpine\n';
  const megabytes = (count: number, unit: string) => unit.repeat(Math.ceil((count * 1_000_000) / unit.length));
  const numbered = (count: number, unit: (index: number) => string) => {
    const parts: string[] = [];
    for (let length = 0, i = 0; length < count * 1_000_000; i++) length += parts[parts.push(unit(i)) - 1]?.length ?? 0;
    return parts.join('');
  };
  test.each<[string, () => string]>([
    ['50 MB of one line', () => megabytes(50, 'a')],
    ['50 MB of zero bytes', () => megabytes(50, '\0')],
    ['50 MB of script', () => `${header}%post\n${megabytes(50, '    echo hello world $HOME | cat\n')}`],
    ['bytes at random', () => decodeRecipe(Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 2654435761) >>> 13))],
    ['lone surrogates', () => megabytes(3, '\ud800\udc80\udc80')],
    ['stages', () => megabytes(1, header)],
    ['sections', () => header + megabytes(1, '%post\n')],
    ['unknown sections', () => header + megabytes(1, '%x\n')],
    ['open braces', () => header + megabytes(3, '{{ ')],
    ['braces without a name', () => header + megabytes(3, '{')],
    ['placeholders on one line', () => `${header}%post\n# ${megabytes(1, '{{ V }}')}`],
    ['quotes in %files', () => `${header}%files\n${megabytes(2, `'"`)}`],
    ['braces in %files', () => `${header}%files\n${megabytes(2, '{{a{{ ')}`],
    ['lines of %files', () => `${header}%files\n${megabytes(1, 'a b\n')}`],
    ['a continued value', () => `Bootstrap: x\nFrom: a \\\n${megabytes(1, 'b \\\n')}`],
    ['digits in a key', () => `${megabytes(2, '1')}a: x\n`],
    ['open quotes in a script', () => `${header}%post\n${megabytes(1, 'echo "$(\n')}`],
    ['here-documents', () => `${header}%post\n${megabytes(1, 'cat <<E\n')}`],
    ['pipes', () => `${header}%post\n${megabytes(2, '|&;<<')}`],
    ['ignoring comments on one line', () => `${header}# ${megabytes(1, '# container-metalink-ignore ')}`],
    ['variables', () => `${header}%post\n${megabytes(1, 'SINGULARITY_ROOTFS ')}`],
    ['blank lines', () => megabytes(5, '\n \r')],
    ['space in a value', () => `${header}%arguments\nV=a${' '.repeat(1_000_000)}b\n%post\n{{ V }}\n`],
    ['a value that names itself', () => `${header}%arguments\nV=${'{{ V }}'.repeat(2000)}\n%post\n${'{{ V }}\n'.repeat(2000)}`],
    ['values that make a long text', () => `${header}%arguments\nV=${'v'.repeat(60_000)}\n%post\n${'{{ V }}\n'.repeat(50_000)}`],
    ['a header key many times', () => header + megabytes(1, 'From: b\n')],
    ['comments in a header', () => header + megabytes(1, 'Include: a#b\n')],
    ['unknown keys', () => header + numbered(1, (i) => `Key${i}: a\n`)],
    ['unknown stages', () => numbered(1, (i) => `${header}Stage: stage${i}\n%files from stagf${i}\na b\n`)],
    ['apps', () => header + numbered(1, (i) => `%apprun tool${i}x\n%appenv tool${i}x\n%apptest tool${i}y\n`)],
    [
      'undefined arguments',
      () => `${header}%arguments\n${numbered(1, (i) => `NAME${i}X=1\n`)}%post\n${numbered(1, (i) => `{{ NAMF${i}X }}\n`)}`,
    ],
    ['fingerprints', () => `Bootstrap: oras\nFrom: a/b:1\nFingerprints: ${numbered(1, (i) => `A${i},`)}\n`],
  ])('%s', { timeout: 120_000 }, (_, make) => {
    const text = make();
    const refused = 'refusal' in readDefinitions(parseRecipe(text), 'apptainer');
    expect(findings(text, 'apptainer').some((finding) => finding.code.startsWith('parse/'))).toBe(refused);
  });
});
