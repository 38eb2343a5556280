import fs from 'node:fs/promises';
import type { Credential } from './ports';
import { t } from '../text/l10n';

/** What of Docker's `config.json` is about sign-in; Apptainer's and SingularityCE's `docker-config.json` have the same form. */
export interface DockerConfig {
  /** How people call the file: `Docker's config.json`. */
  readonly name: string;
  readonly auths: Readonly<Record<string, DockerAuth>>;
  /** Helper for everything that has none of its own. */
  readonly credsStore?: string;
  /** Helper by host. */
  readonly credHelpers: Readonly<Record<string, string>>;
}

export interface DockerAuth {
  /** base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

const largestFile = 1024 * 1024;

/** Reads the file. Undefined when there is none; throws an Error for people when it cannot be read or is none. The message quotes nothing of it. */
export async function readDockerConfig(file: string, name: string): Promise<DockerConfig | undefined> {
  let text: string;
  try {
    const { size } = await fs.stat(file);
    if (size > largestFile) throw new Error(t('{0} is too large.', file));
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
  if (text.trim() === '') return { name, auths: {}, credHelpers: {} };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Node's message quotes the text, which holds secrets.
    throw new Error(t('{0} is not JSON: credentials in it are not used.', file));
  }
  if (!isObject(parsed)) throw new Error(t('{0} is no JSON object: credentials in it are not used.', file));
  const store = parsed.credsStore;
  return {
    name,
    auths: objectsOf(parsed.auths),
    credHelpers: textsOf(parsed.credHelpers),
    ...(typeof store === 'string' && store !== '' && { credsStore: store }),
  };
}

/** The names under which a registry may stand in the file, the narrowest first (A `internal/pkg/util/ociauth`; containers-auth.json(5)). */
export function lookupKeys(host: string, path: string | undefined): readonly string[] {
  const name = host.toLowerCase();
  const hosts = isDockerHub(name) ? ['index.docker.io/v1', 'index.docker.io', 'docker.io', 'registry-1.docker.io'] : [name];
  const components = path === undefined ? [] : path.split('/').filter((component) => component !== '');
  const narrower = components.map((_, index) => components.slice(0, components.length - index).join('/'));
  return [...hosts.flatMap((known) => narrower.map((below) => `${known}/${below}`)), ...hosts];
}

export function isDockerHub(host: string): boolean {
  return ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(host.toLowerCase());
}

/** The entry of `auths` for the first of the keys that has one with content. */
export function findAuth(config: DockerConfig, keys: readonly string[]): Credential | undefined {
  const byKey = new Map(Object.entries(config.auths).map(([key, auth]) => [normalKey(key), auth]));
  for (const key of keys) {
    const auth = byKey.get(normalKey(key));
    const credential = auth && toCredential(auth, config.name);
    if (credential) return credential;
  }
  return undefined;
}

/** The helper for a host: its own, else the one for all. */
export function helperFor(config: DockerConfig, keys: readonly string[]): string | undefined {
  const byKey = new Map(Object.entries(config.credHelpers).map(([key, helper]) => [normalKey(key), helper]));
  for (const key of keys) {
    const helper = byKey.get(normalKey(key));
    if (helper !== undefined) return helper;
  }
  return config.credsStore;
}

/** Docker's keys are hosts, hosts with a path, or URLs such as `https://index.docker.io/v1/`. */
export function normalKey(key: string): string {
  return key
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/\/v[12]$/, '');
}

function toCredential(auth: DockerAuth, source: string): Credential | undefined {
  if (auth.identitytoken) return { token: auth.identitytoken, tokenKind: 'identity', source };
  if (auth.registrytoken) return { token: auth.registrytoken, tokenKind: 'bearer', source };
  if (auth.auth) {
    const decoded = Buffer.from(auth.auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = decoded.indexOf(':');
    if (colon > 0) return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1), source };
  }
  return auth.username && auth.password !== undefined ? { username: auth.username, password: auth.password, source } : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function objectsOf(value: unknown): Readonly<Record<string, DockerAuth>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, auth]) => [key, textsOf(auth)]));
}
