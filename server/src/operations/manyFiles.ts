import { t } from '../text/l10n';
import type { Progress, ProgressListener } from './progress';

/** Files that are fetched at the same time. Small ones are mostly waiting: for replies, for the disk. */
const atOnce = 5;

/** Does `work` for every item, a few at a time; results in the items' order. Rejects with the first error after all that began have ended. */
export async function forMany<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const queue = items.entries();
  const take = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failures.length > 0) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, take));
  if (failures.length > 0) throw failures[0];
  return results;
}

/** The progress of many files as one: `3 of 200 files`, their bytes and rates added up. `sizes`: bytes of each, where they are known. */
export class SharedProgress {
  private readonly latest: (Progress | undefined)[] = [];
  private finished = 0;

  constructor(
    private readonly sizes: readonly (number | undefined)[],
    private readonly onProgress: ProgressListener,
  ) {}

  /** Takes the progress of one file. */
  listener(index: number): ProgressListener {
    return (progress) => {
      this.latest[index] = progress;
      this.tell();
    };
  }

  /** A file is done, well or not. */
  finish(index: number): void {
    const done = this.sizes[index] ?? this.latest[index]?.done ?? 0;
    this.latest[index] = { what: '', done };
    this.finished++;
    this.tell();
  }

  private tell(): void {
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
    const total = sum(this.sizes.map((size, index) => size ?? this.latest[index]?.total ?? NaN));
    const rate = sum(this.latest.map((progress) => progress?.rate ?? 0));
    this.onProgress({
      what: t('{0} of {1} files', this.finished, this.sizes.length),
      done: sum(this.latest.map((progress) => progress?.done ?? 0)),
      ...(Number.isNaN(total) ? {} : { total }),
      ...(rate > 0 && { rate }),
    });
  }
}
