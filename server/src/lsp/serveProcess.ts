import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from './server';

/**
 * Makes this process the language server. `streams`: where it is spoken to; without them as the process' own words say (`--node-ipc`
 * from VS Code). The process ends with the connection: status 0 after `shutdown`, 1 when the editor just went.
 */
export function serveProcess(streams?: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream }): void {
  const connection =
    streams === undefined ? createConnection(ProposedFeatures.all) : createConnection(ProposedFeatures.all, streams.input, streams.output);
  // A mistake of ours in one answer must not take all open documents down with it.
  process.on('unhandledRejection', (reason) => connection.console.error(reason instanceof Error ? reason.message : String(reason)));
  startServer(connection);
}
