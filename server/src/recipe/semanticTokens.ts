import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { headerEntry } from './lookup';
import { filesStageRange } from './names';
import type { Recipe, Stage } from './syntax';
import { agents } from './vocabulary';
import type { Engine } from './vocabulary';

/** The legend of the numbers that `semanticTokensRecipe` returns; standard types and modifiers of LSP 3.17. */
export const semanticTokensLegend = {
  tokenTypes: ['keyword', 'property', 'enumMember', 'namespace', 'parameter', 'class', 'operator'],
  tokenModifiers: ['declaration', 'deprecated'],
} as const;

type TokenType = (typeof semanticTokensLegend.tokenTypes)[number];
type TokenModifier = (typeof semanticTokensLegend.tokenModifiers)[number];

interface Token {
  readonly range: TextRange;
  readonly type: TokenType;
  readonly modifiers?: readonly TokenModifier[];
}

/**
 * Tokens for what only the tree knows: which words are sections, keys, agents, stages, apps, labels and build arguments. Values and
 * scripts are left to the grammar.
 *
 * @param within only tokens that touch it
 * @returns five numbers a token, each relative to the one before (LSP 3.17, "Semantic Tokens")
 */
export function semanticTokensRecipe({ source, parsed, options }: RecipeContext, within?: TextRange): number[] {
  const data: number[] = [];
  let line = 0;
  let character = 0;
  let end = 0;
  const tokens = tokensOf(parsed.recipe, options.engine).filter(
    ({ range }) => within === undefined || (range.end >= within.start && range.start <= within.end),
  );
  for (const { range, type, modifiers = [] } of tokens.sort((a, b) => a.range.start - b.range.start || b.range.end - a.range.end)) {
    const position = source.positionAt(range.start);
    const isOnOneLine = source.positionAt(range.end).line === position.line;
    // Tokens neither overlap nor span lines.
    if (range.start < end || range.end <= range.start || !isOnOneLine) continue;
    const isSameLine = position.line === line;
    data.push(
      position.line - line,
      isSameLine ? position.character - character : position.character,
      range.end - range.start,
      semanticTokensLegend.tokenTypes.indexOf(type),
      modifiers.reduce((bits, modifier) => bits | (1 << semanticTokensLegend.tokenModifiers.indexOf(modifier)), 0),
    );
    ({ line, character } = position);
    end = range.end;
  }
  return data;
}

function tokensOf(recipe: Recipe, engine: Engine): Token[] {
  return recipe.stages.flatMap((stage) => [...headerTokens(stage), ...sectionTokens(stage, engine), ...placeholderTokens(stage, engine)]);
}

function headerTokens(stage: Stage): Token[] {
  const tokens: Token[] = [];
  for (const entry of stage.header.entries) if (entry.fate !== 'unknown') tokens.push({ range: entry.keyRange, type: 'property' });
  const bootstrap = headerEntry(stage, 'bootstrap');
  if (bootstrap && agents.has(bootstrap.value))
    tokens.push({ range: bootstrap.valueRange, type: 'enumMember', ...(bootstrap.value === 'shub' && { modifiers: ['deprecated'] }) });
  const name = headerEntry(stage, 'stage');
  if (name && name.value !== '' && !name.value.includes('{{'))
    tokens.push({ range: name.valueRange, type: 'namespace', modifiers: ['declaration'] });
  return tokens;
}

function sectionTokens(stage: Stage, engine: Engine): Token[] {
  return stage.sections.flatMap((section) => {
    const tokens: Token[] = [];
    const isKnown = section.keyword !== undefined && section.name === section.keyword;
    if (isKnown) tokens.push({ range: { start: section.markRange.start, end: section.nameRange.end }, type: 'keyword' });
    if (section.app)
      tokens.push({ range: section.app.range, type: 'class', ...(section.keyword === 'appinstall' && { modifiers: ['declaration'] }) });
    const from = filesStageRange(section, engine);
    if (from) tokens.push({ range: from, type: 'namespace' });
    const { content } = section;
    if (content.kind === 'labels')
      for (const { key, keyRange } of content.labels) if (!key.includes('{{')) tokens.push({ range: keyRange, type: 'property' });
    if (content.kind === 'arguments')
      for (const { status, keyRange } of content.arguments)
        if (status === 'assigned') tokens.push({ range: keyRange, type: 'parameter', modifiers: ['declaration'] });
    return tokens;
  });
}

function placeholderTokens(stage: Stage, engine: Engine): Token[] {
  return stage.placeholders
    .filter(({ inComment }) => !inComment || engine === 'singularity')
    .flatMap(({ range, nameRange }): Token[] => [
      { range: { start: range.start, end: range.start + 2 }, type: 'operator' },
      { range: nameRange, type: 'parameter' },
      { range: { start: range.end - 2, end: range.end }, type: 'operator' },
    ]);
}
