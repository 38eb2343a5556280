import type { FileIdentity } from '../platform/file';
import type { Transport } from '../platform/transport';
import type { RateLimit } from './rateLimit';
import type { DeclaredHash, DeclaredPieces, DownloadProgress, DownloadSettings, HeaderContext, SourceStatistics } from './request';

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
  /** Of the file with these digests, under whatever name it has then. */
  readonly identity: FileIdentity;
  /** The list of which this run compared every piece. */
  readonly pieces?: DeclaredPieces;
  readonly verifiedBy?: DeclaredHash;
  readonly piecesVerified: number;
  readonly sources: readonly SourceStatistics[];
  readonly notes: readonly string[];
}
