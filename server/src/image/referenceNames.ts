import type { Digest } from './digest';
import { formatDigest } from './digest';
import type { ImageReference } from './referenceModel';
import { isLibraryHash } from './referenceLibrary';
import { without } from './without';

/**
 * Sets the digest of a registry or library reference, or takes it away. `keepTag` (default) leaves the tag before the digest; Apptainer
 * takes no docker reference with both (`build/reference-tag-and-digest`). References of other schemes come back as they are.
 */
export function withDigest(
  reference: ImageReference,
  digest: Digest | undefined,
  options: { readonly keepTag: boolean } = { keepTag: true },
): ImageReference {
  if (reference.kind === 'registry') {
    const { tag } = reference;
    return {
      ...without(reference, 'tag', 'digest'),
      ...(tag !== undefined && (options.keepTag || !digest) && { tag }),
      ...(digest && { digest }),
    };
  }
  if (reference.kind === 'library') {
    // A hash takes the place of the tag: there is room for one of them.
    const tags = digest ? [`${digest.algorithm}.${digest.hex}`] : reference.tags.filter((tag) => !isLibraryHash(tag));
    return { ...without(reference, 'digest'), tags, ...(digest && { digest }) };
  }
  return reference;
}

/** Sets the tag; a digest goes, because it belonged to the old one. */
export function withTag(reference: ImageReference, tag: string): ImageReference {
  switch (reference.kind) {
    case 'registry':
      return { ...without(reference, 'digest'), tag };
    case 'library':
      return { ...without(reference, 'digest'), tags: [tag] };
    case 'shub':
      return { ...without(reference, 'version'), tag };
    case 'local':
      return { ...without(reference, 'digest'), tag };
    case 'url':
    case 'ipfs':
      return reference;
  }
}

/** A reference as it may be shown, reported and logged: the name and password of a URL are taken out. */
export function withoutUserinfo(text: string): string {
  return text.replace(/^(https?:\/\/)[^/?#]*@/i, '$1');
}

/** What stands for the reference everywhere, without scheme and with every default filled in: `docker.io/library/ubuntu:latest`. */
export function fullName(reference: ImageReference): string {
  switch (reference.kind) {
    case 'registry': {
      const digest = reference.digest ? `@${formatDigest(reference.digest)}` : '';
      return `${reference.registry}/${reference.repository}${tagOrLatest(reference.tag, digest !== '')}${digest}`;
    }
    case 'library':
      return `${reference.host === undefined ? '' : `${reference.host}/`}${reference.path}:${reference.tags.join(',') || 'latest'}`;
    case 'shub': {
      const version = reference.version === undefined ? '' : `@${reference.version}`;
      const name = `${reference.registry ?? 'singularity-hub.org'}/${reference.user}/${reference.container}`;
      return `${name}${tagOrLatest(reference.tag, version !== '')}${version}`;
    }
    case 'url':
      return reference.url;
    case 'ipfs':
      return `${reference.cid}${reference.path}`;
    case 'local':
      return `${reference.path}${reference.tag === undefined ? '' : `:${reference.tag}`}${reference.digest ? `@${formatDigest(reference.digest)}` : ''}`;
  }
}

function tagOrLatest(tag: string | undefined, hasDigest: boolean): string {
  return tag !== undefined ? `:${tag}` : hasDigest ? '' : ':latest';
}

/**
 * The file name that the engines give a pulled image: `<container>_<first tag>.sif`, for URLs the last path component
 * (A `internal/pkg/util/uri/uri.go` GetName). Always one path component that is safe to create.
 */
export function suggestedFileName(reference: ImageReference): string {
  switch (reference.kind) {
    case 'registry':
      return safeFileName(`${lastComponent(reference.repository)}_${reference.tag ?? 'latest'}.sif`);
    case 'library':
      return safeFileName(`${reference.container}_${reference.tags[0] ?? 'latest'}.sif`);
    case 'shub':
      return safeFileName(`${reference.container}_${reference.tag ?? 'latest'}.sif`);
    case 'url':
      return safeFileName(urlFileName(reference.url));
    case 'ipfs':
      return safeFileName(lastComponent(reference.path) || `${reference.cid}_latest.sif`);
    case 'local':
      return safeFileName(`${lastComponent(reference.path)}_${reference.tag ?? 'latest'}.sif`);
  }
}

function urlFileName(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  const name = lastComponent(path);
  try {
    return decodeURIComponent(name);
  } catch {
    // A stray percent sign: the name as it stands in the URL will do.
    return name;
  }
}

function lastComponent(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A file name made of any text: one path component, at most 200 characters, without characters that a file system or a terminal trips over. */
export function safeFileName(name: string): string {
  const safe = name
    .replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]+/gu, '_')
    .replace(/^\.+/, '')
    .slice(-200);
  return safe === '' ? 'image.sif' : safe;
}
