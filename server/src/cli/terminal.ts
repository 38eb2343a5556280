import { t } from '../text/l10n';

/** What a command writes to: standard output for results, standard error for progress and messages. */
export interface Terminal {
  /** A result, without a line end. */
  out(line: string): void;
  /** A message for people, without a line end. */
  note(line: string): void;
  /** Replaces the progress line; nothing where standard error is no terminal. Empty text clears it. */
  progress(line: string): void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Exit statuses of every command. */
export const exitStatus = {
  good: 0,
  /** Findings of severity error, or a verdict `failed`. */
  findings: 1,
  /** Nothing could be verified, or an I/O or network error. */
  trouble: 2,
  usage: 64,
} as const;

/** The words of the command line are wrong: the message says which and what is expected. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Milliseconds that cancelled work gets to end by itself. */
const patience = 5000;

/** A terminal on the process' own streams. */
export function createTerminal(): Terminal {
  const controller = new AbortController();
  let shown = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      controller.abort();
      // A call that the system does not answer cannot be cancelled (a named pipe without a writer, a network disk that hangs): the second
      // signal is not caught and ends the process.
      setTimeout(() => process.kill(process.pid, signal), patience).unref();
    });
  let unread = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') unread = true;
    else {
      process.stderr.write(`container-metalink: ${t('standard output cannot be written: {0}', error.message)}\n`);
      process.exit(exitStatus.trouble);
    }
  });
  // Nobody is left who could be told.
  process.stderr.on('error', () => undefined);
  const clear = () => {
    if (shown > 0) process.stderr.write(`\r${' '.repeat(shown)}\r`);
    shown = 0;
  };
  return {
    out(line) {
      clear();
      // When a reader went away (`| head`) the work goes on: its exit status is asked for, and a download is not lost.
      if (!unread) process.stdout.write(`${harmless(line)}\n`);
    },
    note(line) {
      clear();
      process.stderr.write(`${harmless(line)}\n`);
    },
    progress(line) {
      if (!process.stderr.isTTY) return;
      clear();
      const text = line.slice(0, (process.stderr.columns || 80) - 1);
      process.stderr.write(text);
      shown = text.length;
    },
    signal: controller.signal,
  };
}

/** A name as part of a line: a line end in it (file names may hold one) must not begin a line of its own. */
export function inLine(name: string): string {
  return name.replace(/[\r\n\u2028\u2029]/g, '\ufffd');
}

/** Text of files and hubs must not command the terminal: control characters but tabs and line ends are shown as `\ufffd`. */
function harmless(text: string): string {
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd');
}
