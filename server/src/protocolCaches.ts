// The messages of the language server about caches: names and types only, shared with the client (protocol.ts).
import type { Engine, ImageContentsView } from './protocolImages';

/**
 * Request: the caches and their entries, level by level, so that nothing is scanned before it is asked for. Without `root` all caches;
 * `root` alone: this cache; with `kind`, or `only`: its entries.
 */
export interface CacheListParams {
  readonly root?: string;
  readonly kind?: string;
  /** What interrupted downloads left behind, in all kinds of a cache. */
  readonly only?: 'leftovers';
  /** `false`: which kinds there are, without counting what is in them. */
  readonly totals?: boolean;
  /** At most so many entries, the newest; without, all. */
  readonly limit?: number;
  /** Only entries whose title, path, reference or digest holds this text, in any case. */
  readonly filter?: string;
}
export interface CacheListResult {
  readonly caches: readonly CacheView[];
  readonly entries: readonly CacheEntryView[];
  /** How many entries were left out for `limit`. */
  readonly more?: number;
}
export interface CacheView {
  readonly engine: Engine | 'singularity2';
  /** Another engine that keeps its images in the same place. */
  readonly alsoOf?: Engine | 'singularity2';
  readonly root: string;
  /** Entries may be deleted. */
  readonly writable: boolean;
  /** A site-wide cache: read, never written. */
  readonly shared?: boolean;
  /** Why it is off or unreadable, for people. */
  readonly problem?: string;
  readonly kinds: readonly CacheKindView[];
  /** Undefined while it was not counted. */
  readonly bytes?: number;
  /** What interrupted downloads left behind in all kinds, when there is some. */
  readonly leftovers?: { readonly count: number; readonly bytes: number };
}
export interface CacheKindView {
  readonly kind: string;
  readonly title: string;
  /** Undefined while it was not counted, as `bytes`. */
  readonly count?: number;
  readonly bytes?: number;
}
export interface CacheEntryView {
  readonly path: string;
  readonly kind: string;
  readonly engine: Engine | 'singularity2';
  /** What people call it: `lolcow 1.0 · amd64`, or the file name, digests shortened, when nothing is known. */
  readonly title: string;
  /** The title is only the file's name. */
  readonly unnamed?: true;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly reference?: string;
  readonly digest?: string;
  /** What a blob of an OCI layout is. */
  readonly role?: 'image' | 'index' | 'config' | 'layer';
  /** Of an image in an OCI layout: bytes with all its parts. */
  readonly imageBytes?: number;
  /** Paths of the images (their manifests) that a blob is part of. */
  readonly usedBy?: readonly string[];
  /** Where it leads, when it is a link. */
  readonly linkTo?: string;
  readonly verdict?: 'failed' | 'intact' | 'signed' | 'unverified';
  /** `temporary`, `name-mismatch`, `unused-blob`, `old-layout`… */
  readonly orphan?: string;
  /** `root` of its cache. */
  readonly root?: string;
  /** When it was last verified, milliseconds since the epoch. */
  readonly verified?: number;
  /** What a verification found wrong, for people. */
  readonly problem?: string;
}
/** Request: labels, recipe, signatures… of one entry, read from the image. */
export interface CacheDetailsParams {
  readonly path: string;
}
export interface CacheDetailsResult {
  readonly entry: CacheEntryView;
  readonly contents?: ImageContentsView;
  /** Of an image in an OCI layout: what it consists of. */
  readonly parts?: readonly CacheEntryView[];
  /** Of a blob: the images that it is part of. */
  readonly usedBy?: readonly CacheEntryView[];
  readonly problem?: string;
}
/** Request: check entries against their names and signatures. Without `paths`: all. Progress, cancellable. */
export interface CacheVerifyParams {
  readonly paths?: readonly string[];
  readonly workDoneToken?: string | number;
}
export interface CacheVerifyResult {
  readonly entries: readonly CacheEntryView[];
  /** Entries, and folders, that could not be read. */
  readonly problems?: readonly { readonly path: string; readonly problem: string }[];
}
/** Request: what a clean would free (`dryRun`), or the clean itself. */
export interface CacheCleanParams {
  readonly paths?: readonly string[];
  readonly olderThanDays?: number;
  readonly largerThanBytes?: number;
  readonly kinds?: readonly string[];
  /** Only what is one of these: left by interrupted downloads, used by no image, damaged, read by no engine. */
  readonly waste?: readonly ('leftovers' | 'unused' | 'damaged' | 'outdated')[];
  /** Only what also stands in another cache. */
  readonly duplicatesOnly?: boolean;
  readonly dryRun: boolean;
}
export interface CacheCleanResult {
  readonly removed: readonly { readonly path: string; readonly bytes: number; readonly reason: string }[];
  readonly kept: readonly { readonly path: string; readonly problem: string }[];
  readonly bytes: number;
}
