import type { Finding, Fix, OffsetEdit } from '../text/finding';
import { t } from '../text/l10n';
import { nearest } from '../text/nearest';
import type { TextRange } from '../text/range';
import { automaticLabels } from './automatic';
import type { BuildFacts } from './automatic';
import { labelFinding } from './finding';
import type { Label, LabelProblem, LabelSchema } from './label';
import { checkSyntax } from './syntax';
import { vocabularies } from './vocabularies';

export interface LabelOptions {
  /** Schemas of the user, besides our own vocabularies. */
  readonly schemas?: readonly LabelSchema[];
  /** Labels that must be set. */
  readonly required?: readonly string[];
  /** What the build is known to set by itself; absent for `%applabels`. */
  readonly build?: BuildFacts;
  /** Whether a label is set elsewhere, such as by `%post` through `$APPTAINER_LABELS`. */
  readonly setElsewhere?: (key: string) => boolean;
  /** Where to say that a label is missing, and the text to which one is added; absent: nothing is asked for. */
  readonly missing?: { readonly range: TextRange; readonly insertAt: number; readonly before: string; readonly after: string };
  /** Placeholders are replaced before the engines read the labels; absent: a value with a placeholder is not judged. */
  readonly effectiveValue?: (label: Label) => string | undefined;
}

/**
 * What is to be said about one set of labels, in no particular order. Pure; never throws.
 *
 * @param labels in the order of the text, duplicates included
 */
export function checkLabels(labels: readonly Label[], options: LabelOptions): Finding[] {
  const kept = new Map(labels.map((label) => [label.key, label]));
  const schemas = [...vocabularies, ...(options.schemas ?? [])].filter((schema) => schema.applies([...kept.keys()]));
  return [
    ...labels.flatMap((label) => checkSyntax(label)),
    ...checkDuplicates(labels),
    ...checkAutomatic(kept, options.build),
    ...checkNamespaces(kept, schemas),
    ...checkSuperseded(kept, schemas, options.build),
    ...checkSchemas(kept, schemas, options),
    ...checkRequired(kept, options.required ?? [], options),
  ];
}

function checkDuplicates(labels: readonly Label[]): Finding[] {
  const first = new Map<string, Label>();
  const findings: Finding[] = [];
  for (const label of labels) {
    const earlier = first.get(label.key);
    first.set(label.key, label);
    if (earlier === undefined) continue;
    findings.push(
      labelFinding(
        'lint/label-duplicate',
        label.keyRange,
        t('Label {0} is set again: this value replaces the earlier one, only this one is kept.', code(label.key)),
        {
          related: [{ range: earlier.keyRange, message: t('This value is dropped.') }],
          fixes: [{ title: t('Remove the earlier value'), edits: [removal(earlier)], preferred: true }],
        },
      ),
    );
  }
  return findings;
}

function checkAutomatic(labels: ReadonlyMap<string, Label>, build: BuildFacts | undefined): Finding[] {
  if (build === undefined) return [];
  return automaticLabels(build).flatMap(({ key, since }) => {
    const label = labels.get(key);
    if (label === undefined) return [];
    const message =
      since === undefined
        ? t(
            'The build sets {0} itself. This value is dropped with "WARNING: Label: {1} already exists and force option is false, not overwriting", unless the build is forced.',
            code(key),
            key,
          )
        : t('From {1} on, the build sets {0} itself. This value is then dropped unless the build is forced.', code(key), since);
    return [
      labelFinding('lint/label-automatic', label.keyRange, message, {
        ...(since === undefined
          ? { fixes: [{ title: t('Remove this label'), edits: [removal(label)], preferred: true }] }
          : { severity: 'hint' as const }),
        tags: ['unnecessary'],
      }),
    ];
  });
}

function checkNamespaces(labels: ReadonlyMap<string, Label>, schemas: readonly LabelSchema[]): Finding[] {
  return schemas.flatMap((schema) => {
    const namespace = schema.namespace;
    if (namespace === undefined) return [];
    const known = schema.labels.map((label) => label.key);
    return [...labels.values()].flatMap((label) => {
      // The engines' own additions lie below `org.label-schema.usage.`.
      if (!label.key.toLowerCase().startsWith(namespace) || known.includes(label.key)) return [];
      if (/\s/.test(label.key) || label.key.startsWith('org.label-schema.usage.')) return [];
      const near = nearest(
        label.key.slice(namespace.length),
        known.map((key) => key.slice(namespace.length)),
      );
      const guess = near === undefined ? undefined : namespace + near;
      const message =
        guess === undefined
          ? t('{0} does not define {1}, and its namespace is not for others.', schema.title, code(label.key))
          : t('{0} does not define {1}. Did you mean {2}?', schema.title, code(label.key), code(guess));
      const isMisspelt = guess !== undefined;
      return [
        labelFinding('lint/label-unknown', label.keyRange, message, {
          ...fixWith(guess, label.keyRange),
          ...(!isMisspelt && { severity: 'information' as const }),
        }),
      ];
    });
  });
}

