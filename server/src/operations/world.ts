import { accessSync, constants, existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { findCaches } from '../cache/find';
import type { CacheLocation } from '../cache/find';
import { openCacheIndex } from '../cache/index';
import type { CacheIndex } from '../cache/index';
import type { DownloadWorld } from '../download/request';
import { createHubs } from '../hub/hubs';
import { machinePlatform } from '../hub/platformChoice';
import { parsePlatform } from '../image/platform';
import type { Hubs } from '../hub/hubs';
import type { HubStatus } from '../hub/hub';

import type { ReferenceScheme } from '../image/reference';
import type { Platform } from '../image/summary';
import { createCredentialStore } from '../platform/credentials';
import type { ConfigurableCredentialStore } from '../platform/credentials';
import { createHttpClient } from '../platform/http';
import type { ConfigurableHttpClient, HttpSettings } from '../platform/http';
import { readIpfsGateway } from '../platform/ipfsGateway';
import type { Credential, Log } from '../platform/ports';
import { createRegistryMirrors } from '../platform/registriesConf';
import type { Engine, RefreshParams } from '../protocol';
import { fetchKeys, loadKeys } from '../signature/keys';
import type { KeyMaterial } from '../signature/keyMaterial';
import type { Settings } from '../settings';
import { t } from '../text/l10n';
import { engineVersionOf } from './engineVersion';

/** What of the outside decides how a world is made; the same for the language server and the command line. */
export interface WorldOptions {
  readonly settings: Settings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Folder for the disk cache of answers and the cache index; nothing is kept without. */
  readonly storage?: string;
  /** Nothing that a file names is contacted unless the user asked; helpers and engines are not started. */
  isTrusted(): boolean;
  /** VS Code's `http` settings. */
  readonly http: Pick<HttpSettings, 'proxy' | 'noProxy' | 'strictSSL'> & { readonly systemCertificates?: boolean };
  /** Downloads run on a thread of their own, so that the one of the editor stays free. Default true. */
  readonly downloadsOnThread?: boolean;
  /** Asks the client for the secret that the user stored for a host. */
  secret?(host: string): Promise<Credential | undefined>;
  onStatus?(status: HubStatus): void;
}

/** Everything that operations reach of the world: network, hubs, caches, keys. One a process. */
export interface World {
  readonly settings: Settings;
  readonly log: Log;
  readonly http: ConfigurableHttpClient;
  readonly hubs: Hubs;
  /** The platform whose image is looked at: of the settings, else this machine's. */
  platform(): Platform;
  caches(): CacheLocation[];
  cacheIndex(): Promise<CacheIndex>;
  /** Keys at hand, and how to fetch others where that is allowed. */
  keys(options: KeyOptions): Promise<{ keys: KeyMaterial; fetchKeys?: (ids: readonly string[]) => Promise<KeyMaterial> }>;
  downloads(): Promise<DownloadWorld>;
  /** Version of an installed engine, `1.3.4`; undefined when there is none or it may not be started. */
  engineVersion(engine: Engine): Promise<string | undefined>;
  /** Hosts of registries that settings and sign-ins name, for completion. */
  knownHosts(): string[];
  /** Names that documents of the workspace use for a scheme, for completion. */
  usedReferences(scheme: ReferenceScheme): string[];
  noteReferences(uri: string, references: readonly { readonly scheme: ReferenceScheme; readonly name: string }[]): void;
  /** The result of `work`, remembered under a key that changes with the content. */
  remembered<T extends object>(key: string, work: () => Promise<T>): Promise<T>;
  /** A folder of this process for files that are looked at and deleted. */
  temporaryFolder(): Promise<string>;
  reconfigure(options: WorldOptions): void;
  refresh(what: RefreshParams['what']): Promise<void>;
  close(): Promise<void>;
}

export interface KeyOptions {
  /** Key files of the user. */
  readonly files: readonly string[];
  /** No key server is asked. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
}

const version = process.env.CONTAINER_METALINK_VERSION ?? 'development';
const userAgent = `container-metalink/${version}`;
/** Beside the bundle; run from the sources there is none, and transfers stay on this thread. */
const workerFile = path.join(__dirname, 'downloadWorker.js');

/** Makes the world. Nothing is contacted or read before it is needed. */
export function createWorld(first: WorldOptions): World {
  let options = first;
  const { log } = options;
  const credentials: ConfigurableCredentialStore = createCredentialStore({
    environment: options.environment,
    log,
    isTrusted: () => options.isTrusted(),
    ask: (host) => options.secret?.(host) ?? Promise.resolve(undefined),
  });
  const mirrors = createRegistryMirrors(options.environment, log);
  const http = createHttpClient({
    userAgent,
    log,
    environment: options.environment,
    settings: httpSettings(options),
    permit: (url, reason) => refusal(options, url, reason, mirrors.registriesAt(url.host)),
  });
  const hubs = createHubs({
    http,
    credentials,
    log,
    platform: () => chosenPlatform(options.settings),
    plainHttp: (host) => options.settings['online.insecureHosts'].includes(host) || mirrors.isInsecure(host),
    // SingularityCE reads no such file for this.
    mirror: async (registry) => (options.settings['engine.kind'] === 'apptainer' ? mirrors.find(registry) : undefined),
    library: {
      url: () => options.settings['library.url'] || undefined,
      engine: () => options.settings['engine.kind'],
      remote: async () => {
        const { readRemotes } = await import('../platform/remoteYaml');
        return (await readRemotes({ engine: options.settings['engine.kind'], environment: options.environment })).active;
      },
    },
    ipfs: { gateway: () => readIpfsGateway(options.environment) },
    ...(options.storage !== undefined && { folder: path.join(options.storage, 'answers') }),
    cacheBytes: () => options.settings['online.cacheSize'] * 1_000_000,
    onStatus: (status) => options.onStatus?.(status),
  });
  const memory = new LRUCache<string, Promise<object>>({ max: 200 });
  const used = new Map<string, readonly { readonly scheme: ReferenceScheme; readonly name: string }[]>();
  const versions = new Map<Engine, Promise<string | undefined>>();
  let index: Promise<CacheIndex> | undefined;
  let temporary: Promise<string> | undefined;

  return {
    get settings() {
      return options.settings;
    },
    log,
    http,
    hubs,
    platform: () => chosenPlatform(options.settings),
    caches: () =>
      findCaches({
        env: options.environment,
        accountHome: accountHome(options.environment),
        mayRead,
        settings: {
          apptainer: options.settings['cache.apptainer'],
          singularity: options.settings['cache.singularity'],
          shared: options.settings['cache.shared'],
        },
      }),
    cacheIndex: () =>
      (index ??= openCacheIndex(options.storage, (message) => log.warn(t('What is known of cache entries cannot be kept: {0}', message)))),
    async keys({ files, offline, signal }) {
      const trustedFingerprints = options.settings['verify.trustedKeys'];
      const keys = await loadKeys({ files, trustedFingerprints, keyRings: true, environment: options.environment });
      if (offline === true || !options.settings['verify.fetchKeys']) return { keys };
      const servers = options.settings['verify.keyServers'];
      return { keys, fetchKeys: (ids) => fetchKeys(ids, { client: http, servers, trustedFingerprints, ...(signal && { signal }) }) };
    },
    downloads() {
      const { settings } = options;
      return Promise.resolve({
        proxies: {
          proxyFor: (url) => http.proxyFor(url),
          ...(http.settings.certificates && { certificates: http.settings.certificates }),
          rejectUnauthorized: http.settings.strictSSL !== false,
        },
        log,
        refuse: (url) => Promise.resolve(URL.canParse(url) ? refusal(options, new URL(url), 'command', []) : undefined),
        settings: {
          connections: settings['download.connections'],
          rateLimit: settings['download.rateLimit'],
          location: settings['download.location'],
          allowedFolders: settings['download.allowedFolders'],
          userAgent,
        },
        ...(options.downloadsOnThread !== false && existsSync(workerFile) && { worker: workerFile }),
      });
    },
    engineVersion(engine) {
      let found = versions.get(engine);
      if (found === undefined) {
        found = options.isTrusted()
          ? engineVersionOf(engine, options.settings['engine.path'], options.environment)
          : Promise.resolve(undefined);
        versions.set(engine, found);
      }
      return found;
    },
    knownHosts: () => [
      ...new Set([
        ...credentials.hosts(),
        ...options.settings['online.hosts'].filter((host) => host !== '*'),
        ...options.settings['online.insecureHosts'],
      ]),
    ],
    usedReferences: (scheme) => [
      ...new Set(
        [...used.values()]
          .flat()
          .filter((reference) => reference.scheme === scheme)
          .map(({ name }) => name),
      ),
    ],
    noteReferences: (uri, references) => void used.set(uri, references),
    async remembered<T extends object>(key: string, work: () => Promise<T>): Promise<T> {
      const known = memory.get(key);
      if (known !== undefined) return known as Promise<T>; // a key is only ever used with one kind of work
      const made = work();
      memory.set(key, made);
      made.catch(() => memory.delete(key));
      return made;
    },
    temporaryFolder: () => (temporary ??= fs.mkdtemp(path.join(os.tmpdir(), 'container-metalink-'))),
    reconfigure(changed) {
      options = changed;
      http.configure(httpSettings(changed));
      versions.clear();
    },
    async refresh(what) {
      memory.clear();
      // A hub that refused is asked again with the new sign-in, and tokens of the old one are gone.
      if (what === 'credentials') credentials.forget();
      if (what === 'caches') await hubs.clear();
      else hubs.refresh();
    },
    async close() {
      await hubs.close();
      await http.close();
      if (temporary) await fs.rm(await temporary, { recursive: true, force: true });
    },
  };
}

/** An account that the password database does not know has no home: the engines then take the current folder (syfs.go configDir). */
function accountHome(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    return os.userInfo().homedir;
  } catch {
    return environment.HOME ?? process.cwd();
  }
}

function mayRead(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function httpSettings(options: WorldOptions): HttpSettings {
  const { http, settings } = options;
  let certificates: Promise<readonly string[]> | undefined;
  return {
    ...(http.proxy !== undefined && { proxy: http.proxy }),
    ...(http.noProxy && { noProxy: http.noProxy }),
    ...(http.strictSSL !== undefined && { strictSSL: http.strictSSL }),
    certificates: () => (certificates ??= readCertificates(options)),
    insecureHosts: settings['online.insecureHosts'],
    offline: settings['online.enabled'] ? false : 'editor',
  };
}

async function readCertificates({ http, environment, log }: WorldOptions): Promise<readonly string[]> {
  const { extraCertificates } = await import('../platform/certificates');
  return await extraCertificates({ system: http.systemCertificates !== false, environment, log });
}

/** Invariant: no host is contacted because a file named it, unless the user acted or the host is one that the settings allow. `mirrorOf`: registries that the host is asked for. */
function refusal(options: WorldOptions, url: URL, reason: 'command' | 'editor', mirrorOf: readonly string[]): string | undefined {
  if (!options.isTrusted()) return t('{0} is not asked: the workspace is not trusted.', url.host);
  const hosts = options.settings['online.hosts'];
  const places = [url, ...mirrorOf.map((registry) => new URL(`https://${registry}`))];
  if (reason === 'command' || places.some((place) => isAllowed(place, hosts))) return undefined;
  return t('{0} is not asked by itself: it is not among the hosts of the setting "containerMetalink.online.hosts".', url.host);
}

/** A host of the list, with or without port, one below it (`*.example.org` or `example.org`), or `*` for all. */
function isAllowed(url: URL, hosts: readonly string[]): boolean {
  return hosts.some((entry) => {
    if (entry === '*') return true;
    const name = entry.replace(/^\*\./, '').toLowerCase();
    return (
      url.host === name || url.hostname === name || url.hostname.endsWith(`.${name}`) || (name === 'localhost' && url.hostname === '[::1]')
    );
  });
}

/** That of the settings; of this machine where there is none, or none that can be read. */
function chosenPlatform(settings: Settings): Platform {
  return parsePlatform(settings['online.platform']) ?? machinePlatform();
}
