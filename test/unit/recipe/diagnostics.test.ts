import { describe, expect, test } from 'vitest';
import { checkRecipe } from '../../../server/src/recipe/diagnostics';
import { checkRecipeLabels } from '../../../server/src/recipe/labels';
import { defaultRecipeOptions } from '../../../server/src/recipe/options';
import { parseRecipe } from '../../../server/src/recipe/parse';
import type { Engine } from '../../../server/src/recipe/vocabulary';
import type { Finding } from '../../../server/src/text/finding';
import { createSourceText } from '../../../server/src/text/sourceText';

// What is said about a recipe, one line a case. `rules.test.ts` has an example of each rule; here are the edges: what differs between the
// engines, what must not be said, and what its fix makes of it.

const header = 'Bootstrap: docker\nFrom: debian:12\n';

function findings(text: string, engine: Engine = 'apptainer', values: Readonly<Record<string, string>> = {}): Finding[] {
  const source = createSourceText(text);
  const parsed = parseRecipe(text);
  const options = { ...defaultRecipeOptions, engine, buildArguments: new Map(Object.entries(values)) };
  const all = [...checkRecipe(source, parsed, options), ...checkRecipeLabels({ source, parsed, options })];
  return all.filter(({ code }) => code !== 'lint/missing-digest' && code !== 'lint/apt-lists');
}

/** `severity rule @ text of the range`, one a finding; those about images without a digest and lists of packages left out. */
function said(text: string, engine: Engine = 'apptainer', values: Readonly<Record<string, string>> = {}): string[] {
  return findings(text, engine, values).map(
    ({ severity, code, range }) => `${severity[0]} ${code} @ ${text.slice(range.start, range.end)}`,
  );
}

/** The text after the first fix of the first finding of a rule. */
function mended(text: string, rule: string, engine: Engine = 'apptainer'): string | undefined {
  const fix = findings(text, engine).find(({ code }) => code === rule)?.fixes?.[0];
  if (fix === undefined) return undefined;
  const edits = [...fix.edits].sort((a, b) => b.range.start - a.range.start);
  return edits.reduce((result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end), text);
}

describe('commands that are not there', () => {
  const bases: [string, boolean][] = [
    ['Bootstrap: docker\nFrom: ubuntu:22.04\n', true],
    ['Bootstrap: docker\nFrom: docker.io/library/python:3.12-slim\n', true],
    ['Bootstrap: docker\nFrom: nvidia/cuda:12.4.1-devel-ubuntu22.04\n', true],
    ['Bootstrap: docker\nFrom: rocker/r-ver:4.4\n', true],
    ['Bootstrap: debootstrap\nOSVersion: noble\nMirrorURL: http://x/\n', true],
    ['Bootstrap: docker\nFrom: python:3.12-alpine\n', false],
    ['Bootstrap: docker\nFrom: rockylinux:9\n', false],
    ['Bootstrap: docker\nFrom: nvidia/cuda:12.4.1-devel-rockylinux9\n', false],
    ['Bootstrap: docker\nFrom: org/ubuntu-tools\n', false],
    ['Bootstrap: localimage\nFrom: ubuntu.sif\n', false],
  ];
  test.each(bases)('%j runs scripts in dash: %s', (base, isDash) => {
    const found = said(`${base}%post\n source x\n`);
    expect(found).toEqual(isDash ? ['w lint/bash-command @ source'] : []);
  });
  test.each<[string, string[]]>([
    ['%post\n if [[ -n $A && -n $B ]]; then true; fi\n', ['w lint/bash-command @ [[']],
    ['%runscript\n source activate x\n', ['w lint/bash-command @ source']],
    ['%appinstall a\n pushd x\n', ['w lint/bash-command @ pushd']],
    ['%post -c /bin/bash\n source x\n', []],
    ['%runscript\n#!/bin/bash\nsource x\n', []],
    ['%runscript\n#!/bin/sh\nsource x\n', ['w lint/bash-command @ source']],
    ['%environment\n source x\n', []],
    ['%setup\n source x\n', []],
    ['%post\n cat <<END > x\nsource y\nEND\n', []],
    ['%post\n bash -c "source x"\n echo source x\n', []],
    ['%post\n sudo apt-get update && sudo -E true\n', ['w lint/sudo @ sudo', 'w lint/sudo @ sudo']],
    ['%post\n apt-get update && apt-get install -y sudo\n sudo true\n', []],
    ['%post\n pseudo x; echo sudo; sudo true\n', []],
    ['%post\n ln -sf bash /bin/sh\n%runscript\n source x\n', []],
    ['%post\n rm /bin/sh; ln -s /bin/bash /bin/sh; true\n%runscript\n#!/bin/sh\nsource x\n', []],
    ['%post\n echo "dash dash/sh boolean false" | debconf-set-selections && dpkg-reconfigure -p critical dash\n source x\n', []],
    ['%post\n # ln -s /bin/bash /bin/sh\n source x\n', ['w lint/bash-command @ source']],
  ])('%j', (sections, expected) => expect(said(header + sections)).toEqual(expected));
  test.each([
    ['debian:12', true],
    ['ubuntu', true],
    ['ubuntu:18.04', true],
    ['ubuntu:22.04@sha256:' + 'a'.repeat(64), true],
    ['ubuntu:16.04', false],
    ['ubuntu:trusty-20170817', false],
    ['ubuntu@sha256:' + 'a'.repeat(64), false],
    ['fedora:40', false],
    ['org/ubuntu', false],
  ])('sudo in %s is missing: %s', (image, isMissing) => {
    const found = said(`Bootstrap: docker\nFrom: ${image}\n%post\n sudo true\n`).filter((line) => line.includes('sudo'));
    expect(found).toEqual(isMissing ? ['w lint/sudo @ sudo'] : []);
  });
  test('fixes', () => {
    expect(mended(`${header}%post\n source x\n`, 'lint/bash-command')).toBe(`${header}%post\n . x\n`);
    expect(mended(`${header}%post\n sudo mkdir x\n`, 'lint/sudo')).toBe(`${header}%post\n mkdir x\n`);
    expect(mended(`${header}%post\n sudo -E mkdir x\n`, 'lint/sudo')).toBeUndefined();
  });
});

