import { PassThrough } from 'node:stream';
import {
  createConnection,
  createMessageConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { Diagnostic, InitializeResult, MessageConnection } from 'vscode-languageserver/node';
import { startServer } from '../../server/src/lsp/server';

export interface SessionOptions {
  readonly trusted?: boolean;
  readonly settings?: Record<string, unknown>;
  readonly capabilities?: Record<string, unknown>;
  readonly storagePath?: string;
  /** The client brings our commands, as VS Code with our extension does. */
  readonly commandLinks?: boolean;
  readonly folders?: readonly string[];
  /** The client sends no initialization options at all. */
  readonly bare?: boolean;
  /** VS Code's `http` settings; `setSettings` changes them. */
  readonly http?: Record<string, unknown>;
  /** The user's stored sign-ins. Without, the client keeps none. */
  secret?(host: string): { username?: string; password?: string; token?: string } | null;
}

/** A client on in-memory streams, speaking JSON-RPC with the real server: nothing between them is faked. */
export interface Session {
  readonly client: MessageConnection;
  readonly initialized: InitializeResult;
  request<T>(method: string, params: unknown): Promise<T>;
  open(uri: string, languageId: string, text: string): Promise<void>;
  change(uri: string, version: number, changes: unknown[]): Promise<void>;
  /** The next diagnostics for `uri`, or those that came already and were not read. */
  diagnostics(uri: string): Promise<Diagnostic[]>;
  /** Waits until diagnostics for `uri` satisfy `wanted`. */
  diagnosticsUntil(uri: string, wanted: (diagnostics: Diagnostic[]) => boolean): Promise<Diagnostic[]>;
  setSettings(settings: Record<string, unknown>, http?: Record<string, unknown>): Promise<void>;
  /** Edits that the server asked the client to apply. */
  readonly edits: { changes?: Record<string, { range: unknown; newText: string }[]> }[];
  readonly logged: string[];
  readonly notified: { method: string; params: unknown }[];
  /** What the server registered after the start: method and options. */
  readonly registered: { method: string; registerOptions?: unknown }[];
  close(): Promise<void>;
}

/** A client that is pushed its diagnostics. */
export const clientCapabilities = {
  textDocument: {
    publishDiagnostics: { relatedInformation: true },
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    hover: { contentFormat: ['markdown'] },
    signatureHelp: { signatureInformation: { documentationFormat: ['markdown'] } },
  },
  workspace: { configuration: true, applyEdit: true },
  window: { workDoneProgress: true },
};

export async function startSession(options: SessionOptions = {}): Promise<Session> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const serverConnection = createConnection(ProposedFeatures.all, new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  startServer(serverConnection);
  const client = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));

  let settings = options.settings ?? {};
  let httpSettings = options.http ?? {};
  const latest = new Map<string, Diagnostic[]>();
  const waiting = new Map<string, ((diagnostics: Diagnostic[]) => void)[]>();
  const edits: Session['edits'] = [];
  const logged: string[] = [];
  const notified: Session['notified'] = [];
  client.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
    latest.set(uri, diagnostics);
    for (const resolve of waiting.get(uri)?.splice(0) ?? []) resolve(diagnostics);
  });
  client.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
    items.map((item) => (item.section === 'containerMetalink' ? settings : item.section === 'http' ? httpSettings : {})),
  );
  client.onRequest('workspace/applyEdit', ({ edit }: { edit: Session['edits'][number] }) => {
    edits.push(edit);
    return { applied: true };
  });
  client.onRequest('window/workDoneProgress/create', () => null);
  const registered: Session['registered'] = [];
  client.onRequest('client/registerCapability', ({ registrations }: { registrations: Session['registered'] }) => {
    registered.push(...registrations);
    return null;
  });
  client.onRequest('containerMetalink/secret', ({ host }: { host: string }) => options.secret?.(host) ?? null);
  client.onNotification('window/logMessage', ({ message }: { message: string }) => {
    logged.push(message);
  });
  client.onNotification((method: string, params: unknown) => {
    notified.push({ method, params });
  });
  client.listen();

  const initialized = await client.sendRequest<InitializeResult>('initialize', {
    processId: null,
    rootUri: null,
    capabilities: { ...clientCapabilities, ...options.capabilities },
    workspaceFolders: (options.folders ?? []).map((uri) => ({ uri, name: 'folder' })),
    ...(options.bare !== true && {
      initializationOptions: {
        trusted: options.trusted ?? true,
        ...(options.commandLinks !== undefined && { commandLinks: options.commandLinks }),
        ...(options.storagePath !== undefined && { storagePath: options.storagePath }),
        ...(options.secret && { secrets: true }),
      },
    }),
  });
  await client.sendNotification('initialized', {});

  const next = (uri: string) => new Promise<Diagnostic[]>((resolve) => waiting.set(uri, [...(waiting.get(uri) ?? []), resolve]));
  return {
    client,
    initialized,
    edits,
    logged,
    notified,
    registered,
    request: (method, params) => client.sendRequest(method, params),
    open: (uri, languageId, text) =>
      client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } }),
    change: (uri, version, contentChanges) =>
      client.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges }),
    async diagnostics(uri) {
      const there = latest.get(uri);
      latest.delete(uri);
      return there ?? next(uri);
    },
    async diagnosticsUntil(uri, wanted) {
      for (let found = latest.get(uri) ?? (await next(uri)); ; found = await next(uri)) if (wanted(found)) return found;
    },
    async setSettings(changed, changedHttp) {
      settings = changed;
      httpSettings = changedHttp ?? httpSettings;
      await client.sendNotification('workspace/didChangeConfiguration', { settings: null });
    },
    async close() {
      await client.sendRequest('shutdown');
      client.dispose();
      serverConnection.dispose();
    },
  };
}
