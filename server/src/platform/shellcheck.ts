import { spawn } from 'node:child_process';
import { t } from '../text/l10n';
import type { ShellComment, ShellReplacement } from '../text/shellComment';

/** A script and how to look at it. */
export interface ShellCheckRequest {
  readonly text: string;
  readonly dialect: 'sh' | 'bash' | 'dash' | 'ksh';
  /** Numbers of rules to leave out. */
  readonly exclude: readonly number[];
}

export type ShellCheckAnswer =
  | { readonly kind: 'checked'; readonly comments: readonly ShellComment[] }
  /** There is no such program; found out once, then nothing is started any more. */
  | { readonly kind: 'missing'; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'cancelled' };

export interface ShellCheck {
  /** Checks one script. Never rejects. Answers for the same script come from memory. */
  check(request: ShellCheckRequest, signal?: AbortSignal): Promise<ShellCheckAnswer>;
}

/** Milliseconds after which a run is given up. */
const timeout = 10_000;
/** Bytes of output that no sane answer reaches. */
const outputLimit = 8 * 1024 * 1024;
/** Answers kept. */
const remembered = 200;
/** Processes at the same time. */
const concurrency = 2;

/**
 * Runs ShellCheck on scripts from memory: nothing is written to disk, files that scripts source are not opened, and a `.shellcheckrc` of
 * the folder is not read.
 *
 * @param program name or path of the program, as the user set it
 */
export function createShellCheck(program: string): ShellCheck {
  const found: { missing?: ShellCheckAnswer } = {};
  let running = 0;
  const waiting: (() => void)[] = [];
  const answers = new Map<string, readonly ShellComment[]>();

  async function check(request: ShellCheckRequest, signal?: AbortSignal): Promise<ShellCheckAnswer> {
    const key = JSON.stringify([request.dialect, request.exclude, request.text]);
    const known = answers.get(key);
    if (known) return { kind: 'checked', comments: known };
    if (found.missing) return found.missing;
    if (running >= concurrency) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return check(request, signal);
    }
    running++;
    try {
      if (signal?.aborted === true) return { kind: 'cancelled' };
      const answer = await run(program, request, signal);
      if (answer.kind === 'missing') found.missing = answer;
      if (answer.kind === 'checked') remember(key, answer.comments);
      return answer;
    } finally {
      running--;
      waiting.shift()?.();
    }
  }

  function remember(key: string, comments: readonly ShellComment[]): void {
    answers.set(key, comments);
    const oldest = answers.keys().next();
    if (answers.size > remembered && oldest.done !== true) answers.delete(oldest.value);
  }

  return { check };
}

function run(program: string, { text, dialect, exclude }: ShellCheckRequest, signal: AbortSignal | undefined): Promise<ShellCheckAnswer> {
  return new Promise((resolve) => {
    const words = [
      '--norc',
      '--format=json1',
      `--shell=${dialect}`,
      ...(exclude.length > 0 ? [`--exclude=${exclude.map((code) => `SC${code}`).join(',')}`] : []),
      '-',
    ];
    const child = spawn(program, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      timeout,
      killSignal: 'SIGKILL',
      ...(signal && { signal }),
    });
    const output: Buffer[] = [];
    let errors = '';
    let length = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > outputLimit) child.kill('SIGKILL');
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString('utf8')).slice(0, 2000)));
    // A program that ends before it has read everything breaks the pipe; its exit tells why.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') resolve({ kind: 'cancelled' });
      else if (error.code === 'ENOENT' || error.code === 'EACCES')
        resolve({
          kind: 'missing',
          problem: t('ShellCheck is not there as {0}: scripts in recipes are not checked. Install it, or set its path.', program),
        });
      else resolve({ kind: 'failed', problem: t('ShellCheck could not be run: {0}', error.message) });
    });
    child.on('close', (status) => {
      const comments = readComments(Buffer.concat(output).toString('utf8'));
      if (comments !== undefined) resolve({ kind: 'checked', comments });
      else if (child.killed)
        resolve({ kind: 'failed', problem: t('ShellCheck took longer than {0} seconds and was stopped.', timeout / 1000) });
      else
        resolve({ kind: 'failed', problem: t('ShellCheck ended with status {0}: {1}', status ?? -1, errors.trim().split('\n')[0] ?? '') });
    });
    child.stdin.end(text);
  });
}

/** The `comments` of ShellCheck's `json1` format; undefined when the output is something else. */
function readComments(output: string): ShellComment[] | undefined {
  try {
    const answer: unknown = JSON.parse(output);
    const comments = isRecord(answer) ? answer.comments : undefined;
    return Array.isArray(comments) ? comments.flatMap((comment) => readComment(comment) ?? []) : undefined;
  } catch {
    return undefined; // not JSON: the caller reports status and error output
  }
}

const levels: ReadonlySet<unknown> = new Set(['error', 'warning', 'info', 'style']);

function readComment(value: unknown): ShellComment | undefined {
  if (!isRecord(value)) return undefined;
  const span = readSpan(value);
  const { level, code, message, fix } = value;
  if (span === undefined || typeof code !== 'number' || typeof message !== 'string' || !levels.has(level)) return undefined;
  const replacements = isRecord(fix) && Array.isArray(fix.replacements) ? fix.replacements.map(readReplacement) : [];
  const complete = replacements.filter((replacement) => replacement !== undefined);
  return {
    ...span,
    level: level as ShellComment['level'],
    code,
    message,
    ...(complete.length > 0 && complete.length === replacements.length && { fix: complete }),
  };
}

function readReplacement(value: unknown): ShellReplacement | undefined {
  if (!isRecord(value)) return undefined;
  const span = readSpan(value);
  const { replacement, precedence } = value;
  if (span === undefined || typeof replacement !== 'string') return undefined;
  return { ...span, replacement, precedence: typeof precedence === 'number' ? precedence : 0 };
}

function readSpan({ line, column, endLine, endColumn }: Record<string, unknown>) {
  if (typeof line !== 'number' || typeof column !== 'number' || typeof endLine !== 'number' || typeof endColumn !== 'number')
    return undefined;
  return { line, column, endLine, endColumn };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
