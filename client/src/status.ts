import * as vscode from 'vscode';
import type { StatusParams } from '../../server/src/protocol';
import type { EngineFinder } from './engine';
import type { Server } from './languageClient';

/** The one status item: the state of the network and the engine, for recipes and metalinks. */
export function createStatus(context: vscode.ExtensionContext, server: Server, engine: EngineFinder): void {
  const item = vscode.languages.createLanguageStatusItem('containerMetalink', [{ language: 'singularity' }, { language: 'metalink' }]);
  item.name = 'Container Metalink';
  let status: StatusParams = { state: 'idle', text: '' };
  let running = false;

  async function show(): Promise<void> {
    const found = await engine.find();
    item.text = running ? textOf(status) : vscode.l10n.t('Container Metalink: starting');
    item.detail = found === undefined ? noEngineText() : [found.program, found.module].filter((part) => part !== undefined).join(' · ');
    item.busy = !running || status.state === 'busy';
    item.severity = severityOf(status);
    item.command = commandOf(status);
  }

  context.subscriptions.push(
    item,
    server.onStatus((next) => {
      status = next;
      void show();
    }),
    server.onRunning((next) => {
      running = next;
      void show();
    }),
    engine.onChange(() => void show()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void show()),
  );
  void show();
}

function textOf({ state, text }: StatusParams): string {
  if (!vscode.workspace.isTrusted) return vscode.l10n.t('Containers: language features only (Restricted Mode)');
  if (text !== '') return vscode.l10n.t('Containers: {0}', text);
  return state === 'offline' ? vscode.l10n.t('Containers: offline') : vscode.l10n.t('Containers: ready');
}

function noEngineText(): string {
  return vscode.workspace.isTrusted
    ? vscode.l10n.t('no Apptainer or SingularityCE found: build and run are off')
    : vscode.l10n.t('no engine is used until you trust the folder');
}

function severityOf({ state }: StatusParams): vscode.LanguageStatusSeverity {
  switch (state) {
    case 'idle':
    case 'busy':
      return vscode.LanguageStatusSeverity.Information;
    case 'offline':
    case 'rate-limited':
    case 'sign-in':
      return vscode.LanguageStatusSeverity.Warning;
  }
}

function commandOf({ state, host }: StatusParams): vscode.Command {
  if (!vscode.workspace.isTrusted) return { command: 'workbench.trust.manage', title: vscode.l10n.t('Manage trust') };
  if (state === 'sign-in') return { command: 'containerMetalink.signIn', title: vscode.l10n.t('Sign in'), arguments: [{ host }] };
  if (state === 'offline' || state === 'rate-limited') return { command: 'containerMetalink.refresh', title: vscode.l10n.t('Try again') };
  return { command: 'containerMetalink.showLog', title: vscode.l10n.t('Show log') };
}
