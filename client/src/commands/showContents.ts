import * as vscode from 'vscode';
import type { Session } from '../session';
import { askForTarget, nameOf, targetOf } from '../targets';
import { contentsDocument } from '../views/contentsDocument';
import { manifestDocument } from '../views/manifestDocument';

/** "Show Contents of Image": labels, recipe, scripts, objects and signatures, read from the file itself. */
export async function showContents(session: Session, argument: unknown): Promise<void> {
  const target = targetOf(argument) ?? (await askForTarget(vscode.l10n.t('Show the contents of which image?')));
  if (target === undefined) return;
  const { items } = await session.server.request('inspect', { target });
  const [item] = items;
  if (item?.contents !== undefined && target.kind === 'path')
    await session.documents.show(contentsDocument(nameOf(target), target.path, item.contents));
  else await session.documents.show(manifestDocument(nameOf(target), items));
}
