import * as vscode from 'vscode';
import type { Session } from '../session';

/** "Sign In to Registry…": asks for user name and password or token; they go to VS Code's secret storage, and to that host only. */
export async function signIn(session: Session, argument: unknown): Promise<void> {
  const host = hostOf(argument) ?? (await askForHost());
  if (host === undefined) return;
  const username = await vscode.window.showInputBox({
    title: vscode.l10n.t('Sign in to {0} (1/2)', host),
    prompt: vscode.l10n.t('User name. Leave it empty when you have only a token.'),
    ignoreFocusOut: true,
  });
  if (username === undefined) return;
  const password = await vscode.window.showInputBox({
    title: vscode.l10n.t('Sign in to {0} (2/2)', host),
    prompt: username === '' ? vscode.l10n.t('Token') : vscode.l10n.t('Password or access token of {0}', username),
    password: true,
    ignoreFocusOut: true,
  });
  if (password === undefined || password === '') return;
  await session.signIns.store(host, username === '' ? { token: password } : { username, password });
  await session.server.request('refresh', { what: 'credentials' });
  const { state, message } = await session.server.request('checkSignIn', { host });
  if (state === 'refused') await offerAnotherTry(session, host, message ?? '');
  else void vscode.window.showInformationMessage(storedMessage(host, state === 'accepted'));
}

function storedMessage(host: string, isAccepted: boolean): string {
  return isAccepted
    ? vscode.l10n.t('{0} takes the sign-in. It is stored and used from now on.', host)
    : vscode.l10n.t('The sign-in for {0} is stored and used from now on. Whether it is good could not be asked.', host);
}

/** A sign-in that the registry refuses is of no use to anybody: it is not kept. */
async function offerAnotherTry(session: Session, host: string, cause: string): Promise<void> {
  await session.signIns.forget(host);
  await session.server.request('refresh', { what: 'credentials' });
  const again = vscode.l10n.t('Try Again');
  const text = vscode.l10n.t('{0} The sign-in was not stored.', cause);
  if ((await vscode.window.showErrorMessage(text, again)) === again) await signIn(session, { host });
}

/** "Sign Out of Registry…". */
export async function signOut(session: Session): Promise<void> {
  const hosts = session.signIns.hosts();
  if (hosts.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No sign-in is stored here. Those of the engine and of Docker are in their own files.'),
    );
    return;
  }
  const host = await vscode.window.showQuickPick([...hosts], { title: vscode.l10n.t('Sign out of which registry?') });
  if (host === undefined) return;
  await session.signIns.forget(host);
  await session.server.request('refresh', { what: 'credentials' });
  void vscode.window.showInformationMessage(vscode.l10n.t('The sign-in for {0} was removed.', host));
}

async function askForHost(): Promise<string | undefined> {
  const host = await vscode.window.showInputBox({
    title: vscode.l10n.t('Sign in to a registry'),
    prompt: vscode.l10n.t('Host of the registry'),
    placeHolder: 'ghcr.io',
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^[a-z0-9.-]+(:\d+)?$|^\[[0-9a-f:]+\](:\d+)?$/i.test(value.trim())
        ? undefined
        : vscode.l10n.t('A host name, with a port if it is not the usual one: registry.example.org:5000'),
  });
  return host?.trim().toLowerCase();
}

function hostOf(argument: unknown): string | undefined {
  return typeof argument === 'object' && argument !== null && 'host' in argument && typeof argument.host === 'string'
    ? argument.host
    : undefined;
}
