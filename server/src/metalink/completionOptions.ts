/** What completion depends on besides the document. */
export interface CompletionOptions {
  /** Milliseconds since the epoch, for dates. */
  readonly now: number;
  /** `container-metalink/0.1.0`. */
  readonly generator: string;
  /** The client understands placeholders (LSP `snippetSupport`). */
  readonly snippets: boolean;
}
