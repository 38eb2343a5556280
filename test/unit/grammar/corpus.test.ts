import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common';
import { defaultRecipeOptions } from '../../../server/src/recipe/options';
import { parseRecipe } from '../../../server/src/recipe/parse';
import { semanticTokensLegend, semanticTokensRecipe } from '../../../server/src/recipe/semanticTokens';
import { createSourceText } from '../../../server/src/text/sourceText';
import { describeCorpus } from '../corpus';
import { grammarFiles } from './grammars';

type Grammar = NonNullable<Awaited<ReturnType<ReturnType<typeof createRegistry>['loadGrammar']>>>;
const grammars = new Map<string, Grammar>();

beforeAll(async () => {
  const registry = createRegistry(grammarFiles());
  for (const scope of ['source.singularity', 'text.xml.metalink']) {
    const grammar = await registry.loadGrammar(scope);
    if (grammar) grammars.set(scope, grammar);
  }
});

/** Scopes of each token: offsets in the whole text. */
function* tokens(scope: string, text: string) {
  const grammar = grammars.get(scope)!;
  let state: Parameters<Grammar['tokenizeLine']>[1] = null;
  let offset = 0;
  for (const whole of text.split('\n')) {
    const line = whole.replace(/\r$/, '');
    const result = grammar.tokenizeLine(line, state, 2000);
    expect(result.stoppedEarly).toBe(false);
    state = result.ruleStack;
    for (const token of result.tokens)
      yield { start: offset + token.startIndex, end: offset + Math.min(token.endIndex, line.length), scopes: token.scopes };
    offset += whole.length + 1;
  }
}

function filesBelow(folder: string, matches: (name: string) => boolean): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => fs.statSync(file).isFile() && matches(file) && fs.statSync(file).size < 200_000);
}

const isRecipe = (file: string) => !/\.(?:tsv|txt|json|md)$/.test(file);

interface Agreement {
  /** Places where the colours and the parser see something else, as `line: text is no scope`. */
  readonly disagreements: readonly string[];
  /** Placeholders that are coloured, and those that are not. */
  readonly coloured: number;
  readonly plain: number;
}

function agreement(text: string): Agreement {
  const all = [...tokens('source.singularity', text)];
  const scopesAt = (offset: number) => all.find((token) => token.start <= offset && offset < token.end)?.scopes ?? [];
  const has = (offset: number, scope: string) => scopesAt(offset).some((name) => name.startsWith(scope));
  const disagreements: string[] = [];
  const expectScope = (offset: number, scope: string) => {
    if (!has(offset, scope))
      disagreements.push(`${text.slice(0, offset).split('\n').length}: ${text.slice(offset, offset + 20)} is no ${scope}`);
  };
  let coloured = 0;
  let plain = 0;
  for (const stage of parseRecipe(text).recipe.stages) {
    for (const entry of stage.header.entries)
      expectScope(entry.keyRange.start, entry.fate === 'unknown' ? 'invalid' : 'keyword.other.header');
    for (const { keyword, name, nameRange } of stage.sections) {
      const readable = keyword !== undefined && name === keyword && text.startsWith(name, nameRange.start);
      if (readable) expectScope(nameRange.start, 'keyword.control.section');
      else if (keyword === undefined && nameRange.end > nameRange.start) expectScope(nameRange.start, 'invalid');
    }
    for (const { range, inComment } of stage.placeholders) {
      if (inComment || has(range.start, 'comment') || text.slice(range.start, range.end).includes('\n')) continue;
      if (has(range.start, 'meta.placeholder')) coloured++;
      else plain++;
    }
  }
  return { disagreements, coloured, plain };
}

/** The scope that the grammar gives to a word of a token type. */
const scopeOfToken: Readonly<Record<(typeof semanticTokensLegend.tokenTypes)[number], readonly string[]>> = {
  keyword: ['keyword.control.section'],
  property: ['keyword.other.header', 'entity.other.attribute-name.label'],
  enumMember: ['entity.name.type.agent'],
  namespace: ['entity.name.type.stage'],
  parameter: ['variable.other.argument'],
  class: ['entity.name.function.app'],
  operator: ['punctuation.section.embedded'],
};

/** Semantic tokens that the grammar colours as something else, as `line: text (type): scopes`. */
function semanticDisagreements(text: string): string[] {
  const context = { source: createSourceText(text), parsed: parseRecipe(text), options: defaultRecipeOptions };
  const data = semanticTokensRecipe(context);
  const all = [...tokens('source.singularity', text)];
  const found: string[] = [];
  let line = 0;
  let character = 0;
  for (let i = 0; i < data.length; i += 5) {
    const [lines = 0, characters = 0, length = 0, index = 0] = data.slice(i, i + 5);
    character = lines === 0 ? character + characters : characters;
    line += lines;
    const offset = context.source.offsetAt({ line, character });
    const type = semanticTokensLegend.tokenTypes[index];
    if (type === undefined) continue;
    // The percent sign is punctuation.
    const at = type === 'keyword' ? offset + 1 : offset;
    const scopes = all.find((token) => token.start <= at && at < token.end)?.scopes ?? [];
    if (!scopeOfToken[type].some((scope) => scopes.some((name) => name.startsWith(scope))))
      found.push(`${line + 1}: ${text.slice(offset, offset + length)} (${type}): ${scopes.slice(1).join(' ')}`);
  }
  return found;
}

describe('recipes of our own', () => {
  const folder = path.resolve(import.meta.dirname, '../../fixtures/recipes');
  test.each(fs.readdirSync(folder))('%s: colours, semantic tokens and the parser agree', (file) => {
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    const { disagreements, plain } = agreement(text);
    expect(disagreements).toEqual([]);
    expect(semanticDisagreements(text)).toEqual([]);
    expect(plain).toBe(0);
  });
});

describeCorpus('recipes of the corpus', 'recipes', (folder) => {
  test.each(['real', 'engine-tests/good', 'engine-tests/multi', 'probes'])('%s: the colours agree with the parser', (name) => {
    const files = filesBelow(path.join(folder, name), isRecipe);
    expect(files.length).toBeGreaterThan(4);
    const results = files.map((file) => ({ file: path.basename(file), ...agreement(fs.readFileSync(file, 'utf8')) }));
    expect(results.flatMap(({ file, disagreements }) => disagreements.map((line) => `${file}:${line}`))).toEqual([]);
    // A shell grammar takes some stretches in one piece, such as words after a continued line; semantic tokens colour those.
    const sum = (count: 'coloured' | 'plain') => results.reduce((total, result) => total + result[count], 0);
    expect(sum('plain')).toBeLessThanOrEqual(3 + sum('coloured') / 100);
  });
});

describeCorpus('metalinks of the corpus', 'metalink', (folder) => {
  test('are coloured to the end', () => {
    const files = filesBelow(folder, (file) => /\.(?:meta4|metalink)$/.test(file));
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const text = fs.readFileSync(file, 'utf8');
      for (const token of tokens('text.xml.metalink', text)) expect(token.scopes[0]).toBe('text.xml.metalink');
    }
  });
});
