// Runs the hubs against real servers: Debian's docker-registry with TLS (Basic and token sign-in), filled by skopeo and by plain
// requests, and squid as a proxy that wants a password. Last line: `registry: N passed, M failed`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { platforms, writeLayout } from './images.mjs';
import { copyLayout, pusher } from './push.mjs';
import { alice, basicAuth, makeCertificates, proxyUser, startRegistry, startSquid, startTokenServer, tokenAuth } from './servers.mjs';

const needed = ['docker-registry', 'skopeo', 'squid', 'htpasswd', 'openssl'];
const missing = needed.filter((name) => !findProgram(name));
if (missing.length > 0) {
  console.log(`registry: skipped, not installed: ${missing.join(', ')}`);
  process.exit(process.env.CONTAINER_METALINK_REQUIRE_REGISTRY === '1' ? 1 : 0);
}

const root = path.resolve(import.meta.dirname, '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'container-metalink-registry-'));
const stops = [];
const logged = [];
let passed = 0;
let failed = 0;
let status = 1;
try {
  await main();
  status = failed === 0 ? 0 : 1;
} catch (error) {
  failed++;
  console.error(error);
} finally {
  for (const stop of stops.reverse()) await stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`registry: ${passed} passed, ${failed} failed`);
process.exit(status);

async function main() {
  const product = await loadProduct();
  const { authority, trust } = makeCertificates(folder);
  const layout = path.join(folder, 'layout');
  const index = writeLayout(layout);
  const sif = fs.readFileSync(path.join(root, 'test/hub/images/tool-1.4.sif'));
  const sha256 = createHash('sha256').update(sif).digest('hex');

  const tokenServer = await startTokenServer(folder);
  stops.push(tokenServer.stop);
  const basic = await startRegistry(folder, 'basic', basicAuth(folder));
  stops.push(basic.stop);
  const token = await startRegistry(folder, 'token', tokenAuth(folder, tokenServer.port));
  stops.push(token.stop);
  const squid = await startSquid(folder);
  stops.push(squid.stop);

  const basicHost = `localhost:${basic.port}`;
  const tokenHost = `localhost:${token.port}`;
  const skopeo = { trust, user: alice.user, password: alice.password };
  await copyLayout(layout, `${basicHost}/demo/base:1.0`, skopeo);
  await copyLayout(layout, `${basicHost}/demo/docker:1.0`, { ...skopeo, format: 'v2s2' });
  await copyLayout(layout, `${tokenHost}/open/base:1.0`, skopeo);
  await copyLayout(layout, `${tokenHost}/private/base:1.0`, skopeo);
  const authorization = `Basic ${Buffer.from(`${alice.user}:${alice.password}`).toString('base64')}`;
  const push = pusher({ port: basic.port, authority, authorization });
  stops.push(push.close);
  await push.sif('demo/tool', sif, ['1.4', 'latest'], { title: '../tool-1.4.sif' });
  await push.sif('demo/tool', sif, ['1.4-legacy'], { layerType: 'appliciation/vnd.sylabs.sif.layer.tar' });
  await push.sif(
    'demo/many',
    Buffer.from('SIF'),
    Array.from({ length: 1100 }, (_, n) => `1.0.${n}`),
  );

  const signedIn = { username: alice.user, password: alice.password, source: 'the test' };
  const trusted = { certificates: () => Promise.resolve([authority]) };
  const world = (accounts = {}, settings = trusted, more = {}) => makeHubs(product, { accounts, settings, ...more });
  const ref = (text) => {
    const { reference, problems } = product.parseReference(text);
    if (!reference) throw new Error(problems.map((problem) => problem.message).join('; '));
    return reference;
  };
  const failure = async (call) => {
    try {
      await call;
    } catch (error) {
      return error;
    }
    throw new Error('the call succeeded');
  };
  const hex = (digest) => `sha256:${digest.hex}`;

  const mine = world({ [basicHost]: signedIn });
  console.log('docker-registry with Basic sign-in over TLS');
  await check('nobody is turned away with "sign-in"', async () =>
    equal((await failure(world().resolve(ref(`docker://${basicHost}/demo/base:1.0`), {}))).kind, 'sign-in'),
  );
  await check('a wrong password too, and the message does not quote it', async () => {
    const error = await failure(
      world({ [basicHost]: { ...signedIn, password: 'not-the-one' } }).resolve(ref(`docker://${basicHost}/demo/base:1.0`), {}),
    );
    equal([error.kind, error.message.includes('not-the-one')], ['sign-in', false]);
  });
  await check('the digest of an index', async () =>
    equal(hex((await mine.resolve(ref(`docker://${basicHost}/demo/base:1.0`), {})).digest), index.digest),
  );
  await check('its platforms, sizes, labels', async () => {
    const summary = await mine.manifest(ref(`docker://${basicHost}/demo/base:1.0`), {});
    equal(
      summary.platforms.map((entry) => entry.platform.architecture),
      platforms.map((platform) => platform.architecture),
    );
    equal(
      [summary.platforms.every((entry) => entry.size > 100), summary.labels['org.opencontainers.image.title'], summary.entrypoint],
      [true, 'base', ['/bin/sh']],
    );
  });
  await check('arm v7 on demand', async () => {
    const opened = await mine.open(ref(`docker://${basicHost}/demo/base:1.0`), { platform: platforms[2] });
    equal([opened.identity.platform.variant, opened.files.map((file) => file.role)], ['v7', ['config', 'layer']]);
  });
  await check('a platform that is not there', async () => {
    const error = await failure(
      mine.open(ref(`docker://${basicHost}/demo/base:1.0`), { platform: { os: 'linux', architecture: 's390x' } }),
    );
    equal([error.kind, error.details.platforms], ['no-platform', ['linux/amd64', 'linux/arm64/v8', 'linux/arm/v7']]);
  });
  await check('Docker’s media types', async () =>
    equal(
      (await mine.manifest(ref(`docker://${basicHost}/demo/docker:1.0`), {})).mediaType,
      'application/vnd.docker.distribution.manifest.list.v2+json',
    ),
  );
  for (const tag of ['1.4', '1.4-legacy']) {
    await check(`a SIF artifact, downloaded: ${tag}`, async () => {
      const opened = await mine.open(ref(`oras://${basicHost}/demo/tool:${tag}`), {});
      const [file] = opened.files;
      const response = await mine.http.request({ url: file.sources[0].url, headers: await file.sources[0].headers() });
      const bytes = await response.bytes(100_000_000);
      equal(
        [createHash('sha256').update(bytes).digest('hex'), file.expected[0].digest.hex, file.expected[0].channel],
        [sha256, sha256, 'https'],
      );
      equal([file.name.includes('/'), file.name.startsWith('.')], [false, false]);
    });
  }
  await check('docker:// for a SIF says oras://', async () =>
    equal((await failure(mine.open(ref(`docker://${basicHost}/demo/tool:1.4`), {}))).message.includes('oras://'), true),
  );
  await check('1,100 tags in pages, newest first', async () => {
    const { tags, incomplete } = await mine.tags(ref(`oras://${basicHost}/demo/many`), {});
    equal([tags.length, incomplete, product.orderTags(tags)[0].name], [1100, undefined, '1.0.1099']);
  });
  await check('the catalog', async () =>
    equal(
      (await mine.search({ scheme: 'docker', host: basicHost, text: 'demo/t' }, {})).hits.map((hit) => hit.name),
      ['demo/tool'],
    ),
  );
  await check('a tag that is not there', async () =>
    equal((await failure(mine.resolve(ref(`docker://${basicHost}/demo/base:9`), {}))).kind, 'not-found'),
  );
  await check('referrers of a registry without the API', async () =>
    equal(await mine.referrers(ref(`docker://${basicHost}/demo/base:1.0`), {}), []),
  );
  await check('a certificate that nobody trusts', async () => {
    const error = await failure(world({}, {}).resolve(ref(`docker://${basicHost}/demo/base:1.0`), {}));
    equal([error.kind, /signed by nobody/.test(error.message)], ['offline', true]);
  });
  await check('strictSSL off takes any certificate', async () =>
    equal(
      hex((await world({ [basicHost]: signedIn }, { strictSSL: false }).resolve(ref(`docker://${basicHost}/demo/base:1.0`), {})).digest),
      index.digest,
    ),
  );

  console.log('docker-registry with tokens');
  await check('an anonymous token', async () =>
    equal(hex((await world().resolve(ref(`docker://${tokenHost}/open/base:1.0`), {})).digest), index.digest),
  );
  await check('private without sign-in', async () =>
    equal((await failure(world().resolve(ref(`docker://${tokenHost}/private/base:1.0`), {}))).kind, 'sign-in'),
  );
  await check('private with password', async () =>
    equal(hex((await world({ [tokenHost]: signedIn }).resolve(ref(`docker://${tokenHost}/private/base:1.0`), {})).digest), index.digest),
  );
  await check('private with an identity token', async () => {
    tokenServer.requests.splice(0);
    const hubs = world({ [tokenHost]: { token: alice.identityToken, tokenKind: 'identity', source: 'the test' } });
    equal(hex((await hubs.resolve(ref(`docker://${tokenHost}/private/base:1.0`), {})).digest), index.digest);
    equal(
      tokenServer.requests.map((request) => [request.method, request.authorization]),
      [['POST', undefined]],
    );
  });
  await check('one token for many requests', async () => {
    tokenServer.requests.splice(0);
    const hubs = world();
    await hubs.manifest(ref(`docker://${tokenHost}/open/base:1.0`), {});
    await hubs.tags(ref(`docker://${tokenHost}/open/base`), {});
    equal(tokenServer.requests.length, 1);
  });

  console.log('squid with a password');
  const proxied = `registry.test:${basic.port}`;
  const proxy = (user, password) => `http://${user}:${password}@127.0.0.1:${squid.port}`;
  await check('https through the proxy', async () => {
    const hubs = world({ [proxied]: signedIn }, { ...trusted, proxy: proxy(proxyUser.user, proxyUser.password) });
    equal(hex((await hubs.resolve(ref(`docker://${proxied}/demo/base:1.0`), {})).digest), index.digest);
    equal(/CONNECT registry\.test/.test(fs.readFileSync(squid.accessLog, 'utf8')), true);
  });
  await check('by the environment', async () => {
    const environment = { https_proxy: proxy(proxyUser.user, proxyUser.password) };
    const hubs = world({ [proxied]: signedIn }, trusted, { environment });
    equal(hex((await hubs.resolve(ref(`docker://${proxied}/demo/base:1.0`), {})).digest), index.digest);
  });
  await check('plain http through the proxy', async () => {
    const server = http.createServer((request, response) => response.end(request.headers['proxy-authorization'] ?? 'no secret'));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hubs = world({}, { proxy: proxy(proxyUser.user, proxyUser.password) });
    const response = await hubs.http.request({ url: `http://plain.test:${server.address().port}/` });
    equal([response.status, await response.text(100)], [200, 'no secret']);
    server.close();
    server.closeAllConnections();
  });
  for (const [title, url] of [
    ['without password', `http://127.0.0.1:${squid.port}`],
    ['with a wrong one', proxy(proxyUser.user, 'wrong-proxy-pass')],
  ]) {
    await check(title, async () => {
      const error = await failure(world({}, { ...trusted, proxy: url }).resolve(ref(`docker://${proxied}/demo/base:1.0`), {}));
      equal(
        [error.kind, /asks for a name and password/.test(error.message), error.message.includes('wrong-proxy-pass')],
        ['offline', true, false],
      );
    });
  }
  await check('noProxy goes around it', async () => {
    const hubs = world({}, { ...trusted, proxy: proxy(proxyUser.user, proxyUser.password), noProxy: ['.test'] });
    equal((await failure(hubs.resolve(ref(`docker://${proxied}/demo/base:1.0`), {}))).message.includes('cannot be resolved'), true);
  });
  await check('a proxy that is not there', async () => {
    const error = await failure(
      world({}, { ...trusted, proxy: 'http://127.0.0.1:1' }).resolve(ref(`docker://${proxied}/demo/base:1.0`), {}),
    );
    equal([error.kind, /proxy 127\.0\.0\.1:1 cannot be reached/.test(error.message)], ['offline', true]);
  });

  console.log('offline and back');
  await check('what was seen is served with its age, and renewed later', async () => {
    const answers = path.join(folder, 'answers');
    const first = world({ [basicHost]: signedIn }, trusted, { folder: answers });
    const seen = await first.manifest(ref(`docker://${basicHost}/demo/base:1.0`), {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    const away = world({}, { ...trusted, offline: true }, { folder: answers, now: () => Date.now() + 3600_000 });
    const old = await away.manifest(ref(`docker://${basicHost}/demo/base:1.0`), {});
    equal([old.stale, old.fetchedAt, old.digest], [true, seen.fetchedAt, seen.digest]);
  });

  console.log('secrets');
  await check('none in the log', () => {
    const text = logged.join('\n');
    const secrets = [
      alice.password,
      alice.identityToken,
      proxyUser.password,
      Buffer.from(`${alice.user}:${alice.password}`).toString('base64'),
      'eyJ',
      'not-the-one',
      'wrong-proxy-pass',
    ];
    equal([logged.length > 20, secrets.filter((secret) => text.includes(secret))], [true, []]);
  });
  await check('none at the token server but its own', () => {
    equal(
      tokenServer.requests.filter((request) => request.authorization?.startsWith('Bearer')),
      [],
    );
  });
}

async function check(title, test) {
  try {
    await test();
    passed++;
    console.log(`  ok   ${title}`);
  } catch (error) {
    failed++;
    console.log(`  FAIL ${title}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function equal(actual, expected) {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`expected ${wanted}, found ${found}`);
}

function makeHubs(product, { accounts, settings, environment = {}, folder: answers, now }) {
  const write = (line) => logged.push(line);
  const log = { info: write, warn: write, error: write, debug: write };
  const client = product.createHttpClient({ userAgent: 'container-metalink/test', log, environment, settings });
  stops.push(() => client.close());
  const hubs = product.createHubs({
    http: client,
    log,
    credentials: { find: async (host) => accounts[host] },
    platform: () => ({ os: 'linux', architecture: 'amd64' }),
    plainHttp: () => false,
    ...(answers && { folder: answers }),
    ...(now && { now }),
  });
  return { ...hubs, http: client };
}

/** The product's own sources, bundled for this process. */
async function loadProduct() {
  const file = path.join(folder, 'product.cjs');
  const contents = ['hub/hubs', 'hub/tagOrder', 'platform/http', 'image/reference']
    .map((name) => `export * from './server/src/${name}';`)
    .join('\n');
  await build({
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

function findProgram(name) {
  try {
    return execFileSync('which', [name], { stdio: 'pipe' }).toString().trim() !== '';
  } catch {
    // `which` says by its status that there is none.
    return false;
  }
}
