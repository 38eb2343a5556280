import type { HttpHeaders } from './ports';
import type { HttpError } from './ports';

/** What one attempt brought: a reply or a failure. */
export type Outcome = { readonly status: number; readonly headers: HttpHeaders } | { readonly error: HttpError };

/** The longest that a request waits before it is tried again; who asks for more is told so to the caller. Milliseconds. */
const longestDelay = 5_000;
const firstDelay = 250;

/** Milliseconds after which a request is worth another attempt; undefined when it is not, or not soon. */
export function retryDelay(outcome: Outcome, retry: number): number | undefined {
  const backOff = firstDelay * 2 ** retry * (0.75 + Math.random() / 2);
  if ('error' in outcome) return passing.has(outcome.error.failure) ? Math.round(backOff) : undefined;
  const asked = retryAfter(outcome.headers, Date.now());
  if (outcome.status === 429) return asked !== undefined && asked <= longestDelay ? asked : undefined;
  if (outcome.status !== 502 && outcome.status !== 503 && outcome.status !== 504) return undefined;
  const delay = asked ?? Math.round(backOff);
  return delay <= longestDelay ? delay : undefined;
}

/** Failures that come and go. A refused connection or an unknown name does not within a second. */
const passing = new Set<string>(['protocol']);

/** Milliseconds from `now` that `Retry-After` asks for: seconds or a date (RFC 9110 §10.2.3). Undefined when it is absent or unreadable. */
export function retryAfter(headers: HttpHeaders, now: number): number | undefined {
  const value = headers['retry-after']?.[0]?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
