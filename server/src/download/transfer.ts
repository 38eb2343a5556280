import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { t } from '../text/l10n';
import { freeSpace } from '../platform/diskSpace';
import { hasCode } from '../platform/durable';
import { bootId } from '../platform/fileLock';
import { PartialFile } from '../platform/partialFile';
import type { Transport } from '../platform/transport';
import { withoutUserinfo } from '../platform/transportSocket';
import { Assembly } from './assembly';
import { Contributions } from './contributions';
import { discover } from './discover';
import type { Discovered } from './discover';
import { Exchange } from './exchange';
import { expectationOf, piecesFit } from './expectation';
import type { Expectation } from './expectation';
import { readJournal, writeJournal } from './journal';
import { allowedPath, copyWhenEqual, hashFile, takePieces } from './localCopies';
import { NetworkRun, grain } from './networkRun';
import type { NetworkRunOptions, OpenReply } from './networkRun';
import type { RateLimit } from './rateLimit';
import { RateMeter } from './rateMeter';
import { repairPieces, repairWhole } from './repair';
import { strongEtag } from './replyCheck';
import type { Validators } from './replyCheck';
import { DownloadError } from './request';
import type { DeclaredHash, DeclaredPieces, DownloadProgress, DownloadSettings, HeaderContext, SourceStatistics } from './request';
import { Scheduler } from './scheduler';
import { streamUnknown } from './streamUnknown';

/** A download without its functions: what crosses to the worker thread. */
export interface TransferJob {
  readonly final: string;
  readonly partial: string;
  readonly journal: string;
  readonly folder: string;
  readonly size?: number;
  readonly hashes: readonly DeclaredHash[];
  readonly pieces: readonly DeclaredPieces[];
  readonly sources: readonly TransferSource[];
  readonly candidates: readonly string[];
  readonly overwrite: boolean;
  readonly unverified: 'accept' | 'refuse' | undefined;
  readonly onCancel: 'keep' | 'delete';
  readonly settings: DownloadSettings;
}

export interface TransferSource {
  readonly url: string;
  readonly priority: number;
  readonly location?: string;
  readonly preferred?: boolean;
  readonly etag?: string;
  readonly hasHeaders: boolean;
}

export interface TransferWorld {
  readonly transport: Transport;
  readonly limit: RateLimit;
  headers(source: number, context: HeaderContext): Promise<Readonly<Record<string, string>>>;
  refuse(url: string, step: 'source' | 'redirect'): Promise<string | undefined>;
  note(text: string): void;
  progress(progress: DownloadProgress): void;
}

export interface TransferOutcome {
  readonly outcome: 'downloaded' | 'copied' | 'already-there';
  readonly size: number;
  readonly digests: Readonly<Record<string, string>>;
  readonly verifiedBy?: DeclaredHash;
  readonly piecesVerified: number;
  readonly sources: readonly SourceStatistics[];
  readonly notes: readonly string[];
}

/**
 * Brings the verified bytes of one file to `job.partial`, synced: from what is on this disk, from an interrupted download, from the
 * sources. Whoever calls holds the lock on the name. Rejects with `DownloadError`, and with the system's errors.
 */
export async function transfer(job: TransferJob, world: TransferWorld, signal: AbortSignal): Promise<TransferOutcome> {
  const run = new Transfer(job, world, signal);
  return await run.run();
}

class Transfer {
  private readonly notes: string[] = [];
  private readonly meter = new RateMeter();
  private readonly expectation: Expectation;
  private scheduler: Scheduler | undefined;
  private journalTime = Date.now();
  private journalBusy = false;
  private boot = '';
  private keepsPieces = false;

  constructor(
    private readonly job: TransferJob,
    private readonly world: TransferWorld,
    private readonly signal: AbortSignal,
  ) {
    this.expectation = expectationOf(job.hashes, job.pieces);
    for (const note of this.expectation.notes) this.note(note);
  }

  async run(): Promise<TransferOutcome> {
    const { expectation, job } = this;
    const mayBeUnverified = job.unverified ?? (expectation.problem === undefined ? 'accept' : 'refuse');
    if (expectation.whole === undefined && mayBeUnverified === 'refuse')
      throw this.error('unverifiable', expectation.problem ?? t('No hash is declared: nothing can be verified.'));
    if (expectation.problem !== undefined && expectation.whole !== undefined) throw this.error('unverifiable', expectation.problem);
    const local = (await this.lookAtFinal()) ?? (await this.lookAtCopies());
    if (local !== undefined) return local;
    return await this.fetch();
  }

