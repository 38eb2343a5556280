import * as vscode from 'vscode';
import type { StatusParams } from '../../server/src/protocol';
import type { Connection } from './connection';
import type { SignIns } from './signIns';

/** The language server as the rest of the client sees it. */
export interface Server extends Omit<Connection, 'stop'> {
  /** What the status item shows. */
  readonly onStatus: vscode.Event<StatusParams>;
  /** Whether the server runs: false while it starts, is stopped or has given up. */
  readonly onRunning: vscode.Event<boolean>;
}

/**
 * The server behind a client that is loaded when it is first needed: its code is four fifths of the extension's, and activation does not
 * wait for it.
 */
export function createServer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel, signIns: SignIns): Server {
  const status = new vscode.EventEmitter<StatusParams>();
  const running = new vscode.EventEmitter<boolean>();
  let made: Promise<Connection> | undefined;
  const connection = (): Promise<Connection> => (made ??= connect());
  context.subscriptions.push(status, running, { dispose: () => void made?.then((client) => client.stop()) });

  async function connect(): Promise<Connection> {
    const { createConnection } = await import('./connection');
    return createConnection(context, log, signIns, {
      onStatus: (params) => status.fire(params),
      onRunning: (isRunning) => running.fire(isRunning),
    });
  }

  return {
    request: async (name, params, token) => (await connection()).request(name, params, token),
    onProgress(token, listener) {
      const listening = connection().then((client) => client.onProgress(token, listener));
      return new vscode.Disposable(() => void listening.then((listened) => void listened.dispose()));
    },
    onStatus: status.event,
    onRunning: running.event,
    start: async () => (await connection()).start(),
    restart: async () => (await connection()).restart(),
  };
}
