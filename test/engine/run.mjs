// Holds our caches against the engines that are on PATH (Apptainer, SingularityCE), with the embedded hub in the place of the internet:
// the engine finds what we put and fetches nothing, both give the same names and modes, `cache list` and `cache clean` agree.
// Last line: `engine: N passed, M failed`; without an engine it says so and counts nothing.
import { execFile, execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadHub } from '../../scripts/hub.mjs';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const engines = ['apptainer', 'singularity'].flatMap((engine) => installed(engine));
if (engines.length === 0) {
  console.log('engine: neither Apptainer nor SingularityCE is on PATH, nothing was compared');
  process.exit(0);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'engine-'));
let passed = 0;
let failed = 0;
let hub;
try {
  execFileSync('node', [path.join(root, 'scripts/build.mjs'), '--out', path.join(folder, 'dist')], { stdio: 'ignore' });
  hub = await startHub();
  for (const engine of engines) await compare(engine);
} catch (error) {
  failed++;
  console.error(error);
} finally {
  await hub?.close();
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`engine: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Apptainer installs itself as `singularity` too: what `--version` says counts. */
function installed(engine) {
  try {
    const said = execFileSync(engine, ['--version'], { encoding: 'utf8' });
    const [, name, version] = /\b(apptainer|singularity)(?:-\w+)? version v?(\d+\.\d+\S*)/.exec(said) ?? [];
    return name === engine ? [{ name: engine, version, title: said.trim() }] : [];
  } catch {
    return []; // not installed
  }
}

/** On port 80 where that is free and allowed: the engines' shub:// takes no port. */
async function startHub() {
  const { startHub: start } = await loadHub();
  return start({ port: 80, root }).catch(() => start({ root }));
}

async function compare(engine) {
  console.log(engine.title);
  const host = new URL(hub.origin).host;
  const image = hub.images.image('tool-1.4.sif');
  const metalink = path.join(folder, 'tool.meta4');
  const url = `${hub.origin}/mirror/a/tool-1.4.sif`;
  fs.writeFileSync(
    metalink,
    `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="tool-1.4.sif"><size>${image.size}</size>` +
      `<hash type="sha-256">${image.sha256}</hash><url>${url}</url></file></metalink>\n`,
  );
  // SingularityCE says the same of converted images and of others; of http images it speaks only when asked to (-v).
  const cases = [
    { kind: 'oras', ours: `oras://${host}/open/tool:1.4`, theirs: ['--no-https', `oras://${host}/open/tool:1.4`], sha256: image.sha256 },
    {
      kind: 'library',
      ours: `library://${host}/demo/tools/tool:1.4`,
      theirs: ['--library', hub.origin, 'library://demo/tools/tool:1.4'],
      sha256: image.sha256,
    },
    { kind: 'net', ours: metalink, theirs: [url], sha256: image.sha256 },
    { kind: 'docker', ours: `docker://${host}/open/base:1.0`, theirs: ['--no-https', `docker://${host}/open/base:1.0`] },
  ];
  if (host.includes(':')) console.log('port 80 is taken: shub:// is left out (the engines take no port there)');
  else
    cases.push({
      kind: 'shub',
      ours: `shub://${host}/demo/tool:latest`,
      theirs: ['--no-https', `shub://${host}/demo/tool:latest`],
      sha256: image.sha256,
    });

  const mine = parents(engine, 'ours');
  const its = parents(engine, 'its own');
  for (const each of cases) await compareKind(engine, each, mine, its);
  await compareLists(engine, mine);
  await compareLists(engine, its);
  await compareCleans(engine, mine);
  await damagedIsRepaired(engine, mine, cases[0]);
}

