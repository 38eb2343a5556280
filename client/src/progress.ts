import * as vscode from 'vscode';
import type { Server } from './languageClient';
import type { Requests } from './requests';

let count = 0;

type WithProgress = {
  [Name in keyof Requests]: Requests[Name]['params'] extends { workDoneToken?: string | number } ? Name : never;
}[keyof Requests];

/**
 * Sends a request that takes long with a progress notification: the server's message (amount, rate, time left), percentage, Cancel.
 * Undefined when the user cancelled. Rejects as the request does.
 */
export async function requestWithProgress<Name extends WithProgress>(
  server: Server,
  name: Name,
  params: Requests[Name]['params'],
  title: string,
): Promise<Requests[Name]['result'] | undefined> {
  const workDoneToken = `container-metalink-${++count}`;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    let shown = 0;
    const listener = server.onProgress(workDoneToken, (message, percentage) => {
      const increment = percentage === undefined ? undefined : Math.max(0, percentage - shown);
      shown += increment ?? 0;
      const shownMessage = message === undefined ? undefined : behind(title, message);
      progress.report({
        ...(shownMessage === undefined ? {} : { message: shownMessage }),
        ...(increment === undefined ? {} : { increment }),
      });
    });
    try {
      return await server.request(name, { ...params, workDoneToken }, token);
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    } finally {
      listener.dispose();
    }
  });
}

/**
 * The server's message behind the title of its notification. Notifications draw two blanks as one: what the server sets apart by them gets
 * a dot. What the title names already is not named once more.
 */
function behind(title: string, message: string): string {
  const parts = message.split(/ {2,}/);
  return parts.slice(title.endsWith(parts[0] ?? '') ? 1 : 0).join(' · ');
}
