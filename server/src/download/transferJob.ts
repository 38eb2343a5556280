import type { FileIdentity } from '../platform/file';
import type { Transport } from '../platform/transport';
import type { RateLimit } from './rateLimit';
import type { DeclaredHash, DeclaredPieces, DownloadProgress, DownloadSettings, HeaderContext, SourceStatistics } from './request';

/** A download without its functions: what crosses to the worker thread. */
export interface DownloadJob {
  readonly name: string;
  readonly directory: string;
  readonly size?: number;
  readonly hashes: readonly DeclaredHash[];
  readonly pieces: readonly DeclaredPieces[];
  readonly sources: readonly TransferSource[];
  readonly overwrite: boolean;
  readonly unverified: 'accept' | 'refuse' | undefined;
  readonly onCancel: 'keep' | 'delete';
  readonly finish: 'rename' | 'hand-over';
  /** Permission bits of the finished file. */
  readonly mode: number;
  readonly settings: DownloadSettings;
  /** Names the lock on the file, so that another thread can take it away when this one dies. */
  readonly lockToken: string;
}

/** A download whose name is locked. */
export interface TransferJob extends DownloadJob {
  readonly final: string;
  readonly partial: string;
  readonly journal: string;
  readonly folder: string;
  readonly candidates: readonly string[];
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

export interface DownloadJobWorld extends TransferWorld {
  /** Local files that may be this one or parts of it. */
  candidates(): Promise<readonly string[]>;
  /** Told once, before anything is fetched: the path until the file is finished, and the lock on its name. */
  paths(partial: string, lock: string): void;
}

/** A finished download, or one that is handed over and still locked. */
export interface DownloadOutcome extends TransferOutcome {
  readonly path: string;
  readonly isHandedOver: boolean;
}

export interface TransferOutcome {
  readonly outcome: 'downloaded' | 'copied' | 'already-there';
  readonly size: number;
  readonly digests: Readonly<Record<string, string>>;
  /** Of the file with these digests, under whatever name it has then. */
  readonly identity: FileIdentity;
  /** The list of which this run compared every piece. */
  readonly pieces?: DeclaredPieces;
  readonly verifiedBy?: DeclaredHash;
  readonly piecesVerified: number;
  readonly sources: readonly SourceStatistics[];
  readonly notes: readonly string[];
}
