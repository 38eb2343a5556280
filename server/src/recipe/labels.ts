import { checkLabels } from '../labels/check';
import type { BuildFacts } from '../labels/automatic';
import type { LabelOptions } from '../labels/check';
import type { Label } from '../labels/label';
import type { Finding } from '../text/finding';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { scriptOf } from './definition';
import { lineAround } from './place';
import { headerEntry } from './lookup';
import { applySettings } from './severity';
import type { Section, Stage } from './syntax';
import { readDefaults, replacePlaceholders } from './templating';

/**
 * What there is to say about the labels of a recipe: `%labels` of each stage, `%applabels` of each app. Required labels are asked of
 * the last stage only, whose labels the image gets. Severities are as set, ignored findings left out. Cannot fail.
 */
export function checkRecipeLabels(context: RecipeContext): Finding[] {
  const { stages } = context.parsed.recipe;
  const last = stages.findLast((stage) => !stage.empty && headerEntry(stage, 'bootstrap') !== undefined);
  const findings = stages.flatMap((stage) => [...checkStage(context, stage, stage === last), ...checkApps(context, stage)]);
  return applySettings(context.source.text, findings, context.options);
}

/** What the build of a stage sets by itself depends on this. */
export function buildFacts({ options }: Pick<RecipeContext, 'options'>, stage: Stage): BuildFacts {
  return {
    engine: options.engine,
    help: stage.sections.some((section) => section.name === 'help' && section.bodyRange.end > section.bodyRange.start),
    headerKeys: stage.header.entries.filter((entry) => entry.fate === 'kept').map((entry) => entry.name),
    agent: headerEntry(stage, 'bootstrap')?.value ?? '',
  };
}

function checkStage(context: RecipeContext, stage: Stage, isLast: boolean): Finding[] {
  const sections = stage.sections.filter((section) => section.keyword === 'labels');
  return checkLabels(labelsOf(sections), {
    ...common(context, stage),
    build: buildFacts(context, stage),
    schemas: context.options.labelSchemas,
    ...(isLast && {
      required: context.options.requiredLabels,
      setElsewhere: labelsOfScripts(context, stage),
      missing: missingAt(context, stage, sections),
    }),
  });
}

function checkApps(context: RecipeContext, stage: Stage): Finding[] {
  const byApp = new Map<string, Section[]>();
  for (const section of stage.sections)
    if (section.keyword === 'applabels') byApp.set(section.app?.name ?? '', [...(byApp.get(section.app?.name ?? '') ?? []), section]);
  return [...byApp.values()].flatMap((sections) => checkLabels(labelsOf(sections), common(context, stage)));
}

function labelsOf(sections: readonly Section[]): readonly Label[] {
  return sections.flatMap(({ content }) => (content.kind === 'labels' ? content.labels : []));
}

/** Values with placeholders are judged after templating, when they have a value. */
function common(context: RecipeContext, stage: Stage): LabelOptions {
  const { options, parsed } = context;
  let defaults: ReadonlyMap<string, string> | undefined;
  return {
    effectiveValue: ({ value }) => {
      if (!value.includes('{{')) return value;
      defaults ??= readDefaults(parsed.recipe.text, stage, options.engine);
      const filled = replacePlaceholders(value, defaults, options);
      return filled.includes('{{') ? undefined : filled;
    },
  };
}

/** `%post` can write labels into a file: a label that it names on such a line counts as set, every label when the names are not plain. */
function labelsOfScripts({ parsed }: RecipeContext, stage: Stage): (key: string) => boolean {
  const lines = stage.sections
    .filter((section) => section.name === 'post' || section.name === 'appinstall')
    .flatMap((section) => scriptOf(parsed.recipe.text, section).split('\n'));
  if (!lines.some((line) => /(?:APPTAINER|SINGULARITY)_LABELS/.test(line))) return () => false;
  const script = lines.join('\n');
  return (key) => script.includes(key);
}

function missingAt(context: RecipeContext, stage: Stage, sections: readonly Section[]): NonNullable<LabelOptions['missing']> {
  const { text } = context.parsed.recipe;
  const section = sections.at(-1);
  if (section === undefined) {
    const end = stage.range.end;
    const newline = end > 0 && text.charAt(end - 1) !== '\n' ? '\n' : '';
    return { range: firstLine(context, stage), insertAt: end, before: `${newline}\n%labels\n    `, after: '\n' };
  }
  const labels = section.content.kind === 'labels' ? section.content.labels : [];
  const after = labels.at(-1)?.range.end ?? section.lineRange.end;
  const lineEnd = lineAround(text, after).end;
  const first = labels[0];
  const indentation = first === undefined ? '    ' : text.slice(lineAround(text, first.range.start).start, first.range.start);
  return {
    range: { start: section.markRange.start, end: section.nameRange.end },
    insertAt: lineEnd,
    before: `\n${indentation}`,
    after: '',
  };
}

function firstLine({ source }: RecipeContext, stage: Stage): TextRange {
  return stage.header.entries[0]?.range ?? source.lineRange(source.positionAt(stage.range.start).line);
}
