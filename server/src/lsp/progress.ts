import type { CancellationToken, Connection, WorkDoneProgressReporter } from 'vscode-languageserver';
import type { Progress, ProgressListener } from '../operations/progress';
import { progressText } from '../operations/progressText';
import { signalOf } from './signal';

const interval = 200;

/** How a request is followed and ended by the client. */
export interface Followed {
  /** Where the client wants progress. Absent: behind a token of the server's own, where the client shows such (`window.workDoneProgress`). */
  readonly workDoneToken?: string | number;
  /** The request's own. */
  readonly token: CancellationToken;
}

/**
 * Runs `work` with a listener that shows its progress, at most five times a second, and a signal that is aborted when the client cancels the
 * request or the progress.
 */
export async function withProgress<T>(
  connection: Connection,
  followed: Followed,
  title: string,
  work: (listener: ProgressListener, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { reporter, signal } = await follow(connection, followed);
  let last = 0;
  reporter.begin(title, 0, undefined, true);
  const listener = (progress: Progress) => {
    const now = Date.now();
    if (now - last < interval && progress.done !== progress.total) return;
    last = now;
    const text = progressText(progress);
    if (progress.total === undefined || progress.total === 0) reporter.report(text);
    else reporter.report(Math.min(100, Math.floor((progress.done / progress.total) * 100)), text);
  };
  try {
    return await work(listener, signal);
  } finally {
    reporter.done();
  }
}

async function follow(
  { window }: Connection,
  { workDoneToken, token }: Followed,
): Promise<{ readonly reporter: WorkDoneProgressReporter; readonly signal: AbortSignal }> {
  if (workDoneToken !== undefined) return { reporter: window.attachWorkDoneProgress(workDoneToken), signal: signalOf(token) };
  const reporter = await window.createWorkDoneProgress();
  return { reporter, signal: AbortSignal.any([signalOf(token), signalOf(reporter.token)]) };
}
