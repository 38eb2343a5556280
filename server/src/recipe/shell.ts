import type { TextRange } from '../text/range';

/** A simple command of a shell script: words and redirections up to a separator. */
export interface ShellCommand {
  readonly range: TextRange;
  /** Words as written, quotes and all; a redirection operator is a word of its own. */
  readonly words: readonly TextRange[];
  /** What stands before it is a `|`: it reads from another command. */
  readonly piped: boolean;
  /** Inside how many parentheses (subshells, functions) it stands. */
  readonly depth: number;
  /** The `sudo` in front of it, which is none of its words. */
  readonly sudo?: TextRange;
}

/**
 * The commands in `start`…`end` of `text`, which is a shell script: good enough to find a call of `apt-get` and its options, not a shell
 * grammar. Comments and here-documents are left out; quotes, `$(…)` and backquotes belong to their word. Linear; cannot fail.
 */
export function shellCommands(text: string, start: number, end: number): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: TextRange[] = [];
  let piped = false;
  let depth = 0;
  let sudo: TextRange | undefined;
  const documents: string[] = [];

  const finish = (isPipe: boolean): void => {
    const first = words[0];
    const last = words.at(-1);
    if (first !== undefined && last !== undefined)
      commands.push({ range: { start: first.start, end: last.end }, words, piped, depth, ...(sudo && { sudo }) });
    sudo = undefined;
    if (words.length > 0 || isPipe) piped = isPipe;
    words = [];
  };

  for (let at = start; at < end;) {
    const code = text.charCodeAt(at);
    if (code === 10) {
      at++;
      if (words.length > 0) finish(false);
      if (documents.length > 0) at = skipDocuments(text, at, end, documents);
    } else if (code === 32 || code === 9 || code === 13) at++;
    else if (code === 92 && isLineEnd(text, at + 1)) at = text.indexOf('\n', at) + 1 || end;
    else if (code === 35) {
      const newline = text.indexOf('\n', at);
      at = newline < 0 ? end : newline;
    } else if (code === 59 || code === 38 || code === 124) {
      const isPipe = code === 124 && text.charCodeAt(at + 1) !== 124;
      while (at < end && isSeparator(text.charCodeAt(at))) at++;
      finish(isPipe);
    } else if (code === 40) {
      finish(false);
      depth++;
      at++;
    } else if (code === 41) {
      finish(false);
      depth = Math.max(0, depth - 1);
      at++;
    } else if (code === 60 || code === 62) {
      const from = at;
      while (at < end && (isRedirection(text.charCodeAt(at)) || text.charCodeAt(at) === 38)) at++;
      words.push({ start: from, end: at });
      if (text.startsWith('<<', from) && text.charCodeAt(from + 2) !== 60) at = readDelimiter(text, at, end, documents);
    } else {
      const from = at;
      at = wordEnd(text, at, end);
      if (words.length > 0 || !isKeyword(text, from, at)) words.push({ start: from, end: at });
      else if (text.startsWith('sudo', from)) sudo = { start: from, end: at };
    }
  }
  finish(false);
  return commands;
}

/** `;`, `&`, `|`. */
function isSeparator(code: number): boolean {
  return code === 59 || code === 38 || code === 124;
}

function isRedirection(code: number): boolean {
  return code === 60 || code === 62;
}

function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 10 || (code === 13 && text.charCodeAt(at + 1) === 10);
}

const keywords: ReadonlySet<string> = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '!', '{', 'time', 'exec', 'sudo']);

/** Words in front of a command that are not the command. */
function isKeyword(text: string, start: number, end: number): boolean {
  return end - start <= 5 && keywords.has(text.slice(start, end));
}

function wordEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 2;
    else if (code === 39) at = closing(text, "'", at, end);
    else if (code === 34) at = doubleQuoteEnd(text, at, end);
    else if (code === 96) at = closing(text, '`', at, end);
    else if (code === 36 && text.charCodeAt(at + 1) === 40) at = substitutionEnd(text, at + 2, end);
    else if (code <= 32 || isSeparator(code) || isRedirection(code) || code === 40 || code === 41) break;
    else at++;
  }
  return Math.min(Math.max(at, start + 1), end);
}

function closing(text: string, quote: string, at: number, end: number): number {
  const close = text.indexOf(quote, at + 1);
  return close < 0 || close >= end ? end : close + 1;
}

function doubleQuoteEnd(text: string, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at + 1;
  }
  return end;
}

/** Behind the parenthesis that closes `$(`. */
function substitutionEnd(text: string, start: number, end: number): number {
  let depth = 1;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 39) at = closing(text, "'", at, end) - 1;
    else if (code === 40) depth++;
    else if (code === 41 && --depth === 0) return at + 1;
  }
  return end;
}

function readDelimiter(text: string, start: number, end: number, documents: string[]): number {
  let at = start;
  if (text.charCodeAt(at) === 45) at++;
  while (at < end && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
  const stop = at < end && text.charCodeAt(at) > 32 ? wordEnd(text, at, end) : at;
  const word = text.slice(at, stop).replace(/['"\\]/g, '');
  if (word !== '') documents.push(word);
  return stop;
}

function skipDocuments(text: string, start: number, end: number, documents: string[]): number {
  let at = start;
  while (at < end && documents.length > 0) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    if (text.slice(at, Math.min(lineEnd, at + 200)).trim() === documents[0]) documents.shift();
    at = Math.min(lineEnd + 1, end);
  }
  documents.length = 0;
  return at;
}
