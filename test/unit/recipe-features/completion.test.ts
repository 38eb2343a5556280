import { describe, expect, test } from 'vitest';
import { completeRecipe } from '../../../server/src/recipe/completion';
import { applyEdits } from '../../../server/src/recipe/format';
import type { RecipeOptions } from '../../../server/src/recipe/options';
import { plainText, wholeRecipes } from '../../../server/src/recipe/snippets';
import { checkRecipe } from '../../../server/src/recipe/diagnostics';
import { contextOf, withCursor } from './recipes';

function complete(marked: string, options: Partial<RecipeOptions> = {}, client = { snippets: false, wholeRecipes: false }) {
  const { text, offset } = withCursor(marked);
  const context = contextOf(text, options);
  return completeRecipe(context, offset, client).map((item) => {
    const edit = item.textEdit;
    if (edit === undefined || !('range' in edit)) throw new Error('no text edit');
    const edits = [edit, ...(item.additionalTextEdits ?? [])].map(({ range, newText }) => ({
      range: { start: context.source.offsetAt(range.start), end: context.source.offsetAt(range.end) },
      newText,
    }));
    return { label: item.label, result: applyEdits(text, edits), item };
  });
}

const labels = (marked: string, options?: Partial<RecipeOptions>) => complete(marked, options).map(({ label }) => label);
const docker = 'Bootstrap: docker\nFrom: a\n';

describe('what is offered', () => {
  test.each<[string, string[], string[]]>([
    ['Bootstrap: |', ['docker', 'library', 'oras', 'localimage', 'buildkit', 'shub'], ['From', '%post']],
    ['Bootstrap: d|ocker\n', ['docker', 'debootstrap'], []],
    ['|', ['Bootstrap'], ['From', '%post']],
    ['Bootstrap: docker\n|', ['From', 'Registry', 'Namespace', 'Stage', '%post'], ['Bootstrap', 'MirrorURL', 'Library']],
    ['Bootstrap: docker\nFrom: a\nF|', ['Registry'], ['From', 'Bootstrap']],
    ['Bootstrap: zypper\nOtherURL1: x\nO|', ['OtherURL2', 'OSVersion'], ['OtherURL1']],
    ['Bootstrap: nonsense\n|', ['From', 'MirrorURL'], ['Bootstrap']],
    ['Bootstrap: yum\nMirrorURL: |', ['https://repo.almalinux.org/almalinux/%{OSVERSION}/BaseOS/x86_64/os/'], []],
    [`${docker}%|`, ['%post', '%files', '%runscript', '%appinstall'], ['Bootstrap']],
    [`${docker}%post\n x\n|`, ['%files', '%post'], ['From']],
    [`${docker}%post\n x|\n`, [], ['%files']],
    [`${docker}%appinstall tool\n x\n%app|`, ['%apprun tool', '%apptest tool'], ['%appinstall tool']],
    [`${docker}%appinstall tool\n x\n%apprun |`, ['tool'], ['%apprun tool']],
    [`${docker}Stage: one\n${docker}%files |\n`, ['from one'], []],
    [`${docker}Stage: one\n${docker}%files from |\n`, ['one'], ['from one']],
    [`${docker}Stage: one\n%files from |\n`, [], ['one']],
    [`${docker}%post -c |`, ['/bin/bash'], []],
    [`${docker}%labels\n    |`, ['org.opencontainers.image.source', 'org.label-schema.url'], []],
    [
      `${docker}%labels\n    org.opencontainers.image.title x\n    org|`,
      ['org.opencontainers.image.source'],
      ['org.opencontainers.image.title'],
    ],
    [`${docker}%labels\n    org.opencontainers.image.licenses A|`, ['Apache-2.0', 'MIT'], []],
    [`${docker}%applabels tool\n    o|`, ['org.opencontainers.image.source'], []],
    [`${docker}%arguments\n    V=1\n%post\n  x {{ |`, ['V'], []],
    [`${docker}%arguments\n    V=1\nA|\n%post\n  {{ ABSENT }}`, ['ABSENT'], ['V']],
    [
      `${docker}%post\n  echo >> $|`,
      ['APPTAINER_ENVIRONMENT', 'APPTAINER_LABELS', 'SINGULARITY_ENVIRONMENT'],
      ['APPTAINER_ROOTFS', 'APPTAINER_NAME'],
    ],
    [`${docker}%setup\n  cp a "\${APP|}/b"`, ['APPTAINER_ROOTFS'], ['APPTAINER_LABELS']],
    [`${docker}%runscript\n  echo $|`, ['APPTAINER_NAME'], ['APPTAINER_ROOTFS', '%post']],
    [`${docker}%apprun a\n  echo $S|`, ['SCIF_APPROOT', 'APPTAINER_APPNAME'], ['APPTAINER_ROOTFS']],
    [`${docker}%appinstall a\n  echo $S|`, ['SCIF_APPROOT', 'APPTAINER_LABELS'], ['APPTAINER_NAME']],
    [`${docker}%labels\n  A $|`, [], ['APPTAINER_NAME']],
    [`${docker}# |`, [], ['From']],
    [`${docker}%help\n  some | text\n`, [], ['%post']],
  ])('%j', (marked, some, none) => {
    const offered = labels(marked);
    for (const label of some) expect(offered).toContain(label);
    for (const label of none) expect(offered).not.toContain(label);
  });

  test('the names that Apptainer keeps for Singularity stand behind its own and are marked; SingularityCE has no others', () => {
    const variables = complete(`${docker}%post\n  echo $|`).map(({ label, item }) => [label, item.tags, item.sortText?.charAt(0)]);
    expect(variables).toEqual([
      ['APPTAINER_ENVIRONMENT', undefined, 'a'],
      ['APPTAINER_LABELS', undefined, 'a'],
      ['SINGULARITY_ENVIRONMENT', [1], 'z'],
      ['SINGULARITY_LABELS', [1], 'z'],
    ]);
    expect(labels(`${docker}%setup\n  echo $|`, { engine: 'singularity' })).toEqual(['SINGULARITY_ROOTFS', 'SINGULARITY_ENVIRONMENT']);
  });

  test('engines', () => {
    expect(labels('Bootstrap: |', { engine: 'singularity' })).not.toContain('buildkit');
    expect(labels('Bootstrap: arch\n|', { engine: 'singularity' })).not.toContain('ConfURL');
    expect(labels('Bootstrap: arch\n|')).toContain('ConfURL');
  });

  test('values given for the build, and required labels', () => {
    expect(labels(`${docker}%post\n {{|`, { buildArguments: new Map([['GIVEN', '1']]) })).toEqual(['GIVEN']);
    expect(labels(`${docker}%labels\n |`, { requiredLabels: ['Author'] })[0]).toBe('Author');
  });
});

