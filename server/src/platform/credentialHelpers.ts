import { isDockerHub } from './dockerConfig';
import type { Credential, Log } from './ports';
import { ProcessError, runProcess } from './processes';
import { t } from '../text/l10n';

/** Milliseconds: a keyring that is locked would wait for a person for ever. */
const patience = 5_000;

/**
 * Asks a credential helper for a host (docker/docker-credential-helpers: `docker-credential-NAME get`, the host on standard input).
 * Undefined when it has none, is missing or fails: a missing keyring must not stand in the way of what needs no sign-in. Never rejects.
 */
export async function askHelper(
  helper: string,
  host: string,
  { environment, log }: { readonly environment: Readonly<Record<string, string | undefined>>; readonly log: Log },
): Promise<Credential | undefined> {
  // The name comes from a file: it must be a name, not a path to a program of somebody's choice.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(helper)) {
    log.warn(t('The name of a credential helper is malformed; it is not started.'));
    return undefined;
  }
  const command = `docker-credential-${helper}`;
  const server = isDockerHub(host) ? 'https://index.docker.io/v1/' : host;
  try {
    const { status, output } = await runProcess({
      command,
      arguments: ['get'],
      input: `${server}\n`,
      timeout: patience,
      limit: 64 * 1024,
      environment,
    });
    if (status !== 0) {
      log.debug(`${command} has nothing for ${host} (status ${status ?? 'none'})`);
      return undefined;
    }
    return readAnswer(output, command);
  } catch (error) {
    const why = error instanceof ProcessError ? error.message : t('{0} gave a malformed answer.', command);
    log.info(t('The credentials for {0} cannot be had: {1}', host, why));
    return undefined;
  }
}

/** `{"ServerURL","Username","Secret"}`; the user `<token>` marks an identity token. Throws when it is nothing of the kind. */
function readAnswer(output: string, command: string): Credential | undefined {
  const answer: unknown = JSON.parse(output);
  if (typeof answer !== 'object' || answer === null || !('Username' in answer) || !('Secret' in answer)) return undefined;
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return undefined;
  if (username === '<token>') return { token: secret, tokenKind: 'identity', source: command };
  return username === '' ? undefined : { username, password: secret, source: command };
}
