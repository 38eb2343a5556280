// What we write, before others: every way of `metalink create` against the embedded hub, then our own check (no findings), jing with the
// schema of RFC 5854's text, aria2 downloading it, and our `pull` verifying it. What conversion makes of every valid Metalink 3 of the
// corpus goes before check and jing. And both downloaders refuse the same metalink when the server sends other bytes.
//   node test/oracle/authoring/run.mjs
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.resolve(import.meta.dirname, '../../..');
const corpus = path.resolve(root, '../shared/corpus/metalink');
const schema = path.join(corpus, 'metalink4.rnc');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'authoring-oracle-'));
const home = path.join(work, 'home');
let passed = 0;
let failed = 0;

const missing = ['jing', 'aria2c', 'skopeo'].filter((program) => spawnSync('which', [program]).status !== 0);
if (!fs.existsSync(schema)) missing.push(schema);
try {
  if (missing.length === 0) await main();
  else check('the judges are here', process.env.CONTAINER_METALINK_REQUIRE_CORPUS !== '1', `not judged, missing: ${missing.join(', ')}`);
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
console.log(`authoring oracle: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

async function main() {
  await bundle();
  const [{ startHub }, language] = await Promise.all(
    ['hub', 'language'].map((name) => import(pathToFileURL(path.join(work, `${name}.mjs`)).href)),
  );
  const hub = await startHub({ root });
  try {
    fs.mkdirSync(home);
    fs.writeFileSync(path.join(home, 'settings.json'), JSON.stringify({ 'library.url': hub.origin }));
    await judgeCreated(hub, await createAll(hub));
    await judgeDamage(hub);
  } finally {
    await hub.close();
  }
  judgeConverted(language);
}

/** The command line with its worker, the hub, and the parts of the language that conversion needs, each as one file. */
async function bundle() {
  const shared = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    outdir: work,
    mainFields: ['module', 'main'],
    alias: { openpgp: path.join(root, 'node_modules/openpgp/dist/node/openpgp.min.cjs') },
    define: { 'process.env.CONTAINER_METALINK_VERSION': '"1.0.0"' },
    logLevel: 'warning',
  };
  const contents = `
    export { checkMetalink } from './server/src/metalink/diagnostics';
    export { parseMetalink } from './server/src/metalink/parse';
    export { decodeXml } from './server/src/metalink/xml/decode';
    export { createSourceText } from './server/src/text/sourceText';
    export { convertMetalinkText } from './server/src/operations/convertMetalink';`;
  fs.writeFileSync(path.join(work, 'package.json'), '{}');
  await Promise.all([
    esbuild.build({ ...shared, format: 'cjs', entryPoints: { cli: 'server/src/cli.ts', downloadWorker: 'server/src/download/worker.ts' } }),
    esbuild.build({ ...shared, format: 'esm', outExtension: { '.js': '.mjs' }, entryPoints: { hub: 'test/hub/hub.ts' } }),
    esbuild.build({
      ...shared,
      format: 'esm',
      outdir: undefined,
      outfile: path.join(work, 'language.mjs'),
      stdin: { contents, resolveDir: root, loader: 'ts' },
    }),
  ]);
}

/** One metalink for every kind of source. */
async function createAll(hub) {
  const { host } = new URL(hub.origin);
  const other = hub.origins.find((origin) => origin.includes('127.0.0.2')) ?? hub.origin;
  const image = (name) => path.join(hub.images.folder, name);
  const folder = path.join(work, 'images');
  fs.mkdirSync(folder);
  for (const name of ['tool-1.3.sif', 'tool-1.4.sif']) fs.copyFileSync(image(name), path.join(folder, name));
  const recipe = path.join(work, 'tool.def');
  fs.writeFileSync(
    recipe,
    `Bootstrap: oras\nFrom: ${host}/open/tool:1.4\nStage: build\n\nBootstrap: library\nFrom: demo/tools/tool:1.3\n\n%files from build\n  /etc/hosts\n`,
  );
  const big = Buffer.from(await (await fetch(`${hub.origin}/mirror/a/big/3000000/authoring.bin`)).arrayBuffer());
  fs.mkdirSync(path.join(work, 'big'));
  fs.writeFileSync(path.join(work, 'big/authoring.bin'), big);
  await cli(['pull', `oras://${host}/open/tool:1.4`, '--cache', 'apptainer']);
  const cached = cachedImages();
  check('an image was pulled into the cache', cached.length === 1, cached.join(', '));

  const mirrors = [`${hub.origin}/mirror/a/`, `${other}/mirror/b/`].flatMap((url) => ['--mirror', url]);
  const cases = {
    oras: [`oras://${host}/open/tool:1.4`],
    library: ['library://demo/tools/tool:1.4'],
    url: [`${hub.origin}/mirror/a/tool-1.3.sif`],
    'url with mirrors': [`${hub.origin}/metalink/tool-1.4.sif`],
    'url redirected': [`${hub.origin}/metalink-redirect/tool-1.4.sif`],
    docker: [`docker://${host}/open/base:1.0`],
    'docker and a SIF': [`docker://${host}/open/base:1.0`, 'library://demo/tools/tool:1.3'],
    local: [image('tool-1.4.sif'), ...mirrors],
    'local with everything': [
      image('tool-1.4.sif'),
      ...mirrors,
      '--piece-length',
      '65536',
      '--sha512',
      '--signature',
      image('tool-1.4.sif.asc'),
    ],
    'larger than a piece': [path.join(work, 'big/authoring.bin'), '--mirror', `${hub.origin}/mirror/a/big/3000000/`],
    folder: [folder, ...mirrors],
    recipe: [recipe],
    'cache entry': [...cached, '--mirror', `${hub.origin}/mirror/a/tool-1.4.sif`],
  };
  const created = [];
  for (const [name, words] of Object.entries(cases)) {
    const file = path.join(work, `${name.replaceAll(' ', '-')}.meta4`);
    const { status, stderr } = await cli(['metalink', 'create', ...words, '-o', file]);
    if (check(`${name}: created`, status === 0 && fs.existsSync(file), stderr)) created.push({ name, file });
  }
  return created;
}

function cachedImages() {
  const folder = path.join(home, 'cache/cache/oras');
  return fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

async function judgeCreated(hub, created) {
  const refused = jing(created.map(({ file }) => file));
  for (const { name, file } of created) {
    const checked = await cli(['check', '--format', 'json', file]);
    const found = JSON.parse(checked.stdout).files.flatMap(({ diagnostics }) => diagnostics);
    const severe = found.filter(({ severity }) => severity === 'error' || severity === 'warning');
    check(`${name}: our check has no findings`, severe.length === 0, severe.map(({ code, message }) => `${code} ${message}`).join('; '));
    check(`${name}: jing accepts it`, refused.get(file) === undefined, refused.get(file));

    const text = fs.readFileSync(file, 'utf8');
    check(`${name}: has hashes and URLs`, text.includes('<hash type="sha-256">') && text.includes('<url'), text);
    const byAria = await download('aria2c', ariaWords(file), name);
    check(`${name}: aria2 downloads it`, byAria.status === 0, byAria.stdout);
    compare(`${name}: aria2`, text, byAria.folder);
    const byUs = await download('our pull', ['pull', file], name);
    check(`${name}: our pull verifies it`, byUs.status === 0, byUs.stderr);
    compare(`${name}: our pull`, text, byUs.folder);
    if (/^docker/.test(name)) judgeLayout(name, byUs.folder);
  }
  check(
    'pieces are written for what is larger than a piece',
    /<pieces/.test(fs.readFileSync(path.join(work, 'larger-than-a-piece.meta4'), 'utf8')),
    '',
  );
  check(
    'the signature is written',
    /BEGIN PGP SIGNATURE/.test(fs.readFileSync(path.join(work, 'local-with-everything.meta4'), 'utf8')),
    '',
  );
}

/** What was pulled by the metalink of an image is an OCI layout, says a program that reads them. */
function judgeLayout(name, folder) {
  const { status, stdout, stderr } = spawnSync('skopeo', ['inspect', `oci:${folder}`], { encoding: 'utf8', timeout: 30_000 });
  check(`${name}: skopeo reads the folder as an OCI layout`, status === 0 && stdout.includes('"Layers"'), stderr);
}

/** Other bytes than declared, of the same length, from the only server: neither program may take them. */
async function judgeDamage(hub) {
  const file = path.join(work, 'damaged.meta4');
  const local = path.join(hub.images.folder, 'tool-1.3.sif');
  await cli(['metalink', 'create', local, '--mirror', `${hub.origin}/mirror/d/`, '-o', file]);
  hub.misbehave('/mirror/d/tool-1.3.sif', { kind: 'wrong-bytes', offset: 5000, count: 16 });
  const byAria = await download('aria2c', ariaWords(file), 'damaged');
  check('damaged: aria2 refuses it', byAria.status !== 0, byAria.stdout);
  const byUs = await download('our pull', ['pull', file], 'damaged');
  check('damaged: our pull refuses it', byUs.status === 1 || byUs.status === 2, `status ${byUs.status}: ${byUs.stderr}`);
  check('damaged: our pull leaves no image', !fs.existsSync(path.join(byUs.folder, 'tool-1.3.sif')), byUs.stderr);
  hub.behave();
}

/** Every Metalink 3 of the corpus that its index calls readable. */
function judgeConverted(language) {
  const [head, ...rows] = fs.readFileSync(path.join(corpus, 'index.tsv'), 'utf8').trimEnd().split('\n');
  const columns = head.split('\t');
  const cell = (row, name) => row.split('\t')[columns.indexOf(name)];
  const valid = rows.filter((row) => cell(row, 'dialect') === 'v3' && cell(row, 'expected') === 'valid').map((row) => cell(row, 'file'));
  check('there are Metalink 3 documents', valid.length > 0, `${rows.length} rows`);
  const converted = [];
  for (const [index, name] of valid.entries()) {
    try {
      const { text } = language.convertMetalinkText(language.decodeXml(fs.readFileSync(path.join(corpus, name))).text);
      const file = path.join(work, `converted-${index}.meta4`);
      fs.writeFileSync(file, text);
      converted.push({ name, file, text });
    } catch (error) {
      check(`${name}: is converted`, false, String(error));
    }
  }
  const refused = jing(converted.map(({ file }) => file));
  for (const { name, file, text } of converted) {
    const findings = language.checkMetalink(language.createSourceText(text), language.parseMetalink(text));
    const errors = findings.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code} ${message}`);
    check(`${name}: our check accepts what it was converted to`, errors.length === 0, errors.join('; '));
    check(`${name}: jing accepts what it was converted to`, refused.get(file) === undefined, refused.get(file));
  }
}

/** What jing has against each file; nothing for those that it accepts. */
function jing(files) {
  const { stdout = '' } =
    files.length === 0 ? {} : spawnSync('jing', ['-c', schema, ...files], { encoding: 'utf8', maxBuffer: 1 << 26, timeout: 60_000 });
  const answers = new Map();
  for (const line of stdout.split('\n')) {
    const match = /^(.*?\.meta4):\d+:\d+: (.*)$/.exec(line);
    if (match && !answers.has(match[1])) answers.set(match[1], match[2]);
  }
  return answers;
}

function ariaWords(file) {
  const quiet = ['--no-conf', '--console-log-level=error', '--summary-interval=0', '--download-result=hide', '--enable-dht=false'];
  return [...quiet, '--auto-file-renaming=false', '--max-tries=2', '--timeout=10', '-M', file];
}

/** Into an empty folder of its own. */
async function download(program, words, name) {
  const folder = fs.mkdtempSync(path.join(work, `${name.replaceAll(' ', '-')}-`));
  const run = program === 'aria2c' ? start('aria2c', [...words, '-d', folder], folder) : cli(words, folder);
  return { ...(await run), folder };
}

/** Every file of the metalink is there with the declared sha-256. */
function compare(title, text, folder) {
  const files = [...text.matchAll(/<file name="([^"]+)">[^]*?<hash type="sha-256">([0-9a-f]{64})<\/hash>/g)];
  const wrong = files.filter(([, name, digest]) => {
    const file = path.join(folder, name);
    return !fs.existsSync(file) || createHash('sha256').update(fs.readFileSync(file)).digest('hex') !== digest;
  });
  check(`${title}: every byte is there`, files.length > 0 && wrong.length === 0, wrong.map(([, name]) => name).join(', '));
}

function cli(words, folder = work) {
  return start(process.execPath, [path.join(work, 'cli.js'), ...words], folder);
}

function start(program, words, folder) {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: home,
    APPTAINER_CACHEDIR: path.join(home, 'cache'),
    CONTAINER_METALINK_CONFIG: path.join(home, 'settings.json'),
  };
  return new Promise((resolve) => {
    execFile(program, words, { cwd: folder, env, timeout: 60_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : (error.code ?? 1), stdout, stderr }),
    );
  });
}

function check(title, right, detail) {
  if (right) passed++;
  else {
    failed++;
    console.log(`FAILED ${title}${detail ? `: ${String(detail).slice(0, 600)}` : ''}`);
  }
  return right;
}
