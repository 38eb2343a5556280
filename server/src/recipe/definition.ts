import { joinDecoded } from './decode';
import { trimSpace } from './engineText';
import { listLines, parseLabelLine } from './parseLines';
import type { ParsedRecipe, Recipe, RecipeProblem, Section, Stage } from './syntax';
import { isAppSectionKeyword, isSectionKeyword } from './vocabulary';
import type { Engine } from './vocabulary';

/** A stage as the engines' parser hands it to the build: types.Definition (pkg/build/types/definition.go) with its JSON names. */
export interface Definition {
  readonly header: Readonly<Record<string, string>> | null;
  readonly imageData: {
    readonly metadata: null;
    readonly labels: Readonly<Record<string, string>>;
    readonly imageScripts: {
      readonly help: Script;
      readonly environment: Script;
      readonly runScript: Script;
      readonly test: Script;
      readonly startScript: Script;
    };
  };
  readonly buildData: {
    readonly files: readonly Files[];
    readonly buildScripts: {
      readonly pre: Script;
      readonly setup: Script;
      readonly post: Script;
      readonly test: Script;
      readonly arguments: Script;
    };
  };
  /** App sections: `appinstall NAME` to its text. */
  readonly customData: Readonly<Record<string, string>> | null;
  readonly appOrder: readonly string[];
}

export interface Script {
  readonly args: string;
  readonly script: string;
}

/** `%files` sections with the same arguments. */
export interface Files {
  readonly args: string;
  readonly files: readonly { readonly source: string; readonly destination: string }[] | null;
}

/** What an engine's `parser.All` returns: its stages, or why it refuses the text. */
export type ParserAnswer =
  | { readonly stages: readonly Definition[] }
  | {
      /** The problem that the engine meets first. */
      readonly refusal: RecipeProblem;
      /** The engine crashes instead of refusing. */
      readonly crash: boolean;
      /** The engine's words. Where it lists several sections, they are in the order of the text; the engine's order is random. */
      readonly message: string;
    };

/** What `engine`'s parser makes of a recipe (deffile.go, All). Cannot fail. */
export function readDefinitions(parsed: ParsedRecipe, engine: Engine): ParserAnswer {
  const refusal = firstProblem(parsed.problems, engine);
  if (refusal === undefined) {
    const { recipe } = parsed;
    return { stages: recipe.stages.filter((stage) => !stage.empty).map((stage) => readStage(recipe, stage)) };
  }
  const crash = refusal.code === 'parse/broken-continuation' || refusal.code === 'parse/lone-quote';
  return { refusal, crash, message: engineMessage(refusal, parsed) };
}

/** The text of a section's body as the engines have it: lines joined by LF, without a carriage return before it. */
export function scriptOf(text: string, section: Section): string {
  const { start, end } = section.bodyRange;
  if (start === end) return '';
  const body = text.slice(start, end);
  const lines = body.includes('\r') ? body.replace(/\r(?=\n|$)/g, '') : body;
  if (section.trimmed) return trimEnd(lines);
  return body.endsWith('\n') ? lines : lines + '\n';
}

/** Stage by stage; in a stage, the engines look at the names of the sections last. */
function firstProblem(problems: readonly RecipeProblem[], engine: Engine): RecipeProblem | undefined {
  let first: RecipeProblem | undefined;
  for (const problem of problems) {
    if (problem.engine !== undefined && problem.engine !== engine) continue;
    if (first === undefined || comesBefore(problem, first)) first = problem;
  }
  return first;
}

function comesBefore(a: RecipeProblem, b: RecipeProblem): boolean {
  if (a.stage !== b.stage) return a.stage !== -1 && a.stage < b.stage;
  return !isNameProblem(a) && isNameProblem(b);
}

function isNameProblem({ code }: RecipeProblem): boolean {
  switch (code) {
    case 'parse/unknown-section':
    case 'parse/indented-section':
    case 'parse/section-name-space':
    case 'parse/section-name-comment':
    case 'parse/app-section-case':
      return true;
    default:
      return false;
  }
}

