import * as vscode from 'vscode';
import { CloseAction, ErrorAction } from 'vscode-languageclient/node';
import type { ErrorHandler } from 'vscode-languageclient/node';

const longestWait = 120_000;
/** A server that ran this long (ms) was not broken from the start: counting begins anew. */
const goodRun = 300_000;

/** A server that ends by itself is started again: at once, then after 1, 4, 16… seconds, at most two minutes apart. */
export function createRestartPolicy(log: vscode.LogOutputChannel, now: () => number = Date.now): ErrorHandler {
  let crashes = 0;
  let lastCrash = now();
  return {
    error: (error) => {
      log.error(error.message);
      return { action: ErrorAction.Continue, handled: true };
    },
    async closed() {
      crashes = now() - lastCrash > goodRun ? 1 : crashes + 1;
      lastCrash = now();
      const wait = crashes === 1 ? 0 : Math.min(longestWait, 1000 * 4 ** (crashes - 2));
      log.warn(vscode.l10n.t('The language server ended. It is started again in {0} s.', wait / 1000));
      await new Promise((resolve) => setTimeout(resolve, wait));
      return { action: CloseAction.Restart, handled: true };
    },
  };
}
