import fs from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from './engineFolders';
import { engineFolder } from './engineFolders';
import { t } from '../text/l10n';

/** A remote of an engine. */
export interface Remote {
  readonly name: string;
  /** Host and path, without scheme. */
  readonly uri: string;
  readonly token?: string;
  readonly system: boolean;
  readonly exclusive: boolean;
  /** Its services are looked up over plain http. */
  readonly insecure: boolean;
  readonly keyServers: readonly KeyServer[];
}

export interface KeyServer {
  readonly uri: string;
  readonly skip: boolean;
  readonly external: boolean;
  readonly insecure: boolean;
  /** Value of an Authorization field, where a sign-in is stored for the server. */
  readonly authorization?: string;
}

export interface Remotes {
  /** The remote that `library://` references go to; undefined when there is none, and for Apptainer's own, which has no library. */
  readonly active?: Remote;
  /** Name of the active remote, whether it has a library or not. */
  readonly activeName?: string;
  readonly all: readonly Remote[];
  /** Key servers of the active remote, in their order, without those that are skipped. */
  readonly keyServers: readonly KeyServer[];
  /** What is wrong with the files, for people; the engine stops at it. */
  readonly problems: readonly string[];
}

export interface RemotesOptions {
  readonly engine: 'apptainer' | 'singularity';
  readonly environment: Environment;
  /** Folders of system-wide configuration; default: where packages put it. */
  readonly systemFolders?: readonly string[];
}

interface RemoteFile {
  readonly active: string;
  readonly remotes: ReadonlyMap<string, Remote>;
  readonly credentials: ReadonlyMap<string, string>;
}

/** A `internal/pkg/remote/endpoint/service.go` DefaultCloudURI: built in, with a key server and without a library. */
const apptainerCloud = 'cloud.apptainer.org';

/** Reads the user's `remote.yaml` over the system's (A/S `internal/pkg/remote/remote.go`). Never rejects. */
export async function readRemotes({ engine, environment, systemFolders }: RemotesOptions): Promise<Remotes> {
  const problems: string[] = [];
  const folders = systemFolders ?? [`/etc/${engine}`, `/usr/local/etc/${engine}`, `/opt/${engine}/etc/${engine}`];
  let system: RemoteFile | undefined;
  for (const folder of folders) system ??= await readFile(path.join(folder, 'remote.yaml'), problems);
  const user = await readFile(path.join(engineFolder(engine, environment), 'remote.yaml'), problems);
  const merged = merge(user, system);
  const active = merged.remotes.get(merged.active);
  if (!active && merged.active !== '') problems.push(t('The active remote `{0}` is not among the remotes.', merged.active));
  const keyServers = (active?.keyServers ?? []).filter(({ skip }) => !skip);
  return {
    ...(active && active.uri !== '' && active.uri !== apptainerCloud && { active }),
    ...(merged.active !== '' && { activeName: merged.active }),
    all: [...merged.remotes.values()],
    keyServers: keyServers.map((server) => {
      const authorization = merged.credentials.get(server.uri.replace(/\/+$/, ''));
      return { ...server, ...(authorization !== undefined && { authorization }) };
    }),
    problems,
  };
}

/** A `remote.go` SyncFrom: the system's remotes are added; an exclusive one is active whatever the user chose. */
function merge(user: RemoteFile | undefined, system: RemoteFile | undefined): RemoteFile {
  const remotes = new Map(user?.remotes);
  let active = user?.active ?? '';
  for (const [name, remote] of system?.remotes ?? []) {
    const own = remotes.get(name);
    if (own && !own.system) continue;
    if (remote.exclusive) active = name;
    remotes.set(name, { ...(own?.token !== undefined && { token: own.token }), ...remote, system: true });
  }
  return {
    active: active || (system?.active ?? ''),
    remotes,
    credentials: new Map([...(system?.credentials ?? []), ...(user?.credentials ?? [])]),
  };
}

const largestFile = 1024 * 1024;

async function readFile(file: string, problems: string[]): Promise<RemoteFile | undefined> {
  let text: string;
  try {
    const { size } = await fs.stat(file);
    if (size > largestFile) throw new Error(t('it is too large'));
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (!missing) problems.push(t('{0} cannot be read: {1}', file, error instanceof Error ? error.message : ''));
    return undefined;
  }
  try {
    return await readRemoteYaml(text);
  } catch (error) {
    problems.push(t('The engine stops at {0}: {1}', file, error instanceof Error ? error.message : ''));
    return undefined;
  }
}

/** Reads the text of a `remote.yaml`, strictly, as the engine does: an unknown key is an error. Rejects with an Error for people that quotes no value. */
export async function readRemoteYaml(text: string): Promise<RemoteFile> {
  const { parseDocument } = await import('../text/yaml');
  const document = parseDocument(text, { uniqueKeys: true, logLevel: 'silent' });
  const [error] = document.errors;
  if (error) throw new Error(t('it is not YAML (line {0})', error.linePos?.[0].line ?? 1));
  const root = mapping(document.toJS({ maxAliasCount: 10 }) ?? {}, t('the file'), ['Active', 'Remotes', 'Credentials']);
  const remotes = new Map<string, Remote>();
  for (const [name, value] of Object.entries(mapping(root.Remotes ?? {}, 'Remotes'))) remotes.set(name, readRemote(name, value));
  const credentials = new Map<string, string>();
  for (const value of list(root.Credentials, 'Credentials')) {
    const fields = mapping(value, 'Credentials', ['URI', 'Auth', 'Insecure']);
    const uri = textOf(fields.URI, 'Credentials.URI');
    const authorization = textOf(fields.Auth, 'Credentials.Auth');
    if (/^(?:Basic|Bearer) [\w.~+/=-]+$/.test(authorization)) credentials.set(uri.replace(/\/+$/, ''), authorization);
  }
  return { active: textOf(root.Active, 'Active'), remotes, credentials };
}

function readRemote(name: string, value: unknown): Remote {
  const at = `Remotes.${name}`;
  const fields = mapping(value ?? {}, at, ['URI', 'Token', 'System', 'Exclusive', 'Insecure', 'Keyservers']);
  const token = textOf(fields.Token, `${at}.Token`);
  return {
    name,
    uri: textOf(fields.URI, `${at}.URI`),
    ...(token !== '' && { token }),
    system: flag(fields.System, `${at}.System`),
    exclusive: flag(fields.Exclusive, `${at}.Exclusive`),
    insecure: flag(fields.Insecure, `${at}.Insecure`),
    keyServers: list(fields.Keyservers, `${at}.Keyservers`).map((server) => {
      const own = mapping(server, `${at}.Keyservers`, ['URI', 'Skip', 'External', 'Insecure']);
      return {
        uri: textOf(own.URI, `${at}.Keyservers.URI`),
        skip: flag(own.Skip, `${at}.Keyservers.Skip`),
        external: flag(own.External, `${at}.Keyservers.External`),
        insecure: flag(own.Insecure, `${at}.Keyservers.Insecure`),
      };
    }),
  };
}

function mapping(value: unknown, at: string, keys?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(t('{0} is no mapping', at));
  const unknown = Object.keys(value).find((key) => keys && !keys.includes(key));
  if (unknown !== undefined) throw new Error(t('"field {0} not found": {1} has no such key', unknown, at));
  return value as Readonly<Record<string, unknown>>; // an object that is no array
}

function list(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(t('{0} is no list', at));
  return value;
}

function textOf(value: unknown, at: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(t('{0} is no text', at));
}

function flag(value: unknown, at: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw new Error(t('{0} is neither true nor false', at));
}
