import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CredentialStoreOptions } from '../../../server/src/platform/credentials';
import { createCredentialStore } from '../../../server/src/platform/credentials';
import type { Credential } from '../../../server/src/platform/ports';

let home = '';
const lines: string[] = [];
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'platform-credentials-'));
  lines.splice(0);
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

function write(name: string, content: object | string): void {
  const file = path.join(home, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

/** A credential helper on PATH that notes each start and runs `script`. */
function helper(name: string, script: string): void {
  write(`bin/docker-credential-${name}`, `#!/bin/sh\nread host\necho "$host" >> ${home}/started\n${script}\n`);
  fs.chmodSync(path.join(home, `bin/docker-credential-${name}`), 0o755);
}

const started = (): string[] =>
  fs.existsSync(path.join(home, 'started')) ? fs.readFileSync(path.join(home, 'started'), 'utf8').trim().split('\n') : [];

function store(options: Partial<CredentialStoreOptions> & { variables?: Record<string, string> } = {}) {
  const log = (line: string): void => void lines.push(line);
  const { variables, ...rest } = options;
  return createCredentialStore({
    environment: { HOME: home, PATH: `${home}/bin:/usr/bin:/bin`, ...variables },
    log: { info: log, warn: log, error: log, debug: log },
    isTrusted: () => true,
    ...rest,
  });
}

const auth = (user: string, password = 'pw-secret'): object => ({ auth: Buffer.from(`${user}:${password}`).toString('base64') });
const userOf = (found: Credential | undefined): string | undefined => found?.username ?? found?.token;

describe('order', () => {
  test('secrets, then variables, then Apptainer’s, SingularityCE’s and Docker’s file', async () => {
    write('.docker/config.json', { auths: { 'ghcr.io': auth('docker') } });
    expect(userOf(await store().find('ghcr.io'))).toBe('docker');
    write('.singularity/docker-config.json', { auths: { 'ghcr.io': auth('singularity') } });
    expect(userOf(await store().find('ghcr.io'))).toBe('singularity');
    write('.apptainer/docker-config.json', { auths: { 'ghcr.io': auth('apptainer') } });
    expect(userOf(await store().find('ghcr.io'))).toBe('apptainer');
    const variables = { SINGULARITY_DOCKER_USERNAME: 'variable', SINGULARITY_DOCKER_PASSWORD: 'x' };
    expect(userOf(await store({ variables }).find('ghcr.io', 'org/tool', 'registry'))).toBe('variable');
    expect(userOf(await store({ variables }).find('ghcr.io', '/a.sif'))).toBe('apptainer');
    const more = { ...variables, APPTAINER_DOCKER_USERNAME: 'apptainer variable', APPTAINER_DOCKER_PASSWORD: 'x' };
    expect(userOf(await store({ variables: more }).find('ghcr.io', undefined, 'registry'))).toBe('apptainer variable');
    expect(userOf(await store({ variables: more, isTrusted: () => false }).find('ghcr.io', undefined, 'registry'))).toBe('apptainer');
    const ask = () => Promise.resolve({ username: 'secret', password: 'x', source: 'VS Code sign-in' });
    expect(await store({ variables: more, ask }).find('ghcr.io')).toMatchObject({ username: 'secret', source: 'VS Code sign-in' });
  });
  test('the folders of variables', async () => {
    write('a/docker-config.json', { auths: { 'ghcr.io': auth('a') } });
    write('d/config.json', { auths: { 'quay.io': auth('d') } });
    const found = store({ variables: { APPTAINER_CONFIGDIR: `${home}/a`, DOCKER_CONFIG: `${home}/d` } });
    expect([userOf(await found.find('ghcr.io')), userOf(await found.find('quay.io'))]).toEqual(['a', 'd']);
  });
});

describe('keys', () => {
  test.each<[string, string, string | undefined, boolean]>([
    ['https://index.docker.io/v1/', 'docker.io', 'library/ubuntu', true],
    ['https://index.docker.io/v1/', 'registry-1.docker.io', undefined, true],
    ['docker.io', 'docker.io', undefined, true],
    ['ghcr.io', 'ghcr.io', 'org/tool', true],
    ['https://ghcr.io', 'ghcr.io', undefined, true],
    ['https://ghcr.io/v2/', 'ghcr.io', undefined, true],
    ['GHCR.io', 'ghcr.io', undefined, true],
    ['registry.example:5000', 'registry.example:5000', undefined, true],
    ['registry.example', 'registry.example:5000', undefined, false],
    ['ghcr.io/org', 'ghcr.io', 'org/tool', true],
    ['ghcr.io/other', 'ghcr.io', 'org/tool', false],
    ['evil.example/ghcr.io', 'ghcr.io', undefined, false],
    ['xghcr.io', 'ghcr.io', undefined, false],
  ])('%s for %s/%s: %s', async (key, host, repository, matches) => {
    write('.docker/config.json', { auths: { [key]: auth('me') } });
    expect(userOf(await store().find(host, repository))).toBe(matches ? 'me' : undefined);
  });
  test('the narrower entry wins', async () => {
    write('.docker/config.json', { auths: { 'ghcr.io': auth('wide'), 'ghcr.io/org': auth('narrow') } });
    expect(userOf(await store().find('ghcr.io', 'org/tool'))).toBe('narrow');
    expect(userOf(await store().find('ghcr.io', 'other/tool'))).toBe('wide');
  });
  test('identity and registry tokens', async () => {
    write('.docker/config.json', { auths: { a: { identitytoken: 'i' }, b: { registrytoken: 'r' }, c: {}, d: { auth: '' } } });
    const found = store();
    expect(await found.find('a')).toMatchObject({ token: 'i', tokenKind: 'identity' });
    expect(await found.find('b')).toMatchObject({ token: 'r', tokenKind: 'bearer' });
    expect([await found.find('c'), await found.find('d')]).toEqual([undefined, undefined]);
  });
  test('hosts for completion', async () => {
    write('.docker/config.json', {
      auths: { 'https://index.docker.io/v1/': auth('a'), 'ghcr.io/org': auth('b') },
      credHelpers: { 'gcr.io': 'x' },
    });
    const found = store();
    await found.find('x');
    expect(found.hosts().sort()).toEqual(['docker.io', 'gcr.io', 'ghcr.io']);
  });
});

describe('helpers', () => {
  test('one for a host, one for all; each asked once', async () => {
    helper('all', `echo '{"ServerURL":"x","Username":"all","Secret":"pw-secret"}'`);
    helper('one', `echo '{"Username":"<token>","Secret":"identity"}'`);
    write('.docker/config.json', { credsStore: 'all', credHelpers: { 'ghcr.io': 'one' } });
    const found = store();
    expect(await found.find('ghcr.io')).toMatchObject({ token: 'identity', tokenKind: 'identity' });
    expect(userOf(await found.find('docker.io', 'library/x'))).toBe('all');
    await found.find('docker.io', 'library/y');
    expect(started()).toEqual(['ghcr.io', 'https://index.docker.io/v1/']);
  });
  test('never in an untrusted workspace', async () => {
    helper('all', 'exit 0');
    write('.docker/config.json', { credsStore: 'all' });
    expect(await store({ isTrusted: () => false }).find('ghcr.io')).toBeUndefined();
    expect(started()).toEqual([]);
  });
  test.each([
    ['a path', '../../bin/sh', ''],
    ['a command line', 'x; touch /tmp/pwned', ''],
    ['nothing', '', ''],
    ['missing', 'missing', ''],
    ['failing', 'bad', 'echo "credentials not found in native keychain"; exit 1'],
    ['no JSON', 'bad', 'echo nonsense'],
    ['another JSON', 'bad', 'echo []'],
    ['too much', 'bad', 'yes'],
  ])('%s is tolerated', async (_, name, script) => {
    if (script) helper('bad', script);
    write('.docker/config.json', { credsStore: name });
    expect(await store().find('ghcr.io')).toBeUndefined();
    expect(lines.join('\n')).not.toContain('nonsense');
  });
  test('a locked keyring ends after a while', async () => {
    helper('slow', 'exec sleep 30');
    write('.docker/config.json', { credsStore: 'slow' });
    expect(await store().find('ghcr.io')).toBeUndefined();
    expect(lines.join('\n')).toContain('did not end');
  }, 15_000);
});

describe('files', () => {
  test.each(['{"auths": {"ghcr.io": {"auth": "pw-secret"', '[]', '"pw-secret"', '\u0000'])(
    '%j counts as empty, and the log does not quote it',
    async (content) => {
      write('.docker/config.json', content);
      expect(await store().find('ghcr.io')).toBeUndefined();
      expect(lines.length).toBe(1);
      expect(lines.join('\n')).not.toContain('pw-secret');
    },
  );
  test('a change is seen after forget', async () => {
    const found = store();
    expect(await found.find('ghcr.io')).toBeUndefined();
    write('.docker/config.json', { auths: { 'ghcr.io': auth('me') } });
    expect(await found.find('ghcr.io')).toBeUndefined();
    found.forget();
    expect(userOf(await found.find('ghcr.io'))).toBe('me');
  });
  test('a secret store that fails is tolerated', async () => {
    write('.docker/config.json', { auths: { 'ghcr.io': auth('me') } });
    expect(userOf(await store({ ask: () => Promise.reject(new Error('no keyring')) }).find('ghcr.io'))).toBe('me');
  });
});
