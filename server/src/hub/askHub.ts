import { HubError } from './hub';
import type { HubOptions, HubWorld } from './hub';
import { HttpError } from '../platform/ports';
import type { HttpHeaders, HttpRequest, HttpResponse } from '../platform/ports';
import { t } from '../text/l10n';

/** What is asked, and for which reference: the subject of every message. */
export interface HubQuestion extends HttpRequest {
  readonly options: HubOptions;
  /** As a person wrote it: `library://demo/tools/tool:1.4`. */
  readonly subject: string;
  /** The answer holds no secret and may be kept on disk: it is asked for only if it changed. */
  readonly isDocument?: boolean;
}

/** Longest JSON document of a hub that is read, in bytes. */
const longestAnswer = 8 * 1024 * 1024;

/**
 * Asks a hub and hands back a reply of 2xx (with `maxRedirects: 0` also of 3xx). Rejects with `HubError`: every other status and every
 * failure of the network becomes a cause that a person can act on.
 */
export async function askHub(world: HubWorld, question: HubQuestion): Promise<HttpResponse> {
  const { options, subject, isDocument, ...request } = question;
  const host = hostOf(request.url);
  let response: HttpResponse;
  try {
    response = await ((isDocument && world.documents) || world.http).request({
      ...request,
      ...(options.signal !== undefined && { signal: options.signal }),
      ...(options.reason !== undefined && { reason: options.reason }),
    });
  } catch (error) {
    throw networkError(error, host);
  }
  if (response.status >= 200 && response.status < (request.maxRedirects === 0 ? 400 : 300)) return response;
  const failure = statusError(response, { host: hostOf(response.url), subject, now: world.now() });
  await response.discard();
  throw failure;
}

/** Asks for JSON: the content type and the syntax are checked, the shape is the caller's. Rejects with `HubError`. */
export async function askForJson(world: HubWorld, question: HubQuestion): Promise<unknown> {
  const response = await askHub(world, { ...question, headers: { accept: 'application/json', ...question.headers } });
  const host = hostOf(response.url);
  const type = response.headers['content-type']?.[0] ?? '';
  if (/^\s*(?:text\/html|application\/xhtml)/i.test(type)) {
    await response.discard();
    throw wrongAnswer(host, t('it sent a web page where JSON belongs: a sign-in page of the network, or not a hub at all'));
  }
  const text = await askedText(response, longestAnswer);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw wrongAnswer(host, t('what it sent is not JSON'), error);
  }
}

/** The body as text, at most `limit` bytes. Rejects with `HubError`. */
export async function askedText(response: HttpResponse, limit: number): Promise<string> {
  const host = hostOf(response.url);
  try {
    return await response.text(limit);
  } catch (error) {
    throw networkError(error, host);
  }
}

/** The hub's answer is not what its protocol says. */
export function wrongAnswer(host: string, what: string, cause?: unknown): HubError {
  return new HubError('wrong-answer', t('{0} gave a wrong answer: {1}.', host, what), host, cause === undefined ? {} : { cause });
}

/** Host of a URL, with port where one is written; the text itself when it is no URL. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** The first value of a header field. */
export function header(headers: HttpHeaders, name: string): string | undefined {
  return headers[name]?.[0];
}

/** A failure of the network as a failure of the hub. */
export function networkError(error: unknown, host: string): HubError {
  if (error instanceof HubError) return error;
  if (!(error instanceof HttpError))
    return error instanceof Error && error.name === 'AbortError'
      ? new HubError('aborted', t('The request to {0} was cancelled.', host), host, { cause: error })
      : new HubError('failing', t('{0} could not be asked.', host), host, { cause: error });
  const kinds = {
    'switched-off': 'switched-off',
    offline: 'offline',
    dns: 'offline',
    refused: 'offline',
    timeout: 'offline',
    tls: 'offline',
    proxy: 'offline',
    redirect: 'wrong-answer',
    forbidden: 'not-allowed',
    'too-large': 'wrong-answer',
    aborted: 'aborted',
    protocol: 'wrong-answer',
  } as const;
  return new HubError(kinds[error.failure], error.message, error.host, { cause: error });
}

function statusError(response: HttpResponse, asked: { host: string; subject: string; now: number }): HubError {
  const { status } = response;
  const { host, subject } = asked;
  const until = retryTime(header(response.headers, 'retry-after'), asked.now);
  const details = { status, ...(until !== undefined && { until }) };
  switch (true) {
    case status === 401 || status === 403:
      return new HubError('sign-in', t('{0} asks for a sign-in for {1} ({2}).', host, subject, status), host, details);
    case status === 404 || status === 410:
      return new HubError('not-found', t('{0} has no {1}.', host, subject), host, details);
    case status === 429:
      return new HubError('rate-limited', t('{0} has had too many requests from here (429). Try again later.', host), host, details);
    case status >= 500:
      return new HubError('failing', t('{0} failed ({1}). Try again later.', host, status), host, details);
    default:
      return new HubError('wrong-answer', t('{0} answered with status {1}.', host, status), host, details);
  }
}

/** `Retry-After` as milliseconds since the epoch: seconds or a date (RFC 9110 §10.2.3). */
function retryTime(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const time = /^\d+$/.test(value.trim()) ? now + Number(value) * 1000 : Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
