import type { CacheIdentity } from '../image/cacheIdentity';
import type { Digest } from '../image/digest';
import type { ImageReference } from '../image/reference';
import type { ImageSummary, Platform } from '../image/summary';
import type { CredentialStore, HttpClient, Log, RequestReason } from '../platform/ports';

/**
 * A place that images are fetched from, asked in one way whatever its protocol. One a protocol: OCI registries, libraries, Singularity
 * Hub, plain URLs, IPFS. Every method rejects with `HubError` and with nothing else; an aborted call rejects with kind `aborted`.
 * Hubs keep no answers: `Hubs` (hubs.ts) does, for all of them.
 */
export interface Hub {
  /** Whether this hub speaks for the reference. */
  accepts(reference: ImageReference): boolean;
  /** What the reference names now, as cheaply as the protocol allows (HEAD): for online findings and for pinning. */
  resolve(reference: ImageReference, options: HubOptions): Promise<ResolvedImage>;
  /** Everything to show about the image. */
  manifest(reference: ImageReference, options: HubOptions): Promise<ImageSummary>;
  /** The tags of the reference's repository; its own tag and digest do not matter. */
  tags(reference: ImageReference, options: HubOptions): Promise<TagList>;
  /** Repositories whose name begins with or contains the text. */
  search(query: SearchQuery, options: HubOptions): Promise<SearchList>;
  /** What a download needs: files, where they are, what they must be. */
  open(reference: ImageReference, options: HubOptions): Promise<OpenedImage>;
  /** Signatures, attestations, SBOMs that refer to the image (OCI distribution spec 1.1, "Listing Referrers"). */
  referrers?(reference: ImageReference, options: HubOptions): Promise<readonly Referrer[]>;
}

export interface HubOptions {
  readonly signal?: AbortSignal;
  /** Default: `HubWorld.platform`. */
  readonly platform?: Platform;
  /** `command`: the user asked for it; `editor`: a hover, a completion, a background look. Default `command`. */
  readonly reason?: RequestReason;
  /** `tags` and `search`: milliseconds after which what is there so far is returned, marked as incomplete. */
  readonly deadline?: number;
  /** `tags`: called with what is there after each page. */
  readonly onPage?: (tags: readonly TagInfo[]) => unknown;
  /** Not from a cache: ask the hub. */
  readonly fresh?: boolean;
}

/** What each hub is built from. */
export interface HubWorld {
  readonly http: HttpClient;
  /** For documents without secrets: asks only whether they changed since (revalidation.ts). Default `http`. */
  readonly documents?: HttpClient;
  readonly credentials: CredentialStore;
  /** Platform of this machine, or the one chosen in the settings. */
  readonly platform: () => Platform;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether the host (with port) is asked over plain http by default: loopback, private addresses, hosts marked insecure. */
  readonly plainHttp: (host: string) => boolean;
  /** Where the engine asks for `docker://` images instead of their registry: host, and the path before the repository's name. */
  readonly mirror?: (registry: string) => Promise<{ readonly location: string } | undefined>;
}

/** Marks of an answer that came from a cache. */
export interface Age {
  /** Milliseconds since the epoch when the hub said this. */
  readonly fetchedAt: number;
  /** The hub could not be asked again: offline, rate-limited, failing. */
  readonly stale?: boolean;
}

export interface ResolvedImage extends Age {
  /** Digest of the index, manifest or file that the reference names. */
  readonly digest?: Digest;
  readonly mediaType?: string;
  /** Bytes of what has the digest, when known. */
  readonly size?: number;
}

export interface TagInfo {
  readonly name: string;
  /** RFC 3339. */
  readonly updated?: string;
  /** Bytes to fetch, compressed. */
  readonly size?: number;
  readonly digest?: Digest;
  /** `linux/amd64`, or the library's architectures. */
  readonly platforms?: readonly string[];
}

export interface TagList extends Age {
  /** As the hub orders them; `orderTags` (tagOrder.ts) puts them into the order for people. */
  readonly tags: readonly TagInfo[];
  /** There are more: a cap or the deadline was reached. */
  readonly incomplete?: boolean;
}

export interface SearchQuery {
  /** `docker`, `oras`, `library`, `shub`. */
  readonly scheme: ImageReference['scheme'];
  /** Host of a registry or library; without, the scheme's default. */
  readonly host?: string;
  readonly text: string;
}

export interface SearchHit {
  /** As it stands in a reference behind the host: `biocontainers/samtools`. */
  readonly name: string;
  readonly description?: string;
  readonly official?: boolean;
  readonly stars?: number;
  readonly pulls?: number;
}

export interface SearchList extends Age {
  readonly hits: readonly SearchHit[];
  readonly incomplete?: boolean;
}

/** What must come out of a download, and who says so. */
export interface ExpectedDigest {
  readonly digest: Digest;
  /** For people: `manifest of ghcr.io/org/tool:1.4`, `library hash`. */
  readonly source: string;
  /** How it came: a checksum over plain http protects against accidents only. */
  readonly channel: 'https' | 'http' | 'user';
}

