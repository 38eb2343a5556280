import type { AnySchemaObject, Options } from 'ajv';
import { t } from '../text/l10n';
import { formats } from './formats';
import type { LabelSchema } from './label';
import { labelSchema } from './schema';

/** A schema of the user that can be asked, or why not. */
export type CompiledLabelSchema =
  { readonly schema: LabelSchema; readonly problem?: undefined } | { readonly schema?: undefined; readonly problem: string };

/**
 * Compiles a JSON Schema (draft-07, 2019-09 or 2020-12 by its `$schema`) for sets of labels: an object whose properties are the labels.
 * ajv is loaded when the first such schema comes. Remote `$ref`s are not followed. Never throws: `problem` says what is wrong.
 *
 * @param document the parsed JSON of the schema file
 * @param name what to call the schema when it has no title: the file's name
 */
export async function compileLabelSchema(document: unknown, name: string): Promise<CompiledLabelSchema> {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return { problem: t('{0} is not a JSON Schema: an object is expected.', name) };
  const titled: AnySchemaObject = { title: name, ...document };
  try {
    const ajv = await validatorFor(typeof titled.$schema === 'string' ? titled.$schema : '');
    return { schema: labelSchema(titled, ajv.compile(titled)) };
  } catch (error) {
    return { problem: t('{0} cannot be used as a JSON Schema: {1}', name, error instanceof Error ? error.message : String(error)) };
  }
}

async function validatorFor(dialect: string) {
  const options: Options = { allErrors: true, strict: false, logger: false };
  const addFormats = (await import('ajv-formats')).default;
  const ajv = dialect.includes('2020-12')
    ? new (await import('ajv/dist/2020')).Ajv2020(options)
    : dialect.includes('2019-09')
      ? new (await import('ajv/dist/2019')).Ajv2019(options)
      : new (await import('ajv')).Ajv(options);
  addFormats(ajv);
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, (value: string) => format.test(value));
  ajv.addFormat('url', (value: string) => formats.uri?.test(value) === true);
  return ajv;
}