describe('stages and headers', () => {
  test.each<[string, string[]]>([
    [header, []],
    ['# c\n\nBootstrap : docker\nFrom: debian:12\n', []],
    [' Bootstrap: docker\nFrom: debian:12\n', []],
    [`%arguments\nV=1\n${header}`, ['e build/no-header @ %arguments', 'i lint/unused-argument @ V']],
    ['Bootstrap: docker\nFrom:\n', ['e build/reference-empty @ From:']],
    ['Bootstrap: docker\nFrom: a:1\\\n', ['w lint/dropped-header @ From: a:1\\', 'e build/missing-key @ From: a:1\\']],
    [`${header}Include: a \\\n# c\n b\n`, ['i lint/unread-key @ Include: a \\\n# c\n b', 'e parse/broken-continuation @ # c']],
    [`${header}Include: a \\\n# c\n# d\n`, ['e parse/broken-continuation @ # c']],
    ['Bootstrap: yum\nOSVersion: 9\nMirrorURL: http://x/%{osversion}\n', []],
    ['Bootstrap: yum\nMirrorURL: http://x/%{OSVERSION}\nUpdateURL: http://y/%{OSVERSION}\n', ['e build/missing-os-version @ %{OSVERSION}']],
    ['Bootstrap: yum\nMirrorURL: http://x/%{OSVERSON}\n', ['w lint/os-version-not-expanded @ %{OSVERSON}']],
    ['Bootstrap: debootstrap\nOSVersion: noble\nMirrorURL: http://x/%{OSVERSION}\n', ['w lint/os-version-not-expanded @ %{OSVERSION}']],
    [
      'Bootstrap: docker\nFrom: a\nMirrorURL: http://x/%{A}\n',
      ['i lint/unread-key @ MirrorURL: http://x/%{A}', 'w lint/os-version-not-expanded @ %{A}'],
    ],
    ['Bootstrap: zypper\nProduct: a\nUser: b\nRegCode: c\nOSVersion: 15.6\nProductPGP: x\n', ['e build/sle-keys @ OSVersion: 15.6']],
    ['Bootstrap: zypper\nProduct: a\nUser: b\nRegCode: c\nOSVersion: 12.5\nProductPGP: x\n', []],
    [
      'Bootstrap: zypper\nProduct: a/1/x/y\nUser: b\nRegCode: c\nOSVersion: 15.x\nMirrorURL: http://x\n',
      ['e build/sle-keys @ a/1/x/y', 'e build/sle-keys @ 15.x'],
    ],
    ['Bootstrap: zypper\nProduct: a/1/x\nUser: b\nRegCode: c\nOSVersion: {{ V }}.1\nMirrorURL: http://x\n%arguments\nV=15\n', []],
    ['Bootstrap: zypper\nMirrorURL: http://x\nOtherURL0: a\nOtherURL1: b\n', []],
    ['Bootstrap: zypper\nMirrorURL: http://x\nOtherURL1: a\nOtherURL2: b\n', []],
    ['Bootstrap: zypper\nMirrorURL: http://x\nOtherURL2: a\n', ['w lint/other-url-order @ OtherURL2']],
    ['Bootstrap: zypper\nMirrorURL: http://x\nOtherURL1: a\nOtherURL02: b\n', ['w lint/other-url-order @ OtherURL02']],
  ])('%j', (text, expected) => expect(said(text)).toEqual(expected));

  test.each<[string, string, string | undefined]>([
    ['Registry: ghcr.io\nFrom: ghcr.io/org/x:1\n', 'e build/registry-twice @ ghcr.io/org/x:1', 'From: ghcr.io/org/x:1\n'],
    [
      'From: index.docker.io/library/x:1\nRegistry: docker.io\n',
      'e build/registry-twice @ index.docker.io/library/x:1',
      'From: index.docker.io/library/x:1\n',
    ],
    ['Registry: quay.io\nNamespace: org\nFrom: quay.io/org/x\n', 'e build/registry-twice @ quay.io/org/x', 'From: quay.io/org/x\n'],
    ['Registry: quay.io\nNamespace: org\nFrom: quay.io/x\n', 'e build/registry-twice @ quay.io/x', 'From: quay.io/org/x\n'],
    ['Registry: quay.io\nNamespace: quay.io/org\nFrom: x\n', 'e build/registry-twice @ x', 'From: quay.io/org/x\n'],
    ['Registry: ghcr.io\nFrom: docker.io/library/x:1\n', 'e build/registry-twice @ docker.io/library/x:1', 'From: docker.io/library/x:1\n'],
    ['Namespace: org\nFrom: ghcr.io/org/x:1\n', 'e build/registry-twice @ ghcr.io/org/x:1', 'From: ghcr.io/org/x:1\n'],
    ['Namespace: org\nFrom: org/x:1\n', 'e build/registry-twice @ org/x:1', 'From: org/x:1\n'],
    ['Registry: quay.io\nNamespace: org\nFrom: org/x:1\n', 'w build/registry-twice @ org/x:1', 'From: quay.io/org/x:1\n'],
    ['Registry: {{ R }}\nFrom: ghcr.io/org/x:1\n%arguments\nR=ghcr.io\n', 'e build/registry-twice @ ghcr.io/org/x:1', undefined],
    ['Registry: https://ghcr.io/\nFrom: org/x:1\n', 'e build/reference-host @ https://ghcr.io/', 'Registry: ghcr.io\nFrom: org/x:1\n'],
    ['Namespace: org/\nFrom: x:1\n', 'e build/reference-slashes @ org/', 'Namespace: org\nFrom: x:1\n'],
  ])('keys in front of From: %j', (keys, expected, meant) => {
    const text = `Bootstrap: docker\n${keys}`;
    expect(said(text)).toEqual([expected]);
    expect(mended(text, expected.split(' ')[1] ?? '')).toBe(meant && `Bootstrap: docker\n${meant}`);
  });
  test.each([
    'Registry: ghcr.io\nNamespace: org\nFrom: x:1\n',
    'Registry: ghcr.io\nFrom: org/x:1\n',
    'Registry: harbor.example.org\nFrom: docker.io/library/x:1\n',
    'Registry: harbor.example.org/proxy\nFrom: library/x:1\n',
    'Namespace: x\nFrom: x:1\n',
    'Registry: {{ R }}\nFrom: ghcr.io/org/x:1\n',
    'Registry:\nNamespace:\nFrom: ghcr.io/org/x:1\n',
  ])('keys in front of From that fit: %j', (keys) => {
    expect(said(`Bootstrap: docker\n${keys}`).filter((line) => !line.includes('undefined-argument'))).toEqual([]);
  });
  test.each<[string, string[]]>([
    ['Bootstrap: Docker\nFrom: a\n  %post\n', ['e build/unknown-agent @ Docker', 'e parse/indented-section @   %post']],
    ['Bootstrap: Docker\nFrm: a\n', ['e build/unknown-agent @ Docker', 'e parse/unknown-header @ Frm']],
    ['Bootstrap: nonsense\nFrm: a\n', ['e parse/unknown-header @ Frm']],
    [`${header}%post\nBootstrap: in a text\nEND\n`, ['e parse/header-without-value @ END']],
    [`${header}%appinstall {{ A }}\n true\n%arguments\nA=b\n`, []],
  ])('what is said where the parser refuses, and of placeholders in section lines: %j', (text, expected) =>
    expect(said(text)).toEqual(expected),
  );
  test('the address of an image where a path belongs, and quotes around a reference', () => {
    const local = 'Bootstrap: localimage\nFrom: docker://ubuntu:22.04\n';
    expect(said(local)).toEqual(['e build/reference-scheme-in-from @ docker://ubuntu:22.04']);
    expect(mended(local, 'build/reference-scheme-in-from')).toBe('Bootstrap: docker\nFrom: ubuntu:22.04\n');
    expect(said('Bootstrap: localimage\nFrom: ./docker/x.sif\n')).toEqual([]);
    const quotes = 'Bootstrap: docker\nFrom: "ubuntu:22.04"\n';
    expect(said(quotes)).toEqual(['e build/reference-characters @ "ubuntu:22.04"']);
    expect(mended(quotes, 'build/reference-characters')).toBe('Bootstrap: docker\nFrom: ubuntu:22.04\n');
  });
  test('a key that one engine does not read', () => {
    const text = 'Bootstrap: arch\nInclude: vim\n';
    expect(said(text)).toEqual([]);
    expect(said(text, 'singularity')).toEqual(['i lint/unread-key @ Include: vim']);
  });
  test('a header line twice', () => {
    const text = `Bootstrap: docker\n${header}`;
    expect(said(text)).toEqual(['e build/missing-key @ Bootstrap: docker', 'i lint/unused-stage @ Bootstrap: docker']);
    expect(mended(text, 'build/missing-key')).toBe(header);
  });
  test('a script that begins a stage is shown where a later line fails', () => {
    const text = `${header}%post\ncat <<EOF\nBootstrap: docker\nEOF\n`;
    const [refusal] = findings(text).filter(({ code }) => code === 'parse/header-without-value');
    expect(refusal?.related?.map(({ range }) => text.slice(range.start, range.end))).toEqual(['Bootstrap: docker']);
  });
  test('nothing that a terminal would obey gets into a message', () => {
    for (const text of [`${header}a\u001b[31mb\n`, `${header}a\u001b[31m: b\n`, `${header}%a\u001b[31m\n`, `${header}%\u001b[31m\n`])
      for (const { message } of findings(text)) expect(message).not.toContain('\u001b');
  });
  test('a long line is not repeated in full', () => {
    for (const text of ['x'.repeat(5000), `${'x'.repeat(5000)}: y`, `%${'x'.repeat(5000)}`])
      for (const { message } of findings(header + text)) expect(message.length).toBeLessThan(600);
  });
});

