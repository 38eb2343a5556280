import { t } from '../text/l10n';
import { privateAddressCode } from './addresses';
import { HttpError } from './ports';

/** What undici, Node's sockets, TLS and DNS throw, as an `HttpError` for people. `proxy`: host of the proxy, when one was used. */
export function toHttpError(error: unknown, host: string, proxy: string | undefined): HttpError {
  if (error instanceof HttpError) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  const make = (failure: ConstructorParameters<typeof HttpError>[0], text: string): HttpError =>
    new HttpError(failure, text, host, { cause: error });

  // The first for a tunnel that the proxy refuses, the second for a plain request.
  const proxyStatus = /(?:Proxy response|Proxy Authentication Required) \((\d+)\)/.exec(message)?.[1];
  if (proxy !== undefined && proxyStatus === '407') return new HttpError('proxy', askForProxyPassword(proxy), host, { cause: error });
  if (proxy !== undefined && proxyStatus !== undefined)
    return make('proxy', t('The proxy {0} refuses a connection to {1} (status {2}).', proxy, host, proxyStatus));
  if (isAbort(error)) return make('aborted', t('The request to {0} was cancelled.', host));
  if (proxy !== undefined && (connectCodes.has(code) || dnsCodes.has(code) || /socks/i.test(message))) {
    return make(
      'proxy',
      t(
        'The proxy {0} cannot be reached ({1}). Check "http.proxy" or the proxy variables of the environment.',
        proxy,
        code || t('no answer'),
      ),
    );
  }
  if (code === privateAddressCode)
    return make('redirect', t('A redirect leads to {0}, which has a private address; it is not followed.', host));
  if (dnsCodes.has(code)) return make('dns', t('The name {0} cannot be resolved ({1}): no network, or a slip in the name.', host, code));
  if (code === 'ECONNREFUSED') return make('refused', t('{0} refuses the connection: nothing listens there.', host));
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH' || code === 'ENETDOWN')
    return make('offline', t('{0} cannot be reached: no network leads there.', host));
  if (timeoutCodes.has(code)) return make('timeout', t('{0} does not answer in time.', host));
  if (isTls(code)) return make('tls', tlsMessage(code, host));
  return make('protocol', t('The connection to {0} broke ({1}).', host, code || t('no reason given')));
}

/** A proxy's status 407, in words. `proxy`: its host and port. */
export function askForProxyPassword(proxy: string): string {
  return t(
    'The proxy {0} asks for a name and password. Put them into "http.proxy" or the proxy variable of the environment, as "http://user:password@{0}".',
    proxy,
  );
}

const dnsCodes = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const connectCodes = new Set(['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);
const timeoutCodes = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** The code of an error, or of what caused it: undici and happy eyeballs wrap. */
function codeOf(error: unknown): string {
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < 5; depth++) {
    const { code, errors } = current as { readonly code?: unknown; readonly errors?: readonly unknown[] };
    if (typeof code === 'string' && code !== 'UND_ERR_SOCKET' && code !== 'UND_ERR_PRX_TLS') return code;
    current = current.cause ?? errors?.[0];
  }
  return '';
}

/** undici calls a tunnel that the proxy refuses an abort as well: that is told apart before. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'UND_ERR_ABORTED'));
}

function isTls(code: string): boolean {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/.test(code);
}

function tlsMessage(code: string, host: string): string {
  if (/SELF_SIGNED|UNABLE_TO_|DEPTH_ZERO/.test(code)) {
    return t(
      'The certificate of {0} is signed by nobody whom this machine trusts ({1}). Add the authority to the system’s certificates, or name it in `NODE_EXTRA_CA_CERTS`.',
      host,
      code,
    );
  }
  if (code === 'CERT_HAS_EXPIRED') return t('The certificate of {0} has expired.', host);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH')
    return t('The certificate of {0} is for another host.', host);
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return t('{0} does not speak TLS. If it is a registry with plain http, name it in "containerMetalink.online.insecureHosts".', host);
  }
  return t('No safe connection to {0} ({1}).', host, code);
}