  /** The final name: these bytes already, something else, or free. */
  private async lookAtFinal(): Promise<TransferOutcome | undefined> {
    const { final, overwrite, size } = this.job;
    const { whole, computed } = this.expectation;
    const stat = await fs.lstat(final).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (stat === undefined) return undefined;
    if (stat.isFile() && whole !== undefined && (size === undefined || stat.size === size)) {
      this.progress('checking', 0);
      const { digests, size: length } = await hashFile(final, computed, this.signal);
      if (digests[whole.type] === whole.hex) return this.outcome('already-there', length, digests, 0);
    }
    if (overwrite && !stat.isDirectory()) return undefined;
    throw this.error('exists', t('{0} is there already and is not this file. It is not replaced unless you say so.', final));
  }

  private async lookAtCopies(): Promise<TransferOutcome | undefined> {
    for (const candidate of await this.candidates()) {
      this.progress('checking', 0);
      try {
        const copied = await copyWhenEqual(candidate, this.job.partial, this.expectation, this.job.size, this.signal);
        if (copied === undefined) continue;
        this.note(t('Copied from {0}: its hash agrees.', candidate));
        await syncFile(this.job.partial);
        return this.outcome('copied', copied.size, copied.digests, 0);
      } catch (error) {
        if (this.signal.aborted || hasCode(error, 'ENOSPC', 'EDQUOT')) throw error;
        this.note(t('{0} cannot be used: {1}', candidate, error instanceof Error ? error.message : String(error)));
      }
    }
    return undefined;
  }

  private async candidates(): Promise<string[]> {
    const found = [...this.job.candidates];
    for (const { url } of this.job.sources.filter((source) => /^file:/i.test(source.url))) {
      const allowed = await allowedPath(url, this.job.settings.allowedFolders);
      if ('path' in allowed) found.push(allowed.path);
      else this.note(t('{0} is not used: {1}.', url, allowed.refusal));
    }
    return found;
  }

  private async fetch(): Promise<TransferOutcome> {
    this.boot = await bootId();
    const exchanges = this.exchanges();
    let discovered: Discovered = { kind: 'known', size: this.job.size ?? 0 };
    if (this.job.size === undefined) discovered = await discover(exchanges, this.discoverWorld());
    await this.checkSpace(discovered.kind === 'stream' ? undefined : discovered.size);
    const file = await PartialFile.open(this.job.partial);
    try {
      if (discovered.kind === 'stream') return await this.stream(file, discovered.opened, exchanges);
      return await this.assemble(file, discovered.size, discovered.kind === 'open' ? discovered.opened : undefined, exchanges);
    } catch (error) {
      await this.afterFailure(error);
      throw this.explained(error);
    } finally {
      await file.close();
    }
  }

  private exchanges(): Map<number, Exchange> {
    const { world, job } = this;
    const exchanges = new Map<number, Exchange>();
    job.sources.forEach((source, id) => {
      if (/^file:/i.test(source.url)) return;
      if (!/^https?:/i.test(source.url) || !URL.canParse(source.url)) {
        this.note(t('{0} is skipped: only http, https and file can be downloaded from.', source.url.replace(/\/\/[^/@]*@/, '//')));
        return;
      }
      const headers = source.hasHeaders ? { headers: (context: HeaderContext) => world.headers(id, context) } : {};
      exchanges.set(
        id,
        new Exchange(
          { url: source.url, ...(source.etag === undefined ? {} : { etag: source.etag }), ...headers },
          { transport: world.transport, userAgent: job.settings.userAgent, refuse: (url, step) => world.refuse(url, step) },
        ),
      );
    });
    if (exchanges.size === 0) throw this.error('no-source', t('None of the sources can be downloaded from.'));
    return exchanges;
  }

  private discoverWorld(): Parameters<typeof discover>[1] {
    const { job, expectation } = this;
    return {
      order: [...job.sources.keys()].sort((a, b) => this.band(a) - this.band(b) || a - b),
      digests: digestsOf(expectation),
      pause: job.settings.timing?.pause ?? 250,
      signal: this.signal,
      note: (text) => this.note(text),
      error: (message) => this.error('no-source', message),
    };
  }

