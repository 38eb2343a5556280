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
    item.detail =
      hasTrouble(status) || isSwitchedOff() || !vscode.workspace.isTrusted
        ? '' // what is wrong and what to do must fit into one line
        : found === undefined
          ? vscode.l10n.t('no engine found: no build, no run')
          : [found.program, found.module].filter((part) => part !== undefined).join(' · ');
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
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`containerMetalink.${offlineSwitch}`)) void show();
    }),
  );
  void show();
}

function textOf({ state, text }: StatusParams): string {
  if (!vscode.workspace.isTrusted) return vscode.l10n.t('Containers: language features only (Restricted Mode)');
  if (state === 'idle' && isSwitchedOff()) return vscode.l10n.t('Containers: offline by your settings, only commands ask hubs');
  if (text !== '') return vscode.l10n.t('Containers: {0}', text);
  return state === 'offline' ? vscode.l10n.t('Containers: offline') : vscode.l10n.t('Containers: ready');
}

const offlineSwitch = 'online.enabled';

function isSwitchedOff(): boolean {
  return !vscode.workspace.getConfiguration('containerMetalink').get<boolean>(offlineSwitch, true);
}

function severityOf(status: StatusParams): vscode.LanguageStatusSeverity {
  return hasTrouble(status) ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
}

function hasTrouble({ state }: StatusParams): boolean {
  switch (state) {
    case 'idle':
    case 'busy':
      return false;
    case 'offline':
    case 'rate-limited':
    case 'sign-in':
      return true;
  }
}

function commandOf({ state, host }: StatusParams): vscode.Command {
  if (!vscode.workspace.isTrusted) return { command: 'workbench.trust.manage', title: vscode.l10n.t('Manage trust') };
  if (state === 'sign-in') return { command: 'containerMetalink.signIn', title: vscode.l10n.t('Sign in'), arguments: [{ host }] };
  if (state === 'offline' || state === 'rate-limited') return { command: 'containerMetalink.refresh', title: vscode.l10n.t('Try again') };
  if (isSwitchedOff())
    return {
      command: 'workbench.action.openSettings',
      title: vscode.l10n.t('Change'),
      arguments: [`@id:containerMetalink.${offlineSwitch}`],
    };
  return { command: 'containerMetalink.showLog', title: vscode.l10n.t('Show log') };
}
