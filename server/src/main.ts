import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from './lsp/server';

// The language-server process: started by the client with --node-ipc, or by other editors with --stdio.
startServer(createConnection(ProposedFeatures.all));
