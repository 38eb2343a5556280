// Tokens of the embedded registry: Docker's token protocol (distribution/distribution docs/spec/auth/{token,oauth}.md).
import { randomBytes } from 'node:crypto';
import { accounts } from './accounts';
import type { Access, Repository } from './registryStore';
import type { HubRequest, Reply } from './reply';
import { basicCredential, bearerToken, json } from './reply';

export interface TokenOptions {
  /** Seconds. */
  readonly lifetime: number;
  readonly now: () => number;
}

export interface RegistryTokens {
  /** Answers `GET|POST /token`. */
  issue(request: HubRequest): Reply;
  /** What the request lacks for the repository: a 401 with a challenge, or nothing. Without a repository: `/v2/` itself. */
  refuse(request: HubRequest, scope: string, access: Access): Reply | undefined;
}

const service = 'embedded-hub';

export function createRegistryTokens(options: TokenOptions, repositories: ReadonlyMap<string, Repository>): RegistryTokens {
  const tokens = new Map<string, { scopes: readonly string[]; expires: number }>();

  return {
    issue(request) {
      const form = request.method === 'POST' ? new URLSearchParams(request.body) : request.query;
      const known = whoAsks(request, form);
      if (known === 'wrong') return refusal('UNAUTHORIZED', 'incorrect username or password');
      const wanted = form.getAll('scope').flatMap((scope) => scope.split(' '));
      const token = randomBytes(24).toString('base64url');
      tokens.set(token, { scopes: wanted.filter((scope) => granted(scope, known)), expires: options.now() + options.lifetime * 1000 });
      return json({
        token,
        access_token: token,
        expires_in: options.lifetime,
        issued_at: new Date(options.now()).toISOString(),
        ...(known === 'alice' && form.get('offline_token') === 'true' ? { refresh_token: accounts.registryIdentityToken } : {}),
      });
    },
    refuse(request, scope, access) {
      if (access === 'open') return undefined;
      const token = bearerToken(request);
      const held = token === undefined ? undefined : tokens.get(token);
      const fixed = token === accounts.libraryRegistryToken && scope.startsWith('repository:oci/');
      if (fixed || (held !== undefined && held.expires > options.now() && (scope === '' || held.scopes.includes(scope)))) return undefined;
      if (access === 'basic') {
        const credential = basicCredential(request);
        if (credential !== undefined && isAlice(credential.user, credential.password)) return undefined;
        return refusal('UNAUTHORIZED', 'authentication required', 'Basic realm="Registry of alice, \\"basic\\""');
      }
      const error =
        token === undefined ? '' : `,error="${held === undefined || held.scopes.includes(scope) ? 'invalid_token' : 'insufficient_scope'}"`;
      const scoped = scope === '' ? '' : `,scope="${scope}"`;
      const challenge = `Bearer realm="${request.origin}/token",service="${service}"${scoped}${error}`;
      return refusal('UNAUTHORIZED', 'authentication required', challenge);
    },
  };

  function granted(scope: string, who: 'alice' | 'anonymous'): boolean {
    if (who === 'alice' || scope === 'registry:catalog:*') return true;
    const name = /^repository:(.+):pull$/.exec(scope)?.[1];
    const access = repositories.get(name ?? '')?.access ?? 'public';
    return name !== undefined && access !== 'private' && access !== 'basic';
  }
}

function whoAsks(request: HubRequest, form: URLSearchParams): 'alice' | 'anonymous' | 'wrong' {
  if (form.get('grant_type') === 'refresh_token') return form.get('refresh_token') === accounts.registryIdentityToken ? 'alice' : 'wrong';
  if (form.get('grant_type') === 'password') return isAlice(form.get('username') ?? '', form.get('password') ?? '') ? 'alice' : 'wrong';
  const credential = basicCredential(request);
  if (credential === undefined) return 'anonymous';
  return isAlice(credential.user, credential.password) ? 'alice' : 'wrong';
}

function isAlice(user: string, password: string): boolean {
  return user === accounts.registryUser && password === accounts.registryPassword;
}

function refusal(code: string, message: string, challenge?: string): Reply {
  return json({ errors: [{ code, message, detail: null }] }, 401, challenge === undefined ? {} : { 'www-authenticate': challenge });
}
