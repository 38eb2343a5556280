// Runs `download` as a process of its own: node downloadDriver.js JOBS.json
// JOBS.json: { requests: DownloadRequest[] (size as text), parallel, worker?, settings? }. Prints one JSON line a file.
import fs from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { download } from '../../server/src/download/download';
import { DownloadError } from '../../server/src/download/request';
import type { DownloadRequest, DownloadSettings, DownloadWorld } from '../../server/src/download/request';

interface Jobs {
  readonly requests: readonly (Omit<DownloadRequest, 'size'> & { readonly size?: string })[];
  readonly parallel: number;
  readonly worker?: string;
  readonly settings?: Partial<DownloadSettings>;
  readonly certificates?: readonly string[];
  readonly verbose?: boolean;
}

const file = process.argv[2];
if (file === undefined) throw new Error('usage: downloadDriver JOBS.json');
const jobs = JSON.parse(fs.readFileSync(file, 'utf8')) as Jobs;
const say = (text: string): void => {
  if (jobs.verbose === true) process.stderr.write(`${text}\n`);
};
const certificates = Promise.resolve(jobs.certificates ?? []);
const world: DownloadWorld = {
  proxies: jobs.certificates === undefined ? {} : { certificates: () => certificates },
  log: { info: say, warn: say, error: say, debug: say },
  settings: { connections: 4, rateLimit: 0, location: '', allowedFolders: [], userAgent: 'container-metalink-bench', ...jobs.settings },
  ...(jobs.worker === undefined ? {} : { worker: jobs.worker }),
};

// As the command line does: what has come is kept.
const abort = new AbortController();
process.on('SIGINT', () => abort.abort());

// How long the thread of the editor's requests is held up while the transfers run.
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
let next = 0;
await Promise.all(Array.from({ length: jobs.parallel }, () => work()));
delay.disable();
const milliseconds = (nanoseconds: number): number => Math.round(nanoseconds / 1e5) / 10;
const held = { median: delay.percentile(50), '95 %': delay.percentile(95), '99 %': delay.percentile(99), longest: delay.max };
process.stderr.write(
  `event loop, ms between ticks of 5: ${Object.entries(held)
    .map(([what, value]) => `${what} ${milliseconds(value)}`)
    .join(', ')}\n`,
);

async function work(): Promise<void> {
  for (let request = jobs.requests[next++]; request !== undefined; request = jobs.requests[next++]) {
    const { size, ...rest } = request;
    try {
      const result = await download(size === undefined ? rest : { ...rest, size: BigInt(size) }, world, { signal: abort.signal });
      process.stdout.write(`${JSON.stringify({ name: request.name, outcome: result.outcome, sources: result.sources })}\n`);
    } catch (error) {
      const failure = error instanceof DownloadError ? error.failure : 'crash';
      process.stdout.write(`${JSON.stringify({ name: request.name, failure, message: String(error) })}\n`);
      process.exitCode = 1;
    }
  }
}
