import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './systemError';
import type { Environment } from './engineFolders';
import type { Log } from './ports';
import { t } from '../text/l10n';

/** A place that has what another registry has. */
export interface RegistryMirror {
  /** Host with port, and the path that the repository's name is appended to, where there is one. */
  readonly location: string;
  /** May be spoken to by plain http. */
  readonly insecure: boolean;
}

/** One `[[registry]]` of containers-registries.conf(5). */
export interface MirroredRegistry {
  /** Host, host with path, or `*.` before a domain. */
  readonly prefix: string;
  readonly mirrors: readonly RegistryMirror[];
}

const systemFolder = '/etc/containers';

/**
 * The registries with mirrors that containers-registries.conf(5) names: the user's own file instead of the system's, and what lies in
 * `registries.conf.d` of both (containers/image `pkg/sysregistriesv2`). A prefix in a later file replaces that of an earlier one. Empty when
 * there is no file; rejects with an Error for people when one cannot be read.
 */
export async function readMirroredRegistries(environment: Environment, system = systemFolder): Promise<readonly MirroredRegistry[]> {
  const own = environment.HOME === undefined ? undefined : path.join(environment.HOME, '.config', 'containers');
  const ownText = own === undefined ? undefined : await textOf(path.join(own, 'registries.conf'));
  const texts: { readonly file: string; readonly text: string }[] = [];
  const add = (file: string, text: string | undefined): void => {
    if (text !== undefined) texts.push({ file, text });
  };
  if (own !== undefined && ownText !== undefined) add(path.join(own, 'registries.conf'), ownText);
  else add(path.join(system, 'registries.conf'), await textOf(path.join(system, 'registries.conf')));
  for (const folder of [...(ownText === undefined ? [system] : []), ...(own === undefined ? [] : [own])])
    for (const file of await dropIns(path.join(folder, 'registries.conf.d'))) add(file, await textOf(file));
  const found = new Map<string, MirroredRegistry>();
  for (const { file, text } of texts) for (const registry of await registriesOf(file, text)) found.set(registry.prefix, registry);
  return [...found.values()];
}

/**
 * The mirror that Apptainer asks instead of a registry, and no other: the first one of the longest prefix that fits the registry's host
 * (A `internal/pkg/ociimage/sourcesink.go` getDockerImage, since 1.4.2). `registry` is a host with port; Docker Hub is `docker.io`.
 */
export function mirrorOf(registries: readonly MirroredRegistry[], registry: string): RegistryMirror | undefined {
  const names = registry === 'docker.io' ? ['index.docker.io', 'docker.io'] : [registry];
  for (const name of names) {
    const fitting = registries.filter(({ prefix }) => fits(name, prefix));
    const [longest] = fitting.sort((a, b) => b.prefix.length - a.prefix.length);
    if (longest !== undefined) return longest.mirrors[0];
  }
  return undefined;
}

/** Mirrors of registries as the files name them. */
export interface RegistryMirrors {
  /** The mirror that is asked instead of a registry. Never rejects: files that cannot be read are told in the log, and name no mirrors. */
  find(registry: string): Promise<RegistryMirror | undefined>;
  /** Whether a host is a mirror that was found before and may be spoken to by plain http. */
  isInsecure(host: string): boolean;
  /** The registries for which a host was found as the mirror. */
  registriesAt(host: string): readonly string[];
}

/** Milliseconds for which the files count as read. */
const freshFor = 60_000;

/** Reads the files when somebody first asks, and again a minute later. `system` as in `readMirroredRegistries`. */
export function createRegistryMirrors(environment: Environment, log: Log, system?: string): RegistryMirrors {
  const insecure = new Set<string>();
  const registriesAt = new Map<string, Set<string>>();
  let read: { readonly until: number; readonly registries: Promise<readonly MirroredRegistry[]> } | undefined;
  return {
    async find(registry) {
      if (read === undefined || read.until < Date.now())
        read = {
          until: Date.now() + freshFor,
          registries: readMirroredRegistries(environment, system).catch((error: unknown) => {
            log.warn(t('Mirrors of registries are not used: {0}', error instanceof Error ? error.message : String(error)));
            return [];
          }),
        };
      const mirror = mirrorOf(await read.registries, registry);
      if (mirror === undefined) return undefined;
      const host = mirror.location.replace(/\/.*$/s, '');
      if (mirror.insecure) insecure.add(host);
      const registries = registriesAt.get(host) ?? new Set();
      registriesAt.set(host, registries.add(registry));
      return mirror;
    },
    isInsecure: (host) => insecure.has(host),
    registriesAt: (host) => [...(registriesAt.get(host) ?? [])],
  };
}

/** sysregistriesv2 refMatchingPrefix, for hosts. */
function fits(host: string, prefix: string): boolean {
  if (!prefix.startsWith('*.')) return host === prefix || host.startsWith(`${prefix}:`);
  const at = host.indexOf(prefix.slice(1));
  const next = host[at + prefix.length - 1];
  return at >= 0 && (next === undefined || next === ':');
}

async function registriesOf(file: string, text: string): Promise<MirroredRegistry[]> {
  const { parse } = await import('../text/toml');
  try {
    return tablesOf(parse(text).registry).flatMap((table) => {
      const location = textIn(table, 'location');
      const prefix = textIn(table, 'prefix') ?? location;
      if (prefix === undefined) return [];
      const mirrors = tablesOf(table.mirror).flatMap((mirror) => {
        const place = textIn(mirror, 'location');
        return place === undefined ? [] : [{ location: place, insecure: mirror.insecure === true }];
      });
      return [{ prefix, mirrors }];
    });
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    throw new Error(`${file}: ${reason}`, { cause: error });
  }
}

function tablesOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null) : [];
}

/** Without slashes at the end; undefined when there is nothing. Throws where the library does: then no mirror of any file is used. */
function textIn(table: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = table[key];
  if (typeof value !== 'string') return undefined;
  if (/^https?:\/\//.test(value)) throw new Error(t('the place `{0}` must be written without `https://`', value));
  const text = value.replace(/\/+$/, '');
  return text === '' ? undefined : text;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function dropIns(folder: string): Promise<string[]> {
  try {
    const names = await fs.readdir(folder);
    return names
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => path.join(folder, name));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
