// Downloads beside aria2, wget2 and curl + openssl, on loopback nginx: node test/bench/download.mjs [--quick]
// DOWNLOAD_BENCH_SIZE (MiB, 1024), DOWNLOAD_BENCH_ROUNDS (3), DOWNLOAD_BENCH_FOLDER (/dev/shm where there is one),
// DOWNLOAD_BENCH_ONLY (a regular expression that the titles of the scenarios match).
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { freePorts, startNginx } from './nginx.mjs';

export const name = 'download';

const root = path.resolve(import.meta.dirname, '../..');
const pieceLength = 4 << 20;
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

/** Measures every scenario with every tool, the tools in turn within each round. */
export async function run(report) {
  const missing = ['nginx', 'aria2c', 'wget2', 'curl', 'openssl'].filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0 || !fs.existsSync('/usr/bin/time')) {
    report.note(`not measured: ${missing.length > 0 ? missing.join(', ') : 'GNU time'} is not installed`);
    return;
  }
  const rounds = report.quick ? 1 : Number(process.env.DOWNLOAD_BENCH_ROUNDS ?? 3);
  const size = (report.quick ? 64 : Number(process.env.DOWNLOAD_BENCH_SIZE ?? 1024)) << 20;
  const bench = await setUp(size);
  try {
    const only = new RegExp(process.env.DOWNLOAD_BENCH_ONLY ?? '');
    for (const scenario of scenarios(bench, size).filter(({ title }) => only.test(title))) {
      const found = new Map(scenario.tools.map(([tool]) => [tool, []]));
      for (let round = 0; round < rounds; round++)
        for (const [tool, command, prepare] of scenario.tools) found.get(tool).push(await measure(bench, command, prepare));
      tell(report, scenario, found);
    }
  } finally {
    bench.stop();
    fs.rmSync(bench.folder, { recursive: true, force: true });
  }
}

/** Rows of one scenario: ratios are medians of the ratios within the rounds, so that what else the machine does falls out. */
function tell(report, { title, budget }, found) {
  const ours = found.get('ours');
  for (const [tool, runs] of found) {
    const valid = runs.filter((one) => one.right);
    const show = (key, digits = 2) => (valid.length === 0 ? '-' : median(valid.map((one) => one[key])).toFixed(digits));
    const ratio = (key) => median(runs.map((one, index) => ours[index][key] / one[key])).toFixed(2);
    report.note(
      `| ${title} | ${tool} | ${show('wall')} | ${show('cpu')} | ${show('memory', 0)} | ${tool === 'ours' ? '' : `${ratio('wall')} / ${ratio('cpu')}`} | ${valid.length === runs.length ? 'right' : `${runs.length - valid.length} of ${runs.length} failed`} |`,
    );
  }
  const beside = found.get('aria2') ?? ours;
  const row = (what, key, unit, limit) =>
    report.row({
      what: `${title}: ${what}`,
      ours: median(ours.map((one) => one[key])),
      theirs: median(beside.map((one) => one[key])),
      unit,
      versus: 'aria2',
      budget: limit,
    });
  row('wall', 'wall', 's', budget);
  row('processor', 'cpu', 's', '1.5 times aria2');
  row('memory', 'memory', 'MB', '150 MB');
}

function scenarios(bench, size) {
  const { plain, secure, limited, slow, wrong, dead } = bench.ports;
  const http = plain.map((port, index) => `http://127.0.0.${index + 1}:${port}/big`);
  const https = secure.map((port, index) => `https://127.0.0.${index + 1}:${port}/big`);
  const lesser = http.map((url) => url.replace('/big', '/small'));
  const rated = limited.map((port, index) => `http://127.0.0.${index + 1}:${port}/small`);
  const bad = [`http://127.0.0.1:${dead}/small`, `http://127.0.0.2:${slow}/small`, `http://127.0.0.3:${wrong}/small`];
  const small = bench.small.length;
  const many = Array.from({ length: 200 }, (_, index) => ({
    file: `many/${index}`,
    urls: plain.map((port, mirror) => `http://127.0.0.${mirror + 1}:${port}/many/${index}`),
  }));
  const two = (file, urls) => [{ file, urls }];
  return [
    {
      title: `(a) ${size >> 20} MiB, 2 mirrors, http`,
      budget: 'aria2',
      tools: tools(bench, two('big', http), ['ours', 'aria2', 'wget2', 'curl + openssl']),
    },
    {
      title: `(a) ${size >> 20} MiB, 2 mirrors, TLS`,
      budget: 'aria2',
      tools: tools(bench, two('big', https), ['ours', 'aria2', 'wget2', 'curl + openssl']),
    },
    {
      title: `(b) ${small >> 20} MiB, 10 + 20 + 40 MB/s`,
      budget: `${(small / 70e6 / 0.9).toFixed(2)} s (90 % of the sum)`,
      tools: tools(bench, two('small', rated), ['ours', 'aria2']),
    },
    {
      title: `(c) ${small >> 20} MiB, dead + slow + 1 % wrong`,
      budget: 'aria2',
      tools: tools(bench, two('small', bad), ['ours', 'aria2']),
    },
    { title: '(d) 200 files of 1 MB', budget: 'aria2', tools: tools(bench, many, ['ours', 'aria2']) },
    {
      title: `(e) ${small >> 20} MiB, from 50 %`,
      budget: 'aria2',
      tools: tools(bench, two('small', rated.slice(2)), ['ours', 'aria2'], { resume: true }),
    },
    {
      title: `(f) ${small >> 20} MiB, http, by \`container-metalink pull\``,
      budget: 'aria2',
      tools: tools(bench, two('small', lesser), ['ours', 'aria2'], { cli: true }),
    },
    {
      title: `(f) ${size >> 20} MiB, http, by \`container-metalink pull\``,
      budget: 'aria2',
      tools: tools(bench, two('big', http), ['ours', 'aria2'], { cli: true }),
    },
    {
      title: '(f) 200 files of 1 MB, by `container-metalink pull`',
      budget: 'aria2',
      tools: tools(bench, many, ['ours', 'aria2'], { cli: true }),
    },
  ];
}

