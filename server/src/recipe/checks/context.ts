import { fixesFor } from '../../text/finding';
import type { Finding } from '../../text/finding';
import { nearest } from '../../text/nearest';
import { t } from '../../text/l10n';
import type { TextRange } from '../../text/range';
import type { RecipeOptions } from '../options';
import { defaultSeverity, fixOf } from '../rules';
import type { RecipeRuleId } from '../rules';
import type { ParsedRecipe, Recipe, Stage } from '../syntax';
import { readDefaults, replacePlaceholders } from '../templating';

/** More than anybody reads: a file that is no recipe at all must not fill the memory with findings. */
const findingLimit = 10_000;

/** More typos than anybody makes in one file. */
const guessLimit = 300;

/** What a check looks at, and where it says what it found. */
export interface CheckContext {
  readonly parsed: ParsedRecipe;
  readonly recipe: Recipe;
  readonly text: string;
  readonly options: RecipeOptions;
  /** The engine's name in a sentence. */
  readonly engine: string;
  readonly report: (code: RecipeRuleId, range: TextRange, message: string, extra?: FindingExtra) => void;
  /** The nearest candidate, as `nearest` says; undefined once it was asked often: a file full of mistakes is another thing than a typo. */
  readonly guess: (typed: string, candidates: Iterable<string>) => string | undefined;
  /** The `%arguments` of a stage: read once. */
  defaults(stage: Stage): ReadonlyMap<string, string>;
  /** A value of a stage after templating; placeholders without a value stay. */
  fill(stage: Stage, value: string): string;
  /** Whether a build argument has a value in a stage. */
  hasArgument(stage: Stage, name: string): boolean;
}

export type FindingExtra = Partial<Pick<Finding, 'fixes' | 'related' | 'tags' | 'severity'>>;

export function createCheckContext(parsed: ParsedRecipe, options: RecipeOptions, findings: Finding[]): CheckContext {
  const { recipe } = parsed;
  const known = new Map<Stage, ReadonlyMap<string, string>>();
  const defaults = (stage: Stage) => {
    let values = known.get(stage);
    if (values === undefined) {
      values = readDefaults(recipe.text, stage, options.engine);
      known.set(stage, values);
    }
    return values;
  };
  let guesses = 0;
  return {
    parsed,
    recipe,
    text: recipe.text,
    options,
    engine: options.engine === 'apptainer' ? 'Apptainer' : 'SingularityCE',
    report: (code, range, message, extra = {}) => {
      if (findings.length >= findingLimit) return;
      const fixes = extra.fixes && { fixes: fixesFor(fixOf(code), extra.fixes) };
      findings.push({ code, severity: defaultSeverity(code), message, range, ...extra, ...fixes });
    },
    guess: (typed, candidates) => (guesses++ < guessLimit ? nearest(typed, candidates) : undefined),
    defaults,
    fill: (stage, value) => (value.includes('{{') ? replacePlaceholders(value, defaults(stage), options) : value),
    hasArgument: (stage, name) => options.buildArguments.has(name) || defaults(stage).has(name),
  };
}

/** The lines of a stretch, the end of the last one included: what is removed when they go. */
export function wholeLines(text: string, { start, end }: TextRange): TextRange {
  const newline = text.indexOf('\n', end);
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: newline < 0 ? text.length : newline + 1 };
}

/** The fix that takes away the lines of a stretch. */
export function removeLines(text: string, range: TextRange): FindingExtra {
  return { fixes: [{ title: t('Remove this line'), edits: [{ range: wholeLines(text, range), newText: '' }], preferred: true }] };
}

/** A text of the recipe as it is shown in a message: short, and with what cannot be seen made visible. */
export function quoted(text: string): string {
  return '`' + visible(text) + '`';
}

/** The same without the marks around it, for what stands in the engine's own words. */
export function visible(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return short.replace(/[^\x21-\x7e\u00a1-\uffff ]|[\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060\ufeff]/g, showCharacter);
}

function showCharacter(character: string): string {
  if (character === '\t') return '␉';
  return `<U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`;
}
