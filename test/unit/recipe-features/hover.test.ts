import { describe, expect, test } from 'vitest';
import { explainAgent, explainHeader, explainSection } from '../../../server/src/recipe/documentation';
import { hoverRecipe } from '../../../server/src/recipe/hover';
import type { RecipeOptions } from '../../../server/src/recipe/options';
import { signatureHelpRecipe } from '../../../server/src/recipe/signatureHelp';
import { variablesOf } from '../../../server/src/recipe/documentVariables';
import { agents, appSectionKeywords, headerKeys, sectionKeywords } from '../../../server/src/recipe/vocabulary';
import { contextOf, withCursor } from './recipes';

function hover(marked: string, options: Partial<RecipeOptions> = {}): string | undefined {
  const { text, offset } = withCursor(marked);
  const found = hoverRecipe(contextOf(text, options), offset);
  const contents = found?.contents;
  return typeof contents === 'object' && 'value' in contents ? contents.value : undefined;
}

const docker = 'Bootstrap: docker\nFrom: a\n';

test.each<[string, string | undefined]>([
  ['Boot|strap: docker\n', '**Bootstrap**'],
  ['Bootstrap: doc|ker\n', '**docker**'],
  ['Bootstrap: {{ B| }}\n%arguments\nB=library\n', '`{{ B }}` = `library` (default of `%arguments` on line 3)'],
  [`${docker}%lab|els\n`, '**%labels**'],
  [`${docker}%LAB|ELS\n`, '**%labels**'],
  [`${docker}%nons|ense\n`, undefined],
  [`${docker}%apprun to|ol\n%appenv tool\n`, 'App `tool` with `%apprun`, `%appenv`.'],
  [`${docker}%post\n  echo {{ V| }} x\n%arguments\nV=1\n`, 'echo 1 x'],
  [`${docker}%post\n  echo {{ V| }}\n`, 'build var V is not defined'],
  [`${docker}%post\n  # {{ V| }}\n`, 'Apptainer finds a comment'],
  [`${docker}%post\n  cp a $APPTAINER_ROOT|FS\n`, 'root file system'],
  [`${docker}%post\n  echo $HO|ME\n`, undefined],
  [`${docker}%labels\n  org.opencontainers.image.sou|rce x\n`, 'OCI annotations'],
  [`${docker}%labels\n  Auth|or x\n`, undefined],
  [`${docker}%labels\n  org.label-schema.build-d|ate x\n`, 'The build sets this label itself.'],
  [`${docker}%files\n  a|.txt /b\n`, 'Copies `a.txt` of the host to `/b`'],
  [`${docker}Stage: one\n${docker}%files from o|ne\n  a /b\n`, 'Stage `one`, made from `a`. Files are copied from it once.'],
  [`${docker}%files from on|e\n`, 'No stage has the name `one`.'],
  [`${docker}%post\n  plain| text\n`, undefined],
  [`${docker}%post -|c /bin/bash\n`, 'Apptainer runs `/bin/sh -ex -c "/bin/bash /.post.script"`.'],
  [`${docker}%post -c /bin/ba|sh # why\n`, 'An interpreter such as'],
  [`${docker}%post -|u\n`, 'Apptainer runs `/bin/sh -ex -u /.post.script`.'],
  [`${docker}%post -|c\n`, 'Run the script by the command that follows.'],
  [`${docker}%post # wh|y\n`, undefined],
  [`${docker}%setup -c python|3\n`, '`/bin/sh -ex -c "python3 …/setup"`'],
  [`${docker}%pre -|u\n`, 'An option of `/bin/sh`.'],
  [`${docker}%runscript -|e\n#!/bin/bash\n`, 'The script begins with `#!/bin/bash -e`.'],
  [`${docker}%startscript -|c /bin/bash\n x\n`, 'The script begins with `#!/bin/sh -c /bin/bash`.'],
  [`${docker}%test -c /bin/ba|sh\n x\n`, 'The script begins with `#!/bin/sh -c /bin/bash`.'],
  [`${docker}Stage: one\n${docker}%files fr|om one\n  a /b\n`, 'Copies from the stage `one` instead of the host.'],
  [`${docker}%files o|ne\n  a /b\n`, 'Apptainer ignores this section'],
  [`${docker}%files from one tw|o\n  a /b\n`, 'Apptainer ignores this section'],
  [`${docker}%labels w|ords\n`, 'Apptainer ignores what stands behind `%labels`.'],
  [`${docker}%environment w|ords\n`, 'Apptainer ignores what stands behind `%environment`.'],
  [`${docker}%help w|ords\n`, 'Apptainer ignores what stands behind `%help`.'],
  [`${docker}%arguments w|ords\n`, 'Apptainer ignores what stands behind `%arguments`.'],
  [`${docker}%apprun tool mo|re\n`, 'Apptainer ignores what stands behind the name of the app.'],
  [`${docker}%unknown w|ords\n`, undefined],
  [
    'Bootstrap: yum\nOSVersion: 9\nMirrorURL: https://a/%{OSV|ERSION}/b\n',
    '`%{OSVERSION}` is the value of `OSVersion:`: `9`\n\n`https://a/9/b`',
  ],
  ['Bootstrap: dnf\nOSVersion: {{ V }}\nMirrorURL: https://a/%{OsV|ersion}\n%arguments\nV=8\n', '`https://a/8`'],
  ['Bootstrap: yum\nMirrorURL: https://a/%{OSV|ERSION}/b\n', 'which is missing'],
  [
    'Bootstrap: yum\nOSVersion: 9\nMirrorURL: https://a/%{MIRROR|URL}/b\n',
    'The agent `yum` leaves `%{MIRRORURL}` in `MirrorURL` as it is.',
  ],
  ['Bootstrap: zypper\nOSVersion: 15.0\nProduct: a\nMirrorURL: https://a/%{OSVERSION|}\n', '`https://a/15`'],
  ['Bootstrap: zypper\nOSVersion: 15.6\nMirrorURL: https://a/\nOtherURL1: https://b/%{OSVERSION|}\n', 'leaves'],
  ['Bootstrap: debootstrap\nOSVersion: noble\nMirrorURL: https://a/%{OSVERSION|}\n', 'leaves'],
  ['Bootstrap: yum\nOSVersion: 9\nMirrorURL: htt|ps://a/%{OSVERSION}/b\n', undefined],
  ['|', undefined],
])('hover %j', (marked, expected) => {
  const found = hover(marked);
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(expected);
});