/** The tools' command lines for `files`; `resume`: each has fetched half of the file before the clock starts; `cli`: ours is the command line. */
function tools(bench, files, names, { resume = false, cli = false } = {}) {
  const id = crypto.randomBytes(3).toString('hex');
  const jobs = path.join(bench.folder, `${id}.json`);
  const meta4 = path.join(bench.folder, `${id}.meta4`);
  const described = files.map(({ file, urls }) => ({ name: file, urls, ...bench.described(file) }));
  const requests = described.map((file) => ({
    name: file.name,
    directory: bench.out,
    size: String(file.size),
    hashes: [{ type: 'sha-256', hex: file.whole, source: 'bench' }],
    pieces: [{ type: 'sha-256', length: pieceLength, hashes: file.pieces }],
    sources: file.urls.map((url) => ({ url, priority: 1 })),
    finish: 'rename',
    onCancel: 'keep',
  }));
  fs.writeFileSync(
    jobs,
    JSON.stringify({ requests, parallel: 5, worker: bench.worker, certificates: [fs.readFileSync(bench.certificate, 'utf8')] }),
  );
  fs.writeFileSync(meta4, metalinkOf(described));
  const [url] = files[0].urls;
  const commands = {
    ours: cli ? [process.execPath, bench.cli, 'pull', meta4] : [process.execPath, bench.driver, jobs],
    aria2: ['aria2c', '-q', '-s4', '-j5', '--ca-certificate', bench.certificate, '-M', meta4, '-d', bench.out],
    wget2: ['wget2', '-q', '--ca-certificate', bench.certificate, '--force-metalink', '-i', meta4, '-P', bench.out],
    'curl + openssl': [
      'sh',
      '-c',
      `mkdir -p ${bench.out} && curl -s --cacert ${bench.certificate} -o ${bench.out}/${files[0].file} ${url} && openssl dgst -sha256 ${bench.out}/${files[0].file}`,
    ],
  };
  return names.map((tool) => [
    tool,
    { line: commands[tool], files: described },
    async () => {
      fs.rmSync(bench.out, { recursive: true, force: true });
      fs.mkdirSync(bench.out);
      if (resume) await fetchHalf(bench, commands[tool], described[0].size);
    },
  ]);
}

