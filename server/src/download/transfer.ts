import type { Stats } from 'node:fs';
import { groupedNumber, humanBytes } from '../text/human';
import { t } from '../text/l10n';
import { freeSpace } from '../platform/diskSpace';
import { hasCode } from '../platform/systemError';
import { PartialFile } from '../platform/partialFile';
import { removeFile, smallFiles } from '../platform/smallFiles';
import { Assembly } from './assembly';
import type { Contributions } from './contributions';
import { discover } from './discover';
import type { Discovered } from './discover';
import { Exchange } from './exchange';
import { expectationOf, piecesFit } from './expectation';
import type { Expectation } from './expectation';
import { takePieces, hashFile } from './localCopies';
import { isFileUrl, localCandidates, lookAtCopies, lookAtFinal } from './localSources';
import { NetworkRun, grain } from './networkRun';
import type { NetworkRunOptions, OpenReply } from './networkRun';
import type { CheckedPiece } from './pieceCheck';
import { repairPieces, repairWhole } from './repair';
import { strongEtag } from './replyCheck';
import { DownloadError } from './request';
import type { DeclaredPieces, HeaderContext } from './request';
import { Resumption } from './resumption';
import { Scheduler } from './scheduler';
import { aboutHost } from './sourceReason';
import { streamUnknown } from './streamUnknown';
import type { TransferJob, TransferOutcome, TransferSource, TransferWorld } from './transferJob';
import { TransferReport } from './transferReport';

/**
 * Brings the verified bytes of one file to `job.partial`, synced: from what is on this disk, from an interrupted download, from the
 * sources. Whoever calls holds the lock on the name. Rejects with `DownloadError`, and with the system's errors.
 */
export async function transfer(job: TransferJob, world: TransferWorld, signal: AbortSignal): Promise<TransferOutcome> {
  const expectation = expectationOf(job.hashes, job.pieces);
  const report = new TransferReport(job, world, expectation);
  const mayBeUnverified = job.unverified ?? (expectation.problem === undefined ? 'accept' : 'refuse');
  if (expectation.whole === undefined ? mayBeUnverified === 'refuse' : expectation.problem !== undefined)
    throw report.error('unverifiable', expectation.problem ?? t('No hash is declared: nothing can be verified.'));
  try {
    signal.throwIfAborted();
    const candidates = await localCandidates(job, report);
    const local =
      (await lookAtFinal(job, expectation, report, signal)) ?? (await lookAtCopies(candidates, job, expectation, report, signal));
    return local ?? (await new NetworkTransfer(job, world, signal, expectation, report, candidates).run());
  } catch (error) {
    throw await explained(error, job, report, signal);
  }
}

class NetworkTransfer {
  private keepsPieces = false;
  /** No byte has come that could be gone on with. */
  private hasNothing = false;

  constructor(
    private readonly job: TransferJob,
    private readonly world: TransferWorld,
    private readonly signal: AbortSignal,
    private readonly expectation: Expectation,
    private readonly report: TransferReport,
    private readonly candidates: readonly string[],
  ) {}

  async run(): Promise<TransferOutcome> {
    const exchanges = exchangesOf(this.job, this.world, this.report);
    const discovered = await this.discover(exchanges);
    if (discovered.kind !== 'stream') await checkSpace(this.job, discovered.size, this.report);
    const file = await PartialFile.open(this.job.partial);
    try {
      if (discovered.kind === 'stream') return await this.stream(file, discovered.opened, exchanges);
      return await this.assemble(file, discovered.size, discovered.kind === 'open' ? discovered.opened : undefined, exchanges);
    } catch (error) {
      await this.removeUnwanted(error);
      throw error;
    } finally {
      await file.close();
    }
  }

  private async discover(exchanges: Map<number, Exchange>): Promise<Discovered> {
    const { job, report, signal } = this;
    if (job.size !== undefined) return { kind: 'known', size: job.size };
    return await discover(exchanges, {
      order: [...job.sources.keys()].sort((a, b) => this.band(a) - this.band(b) || a - b),
      digests: digestsOf(this.expectation),
      pause: job.settings.timing?.pause ?? 250,
      signal,
      note: report.note,
      error: (message) => report.error('no-source', message),
    });
  }

