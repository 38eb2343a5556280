import type { Digest } from './digest';

/** A platform in Go's words (OCI image index): `linux`, `amd64`, `v8`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** One image of an index. */
export interface PlatformImage {
  readonly platform: Platform;
  readonly digest: Digest;
  /** Bytes to fetch, compressed: the sum of the layers, when known. */
  readonly size?: number;
}

/** What a hub tells about an image: the content of a hover, of `inspect`, of a manifest document. */
export interface ImageSummary {
  /** The reference as it would be written in full: `docker://ghcr.io/org/tool:1.4`. */
  readonly reference: string;
  readonly kind: 'oci-image' | 'oci-index' | 'sif' | 'file' | 'artifact';
  /** Digest of what the reference names: index or manifest (OCI), SIF file (oras, library), file MD5 (shub). */
  readonly digest?: Digest;
  readonly mediaType?: string;
  /** Bytes to fetch for the chosen platform. */
  readonly size?: number;
  /** RFC 3339. */
  readonly created?: string;
  readonly author?: string;
  readonly platform?: Platform;
  /** The chosen platform's manifest, when the reference names an index. */
  readonly platformDigest?: Digest;
  readonly platforms?: readonly PlatformImage[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: readonly string[];
  readonly user?: string;
  readonly layers?: readonly { readonly digest: Digest; readonly size: number; readonly mediaType: string }[];
  readonly config?: { readonly digest: Digest; readonly size: number; readonly mediaType: string };
  /** SIF artifacts: fingerprints the hub says it is signed by (a claim, not a check). */
  readonly signedBy?: readonly string[];
  readonly recipe?: string;
  /** Remarks for people: `archived`, `deprecated`, `digest is MD5: weak`. */
  readonly notes?: readonly string[];
  /** Milliseconds since the epoch when the hub said this; older than a moment when it comes from the cache. */
  readonly fetchedAt: number;
  readonly stale?: boolean;
}
