import { spawn } from 'node:child_process';
import { t } from '../text/l10n';

export interface ProcessRequest {
  /** Name on `PATH`, or an absolute path. Never a command line: no shell reads it. */
  readonly command: string;
  readonly arguments?: readonly string[];
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  /** Milliseconds after which it is ended. */
  readonly timeout: number;
  /** Bytes of output that are kept at most; a program that writes more is ended. Default 1 MiB. */
  readonly limit?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

export interface ProcessResult {
  /** Exit status; undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly output: string;
  readonly errors: string;
}

/** Why a program brought no result. */
export class ProcessError extends Error {
  constructor(
    readonly failure: 'missing' | 'timeout' | 'too-much' | 'aborted' | 'failed',
    message: string,
  ) {
    super(message);
    this.name = 'ProcessError';
  }
}

/** Runs a program to its end, without a shell. Resolves also for a status other than 0; rejects with `ProcessError`. */
export function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  const { command, input, timeout, limit = 1024 * 1024, environment, folder, signal } = request;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...(request.arguments ?? [])], {
      shell: false,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(environment && { env: { ...environment } }),
      ...(folder !== undefined && { cwd: folder }),
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let size = 0;

    const settle = (end: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      end();
    };
    const give = (failure: ProcessError): void => {
      child.kill('SIGKILL');
      settle(() => reject(failure));
    };
    const abort = (): void => give(new ProcessError('aborted', t('{0} was cancelled.', command)));
    const timer = setTimeout(
      () => give(new ProcessError('timeout', t('{0} did not end within {1} s.', command, Math.round(timeout / 1000)))),
      timeout,
    );
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) give(new ProcessError('too-much', t('{0} writes more than {1} bytes.', command, limit)));
      else into.push(chunk);
    };

    child.stdout.on('data', collect(output));
    child.stderr.on('data', collect(errors));
    // A program that ends without reading its input closes the pipe: that is its right.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' || error.code === 'EACCES' || error.code === 'ENOTDIR';
      settle(() =>
        reject(
          new ProcessError(
            missing ? 'missing' : 'failed',
            missing ? t('{0} is not installed.', command) : t('{0} cannot be started ({1}).', command, error.code ?? ''),
          ),
        ),
      );
    });
    child.on('close', (status) => {
      settle(() =>
        resolve({ status: status ?? undefined, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() }),
      );
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    child.stdin.end(input ?? '');
  });
}
