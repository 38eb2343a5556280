// Two processes put into one cache and clean it at once, are killed, and meet disks that are full or read-only: node test/faults/cache.mjs [ROUNDS]
// No entry may be lost or half, no layout without its layers, and no temporary file may stay but after a kill.
import { execFileSync, fork } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';

const rounds = Number(process.argv[2] ?? 1000);
const root = path.resolve(import.meta.dirname, '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cache-faults-'));
fs.chmodSync(folder, 0o755);
const driver = path.join(folder, 'driver.cjs');
const images = ['tool-1.3.sif', 'stranger.sif', 'tool-1.4.sif'].map((name) => path.join(root, 'test/hub/images', name));
const contents = images.map((file) => fs.readFileSync(file));
const hashes = contents.map(sha256);
const processes = [];
const mounts = [];
let passed = 0;
let failed = 0;

try {
  await esbuild.build({
    entryPoints: [path.join(import.meta.dirname, 'cacheDriver.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    alias: { openpgp: path.join(root, 'node_modules/openpgp/dist/node/openpgp.min.cjs') },
    outfile: driver,
    logLevel: 'error',
  });
  await entriesAtOnce();
  await layoutsAtOnce(Math.ceil(rounds / 5));
  await killed(Math.ceil(rounds / 50));
  await fullAndReadOnly();
  await otherUser();
} finally {
  for (const child of processes) child.kill('SIGKILL');
  for (const mount of mounts) execFileSync('umount', [mount]);
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`cache faults: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** One puts while the other cleans the entry or puts another image under its name; a reader looks all the time. */
async function entriesAtOnce() {
  const parent = path.join(folder, 'entries');
  const one = start();
  const two = start();
  const name = 'c'.repeat(40);
  const file = path.join(parent, 'cache/shub', name);
  const entry = { kind: 'shub', name };
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let half = 0;
  let looks = 0;
  const reader = setInterval(() => {
    try {
      if (!hashes.includes(sha256(fs.readFileSync(file)))) half++;
      looks++;
    } catch (error) {
      if (error.code !== 'ENOENT') half++;
    }
  }, 0);
  const counts = {};
  for (let round = 0; round < rounds; round++) {
    const kind = ['overwrite and clean', 'two images', 'the same image', 'put and clean'][round % 4];
    if (kind === 'overwrite and clean' || kind === 'put and clean') place(file, contents[kind === 'put and clean' ? 0 : 1]);
    else fs.rmSync(file, { force: true });
    const [put, other] = await Promise.all([
      one({ do: 'put', parent, file: images[0], entry, overwrite: kind === 'overwrite and clean' }),
      kind.endsWith('clean')
        ? two({ do: 'clean', parent, paths: [file] })
        : two({ do: 'put', parent, file: images[kind === 'two images' ? 1 : 0], entry }),
    ]);
    const standing = fs.existsSync(file) ? hashes.indexOf(sha256(fs.readFileSync(file))) : undefined;
    const title = `round ${round}, ${kind}: ${JSON.stringify(put)} and ${JSON.stringify(other)}, then ${standing}`;
    const left = fs.readdirSync(path.dirname(file)).filter((each) => each !== name);
    check(put.error === undefined && other.error === undefined && left.length === 0, `${title}, left ${left}`);
    if (kind.endsWith('clean')) {
      // What was cleaned is what was listed: the old one by its size. The new one may only go when it was listed itself.
      const removed = other.result?.removed[0]?.bytes;
      const mayBeGone = removed === contents[0].length;
      check(standing === 0 || (standing === undefined && mayBeGone), title);
      counts[removed === undefined ? 'kept' : 'removed'] = (counts[removed === undefined ? 'kept' : 'removed'] ?? 0) + 1;
    } else {
      const outcomes = [put.result, other.result].sort().join();
      const winner = kind === 'two images' && other.result === 'put' ? 1 : 0;
      check(outcomes === (kind === 'two images' ? 'differs,put' : 'already-there,put') && standing === winner, title);
      counts[outcomes] = (counts[outcomes] ?? 0) + 1;
    }
  }
  clearInterval(reader);
  check(half === 0 && looks > 0, `${half} of ${looks} looks saw half an entry`);
  console.log(`${rounds} rounds of entries, ${looks} looks: ${JSON.stringify(counts)}`);
}

/** One adds images to the layout while the other removes older ones and what nothing uses: index and blobs always fit together. */
async function layoutsAtOnce(count) {
  const parent = path.join(folder, 'layouts');
  const one = start();
  const two = start();
  const layout = path.join(parent, 'cache/blob');
  const blobs = path.join(layout, 'blobs/sha256');
  let before;
  for (let round = 0; round < count; round++) {
    const orphan = path.join(blobs, sha256(String(round)));
    if (before !== undefined) place(orphan, String(round));
    const [put, also, cleaned] = await Promise.all([
      one({ do: 'putImage', parent, layers: [images[0], images[1]], note: `a ${round}` }),
      two({ do: 'putImage', parent, layers: [images[0]], note: `b ${round}` }),
      before === undefined ? { result: undefined } : two({ do: 'clean', parent, paths: [path.join(blobs, before), orphan] }),
    ]);
    const index = JSON.parse(fs.readFileSync(path.join(layout, 'index.json'), 'utf8')).manifests.map((m) => m.digest.slice(7));
    const title = `layout round ${round}: ${JSON.stringify([put, also, cleaned])}`;
    check(put.error === undefined && also.error === undefined && cleaned.error === undefined, title);
    check(index.includes(put.result) && index.includes(also.result) && new Set(index).size === index.length, `${title}: lost in the index`);
    check(before === undefined || (!index.includes(before) && !fs.existsSync(orphan)), `${title}: not cleaned`);
    check(
      index.every((hex) => isWhole(blobs, hex)),
      `${title}: an image without its layers`,
    );
    before = put.result;
  }
  const left = fs.readdirSync(layout).filter((name) => !['blobs', 'index.json', 'oci-layout'].includes(name));
  check(left.length === 0, `left in the layout: ${left}`);
  console.log(`${count} rounds of layouts`);
}

function isWhole(blobs, hex) {
  const manifest = fs.readFileSync(path.join(blobs, hex));
  return (
    sha256(manifest) === hex &&
    JSON.parse(manifest).layers.every(({ digest }) => sha256(fs.readFileSync(path.join(blobs, digest.slice(7)))) === digest.slice(7))
  );
}

/** Whoever puts is killed: the name has the whole image or nothing, and the next one succeeds. */
async function killed(count) {
  const parent = path.join(folder, 'killed');
  const entry = { kind: 'oras', name: `sha256:${hashes[2]}` };
  const file = path.join(parent, 'cache/oras', entry.name);
  let unfinished = 0;
  for (let round = 0; round < count; round++) {
    const child = start();
    await child({ do: 'list', parent });
    const put = child({ do: 'put', parent, file: images[2], entry });
    await Promise.race([put, pause(Math.random() * 60)]);
    child.process.kill('SIGKILL');
    await child.ended;
    if (!fs.existsSync(file)) unfinished++;
    else check(sha256(fs.readFileSync(file)) === hashes[2], `kill ${round}: half an entry`);
    fs.rmSync(file, { force: true });
  }
  const again = await start()({ do: 'put', parent, file: images[2], entry });
  check(again.result === 'put' && sha256(fs.readFileSync(file)) === hashes[2], `after ${count} kills: ${JSON.stringify(again)}`);
  const foreign = fs.readdirSync(path.dirname(file)).filter((name) => name !== entry.name && !name.startsWith('tmp_'));
  check(foreign.length === 0, `left by kills: ${foreign}`);
  console.log(`${count} kills, ${unfinished} before the image was in place`);
}

async function fullAndReadOnly() {
  const small = path.join(folder, 'small');
  fs.mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', small], { stdio: 'ignore' });
  } catch {
    console.log('no file systems may be mounted here: full, read-only and other disks are left out (the unit tests simulate them)');
    return;
  }
  mounts.push(small);
  const entry = { kind: 'oras', name: `sha256:${hashes[2]}` };
  const put = (move) => start()({ do: 'put', parent: small, file: copyOf(images[2]), entry, move });
  for (const move of [false, true]) {
    const full = await put(move);
    check(/no space left/.test(full.error ?? ''), `a full disk: ${JSON.stringify(full)}`);
    check(fs.readdirSync(path.join(small, 'cache/oras')).length === 0, 'a full disk: something is left');
  }
  execFileSync('mount', ['-o', 'remount,size=4m', small]);
  const source = copyOf(images[2]);
  const other = await start()({ do: 'put', parent: small, file: source, entry, move: true });
  check(other.result === 'put' && !fs.existsSync(source), `another disk: ${JSON.stringify(other)}`);
  check(sha256(fs.readFileSync(path.join(small, 'cache/oras', entry.name))) === hashes[2], 'another disk: the bytes are not right');
  execFileSync('mount', ['-o', 'remount,ro', small]);
  const readOnly = await start()({ do: 'put', parent: small, file: images[0], entry: { kind: 'oras', name: `sha256:${hashes[0]}` } });
  check(/can only be read/.test(readOnly.error ?? ''), `a read-only disk: ${JSON.stringify(readOnly)}`);
  const cleaned = await start()({ do: 'clean', parent: small, paths: [path.join(small, 'cache/oras', entry.name)] });
  check(/can only be read/.test(cleaned.result?.kept[0]?.problem ?? ''), `cleaning a read-only disk: ${JSON.stringify(cleaned)}`);
  console.log('a full disk, another disk, a read-only disk');
}

/** Folders of somebody else: only root can arrange that. */
async function otherUser() {
  if (process.getuid?.() !== 0) {
    console.log('not root: folders of another user are left out');
    return;
  }
  const parent = path.join(folder, 'foreign');
  const file = path.join(parent, 'cache/oras', `sha256:${hashes[0]}`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  place(file, contents[0]);
  fs.mkdirSync(path.join(parent, 'cache/net'), { mode: 0o700 });
  const nobody = start({ uid: 65534, gid: 65534 });
  const listed = await nobody({ do: 'list', parent });
  check(
    listed.result?.count === 1 && /may not read/.test(listed.result.problems[0] ?? ''),
    `an unreadable folder: ${JSON.stringify(listed)}`,
  );
  const put = await nobody({ do: 'put', parent, file: images[1], entry: { kind: 'oras', name: `sha256:${hashes[1]}` } });
  check(/may not write/.test(put.error ?? ''), `a folder that may not be written: ${JSON.stringify(put)}`);
  fs.rmSync(path.join(parent, 'cache/net'), { recursive: true });
  const cleaned = await nobody({ do: 'clean', parent, paths: [file] });
  check(/may not delete/.test(cleaned.result?.kept[0]?.problem ?? ''), `an entry of somebody else: ${JSON.stringify(cleaned)}`);
  check(fs.existsSync(file), 'an entry of somebody else is gone');
  console.log('folders of another user');
}

/** Starts a process; returns how to give it an order. */
function start(options = {}) {
  const child = fork(driver, { stdio: 'inherit', ...options });
  processes.push(child);
  const waiting = new Map();
  let next = 0;
  child.on('message', ({ id, ...answer }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  const order = (what) =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      child.send({ id, ...what });
    });
  return Object.assign(order, { process: child, ended: new Promise((resolve) => child.on('exit', resolve)) });
}

/** An entry as it was long ago. */
function place(file, content) {
  const aside = path.join(folder, `aside-${process.pid}`);
  fs.writeFileSync(aside, content);
  const old = Date.now() / 1000 - 90 * 86_400;
  fs.utimesSync(aside, old, old);
  fs.renameSync(aside, file);
}

function copyOf(file) {
  const copy = path.join(folder, `copy-${crypto.randomBytes(4).toString('hex')}.sif`);
  fs.copyFileSync(file, copy);
  return copy;
}

function sha256(bytes) {
  return crypto.createHash('sha256').update(bytes).digest('hex');
}

function check(isRight, title) {
  if (isRight) passed++;
  else {
    failed++;
    if (failed <= 20) console.error(`FAILED ${title}`);
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
