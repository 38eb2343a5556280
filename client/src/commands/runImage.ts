import * as path from 'node:path';
import * as vscode from 'vscode';
import type { FoundEngine } from '../engine';
import type { Session } from '../session';
import { shellQuote } from '../shellQuote';
import { askForTarget, targetOf } from '../targets';

/** "Run Image in Terminal". */
export async function run(session: Session, argument: unknown): Promise<void> {
  await inTerminal(session, argument, 'run');
}

/** "Open Shell in Image". */
export async function shell(session: Session, argument: unknown): Promise<void> {
  await inTerminal(session, argument, 'shell');
}

/** "Inspect Image in Terminal". */
export async function inspectInTerminal(session: Session, argument: unknown): Promise<void> {
  await inTerminal(session, argument, 'inspect');
}

/** "Test Image in Terminal". */
export async function test(session: Session, argument: unknown): Promise<void> {
  await inTerminal(session, argument, 'test');
}

/** What the menus show instead of the engine's commands when there is none: why, and the setting that helps. */
export async function noEngine(): Promise<void> {
  const openSetting = vscode.l10n.t('Open Setting');
  const message = vscode.l10n.t(
    'Neither apptainer nor singularity was found: not by the setting "containerMetalink.engine.path", not on PATH, not as an environment module.',
  );
  if ((await vscode.window.showInformationMessage(message, openSetting)) === openSetting)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'containerMetalink.engine.path');
}

async function inTerminal(session: Session, argument: unknown, action: 'run' | 'shell' | 'inspect' | 'test'): Promise<void> {
  const engine = await session.engine.find();
  if (engine === undefined) return noEngine();
  const target = targetOf(argument) ?? (await askForTarget(vscode.l10n.t('Which image?')));
  if (target === undefined) return;
  if (target.kind === 'document') {
    void vscode.window.showInformationMessage(vscode.l10n.t('This needs an image: a .sif file, or a reference such as docker://alpine.'));
    return;
  }
  const image = target.kind === 'path' ? target.path : target.reference;
  const name = `${engine.kind} ${action} ${path.basename(image)}`;
  const terminal =
    vscode.window.terminals.find((open) => open.name === name && open.exitStatus === undefined) ?? vscode.window.createTerminal({ name });
  terminal.show();
  terminal.sendText(commandLine(engine, [action, ...(action === 'inspect' ? ['--all'] : []), image]));
}

/** The engine's command for a shell, with the environment module that brings it. */
function commandLine(engine: FoundEngine, args: readonly string[]): string {
  const command = [engine.program, ...args].map(shellQuote).join(' ');
  return engine.module === undefined ? command : `module load ${shellQuote(engine.module)} && ${command}`;
}
