/** What a document shows, and what can be done from it. Plain data, so that it is tested without VS Code. */
export interface DocumentContent {
  /** Title of the tab; documents of the same name replace each other. */
  readonly name: string;
  readonly text: string;
  readonly actions: readonly DocumentAction[];
  /** Path of the cache entry that it describes. */
  readonly entry?: string;
}

/** A code lens. */
export interface DocumentAction {
  /** Counted from 0. */
  readonly line: number;
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

/** Collects lines and the actions above them. */
export class DocumentBuilder {
  readonly #lines: string[] = [];
  readonly #actions: DocumentAction[] = [];

  line(text = ''): this {
    // A text from outside must not make lines that look like ours.
    this.#lines.push(text.replace(/[\r\n\u2028\u2029]+/g, ' '));
    return this;
  }

  /** Text that has lines of its own, each indented. */
  block(text: string, indent = '    '): this {
    for (const line of text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')) this.#lines.push(line === '' ? '' : indent + line);
    return this;
  }

  /** Rows of two columns, the first one as wide as its widest cell (at most 60). */
  table(rows: readonly (readonly [string, string])[], indent = '    '): this {
    const width = Math.min(60, Math.max(0, ...rows.map(([name]) => name.length)));
    for (const [name, value] of rows) this.line(`${indent}${name.padEnd(width)}  ${value}`);
    return this;
  }

  /** An action above the line that comes next. */
  action(title: string, command: string, ...args: unknown[]): this {
    // A plain blank behind an icon is swallowed where lenses are drawn.
    const spaced = title.replace(/^(\$\([a-z-]+\)) /, '$1\u00a0');
    this.#actions.push({ line: this.#lines.length, title: spaced, command, arguments: args });
    return this;
  }

  build(name: string): DocumentContent {
    return { name, text: `${this.#lines.join('\n')}\n`, actions: this.#actions };
  }
}
