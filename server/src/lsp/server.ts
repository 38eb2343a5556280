import type { Connection, InitializeParams, InitializeResult } from 'vscode-languageserver';
import {
  CancellationToken,
  DidChangeWatchedFilesNotification,
  LSPErrorCodes,
  MessageType,
  ResponseError,
  ShowMessageNotification,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { methods } from '../protocol';
import type { InitializationOptions, TrustParams } from '../protocol';
import { workspaceFileName } from '../operations/workspaceFile';
import type { World } from '../operations/world';
import { t } from '../text/l10n';
import { localeOf, speakLanguage } from '../platform/language';
import { knownClient } from './clientAbilities';
import { createDiagnosticsManager } from './diagnostics';
import { createOpenDocuments } from './documents';
import { featureCapabilities, registerFeatures } from './features';
import { watchDocuments } from './findingsWatcher';
import type { Language } from './language';
import { metalinkLanguage } from './metalinkLanguage';
import { createOnlineFeatures } from './onlineFeatures';
import { recipeLanguage } from './recipeLanguage';
import { refreshShown } from './refresh';
import { registerRequests } from './requests';
import { commandFilter } from './serverCommands';
import { createSettingsStore } from './settingsStore';
import { createWorkspaceRulesStore } from './workspaceRulesStore';
import { worldOptions } from './worldOptions';

/** Languages by LSP language id. `apptainer` and `singularity` are both in use for recipes. */
const languages: ReadonlyMap<string, Language<unknown>> = new Map<string, Language<unknown>>([
  ['singularity', recipeLanguage],
  ['apptainer', recipeLanguage],
  ['metalink', metalinkLanguage],
]);

/** Serves the Language Server Protocol on a connection until it ends. */
export function startServer(connection: Connection): void {
  connection.onInitialize((params): InitializeResult => initialize(connection, params));
  connection.listen();
}

function initialize(connection: Connection, params: InitializeParams): InitializeResult {
  const options = readOptions(params.initializationOptions);
  speakLanguage(params.locale ?? localeOf(process.env));
  const { workspace } = params.capabilities;
  const ownCommands = options.commandLinks === true;
  const client = knownClient(params.capabilities, ownCommands);

  const settings = createSettingsStore(connection, workspace?.configuration === true);
  const workspaceRules = createWorkspaceRulesStore((problem) => connection.console.warn(problem));
  let folders = foldersOf(params);
  workspaceRules.setFolders(folders);
  const documents = createOpenDocuments(connection, languages, settings, workspaceRules);
  const diagnostics = createDiagnosticsManager(connection, documents, {
    pull: client.pullsDiagnostics,
    relatedInformation: client.relatedInformation,
    sourceName: 'container-metalink',
  });

  let trusted = options.trusted;
  let world: Promise<World> | undefined;
  /** The last change of the configuration: what is asked after a change waits until it holds. */
  let configured: Promise<void> = Promise.resolve();
  /** Made when something needs the network, the disk or a key: opening a file does not. */
  const getWorld = async () => {
    await configured;
    return (world ??= makeWorld());
  };
  const makeWorld = async () => {
    const { createWorld } = await import('../operations/world');
    return createWorld(await worldOptions(connection, settings, options, () => trusted));
  };
  const reconfigure = async () => {
    settings.forget();
    workspaceRules.forget();
    documents.forget();
    const change = configured.then(async () => {
      if (world) (await world).reconfigure(await worldOptions(connection, settings, options, () => trusted));
    });
    configured = change.catch(() => undefined); // `guarded` tells it; the configuration before stays
    await change;
    diagnostics.refreshAll();
    await refreshShown(connection, workspace);
  };
  const guarded = (work: () => Promise<void>) => () => {
    work().catch((error: unknown) => connection.console.error(error instanceof Error ? error.message : String(error)));
  };

  const runs = commandFilter({ ownCommands, appliesEdits: client.appliesEdits }, () => trusted);
  const online = createOnlineFeatures({
    getWorld,
    isTrusted: () => trusted,
    documents,
    folders: () => folders,
    commandLinks: ownCommands,
  });
  registerFeatures({
    connection,
    documents,
    diagnostics,
    online,
    client,
    runs,
  });
  const answer = registerRequests({ connection, documents, diagnostics, getWorld });
  connection.onExecuteCommand(({ command, arguments: [argument] = [] }) => {
    if (!runs(command))
      throw new ResponseError(
        LSPErrorCodes.RequestFailed,
        t('{0} is not there: this folder is not trusted, or the editor cannot do it.', command),
      );
    // It may take longer than an editor waits for an answer: how it went is told by messages.
    tellOutcome(connection, async () => {
      const { runCommand } = await import('./runCommand');
      return runCommand(command, isObject(argument) ? argument : {}, {
        connection,
        asks: client.asks,
        call: (method, params) => answer(method, params, CancellationToken.None),
      });
    });
    return null;
  });
  watchDocuments({ connection, documents, diagnostics, getWorld, isTrusted: () => trusted });

  connection.onDidChangeConfiguration((change) => {
    settings.take(change.settings);
    guarded(reconfigure)();
  });
  connection.onDidChangeWatchedFiles(guarded(reconfigure));
  connection.onInitialized(
    guarded(async () => {
      if (workspace?.didChangeWatchedFiles?.dynamicRegistration === true)
        await connection.client.register(DidChangeWatchedFilesNotification.type, {
          watchers: [{ globPattern: `**/${workspaceFileName}` }],
        });
      if (workspace?.workspaceFolders === true)
        connection.workspace.onDidChangeWorkspaceFolders(
          guarded(async () => {
            folders = (await connection.workspace.getWorkspaceFolders())?.map(({ uri }) => uri) ?? [];
            workspaceRules.setFolders(folders);
            await reconfigure();
          }),
        );
    }),
  );
  connection.onNotification(methods.trust, (trust: TrustParams) => {
    trusted = trust.trusted;
    guarded(reconfigure)();
  });
  connection.onShutdown(async () => {
    diagnostics.dispose();
    if (world) await (await world).close();
  });

  return {
    capabilities: {
      positionEncoding: 'utf-16',
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      ...featureCapabilities({ pullDiagnostics: client.pullsDiagnostics, ownCommands }),
    },
    serverInfo: { name: 'container-metalink', version: process.env.CONTAINER_METALINK_VERSION ?? 'development' },
  };
}

/** Runs `work` and tells the user what it gives, or why it failed: a message that no client has to answer. */
function tellOutcome(connection: Connection, work: () => Promise<readonly string[]>): void {
  const tell = (type: MessageType, message: string) => connection.sendNotification(ShowMessageNotification.type, { type, message });
  work()
    .then((lines) => (lines.length === 0 ? undefined : tell(MessageType.Info, lines.join('\n'))))
    .catch((error: unknown) =>
      isAbort(error) ? undefined : tell(MessageType.Error, error instanceof Error ? error.message : String(error)),
    )
    .catch(() => undefined); // the connection has ended: nobody is there to be told
}

/** The user has cancelled it, and need not be told. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Clients that know no workspace folders name one folder, or none. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- it is all that such clients send
function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  if (workspaceFolders) return workspaceFolders.map(({ uri }) => uri);
  return rootUri === null ? [] : [rootUri];
}

/** Other editors may send nothing at all: then the folder is not trusted, and no host is asked because a file names it. */
function readOptions(value: unknown): InitializationOptions {
  const given = isObject(value) ? (value as Partial<InitializationOptions>) : {};
  return { ...given, trusted: given.trusted === true };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