function engineMessage(problem: RecipeProblem, parsed: ParsedRecipe): string {
  const header = 'failed to parse deffile header: ';
  const { text } = parsed.recipe;
  switch (problem.code) {
    case 'parse/empty-definition':
      return 'no stages found in definition file';
    case 'parse/header-without-value':
      return `${header}header key ${problem.found} had no val`;
    case 'parse/unknown-header':
    case 'parse/byte-order-mark':
      return `${header}invalid header keyword found: ${problem.entry.name}`;
    case 'parse/broken-continuation':
      return 'assignment to entry in nil map';
    case 'parse/lone-quote':
      return 'index out of range [0] with length 0';
    case 'parse/token-too-long':
      return 'bufio.Scanner: token too long';
    case 'parse/section-without-body':
      return `section ${trimSpace(text.slice(problem.section.range.start, problem.section.range.end))}: could not be split into section name and body`;
    case 'parse/app-without-name':
      return `app section ${text.slice(problem.section.nameRange.start, problem.section.nameRange.end)}: could not be split into section name and app name`;
    default:
      return `invalid section(s) specified: ${refusedNames(parsed, problem.stage).join(', ')}`;
  }
}

/** The names that the engines list: each once, in the order of the text. */
export function refusedNames(parsed: ParsedRecipe, stage: number): string[] {
  const names = new Set<string>();
  for (const problem of parsed.problems) {
    if (problem.stage === stage && isNameProblem(problem) && 'section' in problem)
      names.add(refusedName(parsed.recipe.text, problem.section));
  }
  return [...names];
}

/** App sections keep their case, and their app. */
function refusedName(text: string, section: Section): string {
  if (!isAppSectionKeyword(section.name)) return section.name;
  return `${text.slice(section.nameRange.start, section.nameRange.end)} ${section.app?.name ?? ''}`;
}

function readStage(recipe: Recipe, stage: Stage): Definition {
  const scripts = new Map<string, Script>();
  const custom = new Map<string, string>();
  const files: { args: string; files: { source: string; destination: string }[] | null }[] = [];
  const appOrder = new Set<string>();
  for (const section of stage.sections) {
    if (section.name === 'files') addFiles(files, section);
    else if (isAppSectionKeyword(section.name)) {
      const app = section.app?.name ?? '';
      const key = `${section.name} ${app}`;
      appOrder.add(app);
      custom.set(key, joinDecoded(custom.get(key) ?? '', scriptOf(recipe.text, section)));
    } else if (isSectionKeyword(section.name)) {
      const earlier = scripts.get(section.name) ?? noScript;
      const hasArguments = section.argumentsRange.start > section.nameRange.end;
      const args = hasArguments ? section.arguments : earlier.args;
      scripts.set(section.name, { args, script: joinDecoded(earlier.script, scriptOf(recipe.text, section)) });
    }
  }
  const script = (name: string): Script => scripts.get(name) ?? noScript;
  return {
    header: readHeader(stage),
    imageData: {
      metadata: null,
      labels: readLabels(script('labels').script),
      imageScripts: {
        help: script('help'),
        environment: script('environment'),
        runScript: script('runscript'),
        test: script('test'),
        startScript: script('startscript'),
      },
    },
    buildData: {
      files,
      buildScripts: {
        pre: script('pre'),
        setup: script('setup'),
        post: script('post'),
        test: script('test'),
        arguments: script('arguments'),
      },
    },
    customData: custom.size === 0 ? null : Object.fromEntries(custom),
    appOrder: [...appOrder],
  };
}

const noScript: Script = { args: '', script: '' };

function readHeader(stage: Stage): Record<string, string> | null {
  const kept = stage.header.entries.filter((entry) => entry.fate === 'kept');
  return kept.length === 0 ? null : Object.fromEntries(kept.map((entry) => [entry.name, entry.value]));
}

function addFiles(all: { args: string; files: { source: string; destination: string }[] | null }[], section: Section): void {
  const lines = section.content.kind === 'files' ? section.content.files : [];
  const added = lines.map(({ source, destination }) => ({ source, destination }));
  const same = all.find((files) => files.args === section.arguments);
  if (same === undefined) all.push({ args: section.arguments, files: added.length === 0 ? null : added });
  else if (added.length > 0) same.files = [...(same.files ?? []), ...added];
}

/** The labels in the text of all `%labels` sections of a stage: parser.GetLabels. Later lines of the same key win. */
export function readLabels(script: string): Record<string, string> {
  const labels = new Map<string, string>();
  for (const line of listLines(script, { start: 0, end: script.length }).lines) {
    const { key, value } = parseLabelLine(script, line);
    labels.set(key, value);
  }
  return Object.fromEntries(labels);
}

function trimEnd(text: string): string {
  const kept = trimSpace('.' + text);
  return kept.slice(1);
}