describe('build arguments', () => {
  const withArguments = (lines: string, post: string) => `${header}%arguments\n${lines}\n%post\n${post}\n`;
  test.each<[string, string, string[], string[]]>([
    ['E=', 'a {{ E }}', [], ['w lint/skipped-argument @ E=', 'w build/undefined-argument @ {{ E }}']],
    ['V=1', '{{ W }}{{ V }}', ['w build/undefined-argument @ {{ W }}'], ['w build/undefined-argument @ {{ W }}']],
    [
      'VERSION=1',
      '{{ VERSON }}',
      ['i lint/unused-argument @ VERSION', 'e build/undefined-argument @ {{ VERSON }}'],
      ['i lint/unused-argument @ VERSION', 'e build/undefined-argument @ {{ VERSON }}'],
    ],
    ['MY-VAR=1', '{{ MY-VAR }}', ['w lint/unused-argument @ MY-VAR'], ['w lint/unused-argument @ MY-VAR']],
    ['V=%wheel', '{{ V }} x', ['e build/after-templating @ {{ V }}'], ['e build/after-templating @ {{ V }}']],
    ['V=%wheel', 'a {{ V }} x', [], []],
    ['V={{ W }}\nW=%wheel', '{{ V }}', ['e build/after-templating @ {{ V }}'], []],
    ['V=bootstrap:', '{{ V }} x', [], []],
    ['A=1\nV=%b', 'a {{ A }}\n{{ V }}', ['e build/after-templating @ {{ V }}'], ['e build/after-templating @ {{ V }}']],
  ])('%j, %j', (lines, post, apptainer, singularity) => {
    expect(said(withArguments(lines, post))).toEqual(apptainer);
    expect(said(withArguments(lines, post), 'singularity')).toEqual(singularity);
  });
  test('a name is not proposed for itself', () => {
    const [undefinedArgument] = findings(withArguments('E=', '{{ E }}'), 'singularity').filter(({ code }) => code.startsWith('build/'));
    expect(undefinedArgument?.fixes).toEqual([]);
    expect(undefinedArgument?.message).toContain('Its line in `%arguments` is skipped');
  });
});

