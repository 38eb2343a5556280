// The recipe language: files a second over the corpus in one process, and a long recipe from text to diagnostics, beside
// dockerfile-language-service (parse and validate) on Dockerfiles of the same lengths: node test/bench/run.mjs --only recipe
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

export const name = 'recipe';

const root = path.resolve(import.meta.dirname, '../..');
const corpus = path.resolve(root, '../shared/corpus/recipes');
const lines = 2000;

export async function run(report) {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'recipe-bench-'));
  try {
    const recipes = await loadRecipeRoom(work);
    const { DockerfileLanguageServiceFactory } = createRequire(import.meta.url)('dockerfile-language-service');
    const dockerfiles = DockerfileLanguageServiceFactory.createLanguageService();
    measureCorpus(report, recipes, dockerfiles, work);
    measureLongRecipe(report, recipes, dockerfiles);
  } finally {
    fs.rmSync(work, { recursive: true });
  }
}

async function loadRecipeRoom(work) {
  const outfile = path.join(work, 'recipe.mjs');
  const contents = [
    ...['decode', 'parse', 'diagnostics', 'options'].map((file) => `export * from './recipe/${file}';`),
    "export { createSourceText } from './text/sourceText';",
  ].join('\n');
  const stdin = { contents, resolveDir: path.join(root, 'server/src'), loader: 'ts' };
  await esbuild.build({ stdin, bundle: true, platform: 'node', format: 'esm', target: 'node20.19', minify: true, outfile });
  const { decodeRecipe, parseRecipe, checkRecipe, createSourceText, defaultRecipeOptions } = await import(pathToFileURL(outfile).href);
  const check = (text) => checkRecipe(createSourceText(text), parseRecipe(text), defaultRecipeOptions);
  return { decodeRecipe, check };
}

/**
 * Bytes to findings for every recipe of the corpus, read before; the first pass runs cold code. Beside it, a Dockerfile of the same
 * length for each: a machine that is busy slows both.
 */
function measureCorpus(report, { decodeRecipe, check }, dockerfiles, work) {
  if (!fs.existsSync(corpus)) return report.note(`not measured: no corpus at ${path.relative(root, corpus)}`);
  execFileSync('tar', ['-xzf', path.join(corpus, 'hub-archive.tar.gz'), '-C', work]);
  const files = [path.join(corpus, 'real'), path.join(work, 'recipes')].flatMap((folder) =>
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.tsv'))
      .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name))),
  );
  const peers = files.map((bytes) => dockerfile(bytes.toString('latin1').split('\n').length));
  const pass = () => processorTime(() => files.reduce((count, bytes) => count + check(decodeRecipe(bytes)).length, 0));
  const peerPass = () => processorTime(() => peers.reduce((count, text) => count + dockerfiles.validate(text).length, 0));
  const rate = (milliseconds) => files.length / (milliseconds / 1000);
  const versus = 'dockerfile-language-service on Dockerfiles of the same lengths';
  const row = (how, ours, theirs) =>
    report.row({
      what: `${files.length} recipes, ${how}`,
      ours: rate(ours),
      theirs: rate(theirs),
      versus,
      unit: 'files/s',
      budget: '≥ 2000',
    });
  row('first pass', pass(), peerPass());
  row('warm', median(Array.from({ length: report.quick ? 3 : 9 }, pass)), peerPass());
}

function measureLongRecipe(report, { check }, dockerfiles) {
  const recipe = longRecipe();
  const peer = dockerfile(lines);
  const rounds = report.quick ? 40 : 200;
  const time = (work) => median(Array.from({ length: rounds }, () => processorTime(work)));
  for (let i = 0; i < 60; i++) {
    check(recipe);
    dockerfiles.validate(peer);
  }
  report.row({
    what: `a recipe of ${lines} lines, text to diagnostics, warm`,
    ours: time(() => check(recipe)),
    theirs: time(() => dockerfiles.validate(peer)),
    versus: `dockerfile-language-service on a Dockerfile of ${lines} lines`,
    unit: 'ms',
    budget: '< 2 ms',
  });
}

const commands = [
  'apt-get update && apt-get install -y curl build-essential',
  'curl -fsSL https://example.org/tool-{{ VERSION }}.tar.gz | tar xz -C /opt',
  'cd /opt/tool && ./configure --prefix=/usr/local && make -j4 install',
  'export PATH=/opt/tool/bin:$PATH # for the next step',
  'if [ -f "/opt/tool/README" ]; then echo "there: $(date +%F)" > /tmp/log; fi',
  'rm -rf /var/lib/apt/lists/* /opt/tool/build',
];

/** Exactly `lines` lines, in sections that stay below the engines' 64 KiB. */
function longRecipe() {
  const text = ['Bootstrap: docker', 'From: debian:12', '%arguments', '    VERSION=1.2'];
  const sections = ['%post', '%test', '%runscript', '%environment'];
  while (text.length < lines)
    text.push(text.length % 499 === 4 ? sections[Math.floor(text.length / 499) % 4] : `    ${commands[text.length % commands.length]}`);
  return text.join('\n');
}

function dockerfile(length) {
  const text = ['ARG VERSION=1.2', 'FROM debian:12'];
  while (text.length < length) text.push(`RUN ${commands[text.length % commands.length].replace('{{ VERSION }}', '$VERSION')}`);
  return text.join('\n');
}

/** Milliseconds of processor time: other processes of the machine do not count. */
function processorTime(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
