import type { Digest } from './digest';
import { formatDigest } from './digest';
import { readLibraryReference } from './referenceLibrary';
import { readIpfsReference, readLocalReference, readUrlReference } from './referenceLocal';
import { createReader } from './referenceReader';
import { readRegistryReference } from './referenceRegistry';
import { isScheme, readScheme, reportCharacters } from './referenceScheme';
import { referenceSchemes } from './referenceModel';
import { readShubReference } from './referenceShub';
import type { ImageReference, ParsedReference, ReferenceOptions, ReferenceScheme } from './referenceModel';
export type {
  ImageReference,
  IpfsReference,
  LibraryReference,
  ParsedReference,
  ReferenceOptions,
  ReferencePart,
  ReferenceScheme,
  RegistryReference,
  ShubReference,
} from './referenceModel';

/**
 * Reads an image reference as the engines do, for every scheme; never fails. Sources of the rules: facts in each reader
 * (referenceRegistry.ts, referenceLibrary.ts, referenceShub.ts, referenceLocal.ts).
 */
export function parseReference(text: string, options: ReferenceOptions = {}): ParsedReference {
  const trimmed = text.trim();
  const leading = text.indexOf(trimmed);
  const reader = createReader(trimmed, { ...options, offset: (options.offset ?? 0) + leading });
  if (trimmed.includes('{{')) return { ...reader.finish(templatedScheme(trimmed, options), undefined), templated: true };
  const start = readScheme(reader);
  if (start === undefined) return reader.finish(undefined, undefined);
  const { scheme, bodyStart } = start;
  if (reportCharacters(reader, scheme)) return reader.finish(scheme, undefined);
  switch (scheme) {
    case 'docker':
    case 'oras':
      return readRegistryReference(reader, scheme, bodyStart);
    case 'library':
      return readLibraryReference(reader, bodyStart);
    case 'shub':
      return readShubReference(reader, bodyStart);
    case 'http':
    case 'https':
      return readUrlReference(reader, scheme);
    case 'ipfs':
      return readIpfsReference(reader, bodyStart);
    case 'docker-daemon':
    case 'docker-archive':
    case 'oci':
    case 'oci-archive':
      return readLocalReference(reader, scheme, bodyStart);
  }
}

function templatedScheme(text: string, options: ReferenceOptions): ReferenceScheme | undefined {
  return isScheme(options.agent) ? options.agent : referenceSchemes.find((scheme) => text.startsWith(`${scheme}:`));
}

/** Prints a reference as short as it can be written: Docker Hub's host and `library/` are left out, tags and digests are as they were. */
export function formatReference(reference: ImageReference): string {
  switch (reference.kind) {
    case 'registry': {
      // A first component that looks like a host (`docker.io/foo.bar/baz`) would be taken for one without Docker Hub's before it.
      const isShort = reference.registry === 'docker.io' && !/^(?:localhost|[^/]*[.:][^/]*)\//.test(reference.repository);
      const repository = isShort ? reference.repository.replace(/^library\/(?![a-f0-9]{64}$)(?=[^/]+$)/, '') : reference.repository;
      return `${reference.scheme}://${isShort ? '' : `${reference.registry}/`}${repository}${behind(':', reference.tag)}${digestSuffix(reference.digest)}`;
    }
    case 'library':
      return `library://${reference.host === undefined ? '' : `${reference.host}/`}${reference.path}${behind(':', reference.tags.join(',') || undefined)}`;
    case 'shub': {
      const registry = reference.registry === undefined ? '' : `${reference.registry}/`;
      return `shub://${registry}${reference.user}/${reference.container}${behind(':', reference.tag)}${behind('@', reference.version)}`;
    }
    case 'url':
      return reference.url;
    case 'ipfs':
      return `ipfs://${reference.cid}${reference.path}`;
    case 'local':
      return `${reference.scheme}:${reference.path}${behind(':', reference.tag)}${digestSuffix(reference.digest)}`;
  }
}

function behind(sign: string, text: string | undefined): string {
  return text === undefined ? '' : `${sign}${text}`;
}

function digestSuffix(digest: Digest | undefined): string {
  return digest ? `@${formatDigest(digest)}` : '';
}