describe('%files', () => {
  test.each<[string, string[], string[]]>([
    ['a b', [], []],
    ['*.[ab]? /x', [], []],
    ['{{ V }}/a b', [], []],
    ['*.{a,b} /x', [], ['w lint/files-pattern @ *.{a,b}']],
    ['$HOME/x /y', [], ['w lint/files-pattern @ $HOME/x']],
    ['a/**/b /y', [], ['w lint/files-pattern @ a/**/b']],
    ['a$ b', [], []],
  ])('%j', (line, apptainer, singularity) => {
    const text = `${header}%arguments\nV=1\n%files\n${line}\n%post\n{{ V }}\n`;
    expect(said(text)).toEqual(apptainer);
    expect(said(text, 'singularity')).toEqual(singularity);
  });
  test.each<[string, string, Engine, string]>([
    ['a\\ b /z', 'lint/files-quotes', 'apptainer', '"a b" /z'],
    ['a\\ b c\\ d', 'lint/files-quotes', 'apptainer', '"a b" "c d"'],
    ["'a b' /y", 'lint/files-quotes', 'apptainer', '"a b" /y'],
  ])('%j mended', (line, rule, engine, expected) => {
    expect(mended(`${header}%files\n${line}\n`, rule, engine)).toBe(`${header}%files\n${expected}\n`);
  });
  test.each<[string, Engine, string]>([
    ['%files one', 'apptainer', '%files from one'],
    ['%files one', 'singularity', '%files from one'],
    ['%files stage one', 'singularity', '%files from one'],
  ])('%j for %s', (line, engine, expected) => {
    const stages = `${header}Stage: one\n\n${header}`;
    expect(mended(`${stages}${line}\na b\n`, 'lint/ignored-files', engine)).toBe(`${stages}${expected}\na b\n`);
  });
});

