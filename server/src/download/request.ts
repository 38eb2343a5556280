import type { FileIdentity } from '../platform/file';
import type { Log } from '../platform/ports';
import type { ProxySettings } from '../platform/transport';

/** What somebody says the bytes are. `source` says who, for messages: `metalink line 7`, `manifest of ghcr.io/org/tool:1.4`. */
export interface DeclaredHash {
  /** IANA "Hash Function Textual Names" spelling: `sha-256`, `sha-512`, `md5`… */
  readonly type: string;
  readonly hex: string;
  readonly source: string;
}

export interface DeclaredPieces {
  readonly type: string;
  /** Bytes of every piece but the last. */
  readonly length: number;
  /** In file order, hexadecimal. */
  readonly hashes: readonly string[];
}

/** What the header provider of a source is told. */
export interface HeaderContext {
  /** URL that is asked, without userinfo; always of the source's own origin. */
  readonly url: string;
  /** True after a 401: what was given before is no longer good. */
  readonly refresh: boolean;
  /** `WWW-Authenticate` of that 401. */
  readonly challenge?: string;
}

/** One place to get the file from. */
export interface DownloadSource {
  /** http, https, or file: within the allowed folders. Userinfo becomes Basic authorization for this origin only and is never stored or shown. */
  readonly url: string;
  /** 1 is best; 999999 when nothing was said. Better ones go first, worse ones join when the better ones do not fill the line. */
  readonly priority: number;
  /** ISO 3166-1 alpha-2, any case. */
  readonly location?: string;
  /** RFC 6249 `pref`: shares its ETags with the server that named it. */
  readonly preferred?: boolean;
  /** Strong ETag that this source must show (RFC 6249 §7): sent as `If-Match`. */
  readonly etag?: string;
  /** Request headers for this source's origin, such as a bearer token. Never sent to another origin, redirects included. */
  headers?(context: HeaderContext): Promise<Readonly<Record<string, string>>>;
}

/** A file to fetch: plain data but for the header providers. */
export interface DownloadRequest {
  /** Name below `directory`, `/` between folders, from the document or the user, never from a reply. Refused when it could leave `directory`. */
  readonly name: string;
  /** An existing folder that the user chose. */
  readonly directory: string;
  /** Bytes. A source that has another length is not used. */
  readonly size?: bigint;
  readonly hashes: readonly DeclaredHash[];
  readonly pieces?: readonly DeclaredPieces[];
  readonly sources: readonly DownloadSource[];
  /** Local files that may be this file, or parts of it: copied only after their hash agreed. Asked for when nobody else fetches the file. */
  readonly candidates?: () => Promise<readonly string[]>;
  /** Permission bits of the finished file; default 0o644. */
  readonly mode?: number;
  /** Replace a differing file under the final name. Default false: the download fails with `exists`. */
  readonly overwrite?: boolean;
  /** `rename`: the file gets its name. `hand-over`: the verified file keeps its temporary name, the caller moves it and calls `release`. */
  readonly finish: 'rename' | 'hand-over';
  /** What a cancelled download leaves. */
  readonly onCancel: 'keep' | 'delete';
  /**
   * What to do when nothing declared can be checked. Default: `refuse` when hashes are declared but none is supported, else `accept`
   * (and the result says unverified).
   */
  readonly unverified?: 'accept' | 'refuse';
}

/** What downloads need from outside, the same for all of a process. */
export interface DownloadWorld {
  readonly proxies: ProxySettings;
  readonly log: Log;
  /** Why a URL must not be contacted, for people; undefined when it may. Asked for every source and every redirect. */
  readonly refuse?: (url: string, step: 'source' | 'redirect') => Promise<string | undefined>;
  readonly settings: DownloadSettings;
  /** Path of the bundled `downloadWorker.js`: transfers run there, off this event loop. Without it they run on this thread. */
  readonly worker?: string;
}

/** Plain data. */
export interface DownloadSettings {
  /** Servers used at the same time for one file, one connection each. */
  readonly connections: number;
  /** Bytes a second for all downloads of the process; 0 is none. */
  readonly rateLimit: number;
  /** The user's country (ISO 3166-1 alpha-2), or ''. */
  readonly location: string;
  /** Folders that `file:` sources may be read from. */
  readonly allowedFolders: readonly string[];
  readonly userAgent: string;
  readonly timing?: Timing;
}

/** Milliseconds; the defaults suit the internet. */
export interface Timing {
  readonly connect?: number;
  readonly head?: number;
  readonly idle?: number;
  /** First pause after a failure; doubles up to `longestPause`. */
  readonly pause?: number;
  /** Longest pause, `Retry-After` included. */
  readonly longestPause?: number;
  /** How long a source may stay below 100 bytes a second. */
  readonly drip?: number;
}

export interface DownloadControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Called once, before anything is fetched, with the path that the file has until it is finished. */
  readonly onPartial?: (path: string) => void;
}

export interface DownloadProgress {
  /** `waiting`: another process fetches the same file. */
  readonly state: 'waiting' | 'checking' | 'downloading' | 'verifying' | 'finishing';
  readonly bytes: number;
  readonly total?: number;
  /** Bytes a second over the last seconds. */
  readonly rate: number;
  readonly secondsLeft?: number;
  readonly mirrors: { readonly active: number; readonly total: number };
}

/** What one source contributed and why it was dropped. */
export interface SourceStatistics {
  /** Without userinfo. */
  readonly url: string;
  readonly bytes: number;
  readonly requests: number;
  readonly strikes: number;
  readonly badPieces: number;
  /** Bytes a second while it was in use. */
  readonly rate: number;
  /** Why it is no longer used, or only for what no other source has right; for people. */
  readonly dropped?: string;
}

export interface DownloadResult {
  /** `already-there`: the final name held these very bytes. */
  readonly outcome: 'downloaded' | 'copied' | 'already-there';
  /** The finished file, or the verified temporary file (`hand-over`). */
  readonly path: string;
  readonly size: number;
  /** Every digest that was computed, by IANA name; sha-256 always. */
  readonly digests: Readonly<Record<string, string>>;
  /** Of the file under `path` when its bytes had these digests: as long as it is the same, they need not be computed again. */
  readonly identity: FileIdentity;
  /** The list of which this run compared every piece; absent when it went on with pieces of an earlier run. */
  readonly pieces?: DeclaredPieces;
  /** The declared hash that decided; undefined: unverified, nothing to compare with. */
  readonly verifiedBy?: DeclaredHash;
  /** Pieces that were compared with their hash. */
  readonly piecesVerified: number;
  readonly sources: readonly SourceStatistics[];
  /** Decisions on the way, for people, oldest first. */
  readonly notes: readonly string[];
  /** Gives up the lock on the name. To be called after a `hand-over`; does nothing else otherwise. */
  release(): Promise<void>;
}

export type DownloadFailure =
  | 'name' // the name is unsafe
  | 'exists' // a differing file has the final name
  | 'cancelled'
  | 'no-source' // no usable source is left
  | 'mismatch' // sources answered, but no bytes match what is declared
  | 'unverifiable' // nothing declared can be checked, and that was not accepted
  | 'no-space'
  | 'permission'
  | 'busy' // another process fetches other content to the same name
  | 'disk';

/** Why there is no file, in words for people. */
export class DownloadError extends Error {
  constructor(
    readonly failure: DownloadFailure,
    message: string,
    readonly report: { readonly sources: readonly SourceStatistics[]; readonly notes: readonly string[] } = { sources: [], notes: [] },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DownloadError';
  }
}
