import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRemotes } from '../../../server/src/platform/remoteYaml';

let home = '';
beforeEach(() => void (home = fs.mkdtempSync(path.join(os.tmpdir(), 'platform-remotes-'))));
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

function write(name: string, content: string): void {
  const file = path.join(home, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

const read = (engine: 'apptainer' | 'singularity' = 'apptainer') =>
  readRemotes({ engine, environment: { HOME: home }, systemFolders: [path.join(home, 'etc')] });

const user = `Active: Mine
Remotes:
  DefaultRemote: {URI: cloud.apptainer.org, System: true, Exclusive: false}
  Mine:
    URI: cloud.sylabs.io
    Token: tok-secret
    System: false
    Exclusive: false
    Keyservers:
      - {URI: https://keys.one, Skip: false, External: false, Insecure: false}
      - {URI: https://keys.two, Skip: true, External: true, Insecure: false}
Credentials:
  - {URI: https://keys.one/, Auth: Basic dTpw, Insecure: false}
  - {URI: docker://ghcr.io, Insecure: false}
`;

test('the active remote, its token, its key servers with their sign-in', async () => {
  write('.apptainer/remote.yaml', user);
  const { active, keyServers, all, problems } = await read();
  expect(active).toMatchObject({ name: 'Mine', uri: 'cloud.sylabs.io', token: 'tok-secret', insecure: false });
  expect(keyServers).toEqual([{ uri: 'https://keys.one', skip: false, external: false, insecure: false, authorization: 'Basic dTpw' }]);
  expect(all.map((remote) => remote.name)).toEqual(['DefaultRemote', 'Mine']);
  expect(problems).toEqual([]);
});

describe('user and system', () => {
  test('without files there is no remote', async () => {
    expect(await read()).toEqual({ all: [], keyServers: [], problems: [] });
  });
  test('Apptainer’s own remote has no library', async () => {
    write(
      'etc/remote.yaml',
      'Active: DefaultRemote\nRemotes:\n  DefaultRemote: {URI: cloud.apptainer.org, System: true, Exclusive: false}\n',
    );
    expect(await read()).toMatchObject({ activeName: 'DefaultRemote' });
    expect((await read()).active).toBeUndefined();
  });
  test('the system’s remote with the user’s token; an exclusive one wins', async () => {
    write('etc/remote.yaml', 'Active: A\nRemotes:\n  A: {URI: a.example, System: false}\n  B: {URI: b.example, Exclusive: true}\n');
    write('.apptainer/remote.yaml', 'Active: A\nRemotes:\n  A: {URI: old.example, Token: t, System: true}\n');
    const { active, all } = await read();
    expect(active).toMatchObject({ name: 'B', uri: 'b.example', system: true });
    expect(all.find(({ name }) => name === 'A')).toMatchObject({ uri: 'a.example', token: 't' });
  });
  test('the user’s remote of the same name stays his', async () => {
    write('etc/remote.yaml', 'Active: A\nRemotes:\n  A: {URI: system.example}\n');
    write('.apptainer/remote.yaml', 'Active: A\nRemotes:\n  A: {URI: mine.example, System: false}\n');
    expect((await read()).active?.uri).toBe('mine.example');
  });
  test('SingularityCE has its own folder', async () => {
    write('.singularity/remote.yaml', 'Active: S\nRemotes:\n  S: {URI: cloud.sylabs.io}\n');
    expect((await read('singularity')).active?.name).toBe('S');
    expect((await read('apptainer')).active).toBeUndefined();
  });
});

describe('strictness', () => {
  test.each([
    ['an unknown key', 'Actif: X\n', 'field Actif not found'],
    ['an unknown key of a remote', 'Remotes:\n  A: {URL: x}\n', 'field URL not found'],
    ['an unknown key of a key server', 'Remotes:\n  A: {Keyservers: [{Url: x}]}\n', 'field Url not found'],
    ['a flag that is none', 'Remotes:\n  A: {System: perhaps}\n', 'neither true nor false'],
    ['no YAML', 'Active: [\n', 'not YAML'],
    ['a list', '- a\n', 'no mapping'],
    ['an active remote that is not there', 'Active: Gone\n', '`Gone` is not among the remotes'],
    ['keys twice', 'Active: A\nActive: B\n', 'not YAML'],
    ['an alias bomb', `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nActive: [*b,*b,*b,*b,*b]\n`, ''],
  ])('%s', async (_, text, words) => {
    write('.apptainer/remote.yaml', text);
    const { active, problems } = await read();
    expect(active).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });
  test('a problem never quotes a token', async () => {
    write('.apptainer/remote.yaml', 'Remotes:\n  A:\n    Token: tok-secret\n    Tokn: tok-secret\n');
    expect((await read()).problems.join()).not.toContain('tok-secret');
  });
});
