import * as vscode from 'vscode';
import type { Session } from '../session';

const setting = 'verify.trustedKeys';

/** "Trust Key…": adds a full fingerprint to the user's trusted keys, after a question that says what this means. */
export async function trustKey(session: Session, argument: unknown): Promise<void> {
  const fingerprint = fingerprintOf(argument) ?? (await askForFingerprint());
  if (fingerprint === undefined) return;
  const trust = vscode.l10n.t('Trust');
  const signer =
    typeof argument === 'object' && argument !== null && 'signer' in argument && typeof argument.signer === 'string' ? argument.signer : '';
  const detail = vscode.l10n.t(
    'Images signed by this key will count as signed by someone whom you trust. Compare the fingerprint with one that you got in another way. {0}',
    signer === '' ? '' : vscode.l10n.t('The key itself claims to belong to {0}.', signer),
  );
  const question = vscode.l10n.t('Trust the key {0}?', (fingerprint.match(/.{1,4}/g) ?? []).join(' '));
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail: detail.trim() }, trust)) !== trust) return;
  const keys = trustedKeys();
  if (!keys.includes(fingerprint)) await store([...keys, fingerprint]);
  await session.server.request('refresh', { what: 'credentials' });
  void vscode.window.showInformationMessage(vscode.l10n.t('The key is trusted. Verify again to see the new verdict.'));
}

/** "Forget Key…": takes a fingerprint from the user's trusted keys. */
export async function forgetKey(session: Session, argument: unknown): Promise<void> {
  const keys = trustedKeys();
  if (keys.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('You trust no key yet.'));
    return;
  }
  const fingerprint =
    fingerprintOf(argument) ?? (await vscode.window.showQuickPick([...keys], { title: vscode.l10n.t('Forget which key?') }));
  if (fingerprint === undefined) return;
  await store(keys.filter((key) => normalize(key) !== fingerprint));
  await session.server.request('refresh', { what: 'credentials' });
  void vscode.window.showInformationMessage(vscode.l10n.t('The key {0} is no longer trusted.', fingerprint));
}

function trustedKeys(): readonly string[] {
  return vscode.workspace.getConfiguration('containerMetalink').inspect<readonly string[]>(setting)?.globalValue ?? [];
}

async function store(keys: readonly string[]): Promise<void> {
  await vscode.workspace.getConfiguration('containerMetalink').update(setting, keys, vscode.ConfigurationTarget.Global);
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
