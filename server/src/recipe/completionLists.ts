import type { LabelDescription, LabelSchema } from '../labels/label';
import { frequentLicences } from '../labels/licence';
import { vocabularies } from '../labels/vocabularies';
import { t } from '../text/l10n';
import { completionKind } from '../text/kinds';
import type { Candidate } from './completionItem';
import type { RecipeContext } from './context';
import { describeLabelMarkdown } from './documentLabels';
import { headerEntry } from './lookup';
import type { Place } from './place';
import type { Stage } from './syntax';
import { argumentLines } from './templating';

/** Words of `%labels`, `%arguments` and their like. Paths of `%files` are `pathAt`'s business. */
export function completeListWord(context: RecipeContext, place: Extract<Place, { kind: 'word' }>): Candidate[] {
  const { content } = place.section;
  if (content.kind === 'labels') return place.index === 0 ? completeLabelKey(context, place) : completeLabelValue(context, place);
  if (content.kind === 'arguments' && place.index === 0)
    return completeArgumentKey(
      place.stage,
      content.arguments.map(({ key }) => key),
    );
  return [];
}

/** `from` and the stages above, behind `%files`. */
export function completeFilesStage(context: RecipeContext, place: Extract<Place, { kind: 'section-argument' }>): Candidate[] {
  const stages = context.parsed.recipe.stages
    .filter((stage) => stage.index < place.stage.index)
    .flatMap((stage) => {
      const name = headerEntry(stage, 'stage')?.value ?? '';
      return name === '' ? [] : [{ name, from: headerEntry(stage, 'from')?.value ?? '' }];
    });
  const words = place.section.arguments.trim().split(/\s+/);
  if (place.index === 0)
    return stages.map(({ name, from }) => ({
      label: `from ${name}`,
      kind: completionKind.reference,
      detail: t('stage made from {0}', from),
    }));
  if (place.index > 1 || words[0] !== 'from') return [];
  return stages.map(({ name, from }) => ({ label: name, kind: completionKind.reference, detail: t('stage made from {0}', from) }));
}

/** Build arguments between `{{` and `}}`: those of the stage's `%arguments`, of the command line, and others that the recipe uses. */
export function completePlaceholder({ parsed, options }: RecipeContext, place: Extract<Place, { kind: 'placeholder' }>): Candidate[] {
  const values = new Map<string, string>();
  const typed = (range: { readonly start: number; readonly end: number }) => range.start === place.nameRange.start;
  for (const line of place.stage ? argumentLines(place.stage) : [])
    if (line.status === 'assigned') values.set(line.key, t('default: {0}', line.value));
  for (const [name, value] of options.buildArguments) values.set(name, t('given: {0}', value));
  for (const stage of parsed.recipe.stages)
    for (const { name, nameRange } of stage.placeholders)
      if (!values.has(name) && !typed(nameRange)) values.set(name, t('no default in this stage'));
  const spaced = place.nameRange.start - place.range.start > 2;
  return [...values]
    .filter(([name]) => /^\w+$/.test(name))
    .map(([label, detail]) => ({
      label,
      kind: completionKind.variable,
      insert: `${spaced ? '' : ' '}${label}${place.closed ? '' : ' }}'}`,
      detail,
    }));
}

function completeLabelKey(context: RecipeContext, place: Extract<Place, { kind: 'word' }>): Candidate[] {
  const { text } = context.source;
  const present = new Set(labelKeys(place.stage, place));
  const keys = [...present];
  const hasValue = text.charAt(place.range.end) === ' ';
  const seen = new Set<string>();
  const candidate = (schema: LabelSchema, label: LabelDescription, later: boolean): Candidate[] => {
    if (present.has(label.key) || seen.has(label.key)) return [];
    seen.add(label.key);
    return [
      {
        label: label.key,
        kind: completionKind.property,
        insert: hasValue ? label.key : `${label.key} `,
        detail: label.required === true ? t('{0}, required', schema.title) : schema.title,
        documentation: describeLabelMarkdown(schema, label),
        deprecated: label.deprecated === true || label.replacedBy !== undefined,
        later: later || label.replacedBy !== undefined,
      },
    ];
  };
  const required = context.options.requiredLabels.filter(
    (key) => !present.has(key) && vocabularies.every(({ labels }) => labels.every((label) => label.key !== key)),
  );
  return [
    ...required.map((label) => ({ label, kind: completionKind.property, insert: hasValue ? label : `${label} `, detail: t('required') })),
    ...context.options.labelSchemas.flatMap((schema) => schema.labels.flatMap((label) => candidate(schema, label, false))),
    ...vocabularies.flatMap((schema) => schema.labels.flatMap((label) => candidate(schema, label, !schema.applies(keys)))),
  ];
}

function completeLabelValue(context: RecipeContext, place: Extract<Place, { kind: 'word' }>): Candidate[] {
  const line =
    place.section.content.kind === 'labels'
      ? place.section.content.labels.find(({ range }) => range.start <= place.range.start && place.range.start <= range.end + 1)
      : undefined;
  if (line === undefined) return [];
  const label = [...context.options.labelSchemas, ...vocabularies].flatMap((schema) => schema.labels).find(({ key }) => key === line.key);
  if (label === undefined) return [];
  const values =
    label.values.length > 0
      ? label.values
      : label.format === 'spdx-expression'
        ? frequentLicences
        : label.examples.filter((text) => !text.includes('…'));
  return values.map((value) => ({ label: value, kind: label.values.length > 0 ? completionKind.enumMember : completionKind.value }));
}

function labelKeys(stage: Stage, place: Extract<Place, { kind: 'word' }>): string[] {
  return stage.sections
    .filter((section) => section.keyword === place.section.keyword && section.app?.name === place.section.app?.name)
    .flatMap((section) => (section.content.kind === 'labels' ? section.content.labels : []))
    .filter((line) => line.keyRange.start !== place.range.start)
    .map((line) => line.key);
}

/** Placeholders of the stage that have no default yet. */
function completeArgumentKey(stage: Stage, present: readonly string[]): Candidate[] {
  const missing = new Set(stage.placeholders.filter((placeholder) => !placeholder.inComment).map(({ name }) => name));
  for (const name of present) missing.delete(name);
  return [...missing].map((label) => ({
    label,
    kind: completionKind.variable,
    insert: `${label}=`,
    detail: t('used in this stage, no default yet'),
  }));
}
