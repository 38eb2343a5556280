// Real servers for the registry tests: certificates by openssl, docker-registry, a token server of ours for it, squid.
import { execFileSync, spawn } from 'node:child_process';
import { createSign, randomUUID, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const alice = { user: 'alice', password: 'wonder-land-7', identityToken: 'identity-token-of-alice' };
export const proxyUser = { user: 'carol', password: 'proxy-pass-9' };
export const hostNames = ['localhost', 'registry.test'];

/** A test authority and a certificate of it for our host names. */
export function makeCertificates(folder) {
  const openssl = (...words) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '30',
    '-subj',
    '/CN=Test authority',
  );
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  fs.writeFileSync(path.join(folder, 'names.cnf'), `subjectAltName=${hostNames.map((name) => `DNS:${name}`).join(',')},IP:127.0.0.1\n`);
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'server.crt',
    '-days',
    '30',
    '-extfile',
    'names.cnf',
  );
  // skopeo takes every certificate of a folder: it gets one of its own.
  fs.mkdirSync(path.join(folder, 'trust'));
  fs.copyFileSync(path.join(folder, 'ca.crt'), path.join(folder, 'trust/ca.crt'));
  return { authority: fs.readFileSync(path.join(folder, 'ca.crt'), 'utf8'), trust: path.join(folder, 'trust') };
}

export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** docker-registry with TLS; `auth` is the YAML below `auth:`. */
export async function startRegistry(folder, name, auth) {
  const port = await freePort();
  const root = path.join(folder, name);
  fs.mkdirSync(root);
  const config = path.join(root, 'config.yml');
  fs.writeFileSync(
    config,
    `version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: ${root}/data}, delete: {enabled: true}}
http:
  addr: 127.0.0.1:${port}
  secret: test
  tls: {certificate: ${folder}/server.crt, key: ${folder}/server.key}
auth:
${auth}
`,
  );
  const stop = start('docker-registry', ['serve', config], path.join(root, 'log'));
  await waitForPort(port, name);
  return { port, stop, log: path.join(root, 'log') };
}

export function basicAuth(folder) {
  execFileSync('htpasswd', ['-Bbc', path.join(folder, 'htpasswd'), alice.user, alice.password], { stdio: 'pipe' });
  return `  htpasswd: {realm: test, path: ${folder}/htpasswd}`;
}

export function tokenAuth(folder, tokenPort) {
  return `  token: {realm: "https://localhost:${tokenPort}/token", service: test-registry, issuer: test-issuer, rootcertbundle: ${folder}/ca.crt}`;
}

/** Docker's token protocol: anybody may pull what is not below private/, alice everything. Keeps what it was asked. */
export async function startTokenServer(folder) {
  const key = fs.readFileSync(path.join(folder, 'server.key'), 'utf8');
  const cert = fs.readFileSync(path.join(folder, 'server.crt'), 'utf8');
  const chain = [new X509Certificate(cert).raw.toString('base64')];
  const requests = [];
  const server = https.createServer({ key, cert }, async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const form =
      request.method === 'POST' ? new URLSearchParams(Buffer.concat(parts).toString()) : new URL(request.url, 'https://x').searchParams;
    requests.push({ method: request.method, authorization: request.headers.authorization, refresh: form.get('refresh_token') });
    const who = whoAsks(request.headers.authorization, form);
    if (who === undefined) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"errors":[{"code":"UNAUTHORIZED"}]}');
      return;
    }
    const access = form.getAll('scope').flatMap((scope) => {
      const [type, name, actions] = scope.split(':');
      const may = who === 'alice' ? actions.split(',') : type === 'repository' && !name.startsWith('private/') ? ['pull'] : [];
      return may.length > 0 ? [{ type, name, actions: may }] : [];
    });
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: 'test-issuer',
      sub: who,
      aud: 'test-registry',
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: randomUUID(),
      access,
    };
    const token = sign({ typ: 'JWT', alg: 'RS256', x5c: chain }, payload, key);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token, expires_in: 300 }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, requests, stop };
}

function whoAsks(authorization, form) {
  if (form.get('grant_type') === 'refresh_token') return form.get('refresh_token') === alice.identityToken ? 'alice' : undefined;
  if (authorization === undefined) return 'anonymous';
  return authorization === `Basic ${Buffer.from(`${alice.user}:${alice.password}`).toString('base64')}` ? 'alice' : undefined;
}

function sign(header, payload, key) {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
}

/** squid that wants a name and password, and knows registry.test and plain.test. */
export async function startSquid(folder) {
  const port = await freePort();
  const root = path.join(folder, 'squid');
  fs.mkdirSync(root);
  fs.chmodSync(folder, 0o755);
  fs.chmodSync(root, 0o777);
  execFileSync('htpasswd', ['-bc', path.join(root, 'users'), proxyUser.user, proxyUser.password], { stdio: 'pipe' });
  fs.chmodSync(path.join(root, 'users'), 0o644);
  fs.writeFileSync(path.join(root, 'hosts'), '127.0.0.1 registry.test plain.test\n');
  const helper = ['/usr/lib/squid/basic_ncsa_auth', '/usr/lib64/squid/basic_ncsa_auth'].find((file) => fs.existsSync(file));
  const config = path.join(root, 'squid.conf');
  fs.writeFileSync(
    config,
    `http_port 127.0.0.1:${port}
auth_param basic program ${helper} ${root}/users
auth_param basic realm test proxy
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
hosts_file ${root}/hosts
cache deny all
cache_mem 8 MB
pid_filename ${root}/squid.pid
access_log stdio:${root}/access.log
cache_log ${root}/cache.log
coredump_dir ${root}
shutdown_lifetime 0 seconds
`,
  );
  const stop = start('squid', ['-N', '-f', config], path.join(root, 'log'));
  await waitForPort(port, 'squid');
  return { port, stop, accessLog: path.join(root, 'access.log') };
}

function start(command, words, logFile) {
  const log = fs.openSync(logFile, 'a');
  const child = spawn(command, words, { stdio: ['ignore', log, log] });
  child.on('error', (error) => console.error(`${command}: ${error.message}`));
  return () => child.kill('SIGKILL');
}

async function waitForPort(port, name) {
  for (let attempt = 0; attempt < 150; attempt++) {
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true));
      socket.on('connect', () => socket.destroy()).on('error', () => resolve(false));
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error(`${name} does not listen on port ${port}`);
}
