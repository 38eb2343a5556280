// Compares our SIF verification with the reference library: its own images, images by gpg and an independent writer, the corpus, and
// thousands of damaged copies.
//   node test/oracle/sif/run.mjs [--seed N] [--count N]
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { explain, explainCertificate } from './explained.mjs';
import { makeIndependentImages } from './independent.mjs';
import { createRandom, mutations } from './mutate.mjs';

const here = import.meta.dirname;
const { values } = parseArgs({ options: { seed: { type: 'string', default: '20260729' }, count: { type: 'string', default: '6000' } } });
const seed = Number(values.seed);
const count = Number(values.count);
/** Chains of certificates. */
const chains = 2000;
const modes = ['default', 'legacy', 'legacyall'];
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'sif-oracle-'));
process.exitCode = 1;

try {
  const oracle = path.join(work, 'oracle');
  execFileSync('go', ['build', '-o', oracle, '.'], { cwd: here, stdio: 'inherit' });
  const made = path.join(work, 'made');
  fs.mkdirSync(made);
  execFileSync(oracle, ['make', made], { stdio: 'inherit' });
  const independent = makeIndependentImages(path.join(work, 'independent'));
  const corpus = corpusImages();
  const ring = path.join(work, 'ring.pgp');
  const reference = referenceKey(work);
  fs.writeFileSync(
    ring,
    Buffer.concat([path.join(made, 'ring.pgp'), ...independent.keys, ...corpus.keys, ...reference].map((file) => binaryKey(file))),
  );
  const pems = [
    ...fs
      .readdirSync(made)
      .filter((name) => name.endsWith('.pem'))
      .map((name) => path.join(made, name)),
    ...corpus.pems,
  ];
  const images = [
    ...fs
      .readdirSync(made)
      .filter((name) => name.endsWith('.sif'))
      .map((name) => ({ name: `made/${name}`, file: path.join(made, name) })),
    ...independent.images.map((file) => ({ name: `independent/${path.basename(file)}`, file })),
    ...corpus.images.map((file) => ({ name: `corpus/${path.basename(file)}`, file })),
  ];
  const library = startJudge(oracle, ring, pems);
  const ours = await bundleOurs(work);
  const keys = await ours.readKeys(
    fs.readFileSync(ring),
    pems.map((file) => fs.readFileSync(file, 'latin1')),
  );
  const tally = { passed: 0, failed: 0, accepted: 0, names: new Map() };

  const compare = async (name, image, mode) => {
    const [theirs, mine] = await Promise.all([library.judge(image, mode), ours.judge(image, mode, keys)]);
    if (theirs === 'verify: <nil>') tally.accepted++;
    if (!tell(`${name} [${mode}]`, theirs, mine, explain(theirs, mine)) && tally.failed <= 20)
      fs.writeFileSync(path.join(os.tmpdir(), `sif-oracle-diff-${tally.failed}.sif`), image);
  };
  const tell = (name, theirs, mine, reason) => {
    if (reason === undefined) {
      if (tally.failed++ < 20) console.log(`DIFF ${name}\n  library: ${theirs}\n  ours:    ${mine}`);
      return false;
    }
    tally.passed++;
    tally.names.set(reason, (tally.names.get(reason) ?? 0) + 1);
    return true;
  };

  console.log(`sif oracle: seed ${seed}, ${images.length} images, ${count} damaged copies, ${chains} chains of certificates`);
  for (const { name, file } of images) for (const mode of modes) await compare(name, fs.readFileSync(file), mode);
  const random = createRandom(seed);
  const kinds = Object.entries(mutations);
  const small = images.filter(({ file }) => fs.statSync(file).size < 400_000);
  for (let index = 0; index < count; index++) {
    const { name, file } = random.pick(small);
    let image = fs.readFileSync(file);
    const applied = [];
    for (let left = random.below(8) === 0 ? 2 : 1; left > 0; left--) {
      const [kind, mutation] = index < kinds.length * 20 && left === 1 ? kinds[index % kinds.length] : random.pick(kinds);
      applied.push(kind);
      if (image.length >= 128 && Number(image.readBigInt64LE(88)) <= 48 && slotsFit(image)) image = mutation(random, Buffer.from(image));
    }
    const mode = name.includes('legacy') ? random.pick(modes) : 'default';
    await compare(`${name} + ${applied.join(' + ')} (#${index})`, image, mode);
  }
  library.stop();
  for (const line of execFileSync(oracle, ['certificates', String(seed), String(chains)], { maxBuffer: 1 << 30, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)) {
    const { name, certificates, verdict } = JSON.parse(line);
    const mine = ours.judgeCertificate(certificates);
    if (verdict === '<nil>') tally.accepted++;
    tell(`certificates ${name}`, verdict, mine, explainCertificate(verdict, mine));
  }
  for (const [reason, times] of [...tally.names].sort((a, b) => b[1] - a[1])) console.log(`  ${String(times).padStart(6)} ${reason}`);
  console.log(`  ${String(tally.accepted).padStart(6)} accepted by the library`);
  console.log(`sif oracle: ${tally.passed} passed, ${tally.failed} failed`);
  if (tally.failed === 0 && tally.passed > 0) process.exitCode = 0;
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}

/** The tables that mutations look into lie in the file. */
function slotsFit(image) {
  const [total, table] = [88, 96].map((at) => image.readBigInt64LE(at));
  return total >= 0n && table >= 0n && table + total * 585n <= BigInt(image.length);
}

function corpusImages() {
  const root = path.resolve(here, '../../../../shared/corpus/sif');
  if (!fs.existsSync(root)) {
    if (process.env.CONTAINER_METALINK_REQUIRE_CORPUS === '1') throw new Error(`the corpus is missing: ${root}`);
    console.log('sif oracle: no corpus at ../shared/corpus/sif, its images are left out');
    return { images: [], keys: [], pems: [] };
  }
  const list = (folder, ending) =>
    fs
      .readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith(ending))
      .map((name) => path.join(root, folder, name));
  return {
    images: ['apptainer-sif/images', 'made', 'tampered'].flatMap((folder) => list(folder, '.sif')),
    keys: list('made', '.asc'),
    pems: list('apptainer-sif/keys', '.pem'),
  };
}

