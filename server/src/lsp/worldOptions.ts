import type { Connection } from 'vscode-languageserver';
import type { HubStatus } from '../hub/hub';
import type { WorldOptions } from '../operations/world';
import { methods } from '../protocol';
import type { InitializationOptions, SecretParams, SecretResult, StatusParams } from '../protocol';
import { t } from '../text/l10n';
import type { SettingsStore } from './settingsStore';

/** The world of the language server: settings and secrets of the client, its proxy and certificate settings, its storage folder. */
export async function worldOptions(
  connection: Connection,
  settings: SettingsStore,
  options: InitializationOptions,
  isTrusted: () => boolean,
): Promise<WorldOptions> {
  const http = await settings.section('http');
  const { proxy, noProxy, proxyStrictSSL, systemCertificates } = http;
  return {
    settings: await settings.settingsFor(),
    environment: process.env,
    log: {
      info: (message) => connection.console.info(message),
      warn: (message) => connection.console.warn(message),
      error: (message) => connection.console.error(message),
      debug: (message) => connection.console.debug(message),
    },
    ...(options.storagePath !== undefined && { storage: options.storagePath }),
    isTrusted,
    http: {
      ...(typeof proxy === 'string' && proxy !== '' && { proxy }),
      ...(Array.isArray(noProxy) && { noProxy: noProxy.filter((host): host is string => typeof host === 'string') }),
      ...(typeof proxyStrictSSL === 'boolean' && { strictSSL: proxyStrictSSL }),
      ...(typeof systemCertificates === 'boolean' && { systemCertificates }),
    },
    ...(options.secrets === true && {
      secret: async (host: string) => {
        const params: SecretParams = { host };
        const secret = await connection.sendRequest<SecretResult>(methods.secret, params);
        return secret === null ? undefined : { ...secret, source: t('your sign-in') };
      },
    }),
    onStatus: (status) => void connection.sendNotification(methods.status, statusParams(status)),
  };
}

function statusParams({ state, host, until }: HubStatus): StatusParams {
  return { state, text: statusText(state, host, until), ...(host !== undefined && { host }) };
}

function statusText(state: HubStatus['state'], host = '', until?: number): string {
  switch (state) {
    case 'idle':
      return t('Ready');
    case 'busy':
      return host === '' ? t('Asking a hub') : t('Asking {0}', host);
    case 'offline':
      return host === '' ? t('Offline') : t('Offline: {0} does not answer', host);
    case 'rate-limited':
      return until === undefined
        ? t('{0} limits how often it may be asked', host)
        : t('{0} may not be asked until {1}', host, new Date(until).toTimeString().slice(0, 5));
    case 'sign-in':
      return t('{0} asks for a sign-in', host);
  }
}