/** A cache of its own, as the engine and we are told of it. */
function parents(engine, name) {
  const parent = path.join(folder, `${engine.name} ${name}`);
  const home = path.join(folder, 'home');
  // Whatever --library says, Apptainer asks no library while no remote is in use, and SingularityCE asks its remote for a key server; the
  // hub speaks for one.
  const { host } = new URL(hub.origin);
  const settings = path.join(home, `.${engine.name}`);
  fs.mkdirSync(settings, { recursive: true });
  fs.writeFileSync(
    path.join(settings, 'remote.yaml'),
    `Active: hub\nRemotes:\n  hub:\n    URI: ${host}\n    System: false\n    Exclusive: false\n    Insecure: true\n`,
    { mode: 0o600 },
  );
  const upper = engine.name.toUpperCase();
  const environment = { ...process.env, HOME: home, XDG_CACHE_HOME: home, [`${upper}_CACHEDIR`]: parent, [`${upper}_TMPDIR`]: folder };
  for (const variable of ['APPTAINER', 'SINGULARITY'])
    for (const each of ['DISABLE_CACHE', 'CONFIGDIR', ...(variable === upper ? [] : ['CACHEDIR'])])
      delete environment[`${variable}_${each}`];
  // SingularityCE looks into the home folder of the user's account, not of the environment.
  if (engine.name === 'singularity') environment.SINGULARITY_CONFIGDIR = settings;
  return { root: path.join(parent, 'cache'), environment };
}