function checkSuperseded(labels: ReadonlyMap<string, Label>, schemas: readonly LabelSchema[], build: BuildFacts | undefined): Finding[] {
  const automatic = new Set(build === undefined ? [] : automaticLabels(build).map(({ key }) => key));
  return schemas
    .flatMap((schema) => schema.labels)
    .flatMap((description) => {
      const label = labels.get(description.key);
      const successor = description.replacedBy;
      if (label === undefined || automatic.has(label.key) || (successor === undefined && description.deprecated !== true)) return [];
      if (successor === undefined)
        return [
          labelFinding('lint/label-superseded', label.keyRange, t('Label {0} is deprecated.', code(label.key)), { tags: ['deprecated'] }),
        ];
      const message = t(
        'Label Schema is deprecated in favour of the OCI annotations: {0} is called {1} there.',
        code(label.key),
        code(successor),
      );
      const fix = labels.has(successor) ? {} : fixWith(successor, label.keyRange, false);
      return [labelFinding('lint/label-superseded', label.keyRange, message, { tags: ['deprecated'], ...fix })];
    });
}

function checkSchemas(labels: ReadonlyMap<string, Label>, schemas: readonly LabelSchema[], options: LabelOptions): Finding[] {
  const values: Record<string, string> = {};
  const unjudged = new Set<string>();
  const dropped = new Set(
    options.build === undefined ? [] : automaticLabels(options.build).flatMap(({ key, since }) => (since === undefined ? [key] : [])),
  );
  for (const label of labels.values()) {
    const value = options.effectiveValue ? options.effectiveValue(label) : label.value.includes('{{') ? undefined : label.value;
    values[label.key] = value ?? label.value;
    if (value === undefined || value === '' || dropped.has(label.key) || checkSyntax(label).some(isSeparator)) unjudged.add(label.key);
  }
  return schemas.flatMap((schema) => schema.validate(values).flatMap((problem) => report(problem, schema, labels, unjudged, options)));
}

/** Where the value is not what its author means, its form is no matter yet. */
function isSeparator({ code: id }: Finding): boolean {
  return id === 'lint/label-separator';
}

function report(
  problem: LabelProblem,
  schema: LabelSchema,
  labels: ReadonlyMap<string, Label>,
  unjudged: ReadonlySet<string>,
  options: LabelOptions,
): Finding[] {
  if (problem.kind === 'missing') return problem.key === undefined ? [] : checkRequired(labels, [problem.key], options, schema);
  const label = problem.key === undefined ? undefined : labels.get(problem.key);
  if (problem.kind === 'unknown')
    return label === undefined
      ? []
      : [labelFinding('lint/label-unknown', label.keyRange, t('{0} allows no label {1}.', schema.title, code(label.key)))];
  if (label === undefined) {
    if (problem.key !== undefined || options.missing === undefined) return [];
    return [
      labelFinding(
        'lint/label-value',
        options.missing.range,
        t('The labels are not as {0} wants them: {1}.', schema.title, problem.expected),
      ),
    ];
  }
  if (unjudged.has(label.key)) return [];
  const message = t('{0} says that {1} is {2}; "{3}" is not.', schema.title, code(label.key), problem.expected, shortened(label.value));
  return [labelFinding('lint/label-value', label.valueRange, message, fixWith(problem.suggestion, label.valueRange))];
}

function checkRequired(
  labels: ReadonlyMap<string, Label>,
  required: readonly string[],
  options: LabelOptions,
  schema?: LabelSchema,
): Finding[] {
  const { missing } = options;
  if (missing === undefined) return [];
  return required
    .filter((key) => !labels.has(key) && options.setElsewhere?.(key) !== true)
    .map((key) => {
      const message =
        schema === undefined
          ? t('Label {0} is not set; the setting {1} asks for it.', code(key), code('containerMetalink.labels.required'))
          : t('Label {0} is not set; {1} asks for it.', code(key), schema.title);
      const edit = { range: { start: missing.insertAt, end: missing.insertAt }, newText: `${missing.before}${key} ${missing.after}` };
      return labelFinding('lint/label-missing', missing.range, message, {
        fixes: [{ title: t('Add label {0}', code(key)), edits: [edit] }],
      });
    });
}

/** The line stays, empty. */
function removal({ keyRange, valueRange }: Label): OffsetEdit {
  return { range: { start: keyRange.start, end: Math.max(keyRange.end, valueRange.end) }, newText: '' };
}

function fixWith(text: string | undefined, range: TextRange, preferred = true): { fixes?: readonly Fix[] } {
  if (text === undefined) return {};
  return { fixes: [{ title: t('Change to {0}', code(text)), edits: [{ range, newText: text }], ...(preferred && { preferred }) }] };
}

function code(text: string): string {
  return '`' + shortened(text) + '`';
}

function shortened(text: string): string {
  return text.length > 120 ? text.slice(0, 119) + '…' : text;
}