  private async assemble(
    file: PartialFile,
    size: number,
    opened: OpenReply | undefined,
    exchanges: Map<number, Exchange>,
  ): Promise<TransferOutcome> {
    const expectation = this.expectationFor(size);
    const done = await this.resume(file, size, expectation, exchanges);
    const scheduler: Scheduler = new Scheduler({
      size,
      ...(expectation.pieces === undefined ? {} : { pieceLength: expectation.pieces.length }),
      sources: [...exchanges].map(([id, exchange]) => ({ id, server: new URL(exchange.name).origin, band: this.band(id) })),
      connections: this.job.settings.connections,
      grain,
      exclusive: expectation.whole === undefined && expectation.pieces === undefined,
      done: done.list,
      pause: this.job.settings.timing?.pause ?? 250,
      longestPause: this.job.settings.timing?.longestPause ?? 60_000,
    });
    this.scheduler = scheduler;
    const assembly: Assembly = new Assembly(file, expectation, size, done, (piece) => {
      if (piece.verdict === 'good') scheduler.goodPiece(piece.sources);
      else if (piece.verdict === 'lost') scheduler.lost(piece.from, piece.to);
      else {
        const names = piece.sources.map((source) => exchanges.get(source)?.host ?? '?').join(', ');
        this.note(t('{0}: piece {1} has a wrong hash and is fetched again.', names, piece.index));
        scheduler.badPiece(piece.index, piece.sources, t('pieces that it sends have wrong hashes'));
      }
    });
    for (const candidate of await this.candidates()) await this.usePieces(candidate, assembly, expectation, size, scheduler);
    const options: NetworkRunOptions = {
      scheduler,
      assembly,
      exchanges,
      size,
      digests: digestsOf(expectation),
      trust: expectation.pieces !== undefined ? 'pieces' : expectation.whole !== undefined ? 'whole' : 'etag',
      contentEtag: this.contentEtag(done, exchanges),
      limit: this.world.limit,
      drip: this.job.settings.timing?.drip ?? 20_000,
      note: (text) => this.note(text),
      onTick: () => this.tick(scheduler, assembly, exchanges, size),
      signal: this.signal,
    };
    try {
      return await this.untilRight(options, expectation, file, opened);
    } catch (error) {
      // Keeps what is there, for the next time; the error that ended the run matters more than one of the journal.
      await assembly.written().catch(() => undefined);
      await this.saveJournal(assembly, exchanges, size).catch((failure: unknown) => this.note(String(failure)));
      throw error;
    }
  }

  /** Runs, compares the whole hash, repairs, until it is right or hopeless. */
  private async untilRight(
    options: NetworkRunOptions,
    expectation: Expectation,
    file: PartialFile,
    opened: OpenReply | undefined,
  ): Promise<TransferOutcome> {
    const { scheduler, assembly, size } = options;
    let reply = opened;
    for (let round = 0; ; round++) {
      const isComplete = await new NetworkRun(options).run(reply);
      reply = undefined;
      if (isComplete) {
        this.progress('verifying', size, size);
        await assembly.settled();
        const digests = assembly.digests();
        const { whole } = expectation;
        if (whole === undefined || digests[whole.type] === whole.hex) {
          for (const source of assembly.contradicted)
            if (source >= 0)
              this.note(t('{0} gave wrong bytes: those of another source match the hash.', options.exchanges.get(source)?.host ?? ''));
          await file.truncate(size);
          await file.sync();
          return this.outcome('downloaded', size, digests, assembly.piecesVerified);
        }
        this.note(t('The {0} of the whole file is {1}, declared is {2}.', whole.type, digests[whole.type] ?? '', whole.hex));
        assembly.restartHash();
      }
      const hosts = (source: number): string => options.exchanges.get(source)?.host ?? t('an earlier download');
      const isRepairable =
        expectation.pieces === undefined
          ? repairWhole({ scheduler, assembly, size, isComplete, hosts, note: options.note })
          : isComplete && round < 2 && (await repairPieces(scheduler, assembly, options.note));
      if (!isRepairable) throw isComplete || assembly.wasWrong ? this.mismatch() : this.noSource(options);
    }
  }

  private async stream(file: PartialFile, opened: OpenReply, exchanges: Map<number, Exchange>): Promise<TransferOutcome> {
    const { whole } = this.expectation;
    const size = await streamUnknown(file, opened.exchanged.reply, this.world.limit, this.signal, (bytes) =>
      this.progress('downloading', bytes),
    );
    const { digests } = await hashFile(this.job.partial, this.expectation.computed, this.signal);
    if (whole !== undefined && digests[whole.type] !== whole.hex) throw this.mismatch();
    this.note(t('{0} does not say how long the file is: {1} bytes came.', exchanges.get(opened.source)?.host ?? '', size));
    await file.sync();
    return this.outcome('downloaded', size, digests, 0);
  }

