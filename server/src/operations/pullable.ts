import type { DeclaredHash, DeclaredPieces, DownloadSource } from '../download/request';
import type { EntryIdentity } from '../cache/names';
import type { LayoutManifest } from '../cache/putLayout';
import type { Expectation } from '../verify/expectation';

/** A file that can be fetched: what it must be, who says so, and where it is. */
export interface Pullable {
  /** What it is called in messages and reports. */
  readonly title: string;
  /** File name, below the folder that it goes to; folders of the document are kept. */
  readonly name: string;
  readonly size?: bigint;
  readonly hashes: readonly DeclaredHash[];
  readonly pieces?: readonly DeclaredPieces[];
  readonly sources: readonly DownloadSource[];
  /** The same as evidence for the verdict, with its sources and channels. */
  readonly expectations: readonly Expectation[];
  /** What names the image in an engine's cache, best first. */
  readonly identities: readonly EntryIdentity[];
  /** Folder of the document that lists it: a copy may stand there already. */
  readonly folder?: string;
  /** What the document that lists it says that it is. */
  readonly identity?: string;
  /** The reference that it was asked for by. */
  readonly reference?: string;
  /** Fingerprints that must all have signed it (the recipe's `Fingerprints:`). */
  readonly requiredFingerprints?: readonly string[];
  /** Detached OpenPGP signatures of the file, armored. */
  readonly detachedSignatures?: readonly string[];
  /** Signatures that are announced and could not be looked at, and why; for people. */
  readonly unreadSignatures?: readonly string[];
  /** The metalink carries an XML signature. */
  readonly xmlSigned?: true;
}

/** An OCI image: its config and layers as files of one layout. */
export interface PullableImage {
  readonly kind: 'oci';
  readonly title: string;
  readonly reference: string;
  readonly manifest: LayoutManifest;
  readonly blobs: readonly (Pullable & { readonly hex: string })[];
  readonly identity?: EntryIdentity;
  readonly expectations: readonly Expectation[];
}

/** A single file: a SIF, another image, or whatever a metalink lists. */
export interface PullableFile extends Pullable {
  readonly kind: 'file';
}

/** Something that stands on this disk already. */
export interface LocalImage {
  readonly kind: 'local';
  readonly title: string;
  readonly path: string;
  readonly expectations: readonly Expectation[];
  readonly requiredFingerprints?: readonly string[];
  readonly detachedSignatures?: readonly string[];
  /** The metalink carries an XML signature. */
  readonly xmlSigned?: true;
}

/** A part of a target that cannot be fetched or looked at, and why. */
export interface Unreachable {
  readonly kind: 'unreachable';
  readonly title: string;
  readonly problem: string;
}

export type TargetItem = PullableFile | PullableImage | LocalImage | Unreachable;
