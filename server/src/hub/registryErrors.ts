import { askedText, header, wrongAnswer } from './askHub';
import { HubError } from './hub';
import { listOf, objectOf, textOf } from './shape';
import { retryAfter } from '../platform/httpRetry';
import type { HttpResponse } from '../platform/ports';
import { t } from '../text/l10n';

/** Whom was asked for what: the words of the message. */
export interface AskedFor {
  /** As people know the registry: `docker.io`, not `registry-1.docker.io`. */
  readonly registry: string;
  /** `org/tool:1.4`; undefined for the registry itself. */
  readonly subject?: string;
  /** Where the credential came from, when one was used. */
  readonly credentialSource?: string;
  readonly now: number;
}

const longestBody = 64 * 1024;

/** A reply that is not a success as the cause for people (distribution spec, "Error Codes"); reads or discards the body. */
export async function registryError(response: HttpResponse, asked: AskedFor): Promise<HubError> {
  const { registry, subject = '', credentialSource, now } = asked;
  const { status } = response;
  const code = await errorCode(response);
  const wait = retryAfter(response.headers, now);
  const details = { status, ...(wait !== undefined && { until: now + wait }) };

  if (status === 429 || code === 'TOOMANYREQUESTS') {
    const limit = /^\d+/.exec(header(response.headers, 'ratelimit-limit') ?? '')?.[0];
    const known = limit === undefined ? '' : ` ${t('Its limit is {0} pulls for this address or account.', limit)}`;
    return new HubError(
      'rate-limited',
      `${t('{0} has had too many requests from here. A sign-in raises the limit.', registry)}${known}`,
      registry,
      details,
    );
  }
  if (status === 401 || status === 403) {
    if (credentialSource !== undefined) {
      return new HubError(
        'sign-in',
        t('{0} does not let the account from {1} read {2} ({3}).', registry, credentialSource, subject, status),
        registry,
        details,
      );
    }
    return new HubError(
      'sign-in',
      t('{0} asks for a sign-in for {1} ({2}): it is private, or it does not exist.', registry, subject, status),
      registry,
      details,
    );
  }
  if (status === 404 && code === 'NAME_UNKNOWN')
    return new HubError('not-found', t('{0} has no repository of that name ({1}).', registry, subject), registry, details);
  if (status === 404) return new HubError('not-found', t('{0} has no {1}.', registry, subject), registry, details);
  if (status === 405 || code === 'UNSUPPORTED')
    return new HubError('unsupported', t('{0} does not offer this.', registry), registry, details);
  if (status >= 500) return new HubError('failing', t('{0} failed ({1}). Try again later.', registry, status), registry, details);
  return wrongAnswer(registry, t('it answered with status {0}', status));
}

async function errorCode(response: HttpResponse): Promise<string | undefined> {
  if (!/json/i.test(header(response.headers, 'content-type') ?? '')) {
    await response.discard();
    return undefined;
  }
  try {
    const answer = objectOf(JSON.parse(await askedText(response, longestBody)));
    return textOf(objectOf(listOf(answer?.errors)[0])?.code);
  } catch {
    // The status says enough; the body was to say it better.
    return undefined;
  }
}
