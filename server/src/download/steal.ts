import { rateOf, workOf } from './assignment';
import type { Assignment, Command } from './assignment';
import type { Ledger } from './ledger';
import type { Range } from './rangeSet';
import type { SourceState } from './sourceState';

/** Work that ends within this many milliseconds is not worth another request. */
const notWorthSplitting = 250;

/** A part of what another source has still to do. */
export function steal(ledger: Ledger, thief: SourceState, now: number, commands: Command[]): Range | undefined {
  if (!thief.ranges || thief.distrusted !== undefined) return undefined;
  let victim: Assignment | undefined;
  let longest = notWorthSplitting;
  for (const assignment of ledger.active.values()) {
    const time = ((assignment.to - assignment.position) * 1000) / rateOf(assignment, thief, now);
    if (time > longest) [victim, longest] = [assignment, time];
  }
  if (victim === undefined) return undefined;
  return cutTail(ledger, victim, thief, now) ?? takeOver(ledger, victim, thief, now, commands);
}

function cutTail(ledger: Ledger, victim: Assignment, thief: SourceState, now: number): Range | undefined {
  const unit = ledger.options.pieceLength ?? ledger.options.grain;
  const { grain } = ledger.options;
  const nearest = Math.ceil(((Math.floor(victim.position / grain) + 1) * grain) / unit) * unit;
  const rest = victim.to - victim.position;
  const own = rateOf(victim, thief, now);
  const chunk = workOf(victim.state);
  const share = rest > 2 * chunk ? chunk : (rest * own) / (own + (thief.rate === 0 ? own : thief.rate));
  const cut = Math.max(nearest, Math.ceil((victim.position + share) / unit) * unit);
  if (cut >= victim.to) return undefined;
  const end = victim.to;
  victim.to = cut;
  ledger.missing.add(cut, end);
  return ledger.take(thief);
}

/** The last piece of a crawling source is finished by a faster one. */
function takeOver(ledger: Ledger, victim: Assignment, thief: SourceState, now: number, commands: Command[]): Range | undefined {
  const rest = victim.to - victim.position;
  const own = rateOf(victim, thief, now);
  if (thief.rate === 0 ? now - victim.started < 3000 || victim.state.rate > 0 : rest / own < (2 * rest) / thief.rate + 1) return undefined;
  const length = ledger.options.pieceLength;
  if (length !== undefined && ledger.trust.forbids(thief, Math.floor(victim.position / length))) return undefined;
  ledger.active.delete(victim.state.source.id);
  commands.push({ kind: 'stop', source: victim.state.source.id });
  return { from: victim.position, to: victim.to };
}
