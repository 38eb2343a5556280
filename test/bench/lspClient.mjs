// A small client of the Language Server Protocol over a child's standard streams, for measuring.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';

const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = createRequire(import.meta.url)('vscode-languageserver/node');

/** Starts `node …words` and speaks with it. */
export function startClient(words) {
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'ignore'] });
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  connection.onRequest('workspace/configuration', ({ items }) => items.map(() => ({})));
  connection.onRequest('window/workDoneProgress/create', () => null);
  const waiting = new Map();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => waiting.get(uri)?.(diagnostics));
  connection.listen();
  return {
    request: (method, params) => connection.sendRequest(method, params),
    notify: (method, params) => connection.sendNotification(method, params),
    /** The next diagnostics that are pushed for a document. */
    nextDiagnostics: (uri) => new Promise((resolve) => waiting.set(uri, resolve)),
    /** Resident memory in MB; undefined where the system does not tell. */
    memory() {
      const status = `/proc/${child.pid}/status`;
      if (!fs.existsSync(status)) return undefined;
      return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(status, 'utf8'))?.[1]) / 1024;
    },
    /** Processor time used so far in ms, in steps of 10; undefined where the system does not tell. */
    processorTime() {
      const stat = `/proc/${child.pid}/stat`;
      if (!fs.existsSync(stat)) return undefined;
      const [user, system] = fs.readFileSync(stat, 'utf8').split(') ')[1].split(' ').slice(11, 13);
      return (Number(user) + Number(system)) * 10;
    },
    kill() {
      connection.dispose();
      child.kill('SIGKILL');
    },
  };
}