describe('what comes of it', () => {
  test.each<[string, string, string]>([
    ['Bootstrap: l|', 'library', 'Bootstrap: library'],
    ['Bootstrap:|', 'docker', 'Bootstrap: docker'],
    ['Bootstrap:| docker', 'oras', 'Bootstrap: oras'],
    ['Bootstrap: do|cker\n', 'oras', 'Bootstrap: oras\n'],
    ['Boo|', 'Bootstrap', 'Bootstrap: '],
    ['Boo|: docker', 'Bootstrap', 'Bootstrap: docker'],
    [`${docker}%po|`, '%post', `${docker}%post\n`],
    [`${docker}  %po|`, '%post', `${docker}%post\n`],
    [`${docker}%po| -c /bin/bash\n`, '%post', `${docker}%post -c /bin/bash\n`],
    [`${docker}%apprun| tool\n`, '%appinstall', `${docker}%appinstall tool\n`],
    [`${docker}%post\n {{|`, 'V', `${docker}%post\n {{ V }}`],
    [`${docker}%post\n {{ |}}`, 'V', `${docker}%post\n {{ V}}`],
    [`${docker}%post\n {{ X| }}`, 'V', `${docker}%post\n {{ V }}`],
    [`${docker}%labels\n  org.op|`, 'org.opencontainers.image.url', `${docker}%labels\n  org.opencontainers.image.url `],
  ])('%j with %s', (marked, label, expected) => {
    const found = complete(marked, { buildArguments: new Map([['V', '1']]) }).find((item) => item.label === label);
    expect(found?.result).toBe(expected);
  });

  test('snippets only where the client has them', () => {
    const [plain] = complete(`${docker}%pos|`);
    const [snippet] = complete(`${docker}%pos|`, {}, { snippets: true, wholeRecipes: true });
    expect(plain?.item.insertTextFormat).toBe(1);
    expect(snippet?.item.insertTextFormat).toBe(2);
    expect(snippet?.item.documentation).toMatchObject({ kind: 'markdown' });
  });
});

describe('whole recipes', () => {
  const client = { snippets: true, wholeRecipes: true };
  test('are offered in an empty file and below comments, not elsewhere', () => {
    const names = (marked: string, options = client) =>
      complete(marked, {}, options).filter(({ label }) => label.startsWith('Recipe: ')).length;
    expect(names('|')).toBe(7);
    expect(names('# a comment\n|')).toBe(7);
    expect(names(`${docker}|`)).toBe(0);
    expect(names('|', { snippets: true, wholeRecipes: false })).toBe(0);
  });

  test.each(wholeRecipes().map(({ label, insert }) => [label, typeof insert === 'object' ? insert.snippet : '']))(
    '%s has nothing to complain about',
    (_label, snippet) => {
      const context = contextOf(plainText(snippet));
      const serious = checkRecipe(context.source, context.parsed, context.options).filter(
        ({ severity }) => severity === 'error' || severity === 'warning',
      );
      expect(serious.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
    },
  );
});
