/** A place in a script, as ShellCheck counts: lines and columns from 1, columns in characters (code points). */
export interface ShellSpan {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One thing that ShellCheck says about a script: an entry of `comments` in its `json1` output. */
export interface ShellComment extends ShellSpan {
  readonly level: 'error' | 'warning' | 'info' | 'style';
  /** The number in `SC2086`. */
  readonly code: number;
  readonly message: string;
  /** Replacements that mend it, all together. */
  readonly fix?: readonly ShellReplacement[];
}

export interface ShellReplacement extends ShellSpan {
  readonly replacement: string;
  /** Of replacements at the same place, the one with the higher number comes first. */
  readonly precedence: number;
}
