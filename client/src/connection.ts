import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';
import {
  DidChangeConfigurationNotification,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  WorkDoneProgress,
} from 'vscode-languageclient/node';
import { methods } from '../../server/src/protocol';
import type { InitializationOptions, SecretParams, StatusParams, TrustParams } from '../../server/src/protocol';
import type { Requests } from './requests';
import { createRestartPolicy } from './restartPolicy';
import type { SignIns } from './signIns';

/** Documents that the server is asked about: those of files and new ones, and recipes found inside images; besides, those of the workspace. */
const schemes = ['file', 'untitled', 'vscode-vfs', 'vscode-remote', 'container-metalink'];

/** Sections of the configuration that the server reads: ours, and VS Code's for proxies and certificates. */
const followedSections = ['containerMetalink', 'http'];

/** The client of `dist/server.js`. */
export interface Connection {
  /** Sends a custom request; waits for the server to be up first. Rejects with the server's message for people. */
  request<Name extends keyof Requests>(
    name: Name,
    params: Requests[Name]['params'],
    token?: vscode.CancellationToken,
  ): Promise<Requests[Name]['result']>;
  /** Progress that the server reports under `token`: a message, and how far it is in percent when known. */
  onProgress(token: string, listener: (message: string | undefined, percentage: number | undefined) => void): vscode.Disposable;
  start(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ConnectionListeners {
  readonly onStatus: (status: StatusParams) => void;
  readonly onRunning: (isRunning: boolean) => void;
}

/** Makes the client; nothing runs before `start` or a request. */
export function createConnection(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  signIns: SignIns,
  { onStatus, onRunning }: ConnectionListeners,
): Connection {
  const client = new LanguageClient('containerMetalink', 'Container Metalink', serverOptions(context), clientOptions(context, log));
  context.subscriptions.push(
    client.onNotification(methods.status, (params: StatusParams) => onStatus(params)),
    client.onRequest(methods.secret, ({ host }: SecretParams) => signIns.get(host)),
    client.onDidChangeState(({ newState }) => onRunning(newState === State.Running)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      const params: TrustParams = { trusted: true };
      void client.sendNotification(methods.trust, params);
    }),
    // The server asks for the values again (workspace/configuration).
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (client.isRunning() && followedSections.some((section) => event.affectsConfiguration(section)))
        void client.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    }),
  );

  return {
    async request(name, params, token) {
      if (!client.isRunning()) await client.start();
      // An undefined token would be sent as a second parameter.
      return token === undefined ? client.sendRequest(methods[name], params) : client.sendRequest(methods[name], params, token);
    },
    onProgress: (token, listener) =>
      client.onProgress(WorkDoneProgress.type, token, (value) => {
        if (value.kind === 'begin' || value.kind === 'report') listener(value.message, value.percentage);
      }),
    start: () => client.start(),
    restart: async () => {
      await stop(client);
      await client.start();
    },
    stop: () => stop(client),
  };
}

function serverOptions(context: vscode.ExtensionContext): ServerOptions {
  const module = context.asAbsolutePath(path.join('dist', 'server.js'));
  return {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
  };
}

function clientOptions(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): LanguageClientOptions {
  const initializationOptions: InitializationOptions = {
    trusted: vscode.workspace.isTrusted,
    storagePath: context.globalStorageUri.fsPath,
    secrets: true,
    commandLinks: true,
  };
  return {
    documentSelector: [...new Set([...schemes, ...workspaceSchemes()])].flatMap((scheme) => [
      { scheme, language: 'singularity' },
      { scheme, language: 'metalink' },
    ]),
    initializationOptions,
    outputChannel: log,
    // A feature that fails is told in the log; a pop-up is only the answer to a command.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    // Links of the server's hovers may run our own commands, and no others.
    markdown: { isTrusted: { enabledCommands: hoverCommands(context) } },
    errorHandler: createRestartPolicy(log),
    diagnosticPullOptions: { onChange: true, onTabs: false },
  };
}

/** In a virtual workspace files have the scheme of whoever provides them. */
function workspaceSchemes(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme);
}

function hoverCommands(context: vscode.ExtensionContext): string[] {
  const manifest = context.extension.packageJSON as { contributes: { commands: readonly { command: string }[] } }; // checked when packaged
  return manifest.contributes.commands.map(({ command }) => command);
}

async function stop(client: LanguageClient): Promise<void> {
  if (client.state === State.Stopped) return;
  await client.stop();
}
