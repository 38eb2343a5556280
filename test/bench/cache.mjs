// Listing caches of many entries, beside `du -s` and `find -ls` on the same tree; none of them opens a file.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { middlePair } from './pairs.mjs';

export const name = 'cache';

export async function run(report) {
  const root = path.resolve(import.meta.dirname, '../..');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cache-bench-'));
  try {
    const bundle = path.join(folder, 'list.mjs');
    await esbuild.build({
      entryPoints: [path.join(root, 'server/src/cache/list.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      mainFields: ['module', 'main'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      outfile: bundle,
      logLevel: 'error',
    });
    const { listKind } = await import(bundle);
    for (const count of report.quick ? [10_000] : [10_000, 100_000]) await measure(report, listKind, folder, count);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(report, listKind, folder, count) {
  const parent = path.join(folder, String(count));
  const cache = { engine: 'apptainer', parent, root: path.join(parent, 'cache'), source: 'setting', shared: false };
  const kind = path.join(cache.root, 'net');
  fs.mkdirSync(kind, { recursive: true });
  for (let number = 0; number < count; number++) fs.writeFileSync(path.join(kind, number.toString(16).padStart(64, '0')), 'image');

  const turns = 5;
  let longest = 0;
  const ours = [];
  const du = [];
  const find = [];
  for (let turn = 0; turn < turns; turn++) {
    let before = performance.now();
    const clock = setInterval(() => {
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }, 1);
    ours.push(await time(async () => listKind(cache, 'net')));
    clearInterval(clock);
    du.push(await time(() => execFileSync('du', ['-s', kind])));
    find.push(await time(() => execFileSync('find', [kind, '-ls'], { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] })));
  }
  const entries = await listKind(cache, 'net');
  if (entries.length !== count) throw new Error(`${entries.length} of ${count} entries were listed`);

  const what = `${count.toLocaleString('en')} entries`;
  report.row({ what: `${what}, listed`, ...middlePair(ours, find), unit: 'ms', versus: 'find -ls' });
  report.row({ what: `${what}, listed`, ...middlePair(ours, du), unit: 'ms', versus: 'du -s' });
  report.row({ what: `${what}, longest wait of anything else in the process`, ours: longest, unit: 'ms' });

  const controller = new AbortController();
  const started = performance.now();
  let cancelled = 0;
  const aborted = listKind(cache, 'net', {
    signal: controller.signal,
    onFound: () => {
      cancelled = performance.now();
      controller.abort();
    },
  });
  await aborted.catch(() => undefined);
  report.row({ what: `${what}, first of them after`, ours: cancelled - started, unit: 'ms' });
  report.row({ what: `${what}, from cancelling to the end`, ours: performance.now() - cancelled, unit: 'ms' });
}

async function time(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