  private expectationFor(size: number): Expectation {
    const { pieces } = this.expectation;
    if (pieces === undefined || piecesFit(pieces, size)) return this.expectation;
    this.note(
      t('The piece hashes are not used: {0} are listed, {1} would be needed.', pieces.hashes.length, Math.ceil(size / pieces.length)),
    );
    return { ...this.expectation, pieces: undefined };
  }

  /** What an interrupted download left and can still be used. */
  private async resume(
    file: PartialFile,
    size: number,
    expectation: Expectation,
    exchanges: Map<number, Exchange>,
  ): Promise<Contributions> {
    const journal = await readJournal(this.job.journal);
    const length = await file.size();
    const isSame = journal?.identity === this.identity(size) && journal.size === size;
    // After a power failure nothing on the disk is sure; with a whole hash that shows at the end, without one it would not.
    if (journal === undefined || !isSame || (journal.boot !== this.boot && expectation.whole === undefined)) {
      if (length > 0) await file.truncate(0);
      return new Contributions();
    }
    const ids = journal.sources.map((old) => [...exchanges].find(([, exchange]) => exchange.name === old.url)?.[0] ?? -1);
    journal.sources.forEach((old, index) => exchanges.get(ids[index] ?? -1)?.sees(validatorsIn(old)));
    const done = new Contributions(
      journal.done.filter((part) => part.to <= length && part.from >= 0).map((part) => ({ ...part, source: ids[part.source] ?? -1 })),
    );
    const bytes = done.list.reduce((sum, part) => sum + part.to - part.from, 0);
    this.note(t('Resuming: {0} of {1} bytes are here.', bytes, size));
    return done;
  }

  private async usePieces(
    candidate: string,
    assembly: Assembly,
    expectation: Expectation,
    size: number,
    scheduler: Scheduler,
  ): Promise<void> {
    if (expectation.pieces === undefined) return;
    try {
      const taken = await takePieces(candidate, assembly, expectation, size, this.signal);
      if (taken > 0) this.note(t('{0} bytes were taken from {1}: the hashes of their pieces agree.', taken, candidate));
      for (const { from, to } of assembly.trusted.list) scheduler.has(from, to);
    } catch (error) {
      if (this.signal.aborted) throw error;
      this.note(t('{0} cannot be used: {1}', candidate, error instanceof Error ? error.message : String(error)));
    }
  }

  private contentEtag(done: Contributions, exchanges: Map<number, Exchange>): string | undefined {
    const giver = done.list[0]?.source;
    return giver === undefined ? undefined : strongEtag(exchanges.get(giver)?.validators ?? {});
  }

  private async checkSpace(size: number | undefined): Promise<void> {
    if (size === undefined) return;
    const free = await freeSpace(this.job.folder);
    const there = await fs.stat(this.job.partial).catch(() => undefined); // none yet
    const needed = BigInt(size) - BigInt((there?.blocks ?? 0) * 512);
    if (free !== undefined && needed > free)
      throw this.error('no-space', t('{0} bytes are needed in {1}, {2} are free.', needed, this.job.folder, free));
  }

  private tick(scheduler: Scheduler, assembly: Assembly, exchanges: Map<number, Exchange>, size: number): void {
    this.progress('downloading', size - scheduler.restBytes, size);
    if (Date.now() - this.journalTime < 1000 || this.journalBusy) return;
    this.journalBusy = true;
    this.saveJournal(assembly, exchanges, size).then(
      () => (this.journalBusy = false),
      // Left busy: one message, no more attempts. The journal before this one stays good.
      (error: unknown) => this.note(t('The journal cannot be written: {0}', String(error))),
    );
  }

  private async saveJournal(assembly: Assembly, exchanges: Map<number, Exchange>, size: number): Promise<void> {
    this.journalTime = Date.now();
    const ids = [...exchanges.keys()];
    await writeJournal(this.job.journal, {
      identity: this.identity(size),
      size,
      boot: this.boot,
      sources: ids.map((id) => ({ url: exchanges.get(id)?.name ?? '', ...exchanges.get(id)?.validators })),
      done: assembly.settledRanges.list.map((part) => ({ ...part, source: ids.indexOf(part.source) })),
    });
  }

  private identity(size: number): string {
    const { whole, pieces } = this.expectation;
    const content =
      whole === undefined && pieces === undefined ? this.job.sources.map((source) => source.url) : { whole: whole?.hex, pieces };
    return createHash('sha256').update(JSON.stringify({ size, content })).digest('hex');
  }

