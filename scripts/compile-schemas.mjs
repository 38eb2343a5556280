// Compiles our own JSON Schemas to standalone validators, so that nothing is compiled, and no eval happens, at run time.
//   node scripts/compile-schemas.mjs [--check]     --check: fail when a file is not up to date, write nothing
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv, _ } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';

const root = path.resolve(import.meta.dirname, '..');

/** One module of validators: exported name → schema file. `formats` is the module that exports `formats: Record<string, { test }>`. */
const modules = [
  {
    output: 'server/src/labels/vocabularies.standalone.js',
    formats: './formats',
    schemas: {
      validateOciAnnotations: 'schemas/labels/oci-annotations.json',
      validateLabelSchema: 'schemas/labels/label-schema-1.0.json',
      validateBiocontainers: 'schemas/labels/biocontainers.json',
    },
  },
];

/** Text of each generated file by its path from the root. */
export function generatedFiles() {
  return new Map(
    modules.flatMap((module) => [
      [module.output, compile(module)],
      [declarationPath(module.output), declare(module)],
    ]),
  );
}

function compile({ formats, schemas }) {
  const documents = Object.entries(schemas).map(([name, file]) => [name, JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'))]);
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    formats: Object.fromEntries(documents.flatMap(([, schema]) => formatNames(schema)).map((name) => [name, true])),
    code: { source: true, esm: true, lines: true, formats: _`formatTests` },
  });
  ajv.addVocabulary(['x-documentation', 'x-namespace', 'x-appliesWith', 'x-replacedBy']);
  // ajv asks a format for its validator at compile time; the generated code looks it up in `formatTests` at run time.
  for (const [, schema] of documents) for (const name of formatNames(schema)) ajv.addFormat(name, () => true);
  for (const [, schema] of documents) ajv.addSchema(schema);
  const code = standaloneCode.default(ajv, Object.fromEntries(documents.map(([name, schema]) => [name, schema.$id])));
  const imports = [`import { formats } from '${formats}';`];
  const body = code.replace('"use strict";', '').replace(/require\("(ajv\/dist\/runtime\/\w+)"\)\.default/g, (_whole, module) => {
    const name = path.basename(module);
    const statement = `import ${name}Module from '${module}.js';`;
    if (!imports.includes(statement)) imports.push(statement);
    return `(${name}Module.default ?? ${name}Module)`;
  });
  if (body.includes('require(')) throw new Error(`A require is left in the code for ${Object.values(schemas).join(', ')}`);
  return [
    '// Written by scripts/compile-schemas.mjs from schemas/. Do not edit.',
    ...imports,
    'const formatTests = Object.fromEntries(Object.entries(formats).map(([name, format]) => [name, (value) => format.test(value)]));',
    body.trim(),
    '',
  ].join('\n');
}

function declare({ schemas }) {
  return [
    '// Written by scripts/compile-schemas.mjs from schemas/. Do not edit.',
    "import type { ErrorObject } from 'ajv';",
    'interface Validate {',
    '  (data: unknown): boolean;',
    '  /** Of the last call. */',
    '  readonly errors?: readonly ErrorObject[] | null;',
    '}',
    ...Object.keys(schemas).map((name) => `export declare const ${name}: Validate;`),
    '',
  ].join('\n');
}

function declarationPath(output) {
  return output.replace(/\.js$/, '.d.ts');
}

function formatNames(value) {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, child]) => (key === 'format' && typeof child === 'string' ? [child] : formatNames(child)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  let stale = 0;
  for (const [file, text] of generatedFiles()) {
    const target = path.join(root, file);
    const current = fs.existsSync(target) ? fs.readFileSync(target, 'utf8') : undefined;
    if (current === text) continue;
    stale++;
    if (process.argv.includes('--check')) console.error(`${file} is not up to date: run node scripts/compile-schemas.mjs`);
    else fs.writeFileSync(target, text);
  }
  if (process.argv.includes('--check') && stale > 0) process.exitCode = 1;
}
