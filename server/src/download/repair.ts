import { t } from '../text/l10n';
import type { Assembly } from './assembly';
import type { Scheduler } from './scheduler';

export interface RepairWorld {
  readonly scheduler: Scheduler;
  readonly assembly: Assembly;
  readonly size: number;
  /** Every byte was there, and the whole hash was wrong; false: the sources ran out before. */
  readonly isComplete: boolean;
  readonly host: (source: number) => string;
  readonly note: (text: string) => void;
}

/**
 * The whole hash is wrong and there are no piece hashes: arranges for one source to give the whole file alone, keeping what it gave
 * already. When that is right, the others' differing bytes name the guilty; when it is wrong, the source itself is. False when no source
 * is left to try.
 */
export function repairWhole({ scheduler, assembly, size, isComplete, host, note }: RepairWorld): boolean {
  if (!isComplete && scheduler.solo === undefined) return false;
  assembly.wasWrong = true;
  const givers = assembly.contributions.sourcesOf(0, size);
  const [only] = givers;
  if (isComplete && givers.size === 1 && only !== undefined) {
    note(t('{0} gave a file with a wrong hash.', host(only)));
    scheduler.drop(only, t('its file does not match the declared hash'));
  }
  const next = nextSolo(scheduler, assembly);
  if (next === undefined) return false;
  assembly.compareWithEarlier();
  for (const part of [...assembly.contributions.list]) {
    if (part.source === next) continue;
    assembly.forget(part.from, part.to);
    scheduler.lost(part.from, part.to);
  }
  scheduler.solo = next;
  return true;
}

/** All pieces were right, the whole is not: looks whether the disk still holds what was checked. False when it does: the document contradicts itself. */
export async function repairPieces(scheduler: Scheduler, assembly: Assembly, note: (text: string) => void): Promise<boolean> {
  const wrong = await assembly.recheckPieces();
  if (wrong.length === 0) {
    note(t('Every piece matches its hash but the whole file does not: what is declared contradicts itself.'));
    return false;
  }
  for (const piece of wrong) scheduler.lost(piece.from, piece.to);
  note(t('{0} pieces on the disk are damaged and are fetched again.', wrong.length));
  return true;
}

/** The usable source that gave most. */
function nextSolo(scheduler: Scheduler, assembly: Assembly): number | undefined {
  let best: number | undefined;
  let most = -1;
  for (const [id, state] of scheduler.states) {
    if (!state.usable) continue;
    const bytes = assembly.contributions.of(id).reduce((sum, part) => sum + part.to - part.from, 0);
    if (bytes > most) [best, most] = [id, bytes];
  }
  return best;
}
