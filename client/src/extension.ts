import * as vscode from 'vscode';
import { registerCommands } from './commands/register';
import { createEngineFinder } from './engine';
import { createServer } from './languageClient';
import { createSignIns } from './signIns';
import { createStatus } from './status';
import { registerTasks } from './tasks';
import { createCacheTree } from './views/cacheTree';
import { createDocuments } from './views/documents';

/** Wires the parts; the server starts beside, activation does not wait for it. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Container Metalink', { log: true });
  context.subscriptions.push(log);
  const signIns = createSignIns(context);
  const server = createServer(context, log, signIns);
  const engine = createEngineFinder(context);
  const documents = createDocuments(context);
  const caches = createCacheTree(context, server, log);
  createStatus(context, server, engine);
  registerTasks(context, engine, server, log);
  registerCommands({ context, log, server, signIns, engine, documents, caches });
  // In a turn of its own: the client's code is loaded then, and activation is over before.
  setImmediate(() => {
    server.start().catch((error: unknown) => log.error(error instanceof Error ? error.message : String(error)));
  });
}
