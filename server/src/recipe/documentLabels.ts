import { automaticLabels } from '../labels/automatic';
import { formats } from '../labels/formats';
import type { LabelDescription, LabelSchema } from '../labels/label';
import { vocabularies } from '../labels/vocabularies';
import { t } from '../text/l10n';
import { buildFacts } from './labels';
import type { RecipeContext } from './context';
import type { Stage } from './syntax';

/** What is known about a label, as Markdown: from the user's schemas, from our vocabularies, from what the build sets. Undefined when nothing is. */
export function documentLabel(context: RecipeContext, stage: Stage, key: string): string | undefined {
  const parts: string[] = [];
  for (const schema of [...context.options.labelSchemas, ...vocabularies]) {
    // `version` and `software` are labels of BioContainers only among others of theirs.
    const label = schema.labels.find((candidate) => candidate.key === key);
    if (label && schema.applies(labelKeysOf(stage))) parts.push(describeLabelMarkdown(schema, label));
  }
  const automatic = automaticLabels(buildFacts(context, stage)).find((label) => label.key === key);
  if (automatic && automatic.since === undefined) parts.push(t('The build sets this label itself.'));
  return parts.length === 0 ? undefined : parts.join('\n\n---\n\n');
}

/** One label of one schema, as Markdown. */
export function describeLabelMarkdown(schema: LabelSchema, label: LabelDescription): string {
  const type = label.format === undefined ? undefined : formats[label.format]?.describe();
  return [
    label.description,
    ...(type === undefined ? [] : [t('Value: {0}.', type)]),
    ...(label.values.length === 0 ? [] : [t('One of: {0}.', label.values.map((value) => `\`${value}\``).join(', '))]),
    ...(label.examples.length === 0 ? [] : [t('For example {0}', label.examples.map((value) => `\`${value}\``).join(', '))]),
    ...(label.replacedBy === undefined ? [] : [t('Superseded by {0}.', `\`${label.replacedBy}\``)]),
    schema.documentation === undefined ? schema.title : `[${schema.title}](${schema.documentation})`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function labelKeysOf(stage: Stage): string[] {
  return stage.sections.flatMap(({ content }) => (content.kind === 'labels' ? content.labels.map(({ key }) => key) : []));
}