  private async assemble(
    file: PartialFile,
    size: number,
    opened: OpenReply | undefined,
    exchanges: Map<number, Exchange>,
  ): Promise<TransferOutcome> {
    const { report, signal, world } = this;
    const expectation = this.expectationFor(size);
    const resumption = new Resumption(this.job, expectation, exchanges, size, report.note);
    const done = await resumption.read(file);
    const scheduler = this.schedulerFor(size, expectation, exchanges, done);
    report.scheduler = scheduler;
    const onChecked = (piece: CheckedPiece): void => this.checked(piece, scheduler, exchanges);
    const assembly: Assembly = new Assembly(file, expectation, size, done, onChecked);
    const options: NetworkRunOptions = {
      scheduler,
      assembly,
      exchanges,
      size,
      digests: digestsOf(expectation),
      trust: expectation.pieces !== undefined ? 'pieces' : expectation.whole !== undefined ? 'whole' : 'etag',
      contentEtag: strongEtag(exchanges.get(done.list[0]?.source ?? -1)?.validators ?? {}),
      limit: world.limit,
      drip: this.job.settings.timing?.drip ?? 20_000,
      note: report.note,
      onTick: () => {
        report.progress('downloading', size - scheduler.restBytes, size);
        resumption.saveSometimes(assembly);
      },
      signal,
    };
    try {
      for (const candidate of this.candidates) await this.takeFrom(candidate, assembly, expectation, size, scheduler);
      return await this.untilRight(options, expectation, file, opened);
    } catch (error) {
      // Keeps what is there for the next time; the error that ended the run matters more than one of the journal.
      await assembly.written().catch(() => undefined);
      this.hasNothing = assembly.contributions.list.length === 0;
      await resumption.save(assembly).catch((failure: unknown) => report.note(String(failure)));
      throw error;
    } finally {
      assembly.close();
    }
  }

  private schedulerFor(size: number, expectation: Expectation, exchanges: Map<number, Exchange>, done: Contributions): Scheduler {
    const { connections, timing } = this.job.settings;
    return new Scheduler({
      size,
      ...(expectation.pieces === undefined ? {} : { pieceLength: expectation.pieces.length }),
      sources: [...exchanges].map(([id, exchange]) => ({ id, server: new URL(exchange.name).origin, band: this.band(id) })),
      connections,
      grain,
      exclusive: expectation.whole === undefined && expectation.pieces === undefined,
      done: done.list,
      pause: timing?.pause ?? 250,
      longestPause: timing?.longestPause ?? 60_000,
    });
  }

  private checked(piece: CheckedPiece, scheduler: Scheduler, exchanges: ReadonlyMap<number, Exchange>): void {
    if (piece.verdict === 'good') scheduler.goodPiece(piece.sources);
    else if (piece.verdict === 'lost') scheduler.lost(piece.from, piece.to);
    else {
      const hosts = piece.sources.map((source) => exchanges.get(source)?.host ?? '?').join(', ');
      this.report.note(t('{0}: piece {1} has a wrong hash and is fetched again.', hosts, piece.index));
      scheduler.badPiece(piece.index, piece.sources, t('pieces that it sends have wrong hashes'));
    }
  }

