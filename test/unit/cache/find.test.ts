import { describe, expect, test } from 'vitest';
import { findCaches } from '../../../server/src/cache/find';
import type { CacheEnvironment } from '../../../server/src/cache/find';

const environment = (env: Record<string, string>, settings: Partial<CacheEnvironment['settings']> = {}): CacheEnvironment => ({
  env,
  accountHome: '/home/jane',
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
    ['legacy variable is read by both', { HOME: '/h', SINGULARITY_CACHEDIR: '/scratch/s' }, '/scratch/s/cache', ''],
    ['both set, Apptainer takes its own', { APPTAINER_CACHEDIR: '/a', SINGULARITY_CACHEDIR: '/s' }, '/a/cache', '/s/cache'],
    ['configuration folder', { HOME: '/h', APPTAINER_CONFIGDIR: '/c' }, '/c/cache', '/home/jane/.singularity/cache'],
    ['empty counts as not set', { HOME: '/h', APPTAINER_CACHEDIR: '' }, '/h/.apptainer/cache', '/home/jane/.singularity/cache'],
  ];
  test.each(cases)('%s', (_, env, apptainer, singularity) => {
    const found = roots(env);
    expect(found.apptainer).toBe(apptainer);
    expect(found.singularity ?? '').toBe(singularity);
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

  test('SINGULARITY_DISABLE_CACHE turns both off', () => {
    const found = findCaches(environment({ SINGULARITY_DISABLE_CACHE: 'true' }));
    expect(found.slice(0, 2).map((c) => c.disabled)).toEqual([
      'SINGULARITY_DISABLE_CACHE=true turns the cache off.',
      'SINGULARITY_DISABLE_CACHE=true turns the cache off.',
    ]);
  });
});
