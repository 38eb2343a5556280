import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BuildFacts } from '../../../server/src/labels/automatic';
import { checkLabels } from '../../../server/src/labels/check';
import type { LabelOptions } from '../../../server/src/labels/check';
import { compileLabelSchema } from '../../../server/src/labels/userSchema';
import { labelsOf } from './labels';

const build: BuildFacts = { engine: 'apptainer', help: true, headerKeys: ['bootstrap', 'from'], agent: 'docker' };

/** Findings as `code @ text of the range`, and the text after the first fix of each, when there is one. */
function check(text: string, options: LabelOptions = {}): string[] {
  return checkLabels(labelsOf(text), options).map((finding) => {
    const fix = finding.fixes?.[0]?.edits[0];
    const mended = fix ? ` → ${text.slice(0, fix.range.start)}${fix.newText}${text.slice(fix.range.end)}` : '';
    return `${finding.code.slice('lint/label-'.length)} @ ${text.slice(finding.range.start, finding.range.end)}${mended}`;
  });
}

const O = 'org.opencontainers.image.';
const L = 'org.label-schema.';
const digest = `sha256:${'0'.repeat(64)}`;

describe('a single label', () => {
  test.each<[string, string[]]>([
    ['Author Jane Doe', []],
    ['Version 1.2', []],
    ['  # a comment', []],
    ['Version\t1.2', ['separator @ Version\t1.2 → Version 1.2']],
    ['Version\u00a01.2', ['separator @ Version\u00a01.2 → Version 1.2']],
    ['Version=1.2', ['separator @ Version=1.2 → Version 1.2']],
    ['Version: 1.2', ['separator @ Version: → Version 1.2']],
    ['Version="1.2 beta"', ['separator @ Version="1.2 → Version 1.2 beta']],
    ['Version="1.2"', ['separator @ Version="1.2" → Version 1.2']],
    ['Version = 1.2', ['separator @ = → Version 1.2']],
    ['Version : "1.2 beta"', ['separator @ : → Version 1.2 beta']],
    ['Rule =x', []],
    ['a:b c', []],
    ['Link=x=1 y', []],
    ['Author "Jane Doe"', ['quotes @ "Jane Doe" → Author Jane Doe']],
    ['Author Jane "the one" Doe', []],
    ['Author "Jane" and "John"', []],
    ['"Author" Jane', ['quotes @ "Author" → Author Jane']],
    ['Text goes on \\', ['continuation @ \\']],
    ['Version 1.2 # really', ['comment @  # really → Version 1.2']],
    ['Language C# and F#', []],
    ['Issue see #12', []],
    ['Version $VERSION', ['variable @ $VERSION']],
    ['Date $(date +%F)', ['variable @ $(date +%F)']],
    ['Price 5 $', []],
    ['Version', ['empty @ Version']],
    [`${O}created 2026-01-31T12:00:00Z`, []],
    [`${O}created 2026-01-31`, [`value @ 2026-01-31 → ${O}created 2026-01-31T00:00:00Z`]],
    [`${O}created 2026-02-30T12:00:00Z`, ['value @ 2026-02-30T12:00:00Z']],
    [`${O}created {{ DATE }}`, []],
    [`${O}url https://example.org`, []],
    [`${O}url example.org`, [`value @ example.org → ${O}url https://example.org`]],
    [`${O}source see the wiki`, ['value @ see the wiki']],
    [`${O}licenses Apache-2.0`, []],
    [`${O}licenses apache-2.0 OR mit`, []],
    [`${O}licenses Apache 2.0`, [`value @ Apache 2.0 → ${O}licenses Apache-2.0`]],
    [`${O}licenses GPLv3`, [`value @ GPLv3 → ${O}licenses GPL-3.0-only`]],
    [`${O}licenses All rights reserved by us`, ['value @ All rights reserved by us']],
    [`${O}licenses LicenseRef-ours`, []],
    [`${O}base.digest ${digest}`, []],
    [`${O}base.digest 0123`, ['value @ 0123']],
    [`${O}version anything at all`, []],
    [`${O}licence MIT`, [`unknown @ ${O}licence → ${O}licenses MIT`]],
    [`${O}Source https://example.org`, [`unknown @ ${O}Source → ${O}source https://example.org`]],
    [`${O}completely.else x`, [`unknown @ ${O}completely.else`]],
    [`${L}vcs-url git@github.com:org/tool.git`, [`superseded @ ${L}vcs-url → ${O}source git@github.com:org/tool.git`]],
    [`${L}vcs-ur https://example.org`, [`unknown @ ${L}vcs-ur → ${L}vcs-url https://example.org`]],
    [`${L}usage.apptainer.anything x`, []],
  ])('%j', (text, expected) => expect(check(text)).toEqual(expected));
});

