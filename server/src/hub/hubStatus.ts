import type { HubError, HubStatus } from './hub';

/** One flight began or ended. */
export interface FlightEvent {
  readonly host: string | undefined;
  /** Requests under way now. */
  readonly flights: number;
  readonly failure?: HubError;
}

export interface HubStatusKeeper {
  readonly onFlight: (event: FlightEvent) => void;
  readonly current: () => HubStatus;
  readonly listen: (listener: (status: HubStatus) => void) => () => void;
  readonly clear: () => void;
}

/** Turns requests and their ends into the one state that people see: busy while any runs, then the last trouble, then idle. */
export function createHubStatus(now: () => number, first: ((status: HubStatus) => void) | undefined): HubStatusKeeper {
  const listeners = new Set<(status: HubStatus) => void>(first ? [first] : []);
  let busy: HubStatus | undefined;
  let trouble: HubStatus | undefined;
  let shown: HubStatus = { state: 'idle' };

  function current(): HubStatus {
    if (trouble?.until !== undefined && trouble.until <= now()) trouble = undefined;
    return busy ?? trouble ?? { state: 'idle' };
  }

  function show(): void {
    const next = current();
    if (next.state === shown.state && next.host === shown.host && next.until === shown.until) return;
    shown = next;
    for (const listener of listeners) listener(next);
  }

  return {
    current,
    onFlight: ({ host, flights, failure }) => {
      busy =
        flights > 0
          ? {
              state: 'busy',
              ...((flights === 1 || busy?.host === undefined) && host !== undefined
                ? { host }
                : busy?.host !== undefined && { host: busy.host }),
            }
          : undefined;
      const next = failure && troubleOf(failure);
      if (next) trouble = next;
      // An answer from the host that was in trouble, or any answer at all after "offline", ends it.
      else if (!failure && flights === 0 && (trouble?.state === 'offline' || trouble?.host === host)) trouble = undefined;
      show();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear: () => {
      trouble = undefined;
      show();
    },
  };
}

function troubleOf({ kind, host, details }: HubError): HubStatus | undefined {
  const where = host === undefined ? {} : { host };
  if (kind === 'offline') return { state: 'offline', ...where };
  if (kind === 'sign-in') return { state: 'sign-in', ...where };
  if (kind === 'rate-limited') return { state: 'rate-limited', ...where, ...(details.until !== undefined && { until: details.until }) };
  return undefined;
}
