// The messages of the language server about single images: names and types only, shared with the client (protocol.ts).
import type { ImageSummary } from './image/summary';

/**
 * What a command is about. `reference`: an image reference as in a recipe with its scheme (`docker://…`); `path`: a local image;
 * `document`: a recipe or metalink by URI (open or on disk), optionally one file entry of it.
 */
export type Target =
  | { readonly kind: 'reference'; readonly reference: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'document'; readonly uri: string; readonly file?: string };

export type Engine = 'apptainer' | 'singularity';

/** Request: everything that can be told about a target without downloading it. */
export interface InspectParams {
  readonly target: Target;
}
export interface InspectResult {
  readonly items: readonly InspectItem[];
}
export interface InspectItem {
  readonly title: string;
  readonly summary?: ImageSummary;
  readonly contents?: ImageContentsView;
  /** Why there is nothing, for people. */
  readonly problem?: string;
}
/** What is inside a local or remote image file, for the contents document and the cache's details. */
export interface ImageContentsView {
  readonly format: string;
  readonly architecture?: string;
  readonly created?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly recipe?: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly apps: readonly string[];
  readonly objects: readonly {
    readonly id: number;
    readonly type: string;
    readonly name: string;
    readonly size: number;
    readonly detail: string;
  }[];
  readonly signatures: readonly string[];
  readonly notes: readonly string[];
}
