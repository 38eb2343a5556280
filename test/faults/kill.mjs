// Kills downloads at random moments and lets them go on: node test/faults/kill.mjs [KILLS]
// After every kill nothing unfinished has the final name; in the end the bytes are right and little was fetched twice.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';

const kills = Number(process.argv[2] ?? 100);
const root = path.resolve(import.meta.dirname, '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'download-kill-'));
const driver = path.join(folder, 'driver.mjs');
const size = 24 * 1024 * 1024 + 4321;
const pieceLength = 1024 * 1024;
const bytesPerSecond = 20_000_000;
const data = crypto.randomBytes(size);
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const whole = sha256(data);
const pieceHashes = Array.from({ length: Math.ceil(size / pieceLength) }, (_, index) =>
  sha256(data.subarray(index * pieceLength, (index + 1) * pieceLength)),
);

let served = 0;
let passed = 0;
let failed = 0;
const servers = [];

try {
  await esbuild.build({
    entryPoints: [path.join(root, 'test/bench/downloadDriver.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: driver,
    logLevel: 'error',
  });
  const urls = [await mirror('127.0.0.1'), await mirror('127.0.0.2')];
  let killed = 0;
  for (let round = 0; killed < kills; round++) killed += await killAndResume(round, urls, Math.min(4, kills - killed));
  for (let round = 0; round < 5; round++) await twoAtOnce(round, urls);
  await largeFile();
} finally {
  for (const server of servers) server.close().closeAllConnections();
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`faults: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Up to `count` kills of one download, then an undisturbed run. Returns how often something was killed. */
async function killAndResume(round, urls, count) {
  const target = path.join(folder, `kill-${round}`);
  fs.mkdirSync(target);
  served = 0;
  let done = 0;
  for (let attempt = 0; attempt < count; attempt++) {
    const child = start(target, urls, round);
    const exited = new Promise((resolve) => child.on('exit', resolve));
    await pause(60 + Math.random() * 500);
    child.kill('SIGKILL');
    await exited;
    done++;
    const final = path.join(target, 'file.sif');
    check(!fs.existsSync(final) || sha256(fs.readFileSync(final)) === whole, `round ${round}: an unfinished file has the final name`);
  }
  await finished(start(target, urls, round));
  checkTarget(target, `round ${round}`);
  // A kill may cost what came since the last journal, and what was under way.
  const most = size + (done + 1) * (bytesPerSecond * 2 * 0.35 + 4 * pieceLength);
  check(served <= most, `round ${round}: ${served} bytes were served for a file of ${size} and ${done} kills`);
  fs.rmSync(target, { recursive: true });
  return done;
}

/** Two processes fetch the same file, the one that began is killed: the other one goes on. */
async function twoAtOnce(round, urls) {
  const target = path.join(folder, `two-${round}`);
  fs.mkdirSync(target);
  served = 0;
  const one = start(target, urls, round);
  const two = start(target, urls, round);
  const ends = [one, two].map(finished);
  if (round % 2 === 0) {
    await pause(400);
    one.kill('SIGKILL');
  }
  const codes = await Promise.all(ends);
  check(codes[1] === 0, `two at once ${round}: the one that lives fails`);
  check(round % 2 === 0 || codes[0] === 0, `two at once ${round}: the first one fails`);
  checkTarget(target, `two at once ${round}`);
  check(served < size * 1.6 + bytesPerSecond, `two at once ${round}: ${served} bytes were served, nothing was shared`);
  fs.rmSync(target, { recursive: true });
}

/** More than 4 GiB, sparse, of which only the end is missing. */
async function largeFile() {
  const target = path.join(folder, 'large');
  fs.mkdirSync(target);
  const total = 4 * 1024 ** 3 + 77;
  const tail = crypto.randomBytes(77);
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.headers.range);
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(206, { 'Content-Length': total - from, 'Content-Range': `bytes ${from}-${total - 1}/${total}`, ETag: '"large"' });
    if (from === total - 77) response.end(tail);
    else response.write(Buffer.alloc(2 * 1024 * 1024));
  });
  servers.push(server);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const jobs = path.join(target, 'jobs.json');
  const sources = [{ url: `http://127.0.0.1:${server.address().port}/large`, priority: 1 }];
  const request = { name: 'file.sif', directory: target, size: String(total), hashes: [], sources, finish: 'rename', onCancel: 'keep' };
  fs.writeFileSync(jobs, JSON.stringify({ requests: [request], parallel: 1 }));
  const partial = path.join(target, '.file.sif.part');
  const child = spawn(process.execPath, [driver, jobs], { stdio: 'ignore' });
  while (!fs.existsSync(`${partial}.journal`)) await pause(50);
  child.kill('SIGKILL');
  await finished(child);
  fs.truncateSync(partial, total - 77);
  const journal = JSON.parse(fs.readFileSync(`${partial}.journal`, 'utf8').slice(65));
  const text = JSON.stringify({ ...journal, done: [{ from: 0, to: total - 77, source: 0 }] });
  fs.writeFileSync(`${partial}.journal`, `${sha256(text)} ${text}\n`);
  await finished(spawn(process.execPath, [driver, jobs], { stdio: ['ignore', 'ignore', 'inherit'] }));
  const final = path.join(target, 'file.sif');
  check(fs.existsSync(final) && fs.statSync(final).size === total, 'a large file: its size');
  check(asked.at(-1) === `bytes=${total - 77}-${total - 1}`, `a large file: ${asked.join(', ')} were asked for`);
  const end = Buffer.alloc(77);
  const handle = fs.openSync(fs.existsSync(final) ? final : jobs, 'r');
  fs.readSync(handle, end, 0, 77, total - 77);
  fs.closeSync(handle);
  check(end.equals(tail), 'a large file: its end');
}

function checkTarget(target, title) {
  const final = path.join(target, 'file.sif');
  check(fs.existsSync(final) && sha256(fs.readFileSync(final)) === whole, `${title}: the bytes are not right`);
  const left = fs.readdirSync(target).filter((name) => name !== 'file.sif' && !name.endsWith('.json'));
  check(
    left.every((name) => /\.lock\.(stale-)?[0-9a-f]+$|\.journal\.[0-9a-f]{8}$/.test(name)),
    `${title}: ${left.join(', ')} is left`,
  );
}

function start(target, urls, round) {
  const jobs = path.join(target, 'jobs.json');
  const request = {
    name: 'file.sif',
    directory: target,
    size: String(size),
    hashes: [{ type: 'sha-256', hex: whole, source: 'test' }],
    pieces: round % 2 === 0 ? [{ type: 'sha-256', length: pieceLength, hashes: pieceHashes }] : [],
    sources: urls.map((url) => ({ url, priority: 1 })),
    finish: 'rename',
    onCancel: 'keep',
  };
  fs.writeFileSync(jobs, JSON.stringify({ requests: [request], parallel: 1 }));
  return spawn(process.execPath, [driver, jobs], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function finished(child) {
  return new Promise((resolve) => child.on('exit', (code) => resolve(code)));
}

/** A correct server with a limited rate. */
async function mirror(host) {
  const server = http.createServer((request, response) => {
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const from = Number(range?.[1] ?? 0);
    const last = range?.[2] ? Math.min(size - 1, Number(range[2])) : size - 1;
    const headers = { 'Content-Length': last + 1 - from, ETag: '"fixed"', 'Content-Range': `bytes ${from}-${last}/${size}` };
    response.writeHead(range === null ? 200 : 206, headers);
    const step = 200_000;
    let at = from;
    const send = () => {
      if (response.destroyed) return;
      const end = Math.min(last + 1, at + step);
      served += end - at;
      response.write(data.subarray(at, end));
      at = end;
      if (at > last) response.end();
      else setTimeout(send, (step / bytesPerSecond) * 1000);
    };
    send();
  });
  servers.push(server);
  await new Promise((resolve) => server.listen(0, host, resolve));
  return `http://${host}:${server.address().port}/file.sif`;
}

function check(isRight, title) {
  if (isRight) passed++;
  else {
    failed++;
    console.error(`FAILED ${title}`);
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