  /** Runs, compares the whole hash, repairs, until it is right or hopeless. */
  private async untilRight(
    options: NetworkRunOptions,
    expectation: Expectation,
    file: PartialFile,
    opened: OpenReply | undefined,
  ): Promise<TransferOutcome> {
    const { scheduler, assembly, size, exchanges, note } = options;
    const host = (source: number): string => exchanges.get(source)?.host ?? t('an earlier download');
    let reply = opened;
    for (let round = 0; ; round++) {
      const isComplete = await new NetworkRun(options).run(reply);
      reply = undefined;
      if (isComplete) {
        this.report.progress('verifying', size, size);
        const digests = await assembly.digests();
        const { whole } = expectation;
        if (whole === undefined || digests[whole.type] === whole.hex) {
          for (const source of assembly.contradicted)
            note(t('{0} gave wrong bytes: those of another source match the hash.', host(source)));
          await file.truncate(size);
          await file.sync();
          const compared = this.comparedPieces(expectation, assembly);
          const count = compared.pieces?.hashes.length ?? assembly.piecesVerified;
          return this.report.outcome('downloaded', { size, digests, identity: await file.identity(), ...compared }, count);
        }
        note(t('The {0} of the whole file is {1}, declared is {2}.', whole.type, digests[whole.type] ?? '', whole.hex));
        assembly.restartHash();
      }
      const isRepairable =
        expectation.pieces === undefined
          ? repairWhole({ scheduler, assembly, size, isComplete, host, note })
          : isComplete && round < 2 && (await repairPieces(scheduler, assembly, note));
      if (!isRepairable) throw isComplete || assembly.wasWrong ? this.mismatch() : this.noSource(options);
    }
  }

  private async stream(file: PartialFile, opened: OpenReply, exchanges: Map<number, Exchange>): Promise<TransferOutcome> {
    const { report, expectation, job } = this;
    const { reply } = opened.exchanged;
    const size = await streamUnknown(file, reply, this.world.limit, this.signal, (bytes) => report.progress('downloading', bytes));
    const hashed = await hashFile(job.partial, expectation.computed, this.signal);
    if (expectation.whole !== undefined && hashed.digests[expectation.whole.type] !== expectation.whole.hex) throw this.mismatch();
    report.note(t('{0} does not say how long the file is: {1} bytes came.', exchanges.get(opened.source)?.host ?? '', groupedNumber(size)));
    await file.sync();
    return report.outcome('downloaded', hashed);
  }

  private expectationFor(size: number): Expectation {
    const { pieces } = this.expectation;
    if (pieces === undefined) return this.expectation;
    // The only piece of a small file is the file: its hash is one of those that are computed anyway.
    if (pieces.hashes.length === 1 && size <= pieces.length && isDeclared(this.expectation, pieces))
      return { ...this.expectation, pieces: undefined };
    if (piecesFit(pieces, size)) return this.expectation;
    const needed = Math.ceil(size / pieces.length);
    this.report.note(t('The piece hashes are not used: {0} are listed, {1} would be needed.', pieces.hashes.length, needed));
    return { ...this.expectation, pieces: undefined };
  }

  private comparedPieces(expectation: Expectation, assembly: Assembly): Pick<TransferOutcome, 'pieces'> {
    if (expectation.pieces !== undefined) return assembly.comparedAll ? { pieces: expectation.pieces } : {};
    const { pieces } = this.expectation;
    return pieces?.hashes.length === 1 && isDeclared(this.expectation, pieces) ? { pieces } : {};
  }

  private async takeFrom(
    candidate: string,
    assembly: Assembly,
    expectation: Expectation,
    size: number,
    scheduler: Scheduler,
  ): Promise<void> {
    try {
      const taken = await takePieces(candidate, assembly, expectation, size, this.signal);
      if (taken > 0)
        this.report.note(t('{0} bytes were taken from {1}: the hashes of their pieces agree.', groupedNumber(taken), candidate));
      for (const { from, to } of assembly.trusted.list) scheduler.has(from, to);
    } catch (error) {
      if (this.signal.aborted) throw error;
      this.report.note(t('{0} cannot be used: {1}', candidate, error instanceof Error ? error.message : String(error)));
    }
  }

  /** Sources of one priority are one band; those of the user's country come before it, preferred ones first among equals. */
  private band(id: number): number {
    const source: TransferSource | undefined = this.job.sources[id];
    const here = this.job.settings.location.toLowerCase();
    const isHere = here !== '' && source?.location?.toLowerCase() === here;
    return (source?.priority ?? 999_999) * 4 + (isHere ? 0 : 2) + (source?.preferred === true ? 0 : 1);
  }

