import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createShellCheck } from '../../../server/src/platform/shellcheck';
import { applyEdits } from '../../../server/src/recipe/format';
import { shellCheckPage, shellFindings } from '../../../server/src/recipe/shellFindings';
import { shellScripts } from '../../../server/src/recipe/shellScripts';
import { shellSyntaxFindings } from '../../../server/src/recipe/shellSyntax';
import type { ShellComment } from '../../../server/src/text/shellComment';
import { requireAll } from '../corpus';
import { contextOf, corpusRecipes } from './recipes';

const header = 'Bootstrap: docker\nFrom: debian\n\n';

describe('which shell runs a script', () => {
  test.each<[string, string[]]>([
    [`${header}%post\n x\n`, ['dash']],
    [`${header}%post -c /bin/bash\n x\n`, ['bash']],
    [`${header}%post -c "/bin/bash -e"\n x\n`, ['bash']],
    [`${header}%post -c /usr/bin/env bash # why\n x\n`, ['bash']],
    [`${header}%post -c python3\n x\n`, []],
    [`${header}%post\n#!/bin/bash\n x\n`, ['dash']],
    [`${header}%runscript\n#!/bin/bash\n x\n`, ['bash']],
    [`${header}%runscript\n    #!/usr/bin/env -S bash -e\n x\n`, ['bash']],
    [`${header}%test\n#!/usr/bin/python3\n x\n`, []],
    [`${header}%setup\n x\n`, ['sh']],
    [`${header}%appinstall a\n x\n%apprun a\n#!/bin/ksh\n`, ['dash', 'ksh']],
    [`${header}%help\n x\n%labels\n a b\n`, []],
    [`${header}%post\n   \n`, []],
    ['Bootstrap: docker\nFrom: quay.io/centos/centos:stream9\n%post\n x\n', ['bash']],
    ['Bootstrap: docker\nFrom: rockylinux:9\n%post\n x\n', ['bash']],
    ['Bootstrap: docker\nFrom: nvidia/cuda:12.4-devel-rockylinux9\n%post\n x\n', ['bash']],
    ['Bootstrap: docker\nFrom: ghcr.io/org/tool\n%post\n x\n', ['sh']],
    ['Bootstrap: yum\nMirrorURL: http://a\n%post\n x\n', ['bash']],
  ])('%j', (text, expected) => expect(shellScripts(contextOf(text)).map(({ dialect }) => dialect)).toEqual(expected));
});

test('placeholders keep their length, line ends become plain', () => {
  const [script] = shellScripts(contextOf(`${header}%post\r\n  echo {{ VERSION }} 😀\r\n  true\r\n`));
  expect(script?.text).toBe('  echo VVVVVVVVVVVVV 😀\n  true\n');
});

const comment = (span: number[], more: Partial<ShellComment> = {}): ShellComment => ({
  line: span[0] ?? 0,
  column: span[1] ?? 0,
  endLine: span[2] ?? 0,
  endColumn: span[3] ?? 0,
  level: 'warning',
  code: 2086,
  message: 'm',
  ...more,
});

describe('positions', () => {
  const text = `${header}%post\r\n  echo "😀" $x\r\n  {{ A }} = 1\r\n`;
  const context = contextOf(text);
  const [script] = shellScripts(context);
  const found = (...comments: ShellComment[]) =>
    (script ? shellFindings(context, script, comments) : []).map(({ range }) => text.slice(range.start, range.end));

  test('count characters, not units', () => expect(found(comment([1, 12, 1, 14]))).toEqual(['$x']));
  test('end at the end of a line', () => expect(found(comment([1, 12, 1, 99]))).toEqual(['$x']));
  test('outside of the script become its end', () => expect(found(comment([9, 1, 9, 9]))).toEqual(['']));
  test('constants made of placeholders are none', () => expect(found(comment([2, 3, 2, 5], { code: 2050 }))).toEqual([]));
});

test('pages', () => {
  expect(shellCheckPage('shellcheck/SC2086')).toBe('https://www.shellcheck.net/wiki/SC2086');
  expect(shellCheckPage('lint/x')).toBeUndefined();
});

test('comments of the recipe and settings hold for ShellCheck’s findings, too', () => {
  const text = `${header}%post\n  # container-metalink-ignore shellcheck/SC2086\n  echo $x\n  echo $y\n`;
  const context = contextOf(text, { rules: { 'shellcheck/SC1*': 'off' } });
  const [script] = shellScripts(context);
  const findings =
    script && shellFindings(context, script, [comment([2, 8, 2, 10]), comment([3, 8, 3, 10]), comment([3, 8, 3, 10], { code: 1000 })]);
  expect(findings?.map(({ range }) => text.slice(range.start, range.end))).toEqual(['$y']);
});

