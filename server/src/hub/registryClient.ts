import { networkError, wrongAnswer } from './askHub';
import type { Challenge } from './challenge';
import { parseChallenges } from './challenge';
import type { HubOptions, HubWorld } from './hub';
import { HubError } from './hub';
import { registryError } from './registryErrors';
import { basicAuthorization, createRegistryTokens, forwarded } from './registryTokens';
import type { Credential, HttpClient, HttpRequest, HttpResponse } from '../platform/ports';
import { HttpError } from '../platform/ports';
import { t } from '../text/l10n';

export interface RegistryQuestion {
  /** Host with port; `docker.io` for Docker Hub. */
  readonly registry: string;
  /** `org/tool`; the credential may belong to it alone. */
  readonly repository?: string;
  /** Below the registry, `/v2/org/tool/tags/list`; or a whole URL of the same origin. */
  readonly path: string;
  readonly method?: 'GET' | 'HEAD';
  readonly accept?: string;
  readonly scope: string;
  /** What is asked for, in words: `org/tool:1.4`. */
  readonly subject: string;
  /** Statuses besides 2xx that are handed back. */
  readonly statuses?: readonly number[];
  readonly options: HubOptions;
}

/** What a registry wants before it answers. */
export type RegistryAccess = 'open' | 'basic' | 'bearer';

/** Requests to OCI registries with sign-in: challenges answered, tokens kept, credentials only to whom they belong. */
export interface RegistryClient {
  /** A reply of 2xx. Rejects with `HubError`. */
  ask(question: RegistryQuestion): Promise<HttpResponse>;
  /** `GET /v2/`: how the registry is reached and what it wants (distribution spec, "Determining Support"). */
  ping(registry: string, options: HubOptions): Promise<RegistryAccess>;
  /** The URL of a path, as the registry was reached. */
  url(registry: string, path: string, options: HubOptions): Promise<string>;
  /** The header fields that a request to the registry needs now. */
  headers(question: Pick<RegistryQuestion, 'registry' | 'repository' | 'scope' | 'options'>): Promise<Readonly<Record<string, string>>>;
  /** Forgets challenges and tokens: after a sign-in. */
  clear(): void;
}

interface Authorized {
  readonly authorization?: string;
  /** What was used for it. */
  readonly credential?: Credential;
}

interface Registry {
  readonly base: URL;
  challenge: Challenge | undefined;
}

/** Docker Hub's registry answers under another name than it is called by (GGCR `pkg/name/registry.go`, containers/image). */
const dockerHubRegistry = 'registry-1.docker.io';

