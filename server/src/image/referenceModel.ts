import type { Digest } from './digest';
import type { Platform } from './summary';
import type { Finding } from '../text/finding';
import type { TextRange } from '../text/range';

/** Every scheme that Apptainer and SingularityCE know (A `internal/pkg/util/uri/uri.go`, `internal/pkg/client/ipfs`). */
export const referenceSchemes = [
  'docker',
  'oras',
  'library',
  'shub',
  'http',
  'https',
  'ipfs',
  'docker-daemon',
  'docker-archive',
  'oci',
  'oci-archive',
] as const;

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
