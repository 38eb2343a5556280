import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { formats } from '../../../server/src/labels/formats';
import { suggestLicence } from '../../../server/src/labels/licence';
import { vocabularies } from '../../../server/src/labels/vocabularies';

const root = path.resolve(import.meta.dirname, '../../..');

test('the compiled schemas are up to date', () => {
  const run = spawnSync(process.execPath, [path.join(root, 'scripts/compile-schemas.mjs'), '--check'], { encoding: 'utf8' });
  expect(run.stderr.split('\n').filter((line) => line.includes('not up to date'))).toEqual([]);
  expect(run.status).toBe(0);
});

test.each(vocabularies.flatMap((schema) => schema.labels.map((label) => [label.key, label, schema] as const)))(
  '%s is described, and its examples are valid',
  (key, label, schema) => {
    expect(label.description).toMatch(/^[A-Z].*[.`]$/s);
    for (const example of label.examples.filter((text) => !text.includes('…')))
      expect(schema.validate({ [key]: example }).filter((problem) => problem.kind !== 'missing')).toEqual([]);
    if (label.format !== undefined) expect(formats).toHaveProperty([label.format]);
  },
);

describe('typed values', () => {
  const hex = (length: number) => 'a'.repeat(length);
  test.each<[string, string[], string[]]>([
    ['uri', ['https://a.org', 'mailto:a@b.cd', 'ftp://a/b'], ['', 'a.org', 'https://', 'https://a b', 'x', 'C:\\tool stuff']],
    ['repository-url', ['git@github.com:a/b.git', 'https://github.com/a/b'], ['github.com/a/b', '']],
    [
      'date-time',
      ['2016-04-12T23:20:50.52Z', '2024-02-29T00:00:00+02:00', '1990-12-31T23:59:60Z'],
      ['2023-02-29T00:00:00Z', '2016-04-12', '2016-04-12T24:00:00Z', '12 Apr 2016', '2016-13-01T00:00:00Z'],
    ],
    ['date', ['2024-02-29', '0099-01-01'], ['2023-02-29', '2023-2-9', '2023-00-10']],
    [
      'spdx-expression',
      ['MIT', '(MIT OR Apache-2.0) AND BSD-3-Clause', 'GPL-2.0-only WITH Classpath-exception-2.0'],
      ['MIT OR', 'mine', ''],
    ],
    ['semver', ['1.2.3', '1.0.0-rc.1+build.5'], ['1.2', 'v1.2.3', '01.2.3', '1.2.3-01']],
    ['email', ['jane@example.org'], ['jane', 'jane@localhost', 'Jane <jane@example.org>', 'a@-b.org']],
    ['git-hash', ['9fceb02', hex(40), hex(64)], ['HEAD', hex(6), hex(41)]],
    ['digest', [`sha256:${hex(64)}`, `sha512:${hex(128)}`], [hex(64), `sha256:${hex(63)}`, `md5:${hex(32)}`]],
    ['biocontainers-license', ['SPDX:MIT', 'MIT', 'Custom License'], ['free', 'SPDX:']],
  ])('%s', (name, good, bad) => {
    for (const value of good) expect([value, formats[name]?.test(value)]).toEqual([value, true]);
    for (const value of bad) expect([value, formats[name]?.test(value)]).toEqual([value, false]);
    for (const value of bad) {
      const suggestion = formats[name]?.suggest?.(value);
      if (suggestion !== undefined) expect([suggestion, formats[name]?.test(suggestion)]).toEqual([suggestion, true]);
    }
  });

  test.each([
    ['Apache License 2.0', 'Apache-2.0'],
    ['BSD 3-Clause', 'BSD-3-Clause'],
    ['MIT License', 'MIT'],
    ['gplv2+', 'GPL-2.0-or-later'],
    ['Apche-2.0', 'Apache-2.0'],
    ['proprietary, ask us', undefined],
  ])('%s is probably %s', (typed, meant) => expect(suggestLicence(typed)).toBe(meant));
});
