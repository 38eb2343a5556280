import type { ErrorObject } from 'ajv';
import { t } from '../text/l10n';
import { formats } from './formats';
import type { LabelDescription, LabelProblem, LabelSchema } from './label';

/** A compiled validator, as ajv makes it. */
export interface Validate {
  (data: unknown): unknown;
  readonly errors?: readonly ErrorObject[] | null;
}

/** Puts a JSON Schema object and its compiled validator together. Reads of the schema what it understands, ignores the rest. */
export function labelSchema(schema: object, validate: Validate): LabelSchema {
  const document = schema as Readonly<Record<string, unknown>>;
  const required = stringsOf(document.required);
  const appliesWith = textOf(document['x-appliesWith']);
  const trigger = appliesWith === undefined ? undefined : new RegExp(appliesWith);
  const documentation = textOf(document['x-documentation']);
  const namespace = textOf(document['x-namespace']);
  return {
    title: textOf(document.title) ?? textOf(document.$id) ?? t('a schema without a title'),
    ...(documentation !== undefined && { documentation }),
    ...(namespace !== undefined && { namespace }),
    labels: Object.entries(recordOf(document.properties)).map(([key, property]) => describe(key, recordOf(property), required)),
    applies: (keys) => trigger === undefined || keys.some((key) => trigger.test(key)),
    validate: (labels) => (validate(labels) === true ? [] : (validate.errors ?? []).flatMap((error) => problemOf(error, labels))),
  };
}

function describe(key: string, property: Readonly<Record<string, unknown>>, required: readonly string[]): LabelDescription {
  const format = textOf(property.format);
  const replacedBy = textOf(property['x-replacedBy']);
  const constant = textOf(property.const);
  return {
    key,
    description: textOf(property.markdownDescription) ?? textOf(property.description) ?? textOf(property.title) ?? '',
    examples: [...stringsOf(property.examples), ...stringsOf([property.default])],
    values: constant === undefined ? stringsOf(property.enum) : [constant],
    required: required.includes(key),
    ...(format !== undefined && { format }),
    ...(replacedBy !== undefined && { replacedBy }),
    ...(property.deprecated === true && { deprecated: true }),
  };
}

function problemOf(error: ErrorObject, labels: Readonly<Record<string, string>>): LabelProblem[] {
  const params = error.params as Readonly<Record<string, unknown>>;
  // "required" within an `if`, `anyOf` and their like is reported again by the outer keyword, which says less: keep the inner one.
  if (error.keyword === 'if' || error.keyword === 'propertyNames') return [];
  if (error.keyword === 'required') return missing(textOf(params.missingProperty));
  if (error.keyword === 'dependentRequired' || error.keyword === 'dependencies') return missing(textOf(params.missingProperty));
  const unknown = textOf(params.additionalProperty) ?? textOf(params.unevaluatedProperty) ?? error.propertyName;
  if (unknown !== undefined) return [{ kind: 'unknown', key: unknown, expected: error.message ?? error.keyword }];
  const key = error.instancePath.split('/')[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
  if (key === undefined) return [{ kind: 'value', expected: error.message ?? error.keyword }];
  const format = error.keyword === 'format' ? formats[textOf(params.format) ?? ''] : undefined;
  const suggestion = format?.suggest?.(labels[key] ?? '');
  return [
    { kind: 'value', key, expected: format?.describe() ?? expectation(error, params), ...(suggestion !== undefined && { suggestion }) },
  ];
}

function missing(key: string | undefined): LabelProblem[] {
  return key === undefined ? [] : [{ kind: 'missing', key, expected: '' }];
}

function expectation(error: ErrorObject, params: Readonly<Record<string, unknown>>): string {
  if (error.keyword === 'enum') return t('one of {0}', stringsOf(params.allowedValues).map(quoted).join(', '));
  if (error.keyword === 'const') return quoted(textOf(params.allowedValue) ?? '');
  if (error.keyword === 'pattern') return t('a text that matches {0}', quoted(textOf(params.pattern) ?? ''));
  if (error.keyword === 'maxLength') return t('at most {0} characters long', Number(params.limit));
  if (error.keyword === 'minLength') return t('at least {0} characters long', Number(params.limit));
  if (error.keyword === 'format') return t('of the form {0}', quoted(textOf(params.format) ?? ''));
  if (error.keyword === 'type')
    return t('of type {0}, and labels are always text: the schema should say {1}', quoted(String(params.type)), '`string`');
  return error.message ?? error.keyword;
}

function quoted(text: string): string {
  return '`' + text + '`';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}
