import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { distinctCaches } from '../../../server/src/cache/distinct';
import { findCaches } from '../../../server/src/cache/find';
import type { CacheEnvironment } from '../../../server/src/cache/find';

const environment = (env: Record<string, string>, settings: Partial<CacheEnvironment['settings']> = {}): CacheEnvironment => ({
  env,
  accountHome: '/home/jane',
  mayRead: (folder) => folder !== '/locked',
  settings: { apptainer: '', singularity: '', shared: [], ...settings },
});
const roots = (env: Record<string, string>, settings: Partial<CacheEnvironment['settings']> = {}) =>
  Object.fromEntries(findCaches(environment(env, settings)).map((c) => [c.shared ? `shared ${c.engine}` : c.engine, c.root]));

describe('where the engines keep their caches', () => {
  // Apptainer: $APPTAINER_CACHEDIR, else $SINGULARITY_CACHEDIR, else the configuration folder. SingularityCE: not $HOME but the account's.
  const cases: [string, Record<string, string>, string, string][] = [
    ['nothing set', { HOME: '/h' }, '/h/.apptainer/cache', '/home/jane/.singularity/cache'],
    ['no HOME', {}, '/home/jane/.apptainer/cache', '/home/jane/.singularity/cache'],
    ['own variable', { HOME: '/h', APPTAINER_CACHEDIR: '/scratch/a' }, '/scratch/a/cache', '/home/jane/.singularity/cache'],
    ['legacy variable is read by both', { HOME: '/h', SINGULARITY_CACHEDIR: '/scratch/s' }, '/scratch/s/cache', '/scratch/s/cache'],
    ['legacy configuration folder', { HOME: '/h', SINGULARITY_CONFIGDIR: '/c' }, '/c/cache', '/c/cache'],
    [
      'a cache folder comes before a configuration folder',
      { APPTAINER_CONFIGDIR: '/c', SINGULARITY_CACHEDIR: '/s' },
      '/s/cache',
      '/s/cache',
    ],
    ['HOME that cannot be read', { HOME: '/locked' }, '/.apptainer/cache', '/home/jane/.singularity/cache'],
    [
      'HOME that cannot be read, but a folder is named',
      { HOME: '/locked', APPTAINER_CACHEDIR: '/a' },
      '/a/cache',
      '/home/jane/.singularity/cache',
    ],
    ['both set, Apptainer takes its own', { APPTAINER_CACHEDIR: '/a', SINGULARITY_CACHEDIR: '/s' }, '/a/cache', '/s/cache'],
    ['configuration folder', { HOME: '/h', APPTAINER_CONFIGDIR: '/c' }, '/c/cache', '/home/jane/.singularity/cache'],
    ['empty counts as not set', { HOME: '/h', APPTAINER_CACHEDIR: '' }, '/h/.apptainer/cache', '/home/jane/.singularity/cache'],
  ];
  test.each(cases)('%s', (_, env, apptainer, singularity) => {
    const found = roots(env);
    expect(found.apptainer).toBe(apptainer);
    expect(found.singularity ?? '').toBe(singularity);
  });

  // Singularity 2.6.1 libexec/python/defaults.py: no configuration folder was known then.
  const old: [string, Record<string, string>, string][] = [
    ['nothing set', { HOME: '/h' }, '/home/jane/.singularity'],
    ['a cache folder', { SINGULARITY_CACHEDIR: '/s' }, '/s'],
    ['a configuration folder', { SINGULARITY_CONFIGDIR: '/c' }, '/home/jane/.singularity'],
  ];
  test.each(old)('Singularity 2, %s', (_, env, expected) => {
    expect(roots(env).singularity2).toBe(expected);
  });

  test('settings come before the environment; a shared cache is listed as shared', () => {
    const found = findCaches(
      environment({ APPTAINER_CACHEDIR: '/env' }, { apptainer: '/set', shared: ['/site/containers', '/site/two/cache'] }),
    );
    expect(found[0]).toMatchObject({ root: '/set/cache', source: 'setting', shared: false });
    expect(found.filter((c) => c.shared).map((c) => c.root)).toEqual(['/site/containers/cache', '/site/two/cache']);
  });

  // Go's strconv.ParseBool
  const disabling: [string, boolean][] = [
    ['1', true],
    ['t', true],
    ['TRUE', true],
    ['true', true],
    ['0', false],
    ['False', false],
    ['', false],
    ['yes', true], // no truth value: the engine stops, so nothing can be put there
  ];
  test.each(disabling)('APPTAINER_DISABLE_CACHE=%s', (value, disabled) => {
    const [apptainer, singularity] = findCaches(environment({ APPTAINER_DISABLE_CACHE: value }));
    expect(apptainer?.disabled !== undefined).toBe(disabled);
    expect(singularity?.disabled).toBeUndefined();
  });

  test('the own variable decides for Apptainer, also when it turns the cache on', () => {
    const found = findCaches(environment({ APPTAINER_DISABLE_CACHE: '0', SINGULARITY_DISABLE_CACHE: '1' }));
    expect(found.slice(0, 2).map((c) => c.disabled !== undefined)).toEqual([false, true]);
  });

  test('SINGULARITY_DISABLE_CACHE turns both off', () => {
    const found = findCaches(environment({ SINGULARITY_DISABLE_CACHE: 'true' }));
    expect(found.slice(0, 2).map((c) => c.disabled)).toEqual([
      'SINGULARITY_DISABLE_CACHE=true turns the cache off.',
      'SINGULARITY_DISABLE_CACHE=true turns the cache off.',
    ]);
  });
});

describe('each place once', () => {
  let folder: string;
  beforeEach(() => (folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'caches-')))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
  const distinct = async (env: Record<string, string>, shared: readonly string[] = []) =>
    (await distinctCaches(findCaches(environment({ HOME: folder, ...env }, { singularity: path.join(folder, 's'), shared }))))
      .filter((c) => c.engine !== 'singularity2')
      .map((c) => [c.engine, c.alsoOf, c.shared, path.relative(folder, c.root)]);

  test('two places', async () => {
    expect(await distinct({})).toEqual([
      ['apptainer', undefined, false, '.apptainer/cache'],
      ['singularity', undefined, false, 's/cache'],
    ]);
  });
  test('one place by a variable: the second engine is named', async () => {
    expect(await distinct({ APPTAINER_CACHEDIR: path.join(folder, 's') })).toEqual([['apptainer', 'singularity', false, 's/cache']]);
  });
  test('one place by a link: a file is no copy of itself', async () => {
    fs.mkdirSync(path.join(folder, 's/cache'), { recursive: true });
    fs.symlinkSync('s', path.join(folder, '.apptainer'));
    expect(await distinct({})).toEqual([['apptainer', 'singularity', false, '.apptainer/cache']]);
  });
  test('turned off for one engine, in use by the other', async () => {
    const env = { APPTAINER_CACHEDIR: path.join(folder, 's'), APPTAINER_DISABLE_CACHE: '1' };
    expect(await distinct(env)).toEqual([['singularity', 'apptainer', false, 's/cache']]);
  });
  test('a shared cache that is the user’s own', async () => {
    expect(await distinct({}, [path.join(folder, 's')])).toEqual([
      ['apptainer', undefined, false, '.apptainer/cache'],
      ['singularity', undefined, false, 's/cache'],
    ]);
  });
});