describe('a set of labels', () => {
  test.each<[string, string, LabelOptions, string[]]>([
    ['duplicate', 'A 1\nB 2\nA 3', {}, ['duplicate @ A → \nB 2\nA 3']],
    ['no duplicate in another case', 'a 1\nA 3', {}, []],
    ['set by the build', `${L}build-date 2026-01-01T00:00:00Z`, { build }, [`automatic @ ${L}build-date → `]],
    ['set by the build only with help', `${L}usage /x`, { build }, [`automatic @ ${L}usage → `]],
    [
      'not set by the build without help',
      `${L}usage /x`,
      { build: { ...build, help: false } },
      [`superseded @ ${L}usage → ${O}documentation /x`],
    ],
    ['header of the recipe', `${L}usage.singularity.deffile.from x`, { build }, [`automatic @ ${L}usage.singularity.deffile.from → `]],
    ['header that is not there', `${L}usage.singularity.deffile.stage x`, { build }, []],
    ['version of the other engine', `${L}usage.singularity.version x`, { build }, []],
    ['base name of a docker image', `${O}base.name x`, { build }, [`automatic @ ${O}base.name`]],
    ['base name of another image', `${O}base.name x`, { build: { ...build, agent: 'library' } }, []],
    ['created with SingularityCE', `${O}created 2026-01-31T12:00:00Z`, { build: { ...build, engine: 'singularity' } }, []],
    ['successor is set too', `${L}name x\n${O}title y`, {}, [`superseded @ ${L}name`]],
    ['plain labels are not BioContainers', 'version one\nsoftware x', {}, []],
    [
      'BioContainers',
      'base_image b\nversion one\nsoftware x\nsoftware.version 1\nabout.summary s\nabout.home https://x.org\nabout.license SPDX:MIT',
      {},
      ['value @ one'],
    ],
    ['own licence in BioContainers', 'about.license Custom License', {}, []],
    ['BioContainers licence', 'about.license MIT license', {}, ['value @ MIT license → about.license SPDX:MIT']],
  ])('%s', (_title, text, options, expected) => expect(check(text, options)).toEqual(expected));
});

describe('required labels', () => {
  const text = '%labels\n  A 1\n';
  const missing = { range: { start: 0, end: 7 }, insertAt: 8, before: '  ', after: '\n' };
  const run = (options: LabelOptions) =>
    checkLabels([], { missing, ...options }).map(({ code, message, fixes }) => [code, message, fixes?.[0]?.edits[0]?.newText]);

  test('are asked for by the setting', () => {
    const [finding] = run({ required: ['Author'] });
    expect(finding).toEqual(['lint/label-missing', expect.stringContaining('`Author`'), '  Author \n']);
    expect(text.slice(8)).toMatch(/^ {2}A/);
  });
  test('are not asked for when %post sets them', () =>
    expect(run({ required: ['Author'], setElsewhere: (key) => key === 'Author' })).toEqual([]));
  test('are not asked for without a place to say so', () => expect(checkLabels([], { required: ['Author'] })).toEqual([]));
});

describe('a schema of the user', () => {
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'House rules',
    type: 'object',
    required: ['owner'],
    properties: {
      owner: { type: 'string', format: 'email', description: 'Who answers' },
      commit: { type: 'string', format: 'git-hash' },
      release: { type: 'string', format: 'semver' },
      tier: { enum: ['gold', 'silver'] },
      homepage: { type: 'string', format: 'url' },
      short: { type: 'string', maxLength: 3 },
    },
    patternProperties: { '^x-': { type: 'string' } },
    additionalProperties: false,
  };
  test.each<[string, string[]]>([
    ['owner jane@example.org', []],
    ['owner Jane <jane@example.org>', ['value @ Jane <jane@example.org> → owner jane@example.org']],
    ['owner a@b.cd\ncommit 9fceb02', []],
    ['owner a@b.cd\ncommit HEAD', ['value @ HEAD']],
    ['owner a@b.cd\nrelease v1.2.3', ['value @ v1.2.3 → owner a@b.cd\nrelease 1.2.3']],
    ['owner a@b.cd\ntier bronze', ['value @ bronze']],
    ['owner a@b.cd\nhomepage nowhere', ['value @ nowhere']],
    ['owner a@b.cd\nshort long', ['value @ long']],
    ['owner a@b.cd\nother 1', ['unknown @ other']],
    ['owner a@b.cd\nx-other 1', []],
    ['tier gold', ['missing @  → !owner tier gold']],
  ])('%j', async (text, expected) => {
    const { schema, problem } = await compileLabelSchema(document, 'house.json');
    expect(problem).toBeUndefined();
    const missing = { range: { start: 0, end: 0 }, insertAt: 0, before: '!', after: '' };
    expect(check(text, { schemas: schema ? [schema] : [], missing })).toEqual(expected);
  });

  test.each([
    [undefined, 'is not a JSON Schema'],
    [[], 'is not a JSON Schema'],
    [{ type: 'nonsense' }, 'cannot be used'],
    [{ $ref: 'https://example.org/other.json' }, 'cannot be used'],
  ])('that cannot be used: %j', async (bad, words) => expect((await compileLabelSchema(bad, 'bad.json')).problem).toContain(words));

  test('keeps descriptions, examples and requirements for completion and hover', async () => {
    const { schema } = await compileLabelSchema(document, 'house.json');
    expect(schema?.labels[0]).toMatchObject({ key: 'owner', description: 'Who answers', required: true, format: 'email' });
    expect(schema?.labels.find(({ key }) => key === 'tier')?.values).toEqual(['gold', 'silver']);
  });
});

test('anything can be checked', () => {
  const word = fc.oneof(
    fc.constantFrom(`${O}url`, `${O}licenses`, `${L}vcs-url`, 'about.license', '\t', '"', '=', ':', '\\', '#', '$A'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(fc.array(word, { maxLength: 4 }), { maxLength: 8 }), (lines) => {
      const text = lines.map((line) => line.join(' ')).join('\n');
      for (const { range, fixes } of checkLabels(labelsOf(text), { build })) {
        expect(range.start).toBeLessThanOrEqual(range.end);
        expect(range.end).toBeLessThanOrEqual(text.length);
        for (const edit of fixes?.flatMap((fix) => fix.edits) ?? []) expect(edit.range.end).toBeLessThanOrEqual(text.length);
      }
    }),
  );
});
