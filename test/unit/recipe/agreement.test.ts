import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeRecipe } from '../../../server/src/recipe/decode';
import { readDefinitions } from '../../../server/src/recipe/definition';
import type { ParserAnswer } from '../../../server/src/recipe/definition';
import { checkRecipe } from '../../../server/src/recipe/diagnostics';
import { defaultRecipeOptions } from '../../../server/src/recipe/options';
import { parseRecipe } from '../../../server/src/recipe/parse';
import { applyTemplate } from '../../../server/src/recipe/templating';
import { createSourceText } from '../../../server/src/text/sourceText';
import { describeCorpus } from '../corpus';

// Agreement with what the engines' own parser said about the corpus.

describeCorpus('the engines’ own parser cases', 'recipes/engine-tests', (folder) => {
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const definitions = files.filter((name) => files.includes(`${name}.json`));
  test.each(definitions)('%s', (name) => {
    const file = path.join(folder, name);
    const expected = [JSON.parse(fs.readFileSync(`${file}.json`, 'utf8')) as unknown].flat();
    expect(stagesOf(ask(file))).toEqual(expected.map(normalize));
  });
  test.each(fs.readdirSync(path.join(folder, 'bad')))('bad/%s', (name) => {
    expect(ask(path.join(folder, 'bad', name))).toHaveProperty('message');
  });
});

describeCorpus('edge cases with the real parser’s output', 'recipes/probes', (folder) => {
  const names = (suffix: string) =>
    fs
      .readdirSync(folder)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length));
  test.each(names('.expected.txt').filter((name) => !name.endsWith('.args')))('%s', (name) => {
    const answer = ask(path.join(folder, `${name}.def`));
    const expected = fs.readFileSync(path.join(folder, `${name}.expected.txt`), 'utf8');
    expect(printAnswer(answer)).toEqual(readExpected(expected));
  });
  test.each(names('.args-expected.txt'))('%s: templating', (name) => {
    const expected = fs.readFileSync(path.join(folder, `${name}.args-expected.txt`), 'utf8');
    expect(templated(path.join(folder, `${name}.def`))).toBe(expected.replace(/^WARNING: .*\n/gm, ''));
  });
});

describeCorpus('recipes of public repositories', 'recipes/real/index.tsv', (index) => {
  const rows = readTable(index);
  test(`${rows.length} recipes`, () => {
    expect(rows.filter((row) => verdict(path.join(path.dirname(index), row.file)) !== row.verdict)).toEqual([]);
  });
});

describeCorpus('examples of the engines that build', 'recipes/real', (folder) => {
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^\w+__\w+\/(?:examples|test)__(?!legacy)/.test(name));
  const accepted = files.filter((name) => 'stages' in ask(path.join(folder, name)));
  test.each(accepted)('no error in %s', (name) => {
    const text = decodeRecipe(fs.readFileSync(path.join(folder, name)));
    const errors = checkRecipe(createSourceText(text), parseRecipe(text), defaultRecipeOptions).filter(
      ({ severity }) => severity === 'error',
    );
    expect(errors.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
  });
});

describeCorpus('the Singularity Hub archive', 'recipes/hub-archive.tsv', (index) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'recipe-archive-'));
  const rows = readTable(index);
  beforeAll(() => void execFileSync('tar', ['-xzf', path.join(path.dirname(index), 'hub-archive.tar.gz'), '-C', folder]));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  test(`${rows.length} recipes`, () => {
    expect(rows.filter((row) => verdict(path.join(folder, row.file)) !== row.verdict)).toEqual([]);
  });
});

function ask(file: string): ParserAnswer {
  return readDefinitions(parseRecipe(decodeRecipe(fs.readFileSync(file))), 'apptainer');
}

function stagesOf(answer: ParserAnswer): unknown {
  return 'stages' in answer ? JSON.parse(JSON.stringify(answer.stages)) : answer;
}

/** A golden definition of the engine, in the shape of ours: without the text itself; older releases do not name `arguments`. */
function normalize(value: unknown): unknown {
  const definition = { ...(value as { raw?: unknown; fullraw?: unknown; buildData: { buildScripts: object } }) };
  delete definition.raw;
  delete definition.fullraw;
  const buildScripts = { arguments: { args: '', script: '' }, ...definition.buildData.buildScripts };
  return { ...definition, buildData: { ...definition.buildData, buildScripts } };
}

function printAnswer(answer: ParserAnswer): { stages: unknown; error: string } {
  if ('stages' in answer) return { stages: stagesOf(answer), error: '<nil>' };
  return { stages: [], error: answer.crash ? 'PANIC' : sortNames(answer.message) };
}

/** `stages: N`, a JSON text a stage, `err: …`; or `PANIC: …`. */
function readExpected(text: string): { stages: unknown; error: string } {
  if (text.startsWith('PANIC')) return { stages: [], error: 'PANIC' };
  const [, json = '', error = ''] = /^stages: \d+\n(.*?)err: (.*)\n?$/s.exec(text) ?? [];
  const stages = JSON.parse(`[${json.trim().replace(/^\}\n\{/gm, '},\n{')}]`) as unknown[];
  return { stages: stages.map(normalize), error: sortNames(error) };
}

function templated(file: string): string {
  const parsed = parseRecipe(decodeRecipe(fs.readFileSync(file)));
  const answer = readDefinitions(parsed, 'apptainer');
  if (!('stages' in answer)) return `err: ${answer.message}\n`;
  let output = '';
  const used = new Set<string>();
  for (const stage of parsed.recipe.stages) {
    const result = applyTemplate(parsed.recipe.text, stage, { engine: 'apptainer' });
    if (result.missing) {
      const name = result.missing.name;
      return `${output}err: build var ${name} is not defined through either --build-arg (--build-arg-file) or 'arguments' section\n`;
    }
    for (const name of result.used) used.add(name);
    output += `${result.text}\nerr: <nil>\n`;
  }
  return `${output}consumed [${[...used].sort().join(' ')}]\n`;
}

interface Row {
  readonly file: string;
  readonly verdict: string;
}

/** A table of `file … stages parser_error` with a header; a field with quotes is quoted as in CSV. */
function readTable(file: string): Row[] {
  const lines = fs.readFileSync(file, 'utf8').split('\n').slice(1).filter(Boolean);
  return lines.map((line) => {
    const fields = line.split('\t').map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
    return { file: fields[0] ?? '', verdict: `${fields.at(-2)} stages, ${sortNames(fields.at(-1) ?? '')}` };
  });
}

function verdict(file: string): string {
  const answer = ask(file);
  return 'stages' in answer ? `${answer.stages.length} stages, ` : `0 stages, ${sortNames(answer.message)}`;
}

/** The engines list several invalid sections in random order. */
function sortNames(message: string): string {
  const prefix = 'invalid section(s) specified: ';
  if (!message.startsWith(prefix.trim())) return message.trim();
  return (prefix + message.slice(prefix.length).trim().split(', ').sort().join(', ')).trim();
}
