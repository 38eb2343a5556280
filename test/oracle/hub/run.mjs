// The embedded hub and our hubs before foreign judges: Go's client of the library API, go-containerregistry (what the engines fetch
// with), the SIF reference library, and skopeo where it is installed:
//   node test/oracle/hub/run.mjs
// Needs Go; the clients come as Go modules (go.mod). Exits 1 on a difference.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { judgeNames } from './names.mjs';

const here = import.meta.dirname;
const root = path.resolve(here, '../../..');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-oracle-'));
const run = promisify(execFile);
let passed = 0;
let failed = 0;

const ours = await loadOurs();
const program = path.join(work, 'oracle');
execFileSync('go', ['build', '-p', '1', '-o', program, '.'], { cwd: here, stdio: ['ignore', 'inherit', 'inherit'] });
const hub = await ours.startHub({ root });
const { host } = new URL(hub.origin);
const http = ours.createHttpClient({ userAgent: 'hub-oracle', log: silent(), environment: {}, settings: {} });
const world = {
  http,
  credentials: { find: () => Promise.resolve(undefined) },
  platform: () => ({ os: 'linux', architecture: 'amd64' }),
  log: silent(),
  now: () => Date.now(),
  plainHttp: () => true,
};

try {
  judgeNames({ program, parseReference: ours.parseReference, formatReference: ours.formatReference, same });
  await judgeImages();
  await judgeLibrary();
  await judgeRegistry();
  await judgeWithSkopeo();
} finally {
  await http.close();
  await hub.close();
  fs.rmSync(work, { recursive: true, force: true });
}
console.log(`hub oracle: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** The committed images before the reference library: who signed them, and whether a changed byte is seen. */
async function judgeImages() {
  const file = (name) => path.join(hub.images.folder, name);
  const verdicts = [
    ['tool-1.4.sif', 'jane.asc', { signers: [hub.images.image('tool-1.4.sif').signer] }],
    ['tool-1.4-arm64.sif', 'farm.asc', { signers: [hub.images.image('tool-1.4-arm64.sif').signer] }],
    ['tool-1.4-arm64.sif', 'jane.asc', { error: 'integrity: signature object 5 not valid: openpgp: signature made by unknown entity' }],
    ['stranger.sif', 'jane.asc', { error: 'integrity: signature object 5 not valid: openpgp: signature made by unknown entity' }],
    ['tool-1.3.sif', 'jane.asc', { error: 'integrity: signature not found for object group 1' }],
  ];
  for (const [image, key, expected] of verdicts) same(`${image} with ${key}`, await ask('sif', file(image), file(key)), expected);
  const bytes = fs.readFileSync(file('tool-1.4.sif'));
  bytes[300_000] ^= 0xff;
  fs.writeFileSync(path.join(work, 'damaged.sif'), bytes);
  const damaged = await ask('sif', path.join(work, 'damaged.sif'), file('jane.asc'));
  same('a damaged copy', damaged, { error: 'integrity: data object integrity compromised: 4' });
}

/** Go's client must get from the hub what our own client says about it. */
async function judgeLibrary() {
  const library = ours.createLibraryHub(world);
  for (const [name, tag, architecture] of [
    ['demo/tools/tool', '1.4', 'amd64'],
    ['demo/tools/tool', '1.4', 'arm64'],
    ['demo/tools/tool', '1.3', 'amd64'],
    ['demo/direct/tool', 'latest', 'amd64'],
    ['oci/tools/tool', '1.4', 'amd64'],
    ['library/default/tool', 'latest', 'amd64'],
  ]) {
    const answer = await ask('library', hub.origin, '', architecture, name, tag);
    const options = { platform: { os: 'linux', architecture } };
    const { reference } = ours.parseReference(`library://${host}/${name}:${tag}`);
    const summary = await library.manifest(reference, options);
    const { identity, files } = await library.open(reference, options);
    const title = `library ${name}:${tag} ${architecture}`;
    same(`${title}: hash`, [answer.hash, answer.whole, answer.parts], [identity.hash, summary.digest.hex, summary.digest.hex]);
    same(`${title}: size and architecture`, [answer.size, answer.arch], [files[0].size, summary.platform.architecture]);
    same(
      `${title}: signers`,
      (answer.fingerprints ?? []).map((hex) => hex.toUpperCase()),
      summary.signedBy ?? [],
    );
  }
  const { sha256 } = hub.images.image('tool-1.3.sif');
  same('library by hash', (await ask('library', hub.origin, '', 'amd64', 'demo/tools/tool', `sha256.${sha256}`)).whole, sha256);
  same(
    'library private with the token',
    (await ask('library', hub.origin, ours.accounts.libraryToken, 'amd64', 'private/tools/tool', '1.3')).whole,
    sha256,
  );
  for (const [title, ...asked] of [
    ['private without a token', '', 'amd64', 'private/tools/tool', '1.3'],
    ['no such tag', '', 'amd64', 'demo/tools/tool', '9.9'],
    ['no such architecture', '', 's390x', 'demo/tools/tool', '1.4'],
  ])
    same(`library ${title} is refused`, typeof (await ask('library', hub.origin, ...asked)).error, 'string');
  const found = await ask('search', hub.origin, 'tool');
  const { hits } = await library.search({ scheme: 'library', host, text: 'tool' }, {});
  same('library search', [...new Set([...found.containers, ...found.images])].sort(), hits.map(({ name }) => name).sort());
}

