import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRegistryMirrors, mirrorOf, readMirroredRegistries } from '../../../server/src/platform/registriesConf';

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'registries-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
};
const mirror = (prefix: string, place: string, more = ''): string =>
  `[[registry]]\nlocation = "${prefix}"\n[[registry.mirror]]\nlocation = "${place}"\n${more}`;
const read = () => readMirroredRegistries({ HOME: path.join(folder, 'home') }, path.join(folder, 'etc'));
const find = async (registry: string) => mirrorOf(await read(), registry);
const own = 'home/.config/containers/registries.conf';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };

describe('the files', () => {
  test('without any there are no mirrors', async () => {
    expect(await read()).toEqual([]);
  });
  test('the own file stands for the system’s', async () => {
    write('etc/registries.conf', mirror('quay.io', 'system.example.org'));
    expect(await find('quay.io')).toEqual({ location: 'system.example.org', insecure: false });
    write(own, mirror('docker.io', 'own.example.org', 'insecure = true'));
    expect(await find('quay.io')).toBeUndefined();
    expect(await find('docker.io')).toEqual({ location: 'own.example.org', insecure: true });
  });
  test('what lies in registries.conf.d replaces, in the order of the names', async () => {
    write('etc/registries.conf', mirror('quay.io', 'first.example.org'));
    write('etc/registries.conf.d/20.conf', mirror('quay.io', 'third.example.org'));
    write('etc/registries.conf.d/10.conf', mirror('quay.io', 'second.example.org'));
    write('etc/registries.conf.d/30.txt', mirror('quay.io', 'no.example.org'));
    expect((await find('quay.io'))?.location).toBe('third.example.org');
    write('home/.config/containers/registries.conf.d/10.conf', mirror('quay.io', 'own.example.org'));
    expect((await find('quay.io'))?.location).toBe('own.example.org');
  });
  test.each([
    ['no TOML', 'registry = ['],
    ['a place with a scheme', mirror('docker.io', 'https://mirror.example.org')],
  ])('%s: no mirror is used, and the log says why, once', async (_title, text) => {
    write(own, text);
    const said: string[] = [];
    const mirrors = createRegistryMirrors({ HOME: path.join(folder, 'home') }, { ...silent, warn: (line) => void said.push(line) });
    expect([await mirrors.find('docker.io'), await mirrors.find('quay.io')]).toEqual([undefined, undefined]);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('registries.conf');
  });
});

describe('which registry a mirror is for', () => {
  const registries = ['docker.io', 'example.org', '*.example.com', '*.b.example.com', 'example.org/team'].map((prefix) => ({
    prefix,
    mirrors: [
      { location: `mirror/${prefix}`, insecure: false },
      { location: 'second', insecure: false },
    ],
  }));
  test.each([
    ['docker.io', 'docker.io'],
    ['example.org', 'example.org'],
    ['example.org:5000', 'example.org'],
    ['my.example.org', undefined],
    ['a.example.com', '*.example.com'],
    ['a.b.example.com:8443', '*.b.example.com'],
    ['example.com', undefined],
    ['a.example.com.org', undefined],
    ['quay.io', undefined],
  ])('%s', (registry, prefix) => {
    expect(mirrorOf(registries, registry)?.location).toBe(prefix === undefined ? undefined : `mirror/${prefix}`);
  });
  test('Docker Hub by its other name first', () => {
    const hub = [
      { prefix: 'docker.io', mirrors: [{ location: 'a', insecure: false }] },
      { prefix: 'index.docker.io', mirrors: [{ location: 'b', insecure: false }] },
    ];
    expect(mirrorOf(hub, 'docker.io')?.location).toBe('b');
  });
  test('a registry without mirrors', () => {
    expect(mirrorOf([{ prefix: 'quay.io', mirrors: [] }], 'quay.io')).toBeUndefined();
  });
});
