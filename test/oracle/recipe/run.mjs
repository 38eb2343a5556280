// Compares our parser and templating with the engines' own ones, on the corpus (where it stands beside the project) and on generated files:
//   node test/oracle/recipe/run.mjs [--seed N] [--count N] [--folder FOLDER]
// FOLDER holds further definition files, which are judged and changed as those of the corpus are.
// Needs Go; the engines' packages come as Go modules (go.mod). Exits 1 on a difference, and leaves the files that show it in a
// temporary folder.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import * as esbuild from 'esbuild';
import { createRandom, growRecipe, mutate } from './generate.mjs';

const here = import.meta.dirname;
const root = path.resolve(here, '../../..');
const corpus = path.resolve(root, '../shared/corpus/recipes');
const engines = ['apptainer', 'singularity'];
const batchSize = 500;
const shownDifferences = 10;

const seed = numberOption('--seed', Math.floor(Math.random() * 2 ** 31));
const count = numberOption('--count', 24_000);
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'recipe-oracle-'));
/** Given to the engines and to us; the generator's files use these names. */
const buildArguments = new Map([
  ['V', 'v #1 {{ W }}'],
  ['W', '{{W}} {{ V }}'],
  ['name', 'one'],
]);
const { applyTemplate, decodeRecipe, parseRecipe, parseStageText, readDefinitions } = await loadParser();
const program = buildOracle();
let passed = 0;
let failed = 0;
let refused = 0;

const real = readCorpus();
console.log(`seed ${seed}: ${real.length} files as they are, ${count} generated ones, by ${engines.join(' and ')}`);
for (let i = 0; i < real.length; i += batchSize) compare(real.slice(i, i + batchSize));
for (let i = 0; i < count; i += batchSize) compare(generate(i, Math.min(count, i + batchSize)));

