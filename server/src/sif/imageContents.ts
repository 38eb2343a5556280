import type { ContainerImage } from './image';
import type { OciConfig } from './ociContents';

/** Text that a container carries for one purpose, by the name of the recipe's section: `runscript`, `help`, `test`, `startscript`, `environment`. */
export type Scripts = Readonly<Record<string, string>>;

export interface AppContents {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly scripts: Scripts;
}

/** Where labels and scripts were found: signed metadata object, root file system, both OCI, or nowhere. */
export type MetadataOrigin = 'inspect-metadata' | 'root-file-system' | 'oci' | 'none';

export interface ObjectContents {
  readonly id: number;
  /** The library's name: `FS`, `Def.FILE`. */
  readonly type: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** What the descriptor's extra field says: `Squashfs, *System, amd64`. */
  readonly detail: string;
}

/** What is inside an image. Everything that an image does not tell is absent. */
export interface ImageContents {
  readonly format: ContainerImage['format'];
  /** Go's name, of the primary system partition: the header's copy is not signed. */
  readonly architecture?: string;
  /** RFC 3339. */
  readonly created?: string;
  readonly origin: MetadataOrigin;
  readonly labels: Readonly<Record<string, string>>;
  readonly recipe?: string;
  readonly scripts: Scripts;
  readonly apps: readonly AppContents[];
  readonly ociConfig?: OciConfig;
  readonly encrypted: boolean;
  readonly objects: readonly ObjectContents[];
  /** What could not be read and why, for people. */
  readonly notes: readonly string[];
}

/** The part that inspect metadata or a root file system tells. */
export interface Metadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly recipe?: string;
  readonly scripts: Scripts;
  readonly apps: readonly AppContents[];
}
