import { describe, expect, test } from 'vitest';
import { explainAgent, explainHeader, explainSection } from '../../../server/src/recipe/documentation';
import { hoverRecipe } from '../../../server/src/recipe/hover';
import type { RecipeOptions } from '../../../server/src/recipe/options';
import { signatureHelpRecipe } from '../../../server/src/recipe/signatureHelp';
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
  ['|', undefined],
])('hover %j', (marked, expected) => {
  const found = hover(marked);
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(expected);
});

test('hover tells values that are given for the build', () => {
  expect(hover(`${docker}%post\n  {{ V| }}\n`, { buildArguments: new Map([['V', '2']]) })).toContain('= `2` (given for the build)');
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
