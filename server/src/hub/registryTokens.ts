import { askedText, header, hostOf, networkError, wrongAnswer } from './askHub';
import type { Challenge } from './challenge';
import type { HubOptions, HubWorld } from './hub';
import { HubError } from './hub';
import { judgeRealm } from './realm';
import { objectOf, textOf, wholeNumberOf } from './shape';
import type { Credential, HttpResponse } from '../platform/ports';
import { t } from '../text/l10n';

/** What is needed to ask a token server. */
export interface TokenRequest {
  readonly registry: URL;
  readonly challenge: Challenge;
  /** `repository:org/tool:pull`. */
  readonly scope: string;
  readonly credential: Credential | undefined;
}

/** Bearer tokens by registry and scope: fetched once, kept until shortly before they expire. */
export interface RegistryTokens {
  /** A token that is good now. Rejects with `HubError`. */
  get(request: TokenRequest, options: HubOptions): Promise<string>;
  /** The registry refused the token: the next `get` fetches another. */
  drop(request: Pick<TokenRequest, 'registry' | 'scope'>): void;
  clear(): void;
}

interface StoredToken {
  readonly token: string;
  /** Milliseconds since the epoch, by our clock: the server's may be wrong. */
  readonly expires: number;
}

/** Seconds that a token lives when the server does not say (distribution docs/spec/auth/token.md). */
const defaultLifetime = 60;
/** Milliseconds before its end at which a token is not used any more. */
const margin = 10_000;
/** GGCR `bearer.go` maxTokenBodySize. */
const longestAnswer = 64 * 1024;

export function createRegistryTokens(world: HubWorld): RegistryTokens {
  const stored = new Map<string, StoredToken>();
  const pending = new Map<string, Promise<StoredToken>>();
  /** Refresh tokens that token servers handed out, instead of the password. */
  const refreshTokens = new Map<string, string>();
  const keyOf = ({ registry, scope }: Pick<TokenRequest, 'registry' | 'scope'>): string => `${registry.origin} ${scope}`;

  return {
    get: async (request, options) => {
      const key = keyOf(request);
      const known = stored.get(key);
      if (known && known.expires > world.now()) return known.token;
      // One request for all who wait; who gives up waiting does not end it for the others.
      const running = pending.get(key) ?? fetchToken(request, options).finally(() => pending.delete(key));
      pending.set(key, running);
      const fresh = await running;
      stored.set(key, fresh);
      return fresh.token;
    },
    drop: (request) => {
      stored.delete(keyOf(request));
    },
    clear: () => {
      stored.clear();
      refreshTokens.clear();
    },
  };

  async function fetchToken(request: TokenRequest, options: HubOptions): Promise<StoredToken> {
    const { registry, challenge } = request;
    const realm = challenge.parameters.realm ?? '';
    const verdict = judgeRealm(realm, registry);
    if (!verdict.ok) throw wrongAnswer(registry.host, verdict.reason);
    const credential = verdict.credentials ? request.credential : undefined;
    if (request.credential && !credential) {
      world.log.warn(t('{0} names the token server {1}: the credentials for {0} are not sent there.', registry.host, hostOf(realm)));
    }
    if (credential?.token !== undefined && credential.tokenKind === 'bearer')
      return { token: credential.token, expires: world.now() + defaultLifetime * 1000 };

    const refreshToken = refreshTokens.get(registry.origin) ?? credential?.token;
    let response =
      refreshToken === undefined ? await askByGet(request, credential, options) : await askByPost(request, refreshToken, options);
    if (
      refreshToken !== undefined &&
      !response.ok &&
      (response.status === 404 || response.status === 405 || refreshTokens.has(registry.origin))
    ) {
      // Not every token server speaks OAuth (distribution docs/spec/auth/oauth.md); and a refresh token may have been withdrawn.
      refreshTokens.delete(registry.origin);
      response = await askByGet(request, credential, options);
    }
    if (!response.ok) throw refused(request, response.status, hostOf(realm), credential);
    return readToken(response.text, request);
  }

  async function askByGet({ registry, challenge, scope }: TokenRequest, credential: Credential | undefined, options: HubOptions) {
    const url = new URL(challenge.parameters.realm ?? '', registry);
    if (challenge.parameters.service !== undefined) url.searchParams.set('service', challenge.parameters.service);
    if (scope !== '') url.searchParams.append('scope', scope);
    const basic = basicAuthorization(credential);
    if (basic !== undefined) url.searchParams.set('offline_token', 'true');
    return read(
      world.http.request({
        url: url.href,
        headers: { accept: 'application/json', ...(basic !== undefined && { authorization: basic }) },
        ...forwarded(options),
      }),
      url.href,
    );
  }

  async function askByPost({ registry, challenge, scope }: TokenRequest, refreshToken: string, options: HubOptions) {
    const url = new URL(challenge.parameters.realm ?? '', registry);
    const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'container-metalink', scope, refresh_token: refreshToken });
    if (challenge.parameters.service !== undefined) form.set('service', challenge.parameters.service);
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    return read(world.http.request({ method: 'POST', url: url.href, headers, body: form.toString(), ...forwarded(options) }), url.href);
  }

  async function read(asked: Promise<HttpResponse>, url: string) {
    let response: HttpResponse;
    try {
      response = await asked;
    } catch (error) {
      throw networkError(error, hostOf(url));
    }
    if (response.status !== 200) {
      await response.discard();
      return { ok: false as const, status: response.status };
    }
    if (/html/i.test(header(response.headers, 'content-type') ?? '')) {
      await response.discard();
      throw wrongAnswer(hostOf(url), t('its token server sent a web page'));
    }
    return { ok: true as const, text: await askedText(response, longestAnswer) };
  }

  function readToken(text: string, { registry }: TokenRequest): StoredToken {
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      throw wrongAnswer(registry.host, t('what its token server sent is not JSON'), cause);
    }
    const fields = objectOf(answer);
    const token = textOf(fields?.access_token) ?? textOf(fields?.token);
    if (token === undefined || /\s/.test(token)) throw wrongAnswer(registry.host, t('its token server sent no token'));
    const refreshToken = textOf(fields?.refresh_token);
    if (refreshToken !== undefined) refreshTokens.set(registry.origin, refreshToken);
    const lifetime = (wholeNumberOf(fields?.expires_in) ?? defaultLifetime) * 1000;
    return { token, expires: world.now() + Math.max(lifetime - margin, lifetime / 2) };
  }
}

function refused({ registry }: TokenRequest, status: number, server: string, credential: Credential | undefined): HubError {
  if (status === 401 || status === 403 || status === 400) {
    const message = credential
      ? t('{0} does not take the name and password from {1} ({2}).', registry.host, credential.source, status)
      : t('{0} asks for a sign-in ({1}).', registry.host, status);
    return new HubError('sign-in', message, registry.host, { status });
  }
  if (status === 429)
    return new HubError('rate-limited', t('{0} has had too many requests from here (429). Try again later.', server), server, { status });
  if (status >= 500)
    return new HubError('failing', t('The token server {0} failed ({1}). Try again later.', server, status), server, { status });
  return wrongAnswer(registry.host, t('its token server answered with status {0}', status));
}

/** `Basic …` of a credential with a password. */
export function basicAuthorization(credential: Credential | undefined): string | undefined {
  if (credential?.username === undefined || credential.password === undefined) return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
}

/** What of the options goes to the HTTP client. */
export function forwarded(options: HubOptions): Pick<HubOptions, 'signal' | 'reason'> {
  return { ...(options.signal && { signal: options.signal }), ...(options.reason && { reason: options.reason }) };
}