async function compareKind(engine, { kind, ours, theirs, sha256 }, mine, its) {
  const title = `${engine.name} ${kind}`;
  const put = await product(mine, 'pull', ours, '--cache', engine.name);
  check(put.code === 0, `${title}: we pull it into the cache: ${put.stderr}`);
  const before = names(mine.root);
  hub.requests.length = 0;
  const target = path.join(folder, `${kind}.sif`);
  const found = await asEngine(engine, mine, '-v', ...pullWords(theirs, target));
  const fetched = hub.requests.filter(({ method, path: asked }) => method === 'GET' && /blobs\/|imagefile|storage|\/mirror\//.test(asked));
  check(found.code === 0, `${title}: the engine pulls it: ${found.stderr}`);
  if (kind === 'docker') {
    // The engine converts; layers that are here are not written again, whatever it asks the hub for.
    const layers = before.filter((name) => name.startsWith('blob/blobs/'));
    console.log(`${title}: the engine asks for ${fetched.length} of the ${layers.length} blobs that are there`);
    check(
      layers.length > 0 && layers.every((name) => sha256Of(path.join(mine.root, name)) === path.basename(name)),
      `${title}: layers are whole`,
    );
    const added = names(mine.root).filter((name) => name.startsWith('blob/blobs/') && !layers.includes(name));
    check(
      added.every((name) => isManifest(path.join(mine.root, name))),
      `${title}: the engine added layers that we had put: ${added}`,
    );
  } else {
    check(
      /us(e|ing) (cached|image from cache)/i.test(found.stderr),
      `${title}: the engine does not say that it uses the cache: ${found.stderr}`,
    );
    check(fetched.length === 0, `${title}: the engine fetched ${fetched.map(({ path: asked }) => asked)}`);
    check(sha256Of(target) === sha256, `${title}: the engine copied other bytes`);
    check(names(mine.root).join() === before.join(), `${title}: the engine changed the cache to ${names(mine.root)}`);
  }
  const alone = await asEngine(engine, its, ...pullWords(theirs, target));
  check(alone.code === 0, `${title}: the engine pulls it into a cache of its own: ${alone.stderr}`);
  for (const folderName of kind === 'docker' ? ['oci-tmp', 'blob/blobs/sha256'] : [kind]) {
    const [here, there] = [mine.root, its.root].map((cache) => described(path.join(cache, folderName)));
    check(
      here.length > 0 && here.join('\n') === there.join('\n'),
      `${title}: names or modes differ:\n${here.join('\n')}\n—\n${there.join('\n')}`,
    );
  }
}

/** The engines read options before the first word that is none. */
function pullWords(theirs, target) {
  return ['pull', '--force', ...theirs.slice(0, -1), target, theirs.at(-1)];
}

/** Names, sizes and kinds that the engine lists are ours; so are counts and the sum. */
async function compareLists(engine, cache) {
  const title = `${engine.name} cache list in ${cache.root}`;
  const theirs = (await asEngine(engine, cache, 'cache', 'list', '-v')).stdout;
  const ours = JSON.parse((await product(cache, 'cache', 'list', '--engine', engine.name, '--format', 'json')).stdout);
  const rows = theirs.split('\n').flatMap((line) => {
    const [, name, size, kind] = /^(\S{1,22})\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s+(\d+\.\d\d \w+)\s+(\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [`${kind} ${name} ${size}`];
  });
  const expected = ours.entries.map(({ kind, path: file, bytes }) => `${kind} ${path.basename(file).slice(0, 22)} ${theirSize(bytes)}`);
  check(
    rows.length > 0 && rows.sort().join('\n') === expected.sort().join('\n'),
    `${title}:\n${rows.join('\n')}\n—\n${expected.join('\n')}`,
  );
  const sum = ours.caches.find(({ root: place }) => place === cache.root)?.bytes;
  check(theirs.includes(`Total space used: ${theirSize(sum)}`), `${title}: we sum up ${theirSize(sum)}\n${theirs}`);
}

/** Sizes as the engines round them (fs.FindSize). */
function theirSize(bytes) {
  const step = bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : 3;
  return `${(bytes / 1024 ** step).toFixed(2)} ${['', 'KiB', 'MiB', 'GiB'][step]}`;
}

async function compareCleans(engine, cache) {
  for (const kind of ['library', 'oras', 'net', 'oci']) {
    const theirs = await asEngine(engine, cache, 'cache', 'clean', '--dry-run', '--type', kind === 'oci' ? 'oci-tmp' : kind);
    const ours = JSON.parse((await product(cache, 'cache', 'clean', '--engine', engine.name, '--type', kind, '--format', 'json')).stdout);
    const wanted = [...`${theirs.stdout}${theirs.stderr}`.matchAll(/Removing \S+ cache entry: (\S+)/g)].map(([, name]) => name).sort();
    const planned = ours.removed.map(({ path: file }) => path.basename(file)).sort();
    check(wanted.length > 0 && wanted.join() === planned.join(), `${engine.name} cache clean --type ${kind}: ${wanted} — ${planned}`);
  }
}

/** The engine uses a damaged entry without a word; we find it, and pull it again. */
async function damagedIsRepaired(engine, cache, { kind, ours, sha256 }) {
  const [name] = fs.readdirSync(path.join(cache.root, kind));
  const file = path.join(cache.root, kind, name);
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 5000] ^= 0xff;
  fs.writeFileSync(file, bytes);
  const verified = await product(cache, 'cache', 'verify', file);
  check(verified.code === 1 && verified.stdout.includes('--force'), `${engine.name}: the damaged entry is not told: ${verified.stdout}`);
  const repaired = await product(cache, 'pull', ours, '--cache', engine.name, '--force');
  check(repaired.code === 0 && sha256Of(file) === sha256, `${engine.name}: the damaged entry is not repaired: ${repaired.stderr}`);
}

function asEngine(engine, { environment }, ...words) {
  return outcome(run(engine.name, words, { env: environment, cwd: folder, timeout: 120_000 }));
}

function product({ environment }, ...words) {
  return outcome(run('node', [path.join(folder, 'dist/cli.js'), ...words], { env: environment, cwd: folder, timeout: 120_000 }));
}

function outcome(promise) {
  return promise.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout = '', stderr = '' }) => ({ code, stdout, stderr }),
  );
}

/** Every file of a cache, below its root. */
function names(cache) {
  return fs
    .readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile() && !/index\.json$|oci-layout$/.test(item.name))
    .map((item) => path.relative(cache, path.join(item.parentPath, item.name)))
    .sort();
}

function described(place) {
  return fs.readdirSync(place).map((name) => `${name} ${(fs.statSync(path.join(place, name)).mode & 0o777).toString(8)}`);
}

function isManifest(file) {
  const text = fs.readFileSync(file, 'utf8');
  return text.trimStart().startsWith('{') && ('layers' in JSON.parse(text) || 'manifests' in JSON.parse(text));
}

function sha256Of(file) {
  return crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

function check(isRight, title) {
  if (isRight) passed++;
  else {
    failed++;
    console.error(`FAILED ${title}`);
  }
}
