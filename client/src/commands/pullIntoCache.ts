import * as vscode from 'vscode';
import { pull } from '../pulling';
import type { Session } from '../session';
import { askForTarget, targetOf } from '../targets';

/** "Pull and Verify Container into Cache". Which engine's cache is the server's choice by the settings. */
export async function pullIntoCache(session: Session, argument: unknown): Promise<void> {
  const target = targetOf(argument) ?? (await askForTarget(vscode.l10n.t('Pull which container into the cache?')));
  if (target !== undefined) await pull(session, target, { kind: 'cache' });
}
