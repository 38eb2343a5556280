import * as vscode from 'vscode';
import type { Session } from '../session';
import { isVirtualWorkspace } from '../virtualWorkspace';
import { build } from './build';
import { cleanCaches, deleteEntries, deleteLeftovers } from './cache/clean';
import { copyDigest, copyPath, copyReference, details, insertReference, pullAgain, reveal } from './cache/entryActions';
import { verifyAll, verifyEntries } from './cache/verifyEntries';
import { clearFilter, filterCaches, refreshCaches } from './cache/view';
import { checkMirrors } from './checkMirrors';
import { convertMetalink } from './convertMetalink';
import { copyReport, copyText } from './copyText';
import { createMetalink } from './createMetalink';
import { mergeMetalinks } from './mergeMetalinks';
import { newMetalink, newRecipe } from './newDocument';
import { openRecipe } from './openRecipe';
import { openSample, showSampleMistake } from './openSample';
import { pin, unpin, updatePins } from './pin';
import { pullIntoCache } from './pullIntoCache';
import { pullToFolder } from './pullToFolder';
import { clearAnswers, refresh, restartServer, showLog } from './refresh';
import { resolveHashes } from './resolveHashes';
import { inspectInTerminal, noEngine, run, shell, test } from './runImage';
import { showContents } from './showContents';
import { showManifest } from './showManifest';
import { signIn, signOut } from './signIn';
import { sortMetalink } from './sortMetalink';
import { forgetKey, trustKey } from './trustKey';
import { verify } from './verify';

type Command = (session: Session, ...args: readonly unknown[]) => unknown;

/** The one table of commands, by id without `containerMetalink.`. */
const commands: Readonly<Record<string, Command>> = {
  verify,
  pullIntoCache,
  pullToFolder,
  showManifest,
  showContents,
  openRecipe,
  resolveHashes,
  checkMirrors,
  convertMetalink,
  sortMetalink,
  createMetalink,
  mergeMetalinks,
  pin,
  unpin,
  updatePins,
  signIn,
  signOut,
  trustKey,
  forgetKey,
  refresh,
  clearAnswers,
  restartServer,
  showLog,
  newRecipe,
  newMetalink,
  openSample,
  showSampleMistake,
  build,
  run,
  shell,
  inspectInTerminal,
  test,
  noEngine,
  explainNoEngine: noEngine,
  copyText,
  copyReport,
  'cache.refresh': refreshCaches,
  'cache.filter': filterCaches,
  'cache.clearFilter': clearFilter,
  'cache.verifyAll': verifyAll,
  'cache.clean': cleanCaches,
  'cache.details': details,
  'cache.verify': verifyEntries,
  'cache.pullAgain': pullAgain,
  'cache.delete': deleteEntries,
  'cache.deleteLeftovers': deleteLeftovers,
  'cache.copyPath': copyPath,
  'cache.copyDigest': copyDigest,
  'cache.copyReference': copyReference,
  'cache.createMetalink': createMetalink,
  'cache.insertReference': insertReference,
  'cache.openRecipe': openRecipe,
  'cache.reveal': reveal,
};

/** What reaches the network or starts a program because of what a file says: not before the folder is trusted, however it was called. */
const trusting = new Set([
  'pullIntoCache',
  'pullToFolder',
  'showManifest',
  'resolveHashes',
  'checkMirrors',
  'createMetalink',
  'pin',
  'updatePins',
  'build',
  'run',
  'shell',
  'inspectInTerminal',
  'test',
  'cache.pullAgain',
  'cache.delete',
  'cache.clean',
  'cache.verifyAll',
]);

/** What works with files, programs and caches of a machine: not in a virtual workspace, whose files are on no disk. */
const onDisk = new Set([
  'verify',
  'pullIntoCache',
  'pullToFolder',
  'showContents',
  'createMetalink',
  'mergeMetalinks',
  'build',
  'run',
  'shell',
  'inspectInTerminal',
  'test',
  ...Object.keys(commands).filter((name) => name.startsWith('cache.')),
]);

/** Registers every command. What fails is told in one message, with the log at hand. */
export function registerCommands(session: Session): void {
  for (const [name, command] of Object.entries(commands)) {
    const run = async (...args: unknown[]) => {
      session.log.debug(`command ${name}`);
      if (trusting.has(name) && !vscode.workspace.isTrusted) return askForTrust();
      if (onDisk.has(name) && isVirtualWorkspace()) {
        tellVirtual();
        return;
      }
      try {
        await command(session, ...args);
      } catch (error) {
        await tellFailure(session, error);
      }
    };
    session.context.subscriptions.push(vscode.commands.registerCommand(`containerMetalink.${name}`, run));
  }
}

async function askForTrust(): Promise<void> {
  const manage = vscode.l10n.t('Manage Trust');
  const message = vscode.l10n.t(
    'This folder is not trusted: nothing is asked from the network and no program is started because of its files.',
  );
  if ((await vscode.window.showWarningMessage(message, manage)) === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}

function tellVirtual(): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The files of this workspace are on no disk (a virtual workspace): verifying, pulling, building and the caches need a machine that has them. Open a clone of it, on this machine or over Remote-SSH.',
    ),
  );
}

async function tellFailure(session: Session, error: unknown): Promise<void> {
  if (error instanceof vscode.CancellationError) return;
  const message = error instanceof Error ? error.message : String(error);
  session.log.error(message);
  const showLogAction = vscode.l10n.t('Show Log');
  if ((await vscode.window.showErrorMessage(message, showLogAction)) === showLogAction) session.log.show();
}
