import type { Connection } from 'vscode-languageserver';
import type { Progress, ProgressListener } from '../operations/progress';
import { progressText } from '../operations/progressText';

const interval = 200;

/**
 * Runs `work` with a listener that shows its progress behind the client's token, at most five times a second; without a token behind one of
 * the server's own, where the client shows such (`window.workDoneProgress`).
 */
export async function withProgress<T>(
  connection: Connection,
  token: string | number | undefined,
  title: string,
  work: (listener: ProgressListener) => Promise<T>,
): Promise<T> {
  const reporter = token === undefined ? await connection.window.createWorkDoneProgress() : connection.window.attachWorkDoneProgress(token);
  let last = 0;
  reporter.begin(title, 0, undefined, token !== undefined);
  const listener = (progress: Progress) => {
    const now = Date.now();
    if (now - last < interval && progress.done !== progress.total) return;
    last = now;
    const text = progressText(progress);
    if (progress.total === undefined || progress.total === 0) reporter.report(text);
    else reporter.report(Math.min(100, Math.floor((progress.done / progress.total) * 100)), text);
  };
  try {
    return await work(listener);
  } finally {
    reporter.done();
  }
}
