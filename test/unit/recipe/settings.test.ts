import fs from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { looksLikeRecipe } from '../../../server/src/recipe/detect';
import { checkRecipe } from '../../../server/src/recipe/diagnostics';
import { defaultRecipeOptions } from '../../../server/src/recipe/options';
import type { RecipeOptions } from '../../../server/src/recipe/options';
import { parseRecipe } from '../../../server/src/recipe/parse';
import { recipeRules } from '../../../server/src/recipe/rules';
import { createSourceText } from '../../../server/src/text/sourceText';

function check(text: string, rules: RecipeOptions['rules'] = {}): string[] {
  const findings = checkRecipe(createSourceText(text), parseRecipe(text), { ...defaultRecipeOptions, rules });
  return findings.map(({ code, severity }) => `${severity} ${code}`);
}

const tagged = 'Bootstrap: docker\nFrom: alpine:3\n';

describe('severities by setting', () => {
  test.each<[string, RecipeOptions['rules'], string[]]>([
    ['the default', {}, ['hint lint/missing-digest']],
    ['another one', { 'lint/missing-digest': 'error' }, ['error lint/missing-digest']],
    ['off', { 'lint/missing-digest': 'off' }, []],
    ['many off', { 'lint/*': 'off' }, []],
    ['the longest entry wins', { 'lint/missing-*': 'warning', 'lint/*': 'off', '*': 'error' }, ['warning lint/missing-digest']],
    ['the rule itself wins', { 'lint/missing-digest': 'warning', 'lint/missing-digest*': 'off' }, ['warning lint/missing-digest']],
  ])('%s', (_, rules, expected) => expect(check(tagged, rules)).toEqual(expected));
});

describe('comments that ignore a rule', () => {
  const from = 'Bootstrap: docker\n{}\nFrom: alpine:3\n';
  test.each([
    ['the line before', from.replace('{}', '# container-metalink-ignore lint/missing-digest'), []],
    ['the same line', 'Bootstrap: docker\nFrom: alpine:3 # container-metalink-ignore lint/missing-digest\n', []],
    ['no rule is every advice', from.replace('{}', '# container-metalink-ignore'), []],
    ['another rule', from.replace('{}', '# container-metalink-ignore lint/other'), ['hint lint/missing-digest']],
    ['several', from.replace('{}', '# container-metalink-ignore lint/other, lint/missing-*'), []],
    ['two lines before', from.replace('{}', '# container-metalink-ignore lint/missing-digest\n'), ['hint lint/missing-digest']],
    ['the file', `${tagged}%post\n    # container-metalink-ignore-file lint/missing-digest\n`, []],
    ['not in a comment', `${tagged}%help\ncontainer-metalink-ignore-file lint/missing-digest\n`, ['hint lint/missing-digest']],
    ['what the parser refuses stays', `# container-metalink-ignore-file *\n${tagged}Nope: 1\n`, ['error parse/unknown-header']],
  ])('%s', (_, text, expected) => expect(check(text)).toEqual(expected));
});

describe('whether a text is a recipe', () => {
  test.each([
    ['Bootstrap: docker\n', true],
    ['\ufeffBootstrap: docker\n', true],
    ['# c\n bootstrap : docker\n', true],
    ['%post\n x\n', true],
    ['%POST -c sh\n', true],
    ['  %runscript\n', true],
    ['DEFINITION MODULE Lists;\nEND Lists.\n', false],
    ['LIBRARY tool\nEXPORTS\n  run @1\n', false],
    ['def Foo : Record<"%post">;\n', false],
    ['%x\n', false],
    ['', false],
  ])('%j: %s', (text, expected) => expect(looksLikeRecipe(text)).toBe(expected));
});

describe('the schema of the workspace file', () => {
  const file = path.resolve(import.meta.dirname, '../../../schemas/container-metalink.schema.json');
  const schema = JSON.parse(fs.readFileSync(file, 'utf8')) as { properties: { rules: { properties: object } } };
  const validate = new Ajv().compile(schema);
  test('describes every rule', () => {
    expect(Object.keys(schema.properties.rules.properties).sort()).toEqual(recipeRules.map((rule) => rule.id).sort());
  });
  test.each([
    [{ rules: { 'lint/*': 'off', 'M4-046': 'error', 'parse/unknown-section': 'warning' }, ignore: ['old/**'] }, true],
    [{ labels: { required: ['org.opencontainers.image.source'], schemas: ['labels.json'] } }, true],
    [{ rules: { 'lint/missing-digest': 'loud' } }, false],
    [{ rule: {} }, false],
  ])('%j: %s', (json, expected) => expect(validate(json)).toBe(expected));
});