export function createRegistryClient(world: HubWorld): RegistryClient {
  const registries = new Map<string, Promise<Registry>>();
  const tokens = createRegistryTokens(world);

  return { ask, ping, url, headers, clear };

  async function ask(question: RegistryQuestion): Promise<HttpResponse> {
    const { registry: host, options, subject } = question;
    const registry = await reach(host, options);
    let sent = await authorize(registry, question);
    let response = await send(registry, question, sent.authorization);
    // A second look: the challenge was not known, or the token was not good any more (a clock may be wrong).
    if (response.status === 401) {
      const challenge = chooseChallenge(response) ?? (await pingChallenge(registry, options));
      if (challenge) {
        registry.challenge = challenge;
        tokens.drop({ registry: registry.base, scope: question.scope });
        await response.discard();
        sent = await authorize(registry, question);
        response = await send(registry, question, sent.authorization);
      }
    }
    if ((response.status >= 200 && response.status < 300) || question.statuses?.includes(response.status)) return response;
    throw await registryError(response, {
      registry: host,
      subject,
      now: world.now(),
      ...(sent.credential && { credentialSource: sent.credential.source }),
    });
  }

  async function ping(host: string, options: HubOptions): Promise<RegistryAccess> {
    const registry = await reach(host, options);
    registry.challenge = (await pingChallenge(registry, options)) ?? undefined;
    return registry.challenge === undefined ? 'open' : registry.challenge.scheme === 'basic' ? 'basic' : 'bearer';
  }

  async function url(host: string, path: string, options: HubOptions): Promise<string> {
    return new URL(path, (await reach(host, options)).base).href;
  }

  async function headers(question: Pick<RegistryQuestion, 'registry' | 'repository' | 'scope' | 'options'>) {
    const registry = await reach(question.registry, question.options);
    const { authorization } = await authorize(registry, question);
    return authorization === undefined ? {} : { authorization };
  }

  function clear(): void {
    registries.clear();
    tokens.clear();
  }

  async function authorize(
    registry: Registry,
    question: Pick<RegistryQuestion, 'registry' | 'repository' | 'scope' | 'options'>,
  ): Promise<Authorized> {
    const { challenge } = registry;
    if (!challenge) return {};
    const credential = await world.credentials.find(question.registry, question.repository, 'registry');
    const used: { credential?: Credential } = credential ? { credential } : {};
    if (challenge.scheme === 'basic') {
      const authorization = basicAuthorization(credential);
      return authorization === undefined ? {} : { ...used, authorization };
    }
    const token = await tokens.get({ registry: registry.base, challenge, scope: question.scope, credential }, question.options);
    return { ...used, authorization: `Bearer ${token}` };
  }

  async function send(registry: Registry, question: RegistryQuestion, authorization: string | undefined): Promise<HttpResponse> {
    const target = new URL(question.path, registry.base);
    if (target.origin !== registry.base.origin) throw wrongAnswer(question.registry, t('it points to another host, {0}', target.host));
    // Manifests and lists of tags; configurations lie behind redirects with signatures in their URLs.
    const isDocument = question.method !== 'HEAD' && !target.pathname.includes('/blobs/');
    return request((isDocument && world.documents) || world.http, {
      url: target.href,
      method: question.method ?? 'GET',
      headers: { accept: question.accept ?? 'application/json', ...(authorization !== undefined && { authorization }) },
      ...forwarded(question.options),
    });
  }

  async function request(http: HttpClient, asked: HttpRequest): Promise<HttpResponse> {
    try {
      return await http.request(asked);
    } catch (error) {
      throw networkError(error, new URL(asked.url).host);
    }
  }

  /** Finds out once how a registry is spoken to. Failures are not kept. */
  function reach(host: string, options: HubOptions): Promise<Registry> {
    const known = registries.get(host);
    if (known) return known;
    const found = findRegistry(host, options);
    registries.set(host, found);
    found.catch(() => registries.delete(host));
    return found;
  }

  async function findRegistry(host: string, options: HubOptions): Promise<Registry> {
    const name = host === 'docker.io' ? dockerHubRegistry : host;
    if (!URL.canParse(`https://${name}/`)) throw new HubError('malformed', t('`{0}` is not the name of a registry.', host), host);
    const secure = new URL(`https://${name}/`);
    if (!world.plainHttp(host)) return { base: secure, challenge: undefined };
    // Loopback, private and marked hosts: https first, http when nothing there speaks TLS (GGCR `ping.go` pingParallel).
    try {
      return await probe(secure, options);
    } catch (error) {
      if (!(error instanceof HttpError) || !speaksNoTls.has(error.failure) || isCertificateProblem(error)) throw networkError(error, host);
      return await probe(new URL(`http://${name}/`), options).catch((plain: unknown) => {
        throw networkError(plain, host);
      });
    }
  }

  async function probe(base: URL, options: HubOptions): Promise<Registry> {
    const response = await world.http.request({
      url: new URL('/v2/', base).href,
      headers: { accept: 'application/json' },
      ...forwarded(options),
    });
    const challenge = response.status === 401 ? chooseChallenge(response) : undefined;
    await response.discard();
    return { base, challenge };
  }

  async function pingChallenge(registry: Registry, options: HubOptions): Promise<Challenge | undefined> {
    const response = await request(world.http, {
      url: new URL('/v2/', registry.base).href,
      headers: { accept: 'application/json' },
      ...forwarded(options),
    });
    const challenge = response.status === 401 ? chooseChallenge(response) : undefined;
    await response.discard();
    return challenge;
  }
}

/** The first challenge that can be answered (GGCR `ping.go` pickFromMultipleChallenges). */
function chooseChallenge(response: HttpResponse): Challenge | undefined {
  return parseChallenges(response.headers['www-authenticate'] ?? []).find(
    ({ scheme, parameters }) => scheme === 'basic' || (scheme === 'bearer' && parameters.realm !== undefined),
  );
}

// `proxy`: many let no tunnel through to ports that are not TLS's.
const speaksNoTls = new Set<string>(['tls', 'protocol', 'refused', 'timeout', 'proxy']);

function isCertificateProblem(error: HttpError): boolean {
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return error.failure === 'tls' && code !== 'EPROTO' && !code.startsWith('ERR_SSL_');
}