  /** Sources of one priority are one band, those of the user's country first. */
  private band(id: number): number {
    const source = this.job.sources[id];
    const here = this.job.settings.location.toLowerCase();
    const isHere = here !== '' && source?.location?.toLowerCase() === here;
    return (source?.priority ?? 999_999) * 4 + (isHere ? 0 : 2) + (source?.preferred === true ? 0 : 1);
  }

  private async afterFailure(error: unknown): Promise<void> {
    const isWrong = error instanceof DownloadError && error.failure === 'mismatch' && !this.keepsPieces;
    if (!isWrong && !(this.signal.aborted && this.job.onCancel === 'delete')) return;
    await fs.rm(this.job.partial, { force: true });
    await fs.rm(this.job.journal, { force: true });
  }

  private progress(state: DownloadProgress['state'], bytes: number, total = this.job.size): void {
    const rate = state === 'downloading' ? this.meter.see(bytes, Date.now()) : 0;
    const secondsLeft = rate > 0 && total !== undefined ? (total - bytes) / rate : undefined;
    const mirrors = { active: this.scheduler?.activeCount ?? 0, total: this.job.sources.length };
    this.world.progress({
      state,
      bytes,
      rate,
      mirrors,
      ...(total === undefined ? {} : { total }),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    });
  }

  private note(text: string): void {
    this.notes.push(text);
    this.world.note(text);
  }

  private outcome(
    outcome: TransferOutcome['outcome'],
    size: number,
    digests: Readonly<Record<string, string>>,
    piecesVerified: number,
  ): TransferOutcome {
    const { whole, declared } = this.expectation;
    for (const hash of declared)
      if (digests[hash.type] !== hash.hex)
        this.note(t('The declared {0} ({1}) does not match, but the stronger {2} does.', hash.type, hash.source, whole?.type ?? ''));
    const verified = whole === undefined ? {} : { verifiedBy: whole };
    return { outcome, size, digests, ...verified, piecesVerified, sources: this.statistics(), notes: this.notes };
  }

  private statistics(): SourceStatistics[] {
    return [...(this.scheduler?.states ?? [])].map(([id, state]) => ({
      url: withoutUserinfo(this.job.sources[id]?.url ?? ''),
      bytes: state.bytes,
      requests: state.requests,
      strikes: state.strikes,
      badPieces: state.bad,
      rate: state.meanRate,
      ...(state.dropped === undefined ? {} : { dropped: state.dropped }),
    }));
  }

  private mismatch(): DownloadError {
    return this.error('mismatch', t('What the sources send does not match what is declared. Nothing was kept.'));
  }

  private noSource({ scheduler, exchanges, assembly }: NetworkRunOptions): DownloadError {
    const states = [...scheduler.states];
    // Pieces that match are worth keeping for the day when a good source is there.
    this.keepsPieces = assembly.trusted.bytes > 0;
    if (scheduler.hopelessPiece !== undefined)
      return this.error('mismatch', t('Piece {0} has a wrong hash from every source.', scheduler.hopelessPiece));
    const reasons = states.map(([id, state]) => `${exchanges.get(id)?.host ?? ''}: ${state.dropped ?? state.lastReason}`);
    const isWrong = states.some(([, state]) => state.bad > 0);
    return this.error(isWrong ? 'mismatch' : 'no-source', t('No source is left. {0}', reasons.join('; ')));
  }

  private error(failure: DownloadError['failure'], message: string): DownloadError {
    return new DownloadError(failure, message, { sources: this.statistics(), notes: this.notes });
  }

  private explained(error: unknown): unknown {
    const { folder } = this.job;
    if (this.signal.aborted) return this.error('cancelled', t('The download was cancelled.'));
    if (hasCode(error, 'ENOSPC'))
      return this.error('no-space', t('The disk of {0} is full. What has come is kept and goes on from there.', folder));
    if (hasCode(error, 'EDQUOT'))
      return this.error('no-space', t('Your quota for {0} is used up. What has come is kept and goes on from there.', folder));
    return error;
  }
}

function digestsOf(expectation: Expectation): Record<string, string> {
  return Object.fromEntries(expectation.declared.map((hash) => [hash.type, hash.hex]));
}

function validatorsIn({ etag, lastModified }: Validators): Validators {
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

async function syncFile(path: string): Promise<void> {
  const handle = await fs.open(path, 'r+');
  await handle.sync().finally(() => handle.close());
}
