import { touches } from '../text/range';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { filesSource, headerEntry } from './lookup';
import type { Recipe, Section } from './syntax';
import { argumentLines } from './templating';
import type { Engine } from './vocabulary';

/** A place where a name stands. */
export interface Occurrence {
  readonly range: TextRange;
  /** Here the name gets its meaning: a `Stage:` header, a line of `%arguments`, the first section of an app. */
  readonly defines: boolean;
  /** Index of the stage that it stands in. */
  readonly stage: number;
}

/** Something that a recipe names itself. */
export interface Name {
  readonly kind: 'stage' | 'argument' | 'app';
  readonly name: string;
  /** In the order of the text. */
  readonly occurrences: readonly Occurrence[];
}

/**
 * The names of a recipe with all their places. A build argument is one name in all stages: its defaults hold in one stage, its value
 * on the command line in all. Linear.
 */
export function recipeNames({ parsed, options }: Pick<RecipeContext, 'parsed' | 'options'>): readonly Name[] {
  const { recipe } = parsed;
  return [...stageNames(recipe, options.engine), ...argumentNames(recipe, options.engine), ...appNames(recipe)];
}

/** The name at an offset with the place that was hit; undefined where there is none. */
export function nameAt(context: RecipeContext, offset: number): { readonly name: Name; readonly at: Occurrence } | undefined {
  for (const name of recipeNames(context)) {
    const at = name.occurrences.find((occurrence) => touches(occurrence.range, offset));
    if (at) return { name, at };
  }
  return undefined;
}

/** The word behind `from` in `%files from STAGE`; undefined where the section copies from elsewhere. */
export function filesStageRange(section: Section, engine: Engine): TextRange | undefined {
  if (section.name !== 'files') return undefined;
  const source = filesSource(section, engine);
  if (source.kind !== 'stage') return undefined;
  const words = section.arguments.split('#', 1)[0] ?? '';
  const start = section.argumentsRange.start + words.lastIndexOf(source.name);
  return { start, end: start + source.name.length };
}

function stageNames(recipe: Recipe, engine: Engine): Name[] {
  const names = new NameTable('stage');
  for (const stage of recipe.stages) {
    const entry = headerEntry(stage, 'stage');
    if (entry?.lines.length === 1 && entry.value !== '')
      names.add(entry.value, { range: entry.valueRange, defines: true, stage: stage.index });
    for (const section of stage.sections) {
      const range = filesStageRange(section, engine);
      if (range) names.add(recipe.text.slice(range.start, range.end), { range, defines: false, stage: stage.index });
    }
  }
  return names.list();
}

function argumentNames(recipe: Recipe, engine: Engine): Name[] {
  const names = new NameTable('argument');
  for (const stage of recipe.stages) {
    for (const { key, keyRange, status } of argumentLines(stage))
      if (status === 'assigned' && /^\w+$/.test(key)) names.add(key, { range: keyRange, defines: true, stage: stage.index });
    for (const { name, nameRange, inComment } of stage.placeholders)
      if (!inComment || engine === 'singularity') names.add(name, { range: nameRange, defines: false, stage: stage.index });
  }
  return names.list();
}

function appNames(recipe: Recipe): Name[] {
  const names = new NameTable('app');
  for (const stage of recipe.stages) {
    const seen = new Set<string>();
    for (const { app } of stage.sections) {
      if (app === undefined || app.name === '') continue;
      names.add(app.name, { range: app.range, defines: !seen.has(app.name), stage: stage.index });
      seen.add(app.name);
    }
  }
  return names.list();
}

class NameTable {
  readonly #occurrences = new Map<string, Occurrence[]>();
  constructor(readonly kind: Name['kind']) {}

  add(name: string, occurrence: Occurrence): void {
    const known = this.#occurrences.get(name);
    if (known) known.push(occurrence);
    else this.#occurrences.set(name, [occurrence]);
  }

  list(): Name[] {
    return [...this.#occurrences].map(([name, occurrences]) => ({
      kind: this.kind,
      name,
      occurrences: occurrences.sort((a, b) => a.range.start - b.range.start),
    }));
  }
}