const program = process.env.SHELLCHECK ?? 'shellcheck';
const installed = (process.env.PATH ?? '').split(':').some((folder) => fs.existsSync(`${folder}/${program}`)) || fs.existsSync(program);
if (!installed) console.log('Skipped: tests with a real ShellCheck, which is not installed.');

describe.runIf(installed || requireAll)('with ShellCheck', () => {
  const shellCheck = createShellCheck(program);

  async function check(text: string) {
    const context = contextOf(text);
    const results = await Promise.all(
      shellScripts(context).map(async (script) => {
        const answer = await shellCheck.check(script);
        return answer.kind === 'checked' ? shellFindings(context, script, answer.comments) : [];
      }),
    );
    return results.flat();
  }

  test('findings stand where the recipe has the text, and fixes mend it', async () => {
    const text = `${header}%post\n    echo "😀"; ls $HOME\n`;
    const findings = await check(text);
    expect(findings.map(({ code, range }) => [code, text.slice(range.start, range.end)])).toEqual([['shellcheck/SC2086', '$HOME']]);
    expect(applyEdits(text, findings[0]?.fixes?.[0]?.edits ?? [])).toContain('ls "$HOME"\n');
  });

  test.each<[string, string, string[]]>([
    ['cd in a script that stops at failures', `${header}%post\n  cd /opt\n`, []],
    ['cd in a script that goes on', `${header}%runscript\n  cd /opt\n`, ['shellcheck/SC2164']],
    ['a placeholder', `${header}%post\n  if [ {{ A }} = 1 ]; then true; fi\n`, []],
    ['a bash word in Debian’s sh', `${header}%post\n  if [[ -f /a ]]; then true; fi\n`, ['shellcheck/SC3010']],
    ['a bash word in bash', `${header}%post -c /bin/bash\n  if [[ -f /a ]]; then true; fi\n`, []],
    ['a script that ends too early', `${header}%post\n  if true; then\n`, ['shellcheck/SC1009', 'shellcheck/SC1073', 'shellcheck/SC1072']],
  ])('%s', async (_title, text, codes) => expect((await check(text)).map(({ code }) => code).sort()).toEqual([...codes].sort()));

  test('a cancelled check says so', async () => {
    const controller = new AbortController();
    controller.abort();
    expect(await shellCheck.check({ text: 'x=1', dialect: 'sh', exclude: [] }, controller.signal)).toEqual({ kind: 'cancelled' });
  });

  test('the same script is checked once', async () => {
    const request = { text: 'echo $x', dialect: 'sh', exclude: [] } as const;
    const first = await shellCheck.check(request);
    const second = await shellCheck.check(request);
    expect(first.kind === 'checked' && second.kind === 'checked' && first.comments === second.comments).toBe(true);
  });

  test('real recipes are checked without an error in our hands', async () => {
    for (const text of corpusRecipes().slice(0, 12))
      for (const { range } of await check(text)) expect(range.end).toBeLessThanOrEqual(text.length);
  });
});

describe('without ShellCheck', () => {
  async function check(text: string) {
    const context = contextOf(text);
    const found = await Promise.all(shellScripts(context).map((script) => shellSyntaxFindings(context, script)));
    return found.flat().map(({ code, range }) => `${code} ${text.slice(range.start, range.end)}`);
  }
  test.each<[string, string[]]>([
    ['  if true; then\n    x\n  fi\n', []],
    ['  cat <<EOF > a\n  if\nEOF\n', []],
    ['  [[ -f /a ]] && x=(1 2)\n', []],
    ['  x {{ V }} | y\n', []],
    ['  if true; then\n    x\n', ['lint/shell-syntax x']],
    ['  x | | y\n', ['lint/shell-syntax |']],
    ['  x )\n', ['lint/shell-syntax )']],
    ['  # container-metalink-ignore lint/shell-syntax\n  x )\n', []],
  ])('%j', async (script, expected) => expect(await check(`${header}%post\n${script}`)).toEqual(expected));

  test('finds nothing in recipes that build', async () => {
    for (const text of corpusRecipes()) {
      if (contextOf(text).parsed.problems.length > 0) continue;
      expect(await check(text)).toEqual([]);
    }
  });
});

test('a program that is not there is looked for once', async () => {
  const shellCheck = createShellCheck('/nowhere/shellcheck');
  const request = { text: 'x=1', dialect: 'sh', exclude: [] } as const;
  const first = await shellCheck.check(request);
  expect(first.kind).toBe('missing');
  expect(await shellCheck.check({ ...request, text: 'y=1' })).toBe(first);
});

test('a program that is something else is reported', async () => {
  const answer = await createShellCheck(process.execPath).check({ text: 'x=1', dialect: 'sh', exclude: [] });
  expect(answer.kind).toBe('failed');
});
