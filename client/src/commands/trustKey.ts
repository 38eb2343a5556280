import * as vscode from 'vscode';
import type { Session } from '../session';

const setting = 'verify.trustedKeys';

/** "Trust Key…": adds a full fingerprint to the user's trusted keys, after a question that says what this means. */
export async function trustKey(session: Session, argument: unknown): Promise<void> {
  const fingerprint = fingerprintOf(argument) ?? (await askForFingerprint());
  if (fingerprint === undefined) return;
  const trust = vscode.l10n.t('Trust');
  const trustHere = vscode.l10n.t('Trust in This Workspace');
  const signer =
    typeof argument === 'object' && argument !== null && 'signer' in argument && typeof argument.signer === 'string' ? argument.signer : '';
  const detail = vscode.l10n.t(
    'Images signed by this key will count as signed by someone whom you trust. Compare the fingerprint with one that you got in another way. {0}',
    signer === '' ? '' : vscode.l10n.t('The key itself claims to belong to {0}.', signer),
  );
  const question = vscode.l10n.t('Trust the key {0}?', (fingerprint.match(/.{1,4}/g) ?? []).join(' '));
  const choices = vscode.workspace.workspaceFolders === undefined ? [trust] : [trust, trustHere];
  const choice = await vscode.window.showWarningMessage(question, { modal: true, detail: detail.trim() }, ...choices);
  if (choice === undefined) return;
  await pin(fingerprint, choice === trustHere);
  await session.server.request('refresh', { what: 'credentials' });
  void vscode.window.showInformationMessage(vscode.l10n.t('The key is trusted. Verify again to see the new verdict.'));
}

/** "Forget Key…": takes a fingerprint from the trusted keys of the user and of the workspace. */
export async function forgetKey(session: Session, argument: unknown): Promise<void> {
  const { user, workspace } = trustedKeys();
  const keys = [...new Set([...user, ...(workspace ?? [])])];
  if (keys.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('You trust no key yet.'));
    return;
  }
  const fingerprint =
    fingerprintOf(argument) ?? (await vscode.window.showQuickPick([...keys], { title: vscode.l10n.t('Forget which key?') }));
  if (fingerprint === undefined) return;
  const others = (list: readonly string[]) => list.filter((key) => normalize(key) !== normalize(fingerprint));
  await store(others(user), vscode.ConfigurationTarget.Global);
  if (workspace !== undefined) await store(others(workspace), vscode.ConfigurationTarget.Workspace);
  await session.server.request('refresh', { what: 'credentials' });
  void vscode.window.showInformationMessage(vscode.l10n.t('The key {0} is no longer trusted.', fingerprint));
}

/** Adds a key to the user's settings, or to the workspace's. A list of the workspace hides the user's, so it holds those, too. */
async function pin(fingerprint: string, inWorkspace: boolean): Promise<void> {
  const { user, workspace } = trustedKeys();
  const withKey = (list: readonly string[]) => [...new Set([...list.map(normalize), fingerprint])];
  if (!inWorkspace) await store(withKey(user), vscode.ConfigurationTarget.Global);
  if (inWorkspace || workspace !== undefined) await store(withKey(workspace ?? user), vscode.ConfigurationTarget.Workspace);
}

function trustedKeys(): { readonly user: readonly string[]; readonly workspace: readonly string[] | undefined } {
  const found = vscode.workspace.getConfiguration('containerMetalink').inspect<readonly string[]>(setting);
  return { user: found?.globalValue ?? [], workspace: found?.workspaceValue };
}

async function store(keys: readonly string[], where: vscode.ConfigurationTarget): Promise<void> {
  await vscode.workspace.getConfiguration('containerMetalink').update(setting, keys, where);
}

async function askForFingerprint(): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Trust a key'),
    prompt: vscode.l10n.t('Full fingerprint: 40 hexadecimal digits; blanks do not matter'),
    ignoreFocusOut: true,
    validateInput: (value) =>
      isFingerprint(normalize(value))
        ? undefined
        : vscode.l10n.t('A full fingerprint has 40 or 64 hexadecimal digits. Short key ids can be forged.'),
  });
  return text === undefined ? undefined : normalize(text);
}

function fingerprintOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('fingerprint' in argument)) return undefined;
  const fingerprint = normalize(String(argument.fingerprint));
  return isFingerprint(fingerprint) ? fingerprint : undefined;
}

function normalize(text: string): string {
  return text.replace(/[\s:]/g, '').replace(/^0x/i, '').toUpperCase();
}

function isFingerprint(text: string): boolean {
  return /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(text);
}
