import type { Command } from './assignment';
import type { Ledger } from './ledger';
import type { SourceState } from './sourceState';

/** A source of a later band has joined; `before` was the sum of the rates without it. */
interface Trial {
  readonly state: SourceState;
  readonly before: number;
  readonly since: number;
  /** Since when it brings bytes. */
  flowing?: number;
}

/** Milliseconds between joining a source of a later band and judging what it brought. */
const observation = 700;

/** Decides which sources are in use: those of the best band, later ones only while they make the whole faster (RFC 6249 §7). */
export class Bands {
  private trial: Trial | undefined;
  private saturated = false;

  constructor(private readonly ledger: Ledger) {}

  /** Lets the best band in, and later ones one by one while they make the whole faster or nothing else is left. */
  admit(now: number): void {
    const waiting = this.ledger.inOrder().filter((state) => !state.admitted);
    const [first] = waiting;
    if (first === undefined) return;
    const admitted = this.ledger.usable().filter((state) => state.admitted);
    // Who rests, or gave every missing piece wrong, is no help: the next band is let in.
    if (!admitted.some((state) => state.restsUntil <= now && (this.ledger.active.has(state.source.id) || this.ledger.hasWorkFor(state)))) {
      for (const state of waiting) if (state.source.band === first.source.band) state.admitted = true;
      return;
    }
    if (this.ledger.options.exclusive === true || this.saturated || this.ledger.active.size >= this.ledger.options.connections) return;
    if (this.trial !== undefined) {
      const { state, before } = this.trial;
      if (this.isUndecided(this.trial, now)) return;
      this.trial = undefined;
      if (this.ledger.rate < before * 1.05) {
        this.saturated = true;
        state.admitted = false;
        return;
      }
    }
    const { rate } = this.ledger;
    const oldest = Math.min(...[...this.ledger.active.values()].map((a) => a.started));
    if (rate === 0 ? now - oldest < observation : (this.ledger.restBytes * 1000) / rate < 2 * observation || now - oldest < observation / 2)
      return;
    first.admitted = true;
    this.trial = { state: first, before: rate, since: now };
  }

  private isUndecided(trial: Trial, now: number): boolean {
    if (!trial.state.usable) return false;
    if (trial.state.rate === 0) return now - trial.since < 5 * observation;
    trial.flowing ??= now;
    return now - trial.flowing < observation;
  }

  /** A source far slower than the best makes room for one that has not been tried. */
  demote(now: number, commands: Command[]): void {
    if (this.ledger.active.size < this.ledger.options.connections) return;
    const hasReserve = this.ledger
      .inOrder()
      .some((state) => state.ready(now) && !state.demoted && state.requests === 0 && !this.ledger.serverBusy(state));
    if (!hasReserve) return;
    const best = Math.max(...[...this.ledger.active.values()].map((a) => a.state.rate));
    for (const [id, { state, started }] of this.ledger.active) {
      if (now - started < 5000 || state.rate * 5 > best) continue;
      state.demoted = true;
      this.ledger.giveBack(id);
      commands.push({ kind: 'stop', source: id });
      return;
    }
  }
}
