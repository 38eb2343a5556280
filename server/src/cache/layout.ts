import path from 'node:path';
import type { CacheEngine, CacheLocation } from './find';

/**
 * Folders of a cache: those with one file an entry, the OCI layout `blob`, folders of versions long gone, and `staging`, where our own
 * downloads are until they are verified (beside the cache, not in it).
 */
export type CacheKind =
  'library' | 'oras' | 'shub' | 'net' | 'ipfs' | 'oci-tmp' | 'oci-sif' | 'blob' | 'oci' | 'docker' | 'metadata' | 'staging';

/** What a file in a cache is, beside an entry. */
export type Oddity =
  /** What a download that was interrupted left behind. */
  | 'temporary'
  /** A download that is under way, or was a moment ago. */
  | 'in-progress'
  /** A folder an entry, as SingularityCE up to 3.5 kept them, or a folder of a layout that no engine reads any more. */
  | 'old-layout'
  /** A blob that no manifest of the layout names. */
  | 'unused-blob'
  /** The content is not what the name says. */
  | 'name-mismatch'
  /** Verification failed, though no digest in the name contradicts it: not what was pulled, or a broken image. */
  | 'damaged'
  /** A link that leads nowhere. */
  | 'broken-link'
  /** No engine makes such names: it is left alone. */
  | 'foreign';

const kindsByEngine: Readonly<Record<CacheEngine, readonly CacheKind[]>> = {
  apptainer: ['library', 'oras', 'shub', 'net', 'ipfs', 'oci-tmp', 'oci-sif', 'blob', 'oci', 'staging'],
  singularity: ['library', 'oras', 'shub', 'net', 'oci-tmp', 'oci-sif', 'blob', 'oci', 'staging'],
  singularity2: ['shub', 'docker', 'metadata'],
};

/** Sub-folders that an engine's cache may have, in the order in which they are shown. */
export function kindsOf(engine: CacheEngine): readonly CacheKind[] {
  return kindsByEngine[engine];
}

const hex64 = /^[0-9a-f]{64}$/;
const names: Readonly<Record<Exclude<CacheKind, 'staging'>, RegExp>> = {
  library: /^(sha256\.[0-9a-f]{64}|sif\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
  oras: /^sha256:[0-9a-f]{64}$/,
  shub: /^[0-9a-f]{40}$/,
  net: hex64,
  ipfs: hex64,
  'oci-tmp': /^(sha256:)?[0-9a-f]{64}$/,
  'oci-sif': /^sha256:[0-9a-f]{64}(\.ml)?$/,
  blob: hex64,
  // SingularityCE up to 3.5: a folder a hash, or an OCI layout under this name.
  oci: /^([0-9a-f]{64}|blobs|index\.json|oci-layout)$/,
  docker: /^sha256:[0-9a-f]{64}\.tar\.gz$/,
  metadata: /^sha256:[0-9a-f]{64}\.tar\.gz$/,
};

/** The folder that holds the entries of a kind. */
export function kindFolder(cache: CacheLocation, kind: CacheKind): string {
  if (kind === 'staging') return path.join(cache.parent, 'container-metalink');
  return kind === 'blob' ? path.join(cache.root, 'blob', 'blobs', 'sha256') : path.join(cache.root, kind);
}

/** Whether an engine gives such a name to an entry of the kind. Singularity 2.x named shub images by their reference. */
export function isEntryName(engine: CacheEngine, kind: CacheKind, name: string): boolean {
  if (engine === 'singularity2' && kind === 'shub') return /\.(simg|img)$/.test(name) || /^[\w.-]+-[\w.-]+$/.test(name);
  return kind !== 'staging' && names[kind].test(name);
}

/** The temporary files of the engines (`os.CreateTemp(…, "tmp_*")`, cache.go GetEntry) and of ours, which take the same form. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('tmp_');
}

/** The sha-256 that the content must have, where the name says it: hexadecimal. */
export function contentHash(kind: CacheKind, name: string): string | undefined {
  if (kind === 'library' || kind === 'oras' || kind === 'blob' || kind === 'docker') return /[0-9a-f]{64}/.exec(name)?.[0];
  return undefined;
}
