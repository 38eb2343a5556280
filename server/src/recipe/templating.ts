import { listLines, parseArgumentLine } from './parseLines';
import { scriptOf } from './definition';
import { findPlaceholders } from './placeholders';
import type { ArgumentLine, Placeholder, Section, Stage } from './syntax';
import type { Engine } from './vocabulary';

/** Values for `{{ name }}`: of `--build-arg` and `--build-arg-file`, or of `%arguments`. */
export type ArgumentValues = ReadonlyMap<string, string>;

export interface TemplateOptions {
  readonly engine: Engine;
  /** Values from `--build-arg`; they hold in every stage and win over `%arguments`. */
  readonly buildArguments?: ArgumentValues;
}

/** A stage after templating. */
export interface TemplatedStage {
  readonly text: string;
  /** Names that were replaced, each once. */
  readonly used: readonly string[];
  /** The placeholder at which the engine gives up; the text ends before it. */
  readonly missing?: Placeholder;
  /** The values make so long a text that nobody reads on; the text ends somewhere. */
  readonly endless?: true;
}

/** UTF-16 units that values may add to a stage. */
const growthLimit = 4_000_000;

/**
 * What the engines make of the text of one stage before they parse it for good: args.NewReader
 * (A and S internal/pkg/build/args/reader.go). Cannot fail.
 */
export function applyTemplate(text: string, stage: Stage, options: TemplateOptions): TemplatedStage {
  const defaults = readDefaults(text, stage, options.engine);
  const used = new Set<string>();
  const parts: string[] = [];
  let copied = stage.range.start;
  let added = 0;
  const values = new Map<string, string | undefined>();
  const valueOf = (name: string) => {
    if (!values.has(name)) values.set(name, argumentValue(name, defaults, options));
    return values.get(name);
  };
  for (const placeholder of stage.placeholders) {
    if (placeholder.inComment && options.engine === 'apptainer') continue;
    parts.push(text.slice(copied, placeholder.range.start));
    const value = valueOf(placeholder.name);
    if (value === undefined) return { text: parts.join(''), used: [...used], missing: placeholder };
    parts.push(value);
    added += value.length;
    used.add(placeholder.name);
    if (added > growthLimit) return { text: parts.join(''), used: [...used], endless: true };
    copied = placeholder.range.end;
  }
  parts.push(text.slice(copied, stage.range.end));
  return { text: parts.join(''), used: [...used] };
}

/** A text of a stage (a header value, say) with what can be replaced replaced; unknown placeholders stay. */
export function replacePlaceholders(text: string, defaults: ArgumentValues, options: TemplateOptions): string {
  const parts: string[] = [];
  let copied = 0;
  let added = 0;
  for (const { name, range } of findPlaceholders(text)) {
    const value = argumentValue(name, defaults, options);
    if (value === undefined) continue;
    added += value.length;
    if (added > growthLimit) break;
    parts.push(text.slice(copied, range.start), value);
    copied = range.end;
  }
  return copied === 0 ? text : parts.join('') + text.slice(copied);
}

/** The value that `{{ name }}` gets; undefined when the build stops over it. Apptainer replaces placeholders inside a value once. */
export function argumentValue(name: string, defaults: ArgumentValues, options: TemplateOptions): string | undefined {
  const lookUp = (key: string) => options.buildArguments?.get(key) ?? defaults.get(key);
  const value = lookUp(name);
  if (value === undefined || options.engine === 'singularity' || !value.includes('{{')) return value;
  let result = value;
  for (const inner of findPlaceholders(value)) {
    const replacement = lookUp(inner.name);
    // A value that names itself grows by a power with each of its placeholders; the engines refuse a section this long anyway.
    if (result.length > valueLimit) break;
    if (replacement !== undefined) result = result.replaceAll(value.slice(inner.range.start, inner.range.end), () => replacement);
  }
  return result;
}

/** UTF-16 units: more than a section holds. */
const valueLimit = 131_072;

/** The values of the stage's `%arguments`: args.ReadDefaults. Of several lines for one name the last wins. */
export function readDefaults(text: string, stage: Stage, engine: Engine): Map<string, string> {
  const script = stage.sections.map((section) => (section.name === 'arguments' ? scriptOf(text, section) : '')).join('');
  const defaults = new Map<string, string>();
  for (const range of listLines(script, { start: 0, end: script.length }).lines) {
    const line = parseArgumentLine(script, range);
    if (isAssigned(line, engine)) defaults.set(line.key, line.value);
  }
  return defaults;
}

/** Whether the engine takes the line; it skips others with a warning. SingularityCE wants a value, Apptainer since 1.2.4 does not. */
export function isAssigned(line: ArgumentLine, engine: Engine): boolean {
  return line.status === 'assigned' && (engine === 'apptainer' || line.value !== '');
}

/** The lines of a stage's `%arguments`, with their places. */
export function argumentLines(stage: Stage): readonly ArgumentLine[] {
  return stage.sections.flatMap((section: Section) =>
    section.name === 'arguments' && section.content.kind === 'arguments' ? section.content.arguments : [],
  );
}
