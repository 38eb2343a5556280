import { t } from '../text/l10n';
import { withoutUserinfo } from '../platform/transportSocket';
import type { Expectation } from './expectation';
import { RateMeter } from './rateMeter';
import { DownloadError } from './request';
import type { DownloadFailure, DownloadProgress, SourceStatistics } from './request';
import type { Scheduler } from './scheduler';
import type { TransferJob, TransferOutcome, TransferWorld } from './transferJob';

/** Tells people and callers about one transfer: notes, progress, the result, the error. */
export class TransferReport {
  /** Set once there is something to tell about sources. */
  scheduler: Scheduler | undefined;
  private readonly notes: string[] = [];
  private readonly meter = new RateMeter();

  constructor(
    private readonly job: TransferJob,
    private readonly world: Pick<TransferWorld, 'note' | 'progress'>,
    private readonly expectation: Expectation,
  ) {
    for (const note of expectation.notes) this.note(note);
  }

  readonly note = (text: string): void => {
    this.notes.push(text);
    this.world.note(text);
  };

  progress(state: DownloadProgress['state'], bytes: number, total = this.job.size): void {
    const rate = state === 'downloading' ? this.meter.see(bytes, Date.now()) : 0;
    const secondsLeft = rate > 0 && total !== undefined ? (total - bytes) / rate : undefined;
    this.world.progress({
      state,
      bytes,
      rate,
      mirrors: { active: this.scheduler?.activeCount ?? 0, total: this.job.sources.length },
      ...(total === undefined ? {} : { total }),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    });
  }

  outcome(
    outcome: TransferOutcome['outcome'],
    hashed: Pick<TransferOutcome, 'size' | 'digests' | 'identity' | 'pieces'>,
    piecesVerified = 0,
  ): TransferOutcome {
    const { whole, declared } = this.expectation;
    for (const hash of declared) {
      if (hashed.digests[hash.type] !== hash.hex)
        this.note(t('The declared {0} ({1}) does not match, but the stronger {2} does.', hash.type, hash.source, whole?.type ?? ''));
    }
    const verified = whole === undefined ? {} : { verifiedBy: whole };
    return { outcome, ...hashed, ...verified, piecesVerified, sources: this.statistics(), notes: this.notes };
  }

  error(failure: DownloadFailure, message: string): DownloadError {
    return new DownloadError(failure, message, { sources: this.statistics(), notes: this.notes });
  }

  private statistics(): SourceStatistics[] {
    return [...(this.scheduler?.states ?? [])].map(([id, state]) => ({
      url: withoutUserinfo(this.job.sources[id]?.url ?? ''),
      bytes: state.bytes,
      requests: state.requests,
      strikes: state.strikes,
      badPieces: state.bad,
      rate: state.meanRate,
      ...(state.rejected === undefined ? {} : { dropped: state.rejected }),
    }));
  }
}