if (failed === 0) fs.rmSync(work, { recursive: true, force: true });
else console.log(`The files are in ${work}`);
console.log(`${refused} of the answers were refusals`);
console.log(`recipe oracle: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function numberOption(name, otherwise) {
  const index = process.argv.indexOf(name);
  return index < 0 ? otherwise : Number(process.argv[index + 1]);
}

function optionValues(name) {
  return process.argv.flatMap((word, index) => (word === name ? process.argv.slice(index + 1, index + 2) : []));
}

async function loadParser() {
  const outfile = path.join(work, 'parser.mjs');
  const contents = ['decode', 'parse', 'definition', 'templating'].map((file) => `export * from './${file}';`).join('\n');
  const stdin = { contents, resolveDir: path.join(root, 'server/src/recipe'), loader: 'ts' };
  await esbuild.build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile });
  return import(pathToFileURL(outfile).href);
}

/**
 * The engines keep their templating in a folder named `internal`, which other modules cannot import: the program is built in a copy of
 * this module that has the two packages beside it.
 */
function buildOracle() {
  const module = path.join(work, 'module');
  fs.mkdirSync(module);
  for (const file of ['go.mod', 'go.sum', 'main.go']) fs.copyFileSync(path.join(here, file), path.join(module, file));
  const go = (...words) => execFileSync('go', words, { cwd: module, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  go('mod', 'download', 'github.com/apptainer/apptainer', 'github.com/sylabs/singularity/v4');
  for (const [engine, name] of [
    ['apptainer', 'github.com/apptainer/apptainer'],
    ['singularity', 'github.com/sylabs/singularity/v4'],
  ]) {
    const source = path.join(go('list', '-m', '-f', '{{.Dir}}', name), 'internal/pkg/build/args');
    const target = path.join(module, `${engine}args`);
    fs.mkdirSync(target);
    for (const file of ['args.go', 'reader.go']) fs.writeFileSync(path.join(target, file), fs.readFileSync(path.join(source, file)));
  }
  const output = path.join(work, 'oracle');
  go('build', '-p', '1', '-mod=mod', '-o', output, '.');
  return output;
}

/** Every definition file of the corpus, the archive included, and of the folder that `--folder` names; empty where there is neither. */
function readCorpus() {
  return [...corpusFolders(), ...optionValues('--folder')].flatMap((folder) =>
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(json|tsv|txt|tar\.gz)$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => ({ name: file, bytes: fs.readFileSync(file) })),
  );
}

function corpusFolders() {
  if (!fs.existsSync(corpus)) return [];
  const archive = path.join(work, 'archive');
  fs.mkdirSync(archive);
  execFileSync('tar', ['-xzf', path.join(corpus, 'hub-archive.tar.gz'), '-C', archive]);
  return [corpus, archive];
}

/** Files `from`…`to` of the series that the seed stands for; each has its own random numbers, so any one can be made again. */
function generate(from, to) {
  const files = [];
  for (let i = from; i < to; i++) {
    const random = createRandom(seed * 1_000_003 + i);
    const any = () => (real.length === 0 || random.chance(0.5) ? growRecipe(random) : random.pick(real).bytes);
    const bytes = random.chance(0.4) ? growRecipe(random) : mutate(random, any(), any());
    files.push({ name: `generated-${seed}-${i}`, bytes });
  }
  return files;
}

function compare(files) {
  const words = [...buildArguments].map(([key, value]) => `${key}=${value}`);
  const input = Buffer.concat(files.flatMap(({ bytes }) => [lengthOf(bytes), bytes]));
  const { status, stdout } = spawnSync(program, words, { input, maxBuffer: 2 ** 30, stdio: ['pipe', 'pipe', 'ignore'] });
  if (status !== 0) throw new Error(`the oracle ended with status ${status}`);
  const answers = stdout.toString().trimEnd().split('\n');
  if (answers.length !== files.length) throw new Error(`${answers.length} answers for ${files.length} files`);
  files.forEach((file, i) => {
    const parsed = parseRecipe(decodeRecipe(file.bytes));
    const expected = JSON.parse(answers[i]);
    for (const engine of engines) judge(file, engine, ourAnswer(parsed, engine), theirAnswer(expected[engine]));
  });
}

function lengthOf(bytes) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}

function judge(file, engine, actual, expected) {
  if (expected.error !== undefined) refused++;
  if (isDeepStrictEqual(actual, expected)) {
    passed++;
    return;
  }
  failed++;
  if (failed > shownDifferences) return;
  const copy = path.join(work, path.basename(file.name));
  fs.writeFileSync(copy, file.bytes);
  console.log(`${file.name} (${copy}), ${engine}: ${firstDifference('', expected, actual)}`);
}

/** Where two answers part, and how: the engine's first. */
function firstDifference(where, expected, actual) {
  if (expected !== null && actual !== null && typeof expected === 'object' && typeof actual === 'object') {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)]))
      if (!isDeepStrictEqual(expected[key], actual[key])) return firstDifference(`${where}/${key}`, expected[key], actual[key]);
  }
  return `${where}\n  engine: ${JSON.stringify(expected)?.slice(0, 500)}\n  ours:   ${JSON.stringify(actual)?.slice(0, 500)}`;
}

/** Ours as plain JSON. What stands for a byte that is not UTF-8 becomes U+FFFD, as in Go's JSON. */
function ourAnswer(parsed, engine) {
  const answer = readDefinitions(parsed, engine);
  if ('stages' in answer) return { stages: plain(answer.stages), templated: ourStages(parsed, engine) };
  if (answer.crash) return { crash: true, error: true };
  return { error: comparable(answer.message.toWellFormed()) };
}

/** The stages after templating, without build arguments and with them. */
function ourStages({ recipe }, engine) {
  const stages = recipe.stages.filter((stage) => !stage.empty);
  return [new Map(), buildArguments].map((values) =>
    stages.map((stage) => {
      const { text, used, missing } = applyTemplate(recipe.text, stage, { engine, buildArguments: values });
      if (missing !== undefined)
        return { missing: `build var ${missing.name} is not defined through either --build-arg (--build-arg-file) or 'arguments' section` };
      const answer = readDefinitions(parseStageText(text), engine);
      const parsed =
        'stages' in answer
          ? { stages: plain(answer.stages) }
          : answer.crash
            ? { crash: true, error: true }
            : { error: comparable(answer.message.toWellFormed()) };
      return { text: text.toWellFormed(), used: [...used].sort(), parsed };
    }),
  );
}

function plain(stages) {
  return JSON.parse(JSON.stringify(stages), (_, value) => wellFormed(value));
}

function theirStages(templated) {
  return templated.map((stages) =>
    (stages ?? []).map(({ missing, text = '', used = [], parsed }) =>
      missing === undefined ? { text, used, parsed: theirAnswer(parsed) } : { missing },
    ),
  );
}

function theirAnswer({ stages, error, crash, sections, templated }) {
  if (crash) return { crash: true, error: true };
  if (error === undefined) return { stages: (stages ?? []).map(withoutSource), ...(templated && { templated: theirStages(templated) }) };
  return { error: sections === undefined ? error : comparable(error) };
}

/** The file itself, which the oracle does not send back. */
function withoutSource(definition) {
  delete definition.raw;
  delete definition.fullraw;
  return definition;
}

/** The engines list invalid sections in random order. */
function comparable(message) {
  const prefix = 'invalid section(s) specified: ';
  return message.startsWith(prefix) ? prefix + message.slice(prefix.length).split(', ').sort().join(', ') : message;
}

function wellFormed(value) {
  if (typeof value === 'string') return value.toWellFormed();
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), inner]));
}
