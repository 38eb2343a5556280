import * as vscode from 'vscode';
import type { MetalinkResolveParams } from '../../../server/src/protocol';
import { documentOf } from '../documentOf';
import { requestWithProgress } from '../progress';
import type { Session } from '../session';

/** "Resolve Sizes and Hashes": fills in what hubs and servers tell; asks before anything is downloaded for it. */
export async function resolveHashes(session: Session, argument: unknown): Promise<void> {
  const params = await documentOf(argument, 'metalink');
  if (params === undefined) return;
  const result = await resolve(session, params);
  if (result === undefined) return;
  if (result.needDownload.length > 0 && (await mayDownload(result.needDownload))) await resolve(session, { ...params, download: true });
}

async function resolve(session: Session, params: MetalinkResolveParams) {
  const result = await requestWithProgress(session.server, 'metalinkResolve', params, vscode.l10n.t('Resolving sizes and hashes'));
  if (result === undefined) return undefined;
  for (const line of result.report) session.log.info(line);
  const showLog = vscode.l10n.t('Show Log');
  const message =
    result.applied === 0
      ? [vscode.l10n.t('No size or hash was added.'), ...result.report.slice(0, 1)].join(' ')
      : result.applied === 1
        ? vscode.l10n.t('One value was added.')
        : vscode.l10n.t('{0} sizes and hashes were added.', result.applied);
  void vscode.window.showInformationMessage(message, ...(result.report.length > 0 ? [showLog] : [])).then((choice) => {
    if (choice === showLog) session.log.show();
  });
  return result;
}

async function mayDownload(files: readonly string[]): Promise<boolean> {
  const download = vscode.l10n.t('Download');
  const question = vscode.l10n.t('The values of {0} files can only be had by downloading them. Download them now?', files.length);
  return (await vscode.window.showInformationMessage(question, { modal: true, detail: files.join('\n') }, download)) === download;
}