  private async removeUnwanted(error: unknown): Promise<void> {
    const isWrong = error instanceof DownloadError && error.failure === 'mismatch' && !this.keepsPieces;
    if (!isWrong && !this.hasNothing && !(this.signal.aborted && this.job.onCancel === 'delete')) return;
    await removeFile(this.job.partial);
    await removeFile(this.job.journal);
  }

  private mismatch(): DownloadError {
    return this.report.error('mismatch', t('What the sources send does not match what is declared. Nothing was kept.'));
  }

  private noSource({ scheduler, exchanges, assembly }: NetworkRunOptions): DownloadError {
    const states = [...scheduler.states];
    // Pieces that match are worth keeping for the day when a good source is there.
    this.keepsPieces = assembly.trusted.bytes > 0;
    if (scheduler.hopelessPiece !== undefined)
      return this.report.error('mismatch', t('Piece {0} has a wrong hash from every source.', scheduler.hopelessPiece));
    const reasons = states.map(([id, state]) => {
      const host = exchanges.get(id)?.host ?? '';
      return aboutHost(state.rejected ?? state.lastReason, host);
    });
    const isWrong = states.some(([, state]) => state.bad > 0);
    return this.report.error(isWrong ? 'mismatch' : 'no-source', t('No source is left. {0}', `${reasons.join('; ')}.`));
  }
}

function exchangesOf(job: TransferJob, world: TransferWorld, report: TransferReport): Map<number, Exchange> {
  const exchanges = new Map<number, Exchange>();
  job.sources.forEach((source, id) => {
    if (isFileUrl(source.url)) return;
    if (!/^https?:/i.test(source.url) || !URL.canParse(source.url)) {
      report.note(t('{0} is skipped: only http, https and file can be downloaded from.', source.url.replace(/\/\/[^/@]*@/, '//')));
      return;
    }
    const headers = source.hasHeaders ? { headers: (context: HeaderContext) => world.headers(id, context) } : {};
    const etag = source.etag === undefined ? {} : { etag: source.etag };
    const { transport } = world;
    const refuse: TransferWorld['refuse'] = (url, step) => world.refuse(url, step);
    exchanges.set(id, new Exchange({ url: source.url, ...etag, ...headers }, { transport, userAgent: job.settings.userAgent, refuse }));
  });
  if (exchanges.size === 0) throw report.error('no-source', t('None of the sources can be downloaded from.'));
  return exchanges;
}

async function checkSpace(job: TransferJob, size: number, report: TransferReport): Promise<void> {
  const free = await freeSpace(job.folder);
  const there = await partialStat(job);
  const needed = BigInt(size) - BigInt((there?.blocks ?? 0) * 512);
  if (free !== undefined && needed > free)
    throw report.error(
      'no-space',
      t('{0} are needed in {1}, {2} are free.', humanBytes(Number(needed)), job.folder, humanBytes(Number(free))),
    );
}

/** The list is one piece, and its hash is declared for the whole file too. */
function isDeclared({ whole }: Expectation, pieces: DeclaredPieces): boolean {
  return whole?.type === pieces.type && whole.hex === pieces.hashes[0];
}

function digestsOf(expectation: Expectation): Record<string, string> {
  return Object.fromEntries(expectation.declared.map((hash) => [hash.type, hash.hex]));
}

async function explained(error: unknown, job: TransferJob, report: TransferReport, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return report.error('cancelled', t('The download was cancelled.'));
  const isKept = hasCode(error, 'ENOSPC', 'EDQUOT') && (await partialStat(job)) !== undefined;
  if (!isKept) return error;
  return hasCode(error, 'ENOSPC')
    ? report.error('no-space', t('The disk of {0} is full. What has come is kept and goes on from there.', job.folder))
    : report.error('no-space', t('Your quota for {0} is used up. What has come is kept and goes on from there.', job.folder));
}

/** What the system says of the unfinished file; undefined when there is none. */
async function partialStat({ partial }: TransferJob): Promise<Stats | undefined> {
  return await smallFiles.stat(partial).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}