/** One place that a file can be fetched from. */
export interface FileSource {
  /** http or https, without userinfo. */
  readonly url: string;
  /** 1 is best (RFC 5854 §4.2.16.2). */
  readonly priority: number;
  /** ISO 3166 country, lower case. */
  readonly location?: string;
  /** RFC 6249 §3.3: shares its ETags with the server that named it. */
  readonly preferred?: true;
  /** Strong ETag that the file has there, or that source is stale (RFC 6249 §7). */
  readonly etag?: string;
  /** Header fields for this URL's origin and no other: never sent across a redirect to another origin. Renews tokens; call before each request. */
  headers?(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

/** Hashes of equal stretches of a file, and who says so. */
export interface FilePieces {
  /** IANA's textual name: `sha-256`. */
  readonly type: string;
  /** Bytes of every piece but the last. */
  readonly length: number;
  /** In file order, hexadecimal. */
  readonly hashes: readonly string[];
  readonly source: string;
}

export interface OpenedFile {
  /** A safe file name: one path component, no control characters. */
  readonly name: string;
  readonly role: 'image' | 'layer' | 'config' | 'other';
  readonly mediaType?: string;
  /** Bytes, when the hub says. */
  readonly size?: number;
  /** Strongest first; empty when the hub declares nothing. */
  readonly expected: readonly ExpectedDigest[];
  /** What the user's own reference vouches for, where that is less than the whole file at once (IPFS). */
  readonly pieces?: FilePieces;
  readonly sources: readonly FileSource[];
  readonly etag?: string;
  /** The header's text as it came: it is part of an engine's cache key. */
  readonly lastModified?: string;
  readonly acceptsRanges?: boolean;
}

export interface OpenedImage {
  /** In full: `docker://docker.io/library/ubuntu:22.04`. */
  readonly reference: string;
  readonly kind: ImageSummary['kind'];
  /** A SIF or another single file: one, of role `image`. An OCI image: its config and layers. */
  readonly files: readonly OpenedFile[];
  readonly identity?: CacheIdentity;
  /** The chosen manifest as it came (OCI). */
  readonly manifest?: { readonly digest: Digest; readonly mediaType: string; readonly bytes: Uint8Array };
  /** Metalink documents that describe the file (RFC 6249 §4.1), with its name in them where the server tells it. */
  readonly describedBy?: readonly { readonly url: string; readonly name?: string }[];
  /** Detached signatures (RFC 6249 §5). */
  readonly signatures?: readonly { readonly url: string; readonly mediaType: string }[];
  readonly notes?: readonly string[];
}

export interface Referrer {
  readonly digest: Digest;
  readonly artifactType: string;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
}

export type HubFailure =
  | 'not-found' // the hub answers and has no such thing
  | 'sign-in' // 401 or 403: a credential is needed, or the one that was used is not enough
  | 'rate-limited'
  | 'switched-off' // the offline switch is on: nobody was asked
  | 'offline' // no network, host unknown or not answering
  | 'not-allowed' // host outside the allowed ones, untrusted workspace, plain http where it is refused
  | 'wrong-answer' // HTML for JSON, a digest that does not fit, a body without end
  | 'failing' // 5xx
  | 'unsupported' // the hub has no such function, or cannot serve this reference
  | 'no-platform' // the index has no image for the platform
  | 'malformed' // the reference cannot be asked for
  | 'aborted';

/** Why a hub could not answer. The message is for people: host, cause, what to do; never a secret. */
export class HubError extends Error {
  constructor(
    readonly kind: HubFailure,
    message: string,
    /** Host with port, where one is involved. */
    readonly host: string | undefined,
    readonly details: {
      /** Milliseconds since the epoch: not before then (`rate-limited`, `failing`). */
      readonly until?: number;
      /** HTTP status. */
      readonly status?: number;
      /** `no-platform`: what there is. */
      readonly platforms?: readonly string[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'HubError';
  }
}

/** What the status item shows. */
export interface HubStatus {
  readonly state: 'idle' | 'busy' | 'offline' | 'rate-limited' | 'sign-in';
  readonly host?: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
}

/** All hubs together, with caches before them: what the rest of the server asks (hubs.ts). */
export interface Hubs extends Required<Omit<Hub, 'accepts'>> {
  /** Asks a registry for nothing but its sign-in. Rejects with `HubError`: `sign-in` where it does not take what is stored. */
  checkSignIn(host: string, options: HubOptions): Promise<void>;
  /** What was answered is asked anew next time; failures are forgotten. */
  refresh(): void;
  /** Empties the caches, in memory and on disk. */
  clear(): Promise<void>;
  /** The state now. */
  status(): HubStatus;
  /** Calls the listener when the state changes; returns what ends that. */
  onStatus(listener: (status: HubStatus) => void): () => void;
  close(): Promise<void>;
}
