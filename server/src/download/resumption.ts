import { createHash } from 'node:crypto';
import { groupedNumber } from '../text/human';
import { t } from '../text/l10n';
import { bootId } from '../platform/fileLock';
import type { PartialFile } from '../platform/partialFile';
import type { Assembly } from './assembly';
import { Contributions } from './contributions';
import type { Exchange } from './exchange';
import type { Expectation } from './expectation';
import { readJournal, writeJournal } from './journal';
import type { TransferJob } from './transferJob';

/** Milliseconds between journals: what a crash may cost, and what short downloads do not pay. */
const interval = 250;

/** Remembers beside the partial file what is there, and finds it again. */
export class Resumption {
  private readonly identity: string;
  private readonly boot = bootId();
  private lastTime = Date.now();
  private isBusy = false;

  constructor(
    private readonly job: TransferJob,
    private readonly expectation: Expectation,
    private readonly exchanges: ReadonlyMap<number, Exchange>,
    private readonly size: number,
    private readonly note: (text: string) => void,
  ) {
    const { whole, pieces } = expectation;
    const content = whole === undefined && pieces === undefined ? job.sources.map((source) => source.url) : { whole: whole?.hex, pieces };
    this.identity = createHash('sha256').update(JSON.stringify({ size, content })).digest('hex');
  }

  /** What an interrupted download left in `file` and can still be used; a file that nothing is known about is emptied. */
  async read(file: PartialFile): Promise<Contributions> {
    const journal = await readJournal(this.job.journal);
    const length = await file.size();
    const isSame = journal?.identity === this.identity && journal.size === this.size;
    // After a power failure nothing on the disk is sure. With a whole hash that shows at the end, without one it would not.
    if (journal === undefined || !isSame || (journal.boot !== (await this.boot) && this.expectation.whole === undefined)) {
      if (length > 0) await file.truncate(0);
      return new Contributions();
    }
    const byName = new Map([...this.exchanges].map(([id, exchange]) => [exchange.name, id]));
    const ids = journal.sources.map((old) => byName.get(old.url) ?? -1);
    journal.sources.forEach(({ url, ...validators }) => this.exchanges.get(byName.get(url) ?? -1)?.sees(validators));
    const usable = journal.done.filter((part) => part.from >= 0 && part.to <= Math.min(length, this.size));
    const done = new Contributions(usable.map((part) => ({ ...part, source: ids[part.source] ?? -1 })));
    const bytes = done.list.reduce((sum, part) => sum + part.to - part.from, 0);
    this.note(t('Resuming: {0} of {1} bytes are here.', groupedNumber(bytes), groupedNumber(this.size)));
    return done;
  }

  /** Saves now and then; a journal that cannot be written is said once, the one before stays good. */
  saveSometimes(assembly: Assembly): void {
    if (Date.now() - this.lastTime < interval || this.isBusy) return;
    this.isBusy = true;
    this.save(assembly).then(
      () => (this.isBusy = false),
      (error: unknown) => this.note(t('The journal cannot be written: {0}', error instanceof Error ? error.message : String(error))),
    );
  }

  async save(assembly: Assembly): Promise<void> {
    this.lastTime = Date.now();
    const ids = [...this.exchanges.keys()];
    await writeJournal(this.job.journal, {
      identity: this.identity,
      size: this.size,
      boot: await this.boot,
      sources: [...this.exchanges.values()].map((exchange) => ({ url: exchange.name, ...exchange.validators })),
      done: assembly.settledRanges.list.map((part) => ({ ...part, source: ids.indexOf(part.source) })),
    });
  }
}
