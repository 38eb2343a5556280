import { createConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { runCommand } from './cli/run';
import { createTerminal } from './cli/terminal';
import { startServer } from './lsp/server';

// The command-line process: the same core as the language server, by another door.
if (process.argv[2] === 'lsp') {
  // `lsp --stdio`, for editors other than VS Code.
  startServer(createConnection(ProposedFeatures.all, new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout)));
} else {
  void runCommand(process.argv.slice(2), createTerminal()).then((status) => {
    process.exitCode = status;
  });
}