test('hover tells values that are given for the build', () => {
  expect(hover(`${docker}%post\n  {{ V| }}\n`, { buildArguments: new Map([['V', '2']]) })).toContain('= `2` (given for the build)');
});

test('SingularityCE takes the files of odd arguments from the host', () => {
  const options = { engine: 'singularity' } as const;
  expect(hover(`${docker}%files o|ne\n  a /b\n`, options)).toContain('copies from the host');
  expect(hover(`${docker}%post -|u\n`, options)).toContain('SingularityCE runs');
});

describe('hovering over every word of the language', () => {
  const sections = sectionKeywords.map((keyword): [string, string] => [`${docker}%${keyword}|\n`, `**%${keyword}**`]);
  const apps = appSectionKeywords.map((keyword): [string, string] => [`${docker}%${keyword}| tool\n`, `**%${keyword} NAME**`]);
  const keys = [...headerKeys.values()].map(({ name, numbered }): [string, string] => [
    `Bootstrap: zypper\n${numbered === true ? `${name}1` : name}|: x\n`,
    `**${numbered === true ? `${name}N` : name}**`,
  ]);
  const values = [...agents.keys()].map((name): [string, string] => [`Bootstrap: ${name}|\nFrom: a\n`, `**${name}**`]);
  const variables = (['apptainer', 'singularity'] as const).flatMap((engine) =>
    [...sectionKeywords, ...appSectionKeywords]
      .filter((section) => !/(?:files|labels|help|arguments)$/.test(section))
      .flatMap((section) => variablesOf(section, engine).map(({ name }) => [section, name] as const))
      .map(([section, name]): [string, string] => [`${docker}%${section} a\n  x $${name}|\n`, `**${name}**`]),
  );
  test.each([...sections, ...apps, ...keys, ...values, ...variables])('%j', (marked, title) => {
    for (const engine of ['apptainer', 'singularity'] as const)
      expect(hover(marked.replace('Bootstrap|', 'Bootst|rap'), { engine })).toContain(title);
  });
});

describe('every word is explained, for both engines', () => {
  test.each(['apptainer', 'singularity'] as const)('%s', (engine) => {
    for (const keyword of [...sectionKeywords, ...appSectionKeywords])
      expect(explainSection(keyword, engine).markdown).toContain('https://');
    for (const name of headerKeys.keys())
      expect([name, explainHeader(name === 'otherurl' ? 'otherurl1' : name, engine)?.summary]).toEqual([name, expect.any(String)]);
    for (const name of agents.keys()) expect([name, explainAgent(name, engine)?.summary]).toEqual([name, expect.any(String)]);
  });
});

test.each<[string, string | undefined, number]>([
  [`${docker}%files\n  a| b\n`, 'source destination', 0],
  [`${docker}%files\n  a b|\n`, 'source destination', 1],
  [`${docker}%files\n  "a b" c|\n`, 'source destination', 1],
  [`${docker}%labels\n  a b c|\n`, 'name value', 1],
  [`${docker}%arguments\n  A=|1\n`, 'NAME=value', 1],
  [`${docker}%files from |\n`, '%files from STAGE', 1],
  [`${docker}%post -|c\n`, '%post -c COMMAND', 0],
  [`${docker}%apprun |\n`, '%apprun NAME', 0],
  [`${docker}%help |\n`, undefined, 0],
  [`${docker}%post\n a|\n`, undefined, 0],
])('signature at %j', (marked, label, parameter) => {
  const { text, offset } = withCursor(marked);
  const help = signatureHelpRecipe(contextOf(text), offset);
  expect(help?.signatures[0]?.label).toBe(label);
  if (label !== undefined) expect(help?.activeParameter).toBe(parameter);
});