/** go-containerregistry against the embedded registry: it compares every digest and size itself. */
async function judgeRegistry() {
  const digestOf = (name, tag) => hub.registry.repositories.get(name).tags.get(tag);
  const { registryUser, registryPassword } = ours.accounts;
  for (const [name, tag, ...credentials] of [
    ['open/base', '1.0'],
    ['demo/base', '1.0'],
    ['demo/base', '1.2'],
    ['demo/docker', '1.0'],
    ['demo/many', '3.7.0'],
    ['private/base', '1.1', registryUser, registryPassword],
    ['basic/base', '1.1', registryUser, registryPassword],
  ]) {
    const answer = await ask('oci', `${host}/${name}:${tag}`, ...credentials);
    same(`registry ${name}:${tag}: digests`, [answer.head, answer.get], [digestOf(name, tag), digestOf(name, tag)]);
    same(`registry ${name}: number of tags`, answer.tags, hub.registry.repositories.get(name).tags.size);
    if (name.endsWith('/base')) same(`registry ${name}:${tag}: architecture`, answer.architecture, 'amd64');
  }
  same('registry by digest', (await ask('oci', `${host}/demo/base@${digestOf('demo/base', '1.1')}`)).get, digestOf('demo/base', '1.1'));
  same('registry private without a sign-in is refused', typeof (await ask('oci', `${host}/private/base:1.1`)).error, 'string');
  same(
    'registry with a wrong password is refused',
    typeof (await ask('oci', `${host}/private/base:1.1`, registryUser, 'x')).error,
    'string',
  );
  same('registry no such tag is refused', typeof (await ask('oci', `${host}/demo/base:9`)).error, 'string');
}

async function judgeWithSkopeo() {
  if (spawnSync('skopeo', ['--version']).status !== 0) {
    console.log('skopeo is not installed: its checks are left out');
    return;
  }
  const { registryUser, registryPassword } = ours.accounts;
  const skopeo = async (command, ...rest) => {
    const { stdout } = await run('skopeo', [command, '--tls-verify=false', ...rest], { timeout: 60_000 });
    return JSON.parse(stdout);
  };
  for (const [name, ...credentials] of [
    ['demo/base'],
    ['demo/docker'],
    ['private/base', '--creds', `${registryUser}:${registryPassword}`],
  ]) {
    const inspected = await skopeo('inspect', ...credentials, `docker://${host}/${name}:1.0`);
    same(`skopeo inspect ${name}`, [inspected.Architecture, inspected.Labels?.['org.opencontainers.image.version']], ['amd64', '1.0']);
    const listed = await skopeo('list-tags', ...credentials, `docker://${host}/${name}`);
    same(`skopeo list-tags ${name}`, listed.Tags.length, hub.registry.repositories.get(name).tags.size);
  }
  const copied = path.join(work, 'copied');
  for (const [name, tag] of [
    ['demo/base', '1.0'],
    ['demo/redirected', '1.4'],
    ['demo/tool', '1.4'],
  ]) {
    // skopeo reads every blob and compares its digest. The hub lives in this process: nothing here may block it.
    const target = `dir:${copied}-${name.replace('/', '-')}`;
    const copy = run('skopeo', ['copy', '--src-tls-verify=false', '--all', `docker://${host}/${name}:${tag}`, target], { timeout: 60_000 });
    same(`skopeo copy ${name}:${tag}`, await copy.then(() => 'copied', String), 'copied');
  }
}

async function ask(...args) {
  const { stdout } = await run(program, args, { timeout: 60_000 });
  return JSON.parse(stdout);
}

function same(title, actual, expected) {
  if (isDeepStrictEqual(actual, expected)) {
    passed++;
    return;
  }
  failed++;
  console.log(`${title}:\n  expected ${JSON.stringify(expected)}\n  actual   ${JSON.stringify(actual)}`);
}

function silent() {
  const drop = () => undefined;
  return { info: drop, warn: drop, error: drop, debug: drop };
}

async function loadOurs() {
  const outfile = path.join(work, 'ours.mjs');
  const contents = `
    export * from './test/hub/hub';
    export * from './test/hub/accounts';
    export { createHttpClient } from './server/src/platform/http';
    export { createLibraryHub } from './server/src/hub/library';
    export { formatReference, parseReference } from './server/src/image/reference';`;
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  const stdin = { contents, resolveDir: root, loader: 'ts' };
  await esbuild.build({ stdin, absWorkingDir: root, outfile, bundle: true, platform: 'node', format: 'esm', banner, logLevel: 'warning' });
  return import(pathToFileURL(outfile).href);
}