/** The key that signs the library's own test images, out of its module. */
function referenceKey() {
  const folder = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/sylabs/sif/v2'], { cwd: here, encoding: 'utf8' }).trim();
  const file = path.join(folder, 'test/keys/private.asc');
  return fs.existsSync(file) ? [file] : [];
}

function binaryKey(file) {
  const bytes = fs.readFileSync(file);
  if ((bytes[0] & 0x80) !== 0) return bytes;
  const blocks = bytes
    .toString('latin1')
    .matchAll(/-----BEGIN PGP [A-Z ]+-----\n(?:.+\n)*?\n([A-Za-z0-9+/=\n]+?)(?:\n=[A-Za-z0-9+/]{4})?\n-----END/g);
  return Buffer.concat([...blocks].map(([, body]) => Buffer.from(body.replaceAll('\n', ''), 'base64')));
}

function startJudge(oracle, ring, pems) {
  const child = spawn(oracle, ['judge', ring, ...pems], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  readline.createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  child.on('exit', () => waiting.splice(0).forEach(({ reject }) => reject(new Error('the judge ended'))));
  return {
    judge: (image, mode) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${mode} ${image.toString('base64')}\n`);
      }),
    stop: () => child.stdin.end(),
  };
}

async function bundleOurs(folder) {
  const outfile = path.join(folder, 'judge.cjs');
  await esbuild.build({
    entryPoints: [path.join(here, 'judge.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    alias: { openpgp: path.resolve(here, '../../../node_modules/openpgp/dist/node/openpgp.min.cjs') },
    logLevel: 'error',
  });
  return (await import(pathToFileURL(outfile).href)).default;
}
