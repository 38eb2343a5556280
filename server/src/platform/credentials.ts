import path from 'node:path';
import { askHelper } from './credentialHelpers';
import type { DockerConfig } from './dockerConfig';
import { findAuth, helperFor, isDockerHub, lookupKeys, normalKey, readDockerConfig } from './dockerConfig';
import type { Environment } from './engineFolders';
import { engineFolder, homeFolder } from './engineFolders';
import type { Credential, CredentialPurpose, CredentialStore, Log } from './ports';

export interface CredentialStoreOptions {
  readonly environment: Environment;
  readonly log: Log;
  /** The secret that the user stored for a host by "Sign in". */
  readonly ask?: (host: string) => Promise<Credential | undefined>;
  /** Credential helpers are programs: they are started only in a trusted workspace. */
  readonly isTrusted: () => boolean;
}

export interface ConfigurableCredentialStore extends CredentialStore {
  /** Hosts that sign-ins are known for, as far as the files were read; reading begins with the first call. */
  hosts(): string[];
  /** Reads everything anew next time: after a sign-in or sign-out. */
  forget(): void;
}

/** Milliseconds after which the files are looked at again. */
const keptFor = 30_000;

/**
 * Finds credentials where users already have them, in this order: the client's secrets; the engines' variables; Apptainer's,
 * SingularityCE's and Docker's configuration files with their helpers. Files that cannot be read are logged once and count as empty.
 */
export function createCredentialStore({ environment, log, ask, isTrusted }: CredentialStoreOptions): ConfigurableCredentialStore {
  const asked = new Map<string, Promise<Credential | undefined>>();
  const helped = new Map<string, Promise<Credential | undefined>>();
  let files: { readonly read: Promise<readonly DockerConfig[]>; readonly at: number } | undefined;
  let known: readonly string[] = [];

  async function find(host: string, repository?: string, purpose?: CredentialPurpose): Promise<Credential | undefined> {
    return (await secretOf(host)) ?? (purpose === 'registry' ? fromEnvironment() : undefined) ?? (await fromFiles(host, repository));
  }

  async function secretOf(host: string): Promise<Credential | undefined> {
    if (!ask) return undefined;
    const name = isDockerHub(host) ? 'docker.io' : host.toLowerCase();
    const found = asked.get(name) ?? ask(name);
    asked.set(name, found);
    try {
      return await found;
    } catch (error) {
      // A missing keyring behind VS Code's secrets: what needs no sign-in goes on.
      log.info(`no stored secret for ${name}: ${error instanceof Error ? error.message : 'it cannot be read'}`);
      asked.delete(name);
      return undefined;
    }
  }

  /** A `cmd/internal/cli/apptainer.go`: for whatever registry is asked, and for nothing else. Only with the user's trust, since it names no host. */
  function fromEnvironment(): Credential | undefined {
    if (!isTrusted()) return undefined;
    for (const prefix of ['APPTAINER', 'SINGULARITY']) {
      const username = environment[`${prefix}_DOCKER_USERNAME`];
      const password = environment[`${prefix}_DOCKER_PASSWORD`];
      if (username && password) return { username, password, source: `${prefix}_DOCKER_USERNAME` };
    }
    return undefined;
  }

  async function fromFiles(host: string, repository: string | undefined): Promise<Credential | undefined> {
    const keys = lookupKeys(host, repository);
    for (const config of await configs()) {
      const helper = helperFor(config, keys);
      const credential = findAuth(config, keys) ?? (helper === undefined || !isTrusted() ? undefined : await fromHelper(helper, host));
      if (credential) return credential;
    }
    return undefined;
  }

  function fromHelper(helper: string, host: string): Promise<Credential | undefined> {
    const key = `${helper} ${host}`;
    const found = helped.get(key) ?? askHelper(helper, host, { environment, log });
    helped.set(key, found);
    return found;
  }

  function configs(): Promise<readonly DockerConfig[]> {
    if (!files || Date.now() - files.at > keptFor) files = { read: readAll(), at: Date.now() };
    return files.read;
  }

  async function readAll(): Promise<readonly DockerConfig[]> {
    const places = configFiles(environment);
    const read = await Promise.all(
      places.map(({ file, name }) =>
        readDockerConfig(file, name).catch((error: unknown) => {
          log.warn(error instanceof Error ? error.message : `${file} cannot be read`);
          return undefined;
        }),
      ),
    );
    const found = read.filter((config) => config !== undefined);
    known = [...new Set(found.flatMap((config) => [...Object.keys(config.auths), ...Object.keys(config.credHelpers)]).map(hostOfKey))];
    return found;
  }

  return {
    find,
    hosts: () => {
      configs().catch(() => log.debug('the hosts of sign-ins are not known'));
      return [...known];
    },
    forget: () => {
      asked.clear();
      helped.clear();
      files = undefined;
    },
  };
}

/** Where the files are (A `pkg/syfs/syfs.go`; S `~/.singularity`; Docker's `DOCKER_CONFIG`). */
function configFiles(environment: Environment): readonly { readonly file: string; readonly name: string }[] {
  const docker = environment.DOCKER_CONFIG || path.join(homeFolder(environment), '.docker');
  const places = [
    { file: path.join(engineFolder('apptainer', environment), 'docker-config.json'), name: "Apptainer's docker-config.json" },
    { file: path.join(engineFolder('singularity', environment), 'docker-config.json'), name: "SingularityCE's docker-config.json" },
    { file: path.join(docker, 'config.json'), name: "Docker's config.json" },
  ];
  return places.filter(({ file }, index) => places.findIndex((other) => other.file === file) === index);
}

function hostOfKey(key: string): string {
  const host = normalKey(key).split('/', 1)[0] ?? '';
  return isDockerHub(host) ? 'docker.io' : host;
}