/** Lets a tool fetch half of a file, and ends it as a person would. Room that aria2 takes in advance would look like bytes. */
async function fetchHalf(bench, [program, ...words], size) {
  const child = spawn(program, program === 'aria2c' ? ['--file-allocation=none', ...words] : words, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const bytes = () => Math.max(0, ...fs.readdirSync(bench.out).map((name) => fs.statSync(path.join(bench.out, name)).blocks * 512));
  while (bytes() < size / 2 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGINT');
  await ended;
}

async function measure(bench, { line, files }, prepare) {
  await prepare();
  const child = spawn('/usr/bin/time', ['-o', `${bench.folder}/time`, '-f', '%e %U %S %M', 'timeout', '120', ...line], {
    stdio: 'ignore',
    cwd: bench.out,
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  const [wall, user, system, kilobytes] = fs.readFileSync(`${bench.folder}/time`, 'utf8').trim().split('\n').at(-1).split(' ').map(Number);
  const right = files.every((file) => {
    const written = path.join(bench.out, file.name);
    return (
      code === 0 && fs.existsSync(written) && fs.statSync(written).size === file.size && sha256(fs.readFileSync(written)) === file.whole
    );
  });
  return { wall, cpu: user + system, memory: kilobytes / 1024, right };
}

async function setUp(size) {
  const parent = process.env.DOWNLOAD_BENCH_FOLDER ?? (fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir());
  const folder = fs.mkdtempSync(path.join(parent, 'download-bench-'));
  fs.mkdirSync(path.join(folder, 'www/many'), { recursive: true });
  fs.mkdirSync(path.join(folder, 'wrong'));
  const write = (file, bytes) => fs.writeFileSync(path.join(folder, file), bytes);
  const big = Buffer.concat(Array.from({ length: size >> 23 || 1 }, () => crypto.randomBytes(Math.min(size, 8 << 20))));
  const small = big.subarray(0, Math.min(size, 256 << 20));
  write('www/big', big);
  write('www/small', small);
  const damaged = Buffer.from(small);
  for (let piece = 1; piece * pieceLength < small.length; piece += 100) damaged[piece * pieceLength + 5] ^= 1;
  write('wrong/small', damaged);
  for (let index = 0; index < 200; index++) write(`www/many/${index}`, crypto.randomBytes(1_000_000));
  spawnSync('openssl', [
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'.split(' '),
    '-addext',
    'subjectAltName=IP:127.0.0.1,IP:127.0.0.2',
    '-keyout',
    `${folder}/key.pem`,
    '-out',
    `${folder}/certificate.pem`,
  ]);
  const free = await freePorts(9);
  const ports = { plain: free.slice(0, 2), secure: free.slice(2, 4), limited: free.slice(4, 7), slow: free[7], wrong: free[8], dead: 1 };
  const stop = startNginx(folder, serversOf(folder, ports));
  const driver = path.join(folder, 'driver.mjs');
  const dist = path.join(folder, 'dist');
  // What is measured is what people install.
  execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--out', dist], { stdio: 'ignore' });
  await esbuild.build({
    entryPoints: [path.join(root, 'test/bench/downloadDriver.ts')],
    bundle: true,
    platform: 'node',
    minify: true,
    logLevel: 'error',
    format: 'esm',
    outfile: driver,
  });
  const described = (file) => {
    const bytes = fs.readFileSync(path.join(folder, 'www', file));
    const pieces = Array.from({ length: Math.ceil(bytes.length / pieceLength) }, (_, index) =>
      sha256(bytes.subarray(index * pieceLength, (index + 1) * pieceLength)),
    );
    return { size: bytes.length, whole: sha256(bytes), pieces };
  };
  return {
    folder,
    ports,
    stop,
    driver,
    worker: path.join(dist, 'downloadWorker.js'),
    cli: path.join(dist, 'cli.js'),
    described,
    small,
    certificate: `${folder}/certificate.pem`,
    out: path.join(folder, 'out'),
  };
}

function serversOf(folder, { plain, secure, limited, slow, wrong }) {
  const server = (host, port, more = '', www = 'www') =>
    `server { listen 127.0.0.${host}:${port}${more.includes('ssl') ? ' ssl' : ''}; root ${folder}/${www}; ${more} }`;
  const tls = `ssl_certificate ${folder}/certificate.pem; ssl_certificate_key ${folder}/key.pem;`;
  const rates = [10, 20, 40];
  return [
    ...plain.map((port, index) => server(index + 1, port)),
    ...secure.map((port, index) => server(index + 1, port, tls)),
    ...limited.map((port, index) => server(index + 1, port, `limit_rate ${rates[index] * 1_000_000};`)),
    server(2, slow, 'limit_rate 5000000;'),
    server(3, wrong, '', 'wrong'),
  ];
}

function metalinkOf(files) {
  const fileOf = ({ name: file, size, whole, pieces, urls }) =>
    `<file name="${file}"><size>${size}</size><hash type="sha-256">${whole}</hash><pieces type="sha-256" length="${pieceLength}">${pieces
      .map((hex) => `<hash>${hex}</hash>`)
      .join('')}</pieces>${urls.map((url) => `<url priority="1">${url}</url>`).join('')}</file>`;
  return `<?xml version="1.0" encoding="UTF-8"?><metalink xmlns="urn:ietf:params:xml:ns:metalink">${files.map(fileOf).join('')}</metalink>`;
}

if (process.argv[1] === import.meta.filename) {
  console.log('| what | tool | wall s | processor s | memory MB | ours / theirs: wall / processor | |\n|---|---|---|---|---|---|---|');
  await run({ quick: process.argv.includes('--quick'), row: () => undefined, note: (text) => console.log(text) });
}