describe('scripts', () => {
  test.each<[string, string[]]>([
    ['%post -c /usr/bin/python3\napt-get install vim\nexport = 1\n', []],
    ['%post -c /bin/bash\napt-get update\napt-get install vim\n', ['w lint/install-asks @ apt-get install vim']],
    ['%setup\ncp x ${APPTAINER_ROOTFS:-$SINGULARITY_ROOTFS}\n', []],
    ['%setup\ncp x $SINGULARITY_ROOTFS\n', ['h lint/deprecated-variable @ SINGULARITY_ROOTFS']],
  ])('%j', (body, expected) => expect(said(header + body)).toEqual(expected));

  test.each([
    [
      '%post\n    apt-get update\n    apt-get install -y vim\n\n',
      '%post\n    apt-get update\n    apt-get install -y vim\n    rm -rf /var/lib/apt/lists/*\n\n',
    ],
    ['%post\napt-get update\napt-get install -y vim', '%post\napt-get update\napt-get install -y vim\nrm -rf /var/lib/apt/lists/*'],
    ['%post\napt-get update\napt-get install -y vim\nexit 0\n', undefined],
  ])('lists of packages: %j', (body, expected) => {
    const text = header + body;
    const source = createSourceText(text);
    const all = checkRecipe(source, parseRecipe(text), defaultRecipeOptions);
    const fix = all.find(({ code }) => code === 'lint/apt-lists')?.fixes?.[0]?.edits[0];
    expect(fix && text.slice(0, fix.range.start) + fix.newText + text.slice(fix.range.end)).toBe(expected && header + expected);
  });
});

describe('labels', () => {
  test.each<[string, string[]]>([
    ['org.label-schema.build-date x', ['w lint/label-automatic @ org.label-schema.build-date']],
    ['org.label-schema.name = "x"', ['w lint/label-separator @ =', 'h lint/label-superseded @ org.label-schema.name']],
    ['org.label-schema.maintainer x', ['i lint/label-unknown @ org.label-schema.maintainer']],
    ['org.label-schema.vcs-ulr x', ['w lint/label-unknown @ org.label-schema.vcs-ulr']],
  ])('%j', (line, expected) => expect(said(`${header}%labels\n${line}\n`)).toEqual(expected));
});
