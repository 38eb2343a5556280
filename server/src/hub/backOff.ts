import type { HubError, HubFailure } from './hub';

/** Milliseconds for which a failure is remembered at first; doubled with every further one where that helps. */
const pauses: Readonly<Record<HubFailure, { readonly first: number; readonly most: number }>> = {
  'not-found': { first: 600_000, most: 600_000 },
  'no-platform': { first: 600_000, most: 600_000 },
  unsupported: { first: 600_000, most: 600_000 },
  malformed: { first: 600_000, most: 600_000 },
  'sign-in': { first: 120_000, most: 120_000 },
  'not-allowed': { first: 5_000, most: 5_000 },
  'rate-limited': { first: 30_000, most: 120_000 },
  failing: { first: 2_000, most: 120_000 },
  'switched-off': { first: 0, most: 0 },
  offline: { first: 2_000, most: 120_000 },
  'wrong-answer': { first: 5_000, most: 120_000 },
  aborted: { first: 0, most: 0 },
};

/** Milliseconds until a hub is asked again after its `times`th failure in a row: what it asks for itself, else longer each time, up to two minutes. */
export function backOff(error: HubError, times: number, now: number): number {
  const { until } = error.details;
  if (until !== undefined && until > now && (error.kind === 'rate-limited' || error.kind === 'failing'))
    return Math.min(until - now, longestAsked);
  const { first, most } = pauses[error.kind];
  return Math.min(first * 2 ** Math.min(times - 1, 10), most);
}

/** A hub may ask for hours; it is tried again after six at the latest. */
const longestAsked = 6 * 3600_000;
