import { askForJson, hostOf, wrongAnswer } from './askHub';
import { HubError } from './hub';
import type { HubOptions, HubWorld } from './hub';
import { objectOf, textOf } from './shape';
import type { LibraryReference } from '../image/reference';
import { t } from '../text/l10n';

/** The active remote of an engine's remote.yaml. */
export interface LibraryRemote {
  readonly name: string;
  /** Host and path, without scheme. */
  readonly uri: string;
  readonly token?: string;
  /** Discovery over plain http. */
  readonly insecure?: boolean;
}

/** Where a library is when the reference does not say. */
export interface LibraryOptions {
  /** The setting `library.url`; empty or undefined when it is not set. */
  url?(): string | undefined;
  /** The engine's active remote. */
  remote?(): Promise<LibraryRemote | undefined>;
  /** Apptainer has no default library, SingularityCE has cloud.sylabs.io's. */
  engine?(): 'apptainer' | 'singularity';
}

/** A library to ask: its base URL, ending in a slash, and the token that belongs to it. */
export interface LibraryEndpoint {
  readonly base: URL;
  readonly token?: string;
}

const sylabsRemote: LibraryRemote = { name: 'SylabsCloud', uri: 'cloud.sylabs.io' };

/**
 * The library that a reference means (A/S `cmd/internal/cli/singularity.go` getLibraryClientConfig): the host in it, else the recipe's
 * `Library` header, else the setting, else the engine's active remote by discovery. The remote's token goes to the remote's own library
 * and nowhere else. Rejects with `HubError`: `unsupported` when there is none.
 */
export async function libraryEndpoint(
  world: HubWorld,
  where: Pick<LibraryReference, 'host' | 'library'>,
  libraryOptions: LibraryOptions,
  options: HubOptions,
): Promise<LibraryEndpoint> {
  const named = where.host ?? where.library ?? (libraryOptions.url?.() || undefined);
  if (named !== undefined) return withCredential(world, baseUrl(world, named));
  const engine = libraryOptions.engine?.() ?? 'apptainer';
  const remote = (await libraryOptions.remote?.()) ?? (engine === 'singularity' ? sylabsRemote : undefined);
  if (remote === undefined) throw noLibrary();
  const base = await discover(world, remote, options);
  return remote.token === undefined ? withCredential(world, base) : { base, token: remote.token };
}

/** Apptainer's own words, and what to do (apptainer.org/docs/user/latest/endpoint.html#no-default-remote). */
function noLibrary(): HubError {
  const message = t(
    'No library is configured: Apptainer has none by default and stops with "{0}". Write the host into the reference (`library://HOST/entity/collection/container`), set `containerMetalink.library.url`, or run `apptainer remote add --no-login SylabsCloud cloud.sylabs.io` and `apptainer remote use SylabsCloud`.',
    'remote has no library client',
  );
  return new HubError('unsupported', message, undefined);
}

function baseUrl(world: HubWorld, named: string): URL {
  const text = /^https?:\/\//i.test(named) ? named : `${world.plainHttp(named.replace(/\/.*$/s, '')) ? 'http' : 'https'}://${named}`;
  if (!URL.canParse(text) || /[\s\0]/.test(text))
    throw new HubError('malformed', t('`{0}` is not the address of a library.', named), undefined);
  return directory(new URL(text));
}

/** A URL that relative paths go below, without userinfo, query and fragment. */
function directory(url: URL): URL {
  const plain = new URL(url.origin);
  plain.pathname = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  return plain;
}

async function withCredential(world: HubWorld, base: URL): Promise<LibraryEndpoint> {
  const token = (await world.credentials.find(base.host))?.token;
  return token === undefined ? { base } : { base, token };
}

/** `assets/config/config.prod.json` below the remote names its services (A/S `internal/pkg/remote/endpoint/service.go`). */
async function discover(world: HubWorld, remote: LibraryRemote, options: HubOptions): Promise<URL> {
  const host = remote.uri.replace(/\/.*$/s, '');
  const scheme = remote.insecure === true || world.plainHttp(host) ? 'http' : 'https';
  const url = `${scheme}://${remote.uri.replace(/\/+$/, '')}/assets/config/config.prod.json`;
  const answer = objectOf(await askForJson(world, { url, options, subject: t('the remote {0}', remote.name) }));
  const uri = textOf(objectOf(answer?.libraryAPI)?.uri);
  if (answer === undefined) throw wrongAnswer(hostOf(url), t('its list of services is no JSON object'));
  if (uri === undefined) throw noLibrary();
  if (!URL.canParse(uri) || !/^https?:$/.test(new URL(uri).protocol))
    throw wrongAnswer(hostOf(url), t('the address of its library is malformed'));
  return directory(new URL(uri));
}
