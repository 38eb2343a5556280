import type { Digest } from './digest';
import { formatDigest } from './digest';
import type { Platform } from './summary';
import type { Finding } from '../text/finding';
import type { TextRange } from '../text/range';
import { readLibraryReference } from './referenceLibrary';
import { readIpfsReference, readLocalReference, readUrlReference } from './referenceLocal';
import { createReader } from './referenceReader';
import { readRegistryReference } from './referenceRegistry';
import { isScheme, readScheme, referenceSchemes, reportCharacters } from './referenceScheme';
import { readShubReference } from './referenceShub';

export type ReferenceScheme = (typeof referenceSchemes)[number];

/** What a reference stands for, as plain data: what is printed by `formatReference` and asked of a hub. */
export type ImageReference = RegistryReference | LibraryReference | ShubReference | UrlReference | IpfsReference | LocalReference;

/** `docker://` and `oras://`: an image or a SIF artifact in an OCI registry. */
export interface RegistryReference {
  readonly kind: 'registry';
  readonly scheme: 'docker' | 'oras';
  /** Host, with port where there is one; `docker.io` for every name of Docker Hub. */
  readonly registry: string;
  /** Full path in the registry: `library/ubuntu` for `ubuntu` on Docker Hub. */
  readonly repository: string;
  /** As written; without tag and digest the engines take `latest`. */
  readonly tag?: string;
  readonly digest?: Digest;
  /** `docker://arm64v8/alpine`: the architecture that Apptainer takes from the path (A `internal/pkg/build/oci/oci.go` getArchFromURI). */
  readonly platform?: Platform;
}

/** `library://`: a SIF in a library. */
export interface LibraryReference {
  readonly kind: 'library';
  readonly scheme: 'library';
  /** Host written in the reference, with port where there is one: `https://HOST` is the library. */
  readonly host?: string;
  /** Base URL from the recipe's `Library` header; a host in the reference overrides it. */
  readonly library?: string;
  /** Everything between host and tag: `entity/collection/container`, with one to three parts. */
  readonly path: string;
  readonly entity?: string;
  readonly collection?: string;
  readonly container: string;
  /** As written; none means `latest`. Only the first is pulled. A hash (`sha256.<hex>`, `sif.<uuid>`) may stand in a tag's place. */
  readonly tags: readonly string[];
  /** The first tag when it is a hash of an image: `sha256.<hex>` as a digest. */
  readonly digest?: Digest;
}

/** `shub://`: Singularity Hub or a Singularity Registry Server. */
export interface ShubReference {
  readonly kind: 'shub';
  readonly scheme: 'shub';
  /** Registry with its path where one is written; without, the retired `singularity-hub.org`. */
  readonly registry?: string;
  readonly user: string;
  readonly container: string;
  /** As written; without tag and version the engines take `latest`. */
  readonly tag?: string;
  /** After `@`: 32 hexadecimal digits are the file's MD5, 40 the git commit. */
  readonly version?: string;
}

/** `http://` and `https://`: an image file by its URL. */
export interface UrlReference {
  readonly kind: 'url';
  readonly scheme: 'http' | 'https';
  /** As written. May hold userinfo: strip it before it is shown. */
  readonly url: string;
  /** Host, with port where there is one. */
  readonly host: string;
}

/** `ipfs://CID[/path]`. */
export interface IpfsReference {
  readonly kind: 'ipfs';
  readonly scheme: 'ipfs';
  readonly cid: string;
  /** Below the CID, with its leading slash; empty when there is none. */
  readonly path: string;
  /** The sha-256 in the CID: of the file's root block, not of the file. */
  readonly digest?: Digest;
}

/** An image on this machine: in a Docker daemon, an archive, a layout. */
export interface LocalReference {
  readonly kind: 'local';
  readonly scheme: 'docker-daemon' | 'docker-archive' | 'oci' | 'oci-archive';
  /** Path, or the daemon's name of the image without tag. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** A stretch of the text that was parsed. Offsets are UTF-16, shifted by `ReferenceOptions.offset`. */
export interface ReferencePart {
  readonly text: string;
  readonly range: TextRange;
}

/** Where each part of a reference stands; also for references that are not finished or wrong. Empty parts are there while one types: `name:`. */
export interface ReferenceParts {
  /** Without `:` and slashes. */
  readonly scheme?: ReferencePart;
  /** Registry, library host, host of a URL. */
  readonly host?: ReferencePart;
  /** Between host and name: `org/team`, `entity/collection`, a shub user. */
  readonly namespace?: ReferencePart;
  /** Last component: repository or container. */
  readonly name?: ReferencePart;
  /** Namespace and name together, without host. */
  readonly path?: ReferencePart;
  /** All tags with their commas; `tags` has them one by one. */
  readonly tag?: ReferencePart;
  readonly tags?: readonly ReferencePart[];
  /** `sha256:…` behind `@`, a shub version, a library hash in the tag's place, a CID. */
  readonly digest?: ReferencePart;
  /** The whole URL. */
  readonly url?: ReferencePart;
}

export interface ReferenceOptions {
  /** Bootstrap agent of a recipe: the text is what follows `From:` and carries no scheme. Agents that take no reference give none. */
  readonly agent?: string;
  /** Scheme of a text that has none, as on a command line. */
  readonly defaultScheme?: ReferenceScheme;
  /** Value of the recipe's `Registry` header, put before the reference. */
  readonly registry?: string;
  /** Value of the recipe's `Namespace` header, put between registry and reference. */
  readonly namespace?: string;
  /** Value of the recipe's `Library` header. */
  readonly library?: string;
  /** Whose rules hold where the engines differ. Default `apptainer`. */
  readonly engine?: 'apptainer' | 'singularity';
  /** Added to every offset: where the text stands in its document. */
  readonly offset?: number;
}

/** What was made of a text. */
export interface ParsedReference {
  readonly text: string;
  readonly scheme?: ReferenceScheme;
  /** Undefined when the engines would stop at the text (a problem says why), when it is templated, or when the agent takes no reference. */
  readonly reference?: ImageReference;
  readonly parts: ReferenceParts;
  /** `build/reference-…`: a build stops here; `lint/reference-…`: it goes on, but not as the author thinks. */
  readonly problems: readonly Finding[];
  /** The text holds `{{ … }}`: what it stands for is known only with build arguments. */
  readonly templated?: boolean;
}

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
