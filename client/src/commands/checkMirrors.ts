import * as vscode from 'vscode';
import { documentOf } from '../documentOf';
import { requestWithProgress } from '../progress';
import type { Session } from '../session';
import { DocumentBuilder } from '../views/documentContent';

/** "Check Mirrors": probes each URL; the findings stand at the URLs, the whole list in a document. */
export async function checkMirrors(session: Session, argument: unknown): Promise<void> {
  const params = await documentOf(argument, 'metalink');
  if (params === undefined) return;
  const result = await requestWithProgress(session.server, 'checkMirrors', params, vscode.l10n.t('Checking mirrors'));
  if (result === undefined) return;
  const bad = result.mirrors.filter(({ ok }) => !ok).length;
  const showList = vscode.l10n.t('Show List');
  const message = summary(bad, result.mirrors.length);
  const show = bad === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  if ((await show(message, showList)) !== showList) return;

  const name = vscode.Uri.parse(params.uri).path.split('/').at(-1) ?? params.uri;
  const builder = new DocumentBuilder();
  builder.action(vscode.l10n.t('$(refresh) Check again'), 'containerMetalink.checkMirrors', params).line(`# ${message}`).line();
  for (const mirror of [...result.mirrors].sort((a, b) => Number(a.ok) - Number(b.ok))) {
    builder.line(`${mirror.ok ? '✓' : '✗'} ${mirror.url}`).line(`    ${mirror.message}`);
  }
  await session.documents.show(builder.build(vscode.l10n.t('{0} · mirrors', name)));
}

/** One sentence for `bad` of `all` URLs that do not answer as declared. */
function summary(bad: number, all: number): string {
  if (all === 1) return bad === 0 ? vscode.l10n.t('The URL answers as declared.') : vscode.l10n.t('The URL does not answer as declared.');
  return bad === 0
    ? vscode.l10n.t('All {0} mirrors answer as declared.', all)
    : vscode.l10n.t('{0} of {1} mirrors do not answer as declared.', bad, all);
}
