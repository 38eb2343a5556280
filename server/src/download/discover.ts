import { t } from '../text/l10n';
import { aboutHost } from './sourceReason';
import type { DownloadError } from './request';
import type { Exchange } from './exchange';
import type { OpenReply } from './networkRun';

/** `open`: the size and a reply that begins at byte 0. `stream`: a reply that does not say how long it is. */
export type Discovered =
  | { readonly kind: 'known'; readonly size: number }
  | { readonly kind: 'open'; readonly size: number; readonly opened: OpenReply }
  | { readonly kind: 'stream'; readonly opened: OpenReply };

export interface DiscoverWorld {
  /** Source numbers, best first. */
  readonly order: readonly number[];
  readonly digests: Readonly<Record<string, string>>;
  /** Milliseconds before everybody is asked again. */
  readonly pause: number;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly error: (message: string) => DownloadError;
}

const rounds = 4;

/** Asks the sources in turn for the file whose size nobody declared; sources that cannot give it are taken from `exchanges`. */
export async function discover(exchanges: Map<number, Exchange>, world: DiscoverWorld): Promise<Discovered> {
  const reasons = new Map<number, string>();
  for (let round = 0; round < rounds && exchanges.size > 0; round++) {
    let pause = world.pause * 2 ** round;
    for (const source of world.order) {
      const exchange = exchanges.get(source);
      if (exchange === undefined) continue;
      world.signal.throwIfAborted();
      const exchanged = await exchange.ask({ from: 0, to: undefined, size: undefined, digests: world.digests }, false, world.signal);
      if (exchanged.kind === 'empty') return { kind: 'known', size: 0 };
      if (exchanged.kind !== 'failure') {
        const opened = { source, exchanged };
        return exchanged.total === undefined ? { kind: 'stream', opened } : { kind: 'open', size: exchanged.total, opened };
      }
      world.signal.throwIfAborted();
      const reason = aboutHost(exchanged.failure.reason, exchange.host);
      reasons.set(source, reason);
      world.note(`${reason}.`);
      if (exchanged.failure.kind === 'drop') exchanges.delete(source);
      else pause = Math.max(pause, Math.min(exchanged.failure.retryAfter ?? 0, 60_000));
    }
    if (exchanges.size > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw world.error(t('No source is left. {0}', `${[...reasons.values()].join('; ')}.`));
}
