import * as vscode from 'vscode';
import { openNewText } from '../newText';
import { metalinkTemplate, recipeTemplates } from '../templates';

/** "New Container Recipe…": a small recipe to start from, as an unsaved document. */
export async function newRecipe(): Promise<void> {
  const items = recipeTemplates().map(({ title, description, text }) => ({ label: title, detail: description, text }));
  const choice = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('What does the container start from?') });
  if (choice !== undefined) await openNewText('singularity', choice.text);
}

/** "New Metalink…": a skeleton of a Metalink 4 document, or one made from images. */
export async function newMetalink(): Promise<void> {
  const empty = { label: vscode.l10n.t('Skeleton'), detail: vscode.l10n.t('One file with two mirrors, to fill in') };
  const made = {
    label: vscode.l10n.t('From Images…'),
    detail: vscode.l10n.t('Sizes, hashes and pieces are worked out from an image file, a reference or a recipe'),
  };
  const choice = await vscode.window.showQuickPick([empty, made], { title: vscode.l10n.t('New metalink') });
  if (choice === empty) await openNewText('metalink', metalinkTemplate());
  else if (choice === made) await vscode.commands.executeCommand('containerMetalink.createMetalink', { ask: true });
}
