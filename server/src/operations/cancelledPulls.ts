import { removeStaged } from '../cache/staging';
import type { DiscardParams, DiscardResult } from '../protocol';

/** What pulls of this process have begun and not finished, so that a user who cancelled one can delete what it left. */
export interface CancelledPulls {
  /** Runs a pull; it tells the paths of its partial files to `onPartial`. They are forgotten when it succeeds. */
  follow<Result>(pull: DiscardParams, run: (onPartial: (path: string) => void) => Promise<Result>): Promise<Result>;
  /** Deletes the partial files of a pull that was cancelled; one that is being downloaded again stays, and is told. */
  discard(pull: DiscardParams): Promise<DiscardResult>;
}

/** Pulls that are remembered at most; the oldest go. */
const remembered = 50;

export function createCancelledPulls(): CancelledPulls {
  const partials = new Map<string, Set<string>>();
  return {
    async follow(pull, run) {
      const key = keyOf(pull);
      const paths = partials.get(key) ?? new Set<string>();
      partials.delete(key);
      partials.set(key, paths);
      for (const old of [...partials.keys()].slice(0, -remembered)) partials.delete(old);
      const result = await run((path) => paths.add(path));
      partials.delete(key);
      return result;
    },
    async discard(pull) {
      const kept: string[] = [];
      for (const path of partials.get(keyOf(pull)) ?? []) {
        const reason = await removeStaged(path);
        if (reason !== undefined) kept.push(`${path}: ${reason}`);
      }
      partials.delete(keyOf(pull));
      return { kept };
    },
  };
}

function keyOf({ target, destination }: DiscardParams): string {
  return JSON.stringify([target, destination]);
}
