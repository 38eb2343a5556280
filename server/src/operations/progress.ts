/** How far a long operation has come. */
export interface Progress {
  /** What is being worked on: a file name, `checking signatures`. */
  readonly what: string;
  /** Bytes. */
  readonly done: number;
  /** Bytes, when known. */
  readonly total?: number;
  /** Bytes a second. */
  readonly rate?: number;
  readonly mirrors?: { readonly active: number; readonly known: number };
}

export type ProgressListener = (progress: Progress) => void;
