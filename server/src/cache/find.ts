import path from 'node:path';
import { t } from '../text/l10n';

/** Whose cache: Apptainer, SingularityCE 3.x and 4.x, or Singularity 2.x with its own layout. */
export type CacheEngine = 'apptainer' | 'singularity' | 'singularity2';

export interface CacheLocation {
  readonly engine: CacheEngine;
  /** `<parent>/cache`; for Singularity 2.x the parent itself. */
  readonly root: string;
  readonly parent: string;
  /** What names it: a setting, an environment variable, or nothing (the default place). */
  readonly source: 'setting' | 'environment' | 'default';
  /** Listed and read, never written. */
  readonly shared: boolean;
  /** Another engine that has its cache in the same place: `$SINGULARITY_CACHEDIR` is read by both. */
  readonly alsoOf?: CacheEngine;
  /** Why the engine does not use it, for people; nothing is written into it then. */
  readonly disabled?: string;
}

/** What the engines look at to find their caches; as data, so that tests need no home directory. */
export interface CacheEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home directory by the password database: SingularityCE takes it, whatever `$HOME` says. */
  readonly accountHome: string;
  /** Whether a folder may be read; without, all may. */
  readonly mayRead?: (folder: string) => boolean;
  /** Parent folders from the settings; empty where not set. */
  readonly settings: { readonly apptainer: string; readonly singularity: string; readonly shared: readonly string[] };
}

/**
 * Where the caches of Apptainer and SingularityCE are, whether they exist or not, and the shared ones of the settings: one an engine, also
 * when two engines share a place (`distinctCaches` lists it once). Follows Apptainer `internal/pkg/cache/cache.go`, `pkg/syfs/syfs.go`,
 * `internal/pkg/util/env`, the same files of SingularityCE, and Singularity 2.6.1 `libexec/python/defaults.py`.
 */
export function findCaches(environment: CacheEnvironment): CacheLocation[] {
  const old = singularity2Parent(environment);
  const found: CacheLocation[] = [
    location(
      'apptainer',
      apptainerParent(environment),
      disabledBy(environment.env, ['APPTAINER_DISABLE_CACHE', 'SINGULARITY_DISABLE_CACHE']),
    ),
    location('singularity', singularityParent(environment), disabledBy(environment.env, ['SINGULARITY_DISABLE_CACHE'])),
    {
      engine: 'singularity2',
      ...old,
      root: old.parent,
      shared: false,
      disabled: t('Singularity 2.x kept its images here; current engines do not read them.'),
    },
  ];
  for (const parent of environment.settings.shared) {
    const absolute = path.resolve(parent);
    found.push({
      engine: 'apptainer',
      parent: absolute,
      root: path.basename(absolute) === 'cache' ? absolute : path.join(absolute, 'cache'),
      source: 'setting',
      shared: true,
    });
  }
  return found;
}

interface Parent {
  readonly parent: string;
  readonly source: CacheLocation['source'];
}

function apptainerParent({ env, settings, accountHome, mayRead = () => true }: CacheEnvironment): Parent {
  if (settings.apptainer !== '') return { parent: path.resolve(settings.apptainer), source: 'setting' };
  const named = given(env, 'APPTAINER_CACHEDIR') ?? given(env, 'SINGULARITY_CACHEDIR');
  if (named !== undefined) return { parent: path.resolve(named), source: 'environment' };
  const configuration = given(env, 'APPTAINER_CONFIGDIR') ?? given(env, 'SINGULARITY_CONFIGDIR');
  if (configuration !== undefined) return { parent: path.resolve(configuration), source: 'environment' };
  const home = given(env, 'HOME') ?? accountHome;
  // syfs.go configDir: a home that cannot be read is replaced by the root of the file system.
  return { parent: path.join(mayRead(home) ? home : '/', '.apptainer'), source: 'default' };
}

function singularityParent({ env, settings, accountHome }: CacheEnvironment): Parent {
  if (settings.singularity !== '') return { parent: path.resolve(settings.singularity), source: 'setting' };
  const named = given(env, 'SINGULARITY_CACHEDIR') ?? given(env, 'SINGULARITY_CONFIGDIR');
  if (named !== undefined) return { parent: path.resolve(named), source: 'environment' };
  return { parent: path.join(accountHome, '.singularity'), source: 'default' };
}

/** Its images stand in the parent itself, which no `*_CONFIGDIR` moved then. */
function singularity2Parent({ env, settings, accountHome }: CacheEnvironment): Parent {
  if (settings.singularity !== '') return { parent: path.resolve(settings.singularity), source: 'setting' };
  const named = given(env, 'SINGULARITY_CACHEDIR');
  if (named !== undefined) return { parent: path.resolve(named), source: 'environment' };
  return { parent: path.join(accountHome, '.singularity'), source: 'default' };
}

function location(engine: CacheEngine, { parent, source }: Parent, disabled: string | undefined): CacheLocation {
  return { engine, parent, root: path.join(parent, 'cache'), source, shared: false, ...(disabled !== undefined && { disabled }) };
}

/** Go's strconv.ParseBool: what is neither a truth nor an untruth stops the engine. */
const truths = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const untruths = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

function disabledBy(env: CacheEnvironment['env'], names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = given(env, name);
    if (value === undefined) continue;
    if (truths.has(value)) return t('{0}={1} turns the cache off.', name, value);
    if (!untruths.has(value))
      return t('{0}={1} is no truth value: the engine stops with "failed to parse environment variable {0}".', name, value);
    return undefined;
  }
  return undefined;
}

function given(env: CacheEnvironment['env'], name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}
