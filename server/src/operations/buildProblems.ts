import { parseRecipe } from '../recipe/parse';
import type { Recipe, Section } from '../recipe/syntax';
import type { TextRange } from '../text/range';

/** A place of the recipe with the engine's words about it. */
export interface BuildProblem {
  readonly range: TextRange;
  readonly message: string;
}

type Locate = (recipe: Recipe, found: string) => TextRange | undefined;

/** The engines' messages that name something of the recipe (facts: pkg/build/types/parser, internal/pkg/build), and where that stands. */
const messages: readonly { readonly pattern: RegExp; readonly locate: Locate }[] = [
  {
    pattern: /invalid section\(s\) specified: ?([^\n]*)/,
    locate: (recipe, names) => sections(recipe).find((s) => names.split(', ').includes(s.name))?.lineRange,
  },
  { pattern: /section (%\S+): could not be split into section name/, locate: (recipe, name) => sectionNamed(recipe, name)?.lineRange },
  { pattern: /app section (\S+): could not be split/, locate: (recipe, name) => sectionNamed(recipe, name)?.lineRange },
  { pattern: /invalid header keyword found: (\S+)/, locate: (recipe, key) => entries(recipe).find((e) => e.name === key)?.keyRange },
  {
    pattern: /header key ([^\n]*) had no val/,
    locate: (recipe, text) =>
      recipe.stages.flatMap((s) => s.header.stray).find((range) => recipe.text.slice(range.start, range.end) === text),
  },
  { pattern: /while processing section (%\w+) arguments/, locate: (recipe, name) => sectionNamed(recipe, name)?.lineRange },
  {
    pattern: /build var (\w+) is not defined/,
    locate: (recipe, name) => recipe.stages.flatMap((s) => s.placeholders).find((p) => p.name === name)?.range,
  },
  {
    pattern: /stage (\S+) was not found/,
    locate: (recipe, name) => sections(recipe).find((s) => s.keyword === 'files' && s.arguments.includes(name))?.lineRange,
  },
  { pattern: /no source files found matching: (\S+)/, locate: fileLine },
  { pattern: /while copying (\S+) to/, locate: fileLine },
  { pattern: /cp: cannot stat '([^']+)'/, locate: fileLine },
  {
    pattern: /invalid build source "?([^"\n]+)"?/,
    locate: (recipe, agent) => entries(recipe).find((e) => e.name === 'bootstrap' && e.value === agent)?.valueRange,
  },
  {
    pattern: /no bootstrap specification found|multiple stages detected, all must have headers/,
    locate: (recipe) => recipe.stages.find((s) => s.header.entries.length === 0)?.range,
  },
  {
    pattern: /invalid (?:yum|zypper|debootstrap|busybox) header, ([^\n]*)/,
    locate: (recipe) => entries(recipe).find((e) => e.name === 'bootstrap')?.valueRange,
  },
  { pattern: /(image not signed by required entities)/, locate: (recipe) => entries(recipe).find((e) => e.name === 'fingerprints')?.range },
  {
    pattern:
      /(?:MANIFEST_UNKNOWN|manifest unknown|UNAUTHORIZED|requested manifest was not found|image does not exist in the library)([^\n]*)/,
    locate: (recipe) => entries(recipe).find((e) => e.name === 'from')?.valueRange,
  },
];

/**
 * Places of a recipe that an engine's output speaks of: its own messages, and where a script ended with an error the command that the
 * shell showed last (`sh -ex` prints each behind `+`). `output` is the engine's standard error; colour codes do not matter.
 */
export function buildProblems(text: string, output: string): BuildProblem[] {
  const { recipe } = parseRecipe(text);
  const plain = output.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
  const found: BuildProblem[] = [];
  for (const { pattern, locate } of messages) {
    const match = pattern.exec(plain);
    if (match === null) continue;
    const range = locate(recipe, (match[1] ?? '').trim());
    if (range) found.push({ range, message: lineOf(plain, match.index) });
  }
  if (found.length === 0 && /exit status [1-9]|While performing build/.test(plain)) {
    const problem = failedCommand(recipe, plain);
    if (problem) found.push(problem);
  }
  return found;
}

function failedCommand(recipe: Recipe, output: string): BuildProblem | undefined {
  const lines = output.split('\n');
  const last = lines.findLastIndex((line) => /^\++ /.test(line));
  const command = lines[last]?.replace(/^\++ /, '').trim();
  if (command === undefined || command === '') return undefined;
  const message =
    lines.slice(last + 1).find((line) => line.trim() !== '' && !/^(FATAL|ERROR|INFO|WARNING):/.test(line)) ??
    lines.findLast((line) => line.startsWith('FATAL')) ??
    command;
  const words = normal(command);
  for (const section of sections(recipe)) {
    if (section.content.kind !== 'script') continue;
    for (const range of linesOf(recipe.text, section.bodyRange)) {
      const line = normal(recipe.text.slice(range.start, range.end));
      if (line !== '' && (line === words || line.startsWith(words) || (words.length > 8 && line.includes(words))))
        return { range, message: message.trim() };
    }
  }
  return undefined;
}

/** A command as the shell prints it has its quotes changed: they, and runs of white space, do not count. */
function normal(command: string): string {
  return command
    .replace(/['"\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function* linesOf(text: string, range: TextRange): Generator<TextRange> {
  for (let start = range.start; start < range.end;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 || newline > range.end ? range.end : newline;
    const line = text.slice(start, end);
    const indent = line.length - line.trimStart().length;
    yield { start: start + indent, end: start + line.trimEnd().length };
    start = end + 1;
  }
}

function fileLine(recipe: Recipe, source: string): TextRange | undefined {
  for (const { content } of sections(recipe)) {
    if (content.kind !== 'files') continue;
    const line = content.files.find((f) => f.source === source || source.endsWith(`/${f.source}`));
    if (line) return line.sourceRange;
  }
  return undefined;
}

function sectionNamed(recipe: Recipe, name: string): Section | undefined {
  return sections(recipe).find((s) => s.name === name.replace(/^%/, ''));
}

function sections(recipe: Recipe): Section[] {
  return recipe.stages.flatMap((stage) => [...stage.sections]);
}

function entries(recipe: Recipe) {
  return recipe.stages.flatMap((stage) => [...stage.header.entries]);
}

function lineOf(text: string, index: number): string {
  const start = text.lastIndexOf('\n', index) + 1;
  const end = text.indexOf('\n', index);
  return text.slice(start, end === -1 ? undefined : end).trim();
}
