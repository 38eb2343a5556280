import * as vscode from 'vscode';
import type { Session } from '../session';
import { cacheEntryOf, nameOf, targetOf } from '../targets';

/** "Open Recipe Inside": the definition file that an image was built from, as a read-only document of its language. */
export async function openRecipe(session: Session, argument: unknown): Promise<void> {
  const target = targetOf(argument);
  if (target === undefined) return;
  const { items } = await session.server.request('inspect', { target });
  const recipe = items[0]?.contents?.recipe ?? items[0]?.summary?.recipe;
  const name = cacheEntryOf(argument)?.title ?? (target.kind === 'path' ? nameOf(target) : (items[0]?.title ?? nameOf(target)));
  if (recipe === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} carries no recipe.', name));
    return;
  }
  await session.documents.show({ name: `${name.replace(/\.(sif|simg)$/i, '')}.def`, text: recipe, actions: [] });
}
