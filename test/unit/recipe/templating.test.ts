import { describe, expect, test } from 'vitest';
import { recipeImages } from '../../../server/src/recipe/images';
import { parseRecipe } from '../../../server/src/recipe/parse';
import { shellCommands } from '../../../server/src/recipe/shell';
import { applyTemplate } from '../../../server/src/recipe/templating';
import type { Engine } from '../../../server/src/recipe/vocabulary';

/** The stage's script after templating, or the placeholder that has no value. */
function script(post: string, engine: Engine, values: Record<string, string> = {}): string {
  const text = `Bootstrap: docker\n%arguments\n  V=1\n  W={{ V }}2\n  E=\n  X={{ W }}\n%post\n${post}`;
  const stage = parseRecipe(text).recipe.stages[0];
  if (stage === undefined) throw new Error('no stage');
  const result = applyTemplate(text, stage, { engine, buildArguments: new Map(Object.entries(values)) });
  return result.missing === undefined ? result.text.slice(result.text.indexOf('%post\n') + 6) : `missing ${result.missing.name}`;
}

describe('templating', () => {
  test.each<[string, string, string, Record<string, string>?]>([
    ['{{ V }}{{V}}{{{V}}}', '11{1}', '11{1}'],
    ['{{\n V\n}}', '1', '1'],
    ['{{ V.x }} {{V-X}} {{ }}', '{{ V.x }} {{V-X}} {{ }}', '{{ V.x }} {{V-X}} {{ }}'],
    ['{{ N }}', 'missing N', 'missing N'],
    ['{{ N }}', 'given', 'given', { N: 'given' }],
    ['{{ V }}', 'given', 'given', { V: 'given' }],
    ['# {{ V }}', '# {{ V }}', '# 1'],
    ['#{{ V }} #!{{ V }}', '#1 #!1', '#1 #!1'],
    ['{{ V }} # {{ N }}', '1 # {{ N }}', 'missing N'],
    ['a#b {{ V }}\n{{ V }}', 'a#b {{ V }}\n1', 'a#b 1\n1'],
    ['{{ N }}', '$&1', '$&{{ V }}', { N: '$&{{ V }}' }],
    ['{{ E }}', '', 'missing E'],
  ])('%j', (post, apptainer, singularity, values) => {
    // SingularityCE replaces each placeholder of %arguments as well, values are not looked into.
    expect(script(post, 'apptainer', values)).toBe(apptainer);
    expect(script(post, 'singularity', values)).toBe(singularity);
  });
  test('Apptainer looks into a value once', () => {
    expect(script('{{ X }}', 'apptainer')).toBe('{{ V }}2');
    expect(script('{{ X }}', 'singularity')).toBe('{{ W }}');
  });
});

describe('images', () => {
  test.each([
    ['Bootstrap: docker\nFrom: alpine\n', ['docker://alpine']],
    ['Bootstrap: docker\nRegistry: ghcr.io\nNamespace: org\nFrom: tool:1\n', ['docker://ghcr.io/org/tool:1']],
    ['Bootstrap: docker-archive\nFrom: a/b.tar\n', ['docker-archive:a/b.tar']],
    ['Bootstrap: library\nRegistry: x\nFrom: a/b/c:1\n', ['library://a/b/c:1']],
    ['Bootstrap: localimage\nFrom: base.sif\n', ['base.sif']],
    ['Bootstrap: {{ B }}\nFrom: a:{{ V }}\n%arguments\nB=oras\nV=2\n', ['oras://a:2']],
    ['Bootstrap: docker\nFrom: a:{{ V }}\n', ['docker://a:{{ V }}']],
    ['Bootstrap: docker\nFrom: a\n\nBootstrap: shub\nFrom: b/c\n', ['docker://a', 'shub://b/c']],
    ['Bootstrap: scratch\nFrom: a\n', []],
    ['Bootstrap: docker\n', []],
    ['From: a\n', []],
  ])('%j', (text, references) => {
    expect(recipeImages(parseRecipe(text)).map((image) => image.reference)).toEqual(references);
  });
  test('the range is that of the value, unresolved is told', () => {
    const text = 'Bootstrap: docker\nFrom: a:{{ V }} # c\n';
    const [image] = recipeImages(parseRecipe(text));
    expect(image && text.slice(image.range.start, image.range.end)).toBe('a:{{ V }}');
    expect(image).toMatchObject({ templated: true, unresolved: true });
  });
});

describe('commands of a script', () => {
  test.each<[string, string[]]>([
    ['a b; c && d | e || f &\ng', ['a b', 'c', 'd', 'e', 'f', 'g']],
    ['a \\\n  b # c\nd#e', ['a b', 'd#e']],
    ['if a; then b; else c; fi', ['a', 'b', 'c', 'fi']],
    [`a "b; c" 'd | e' "$(f; g)" $(h; i)`, [`a "b; c" 'd | e' "$(f; g)" $(h; i)`]],
    ['cat <<EOF > x\napt-get install y\nEOF\nb', ['cat << > x', 'b']],
    ["cat <<-'E F'\n x\n\tE F\nb", ['cat <<', 'b']],
    ['( cd a && b )\nc', ['cd a', 'b', 'c']],
    ['sudo apt-get install x', ['apt-get install x']],
    ['a <<< b', ['a <<< b']],
    ['a "never closed\nb', ['a "never closed\nb']],
    ['', []],
  ])('%j', (text, commands) => {
    const found = shellCommands(text, 0, text.length);
    expect(found.map(({ words }) => words.map((word) => text.slice(word.start, word.end)).join(' '))).toEqual(commands);
  });
});
