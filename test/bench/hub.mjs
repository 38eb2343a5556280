// Hubs: completion of tags, cold and warm, and many hovers at once, against a registry with a delay: node test/bench/run.mjs --only hub
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';

export const name = 'hub';

const root = path.resolve(import.meta.dirname, '../..');
/** Milliseconds that every answer takes: a registry some way off. */
const delay = 40;
const pageSize = 1000;

export async function run(report) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-hub-'));
  const product = await load(folder);
  const registry = await startRegistry(report.quick ? 3000 : 8000);
  const client = product.createHttpClient({ userAgent: 'container-metalink/bench', log: silent, environment: {}, settings: {} });
  const make = (more = {}) =>
    product.createHubs({
      http: client,
      log: silent,
      credentials: { find: async () => undefined },
      platform: () => ({ os: 'linux', architecture: 'amd64' }),
      plainHttp: () => true,
      ...more,
    });
  const { reference } = product.parseReference(`docker://${registry.host}/bench/tool:1.0.1`);
  const complete = async (hubs) => product.orderTags((await hubs.tags(reference, { reason: 'editor' })).tags).length;
  try {
    await warmUp(make, reference);
    const bare = await timed(() => readPages(`http://${registry.host}`));
    const stored = make({ folder });
    const cold = await timed(() => complete(stored));
    report.row({
      what: `tags, cold: ${registry.pages} pages`,
      ours: cold,
      theirs: bare,
      unit: 'ms',
      versus: 'the same requests bare',
      budget: 'a round trip a page, and parsing',
    });
    const warm = await timed(() => complete(stored));
    report.row({ what: 'tags, warm', ours: warm, unit: 'ms', budget: 'under 20 ms' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const again = await timed(() => complete(make({ folder })));
    report.row({ what: 'tags, from disk after a restart', ours: again, unit: 'ms', budget: 'under 20 ms' });

    registry.requests.splice(0);
    const hubs = make();
    const hovers = await timed(() => Promise.all(Array.from({ length: 200 }, () => hubs.manifest(reference, { reason: 'editor' }))));
    const manifests = registry.requests.filter((request) => request.includes('/manifests/')).length;
    report.row({ what: '200 hovers on one reference', ours: hovers, theirs: delay, unit: 'ms', versus: 'one round trip' });
    report.row({ what: '200 hovers: requests for the manifest', ours: manifests, unit: 'requests', budget: '1' });
    if (manifests !== 1) throw new Error(`${manifests} requests for one manifest`);
  } finally {
    await client.close();
    registry.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const write = () => undefined;
const silent = { info: write, warn: write, error: write, debug: write };

/** Loads code and opens connections, so that the first measured row does not pay for it. */
async function warmUp(make, reference) {
  await make().resolve(reference, {});
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function readPages(origin) {
  let next = `/v2/bench/tool/tags/list?n=${pageSize}`;
  while (next) {
    const response = await fetch(origin + next);
    await response.json();
    next = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1];
  }
}

/** A registry without sign-in that answers after the delay. */
async function startRegistry(count) {
  const tags = Array.from({ length: count }, (_, n) => `1.${Math.floor(n / 100)}.${n % 100}`);
  const requests = [];
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Labels: { a: 'b' } } });
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: config.length },
    layers: [],
  });
  const server = http.createServer((request, response) => {
    requests.push(request.url);
    setTimeout(() => answer(request.url, response), delay);
  });
  const answer = (url, response) => {
    if (url.includes('/tags/list')) {
      const last = new URL(url, 'http://x').searchParams.get('last');
      const first = last === null ? 0 : tags.indexOf(last) + 1;
      const page = tags.slice(first, first + pageSize);
      if (first + pageSize < tags.length)
        response.setHeader('link', `</v2/bench/tool/tags/list?n=${pageSize}&last=${page.at(-1)}>; rel="next"`);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: 'bench/tool', tags: page }));
    } else if (url.includes('/manifests/')) {
      response.setHeader('content-type', 'application/vnd.oci.image.manifest.v1+json');
      response.end(manifest);
    } else if (url.includes('/blobs/')) response.end(config);
    else response.end('{}');
  };
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { host: `127.0.0.1:${server.address().port}`, pages: Math.ceil(count / pageSize), requests, close };
}

async function load(folder) {
  const file = path.join(folder, 'product.cjs');
  const contents = ['hub/hubs', 'hub/tagOrder', 'platform/http', 'image/reference']
    .map((room) => `export * from './server/src/${room}';`)
    .join('\n');
  await esbuild.build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile: file,
    logLevel: 'error',
  });
  return createRequire(import.meta.url)(file);
}
