import * as path from 'node:path';
import * as vscode from 'vscode';
import type { BuildInfoResult } from '../../../server/src/protocol';
import { defaultImage, targetOfBuild } from '../buildTarget';
import { documentOf } from '../documentOf';
import type { Session } from '../session';
import { buildTask, taskType } from '../tasks';
import type { BuildDefinition } from '../tasks';
import { noEngine } from './runImage';

/** "Build Container…": asks for what is open (kind of image, build arguments without default), then runs a task. */
export async function build(session: Session, argument: unknown): Promise<void> {
  const engine = await session.engine.find();
  if (engine === undefined) return noEngine();
  const document = await documentOf(argument, 'singularity');
  if (document === undefined) return;
  const recipe = await savedRecipe(vscode.Uri.parse(document.uri));
  if (recipe === undefined) return;
  const info = await session.server.request('buildInfo', { uri: recipe.toString() });
  if (info.errors > 0 && !(await buildAnyway(info.errors))) return;

  const folder = vscode.workspace.getWorkspaceFolder(recipe);
  const name = folder === undefined ? recipe.fsPath : path.relative(folder.uri.fsPath, recipe.fsPath);
  const options = await askForOptions(info);
  if (options === undefined) return;
  const buildArguments = await askForArguments(info);
  if (buildArguments === undefined) return;
  const place: Place = { recipe: name, folder: folder?.uri.fsPath ?? path.dirname(recipe.fsPath) };
  const image = await askForImage(defaultImage({ recipe: name, sandbox: options.sandbox === true }), place);
  if (image === undefined) return;
  const definition: BuildDefinition = { type: taskType, recipe: name, image, ...options, buildArguments };
  const replace = (await targetOfBuild(image, place.recipe, place.folder)) === 'taken';
  if (replace && !(await mayReplace(image))) return;
  const logFolder = session.context.logUri.fsPath;
  await vscode.tasks.executeTask(buildTask(definition, { engine, folder, logFolder, replace }));
}

/** The recipe on the disk: an unsaved one is saved first, because the engine reads the file. */
async function savedRecipe(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isUntitled) return vscode.workspace.save(uri);
  if (document.isDirty && !(await document.save())) return undefined;
  return document.uri;
}

async function buildAnyway(errors: number): Promise<boolean> {
  const anyway = vscode.l10n.t('Build Anyway');
  const question =
    errors === 1
      ? vscode.l10n.t('The recipe has an error; the build will stop at it.')
      : vscode.l10n.t('The recipe has {0} errors; the build will stop at them.', errors);
  return (await vscode.window.showWarningMessage(question, { modal: true }, anyway)) === anyway;
}

async function askForOptions(info: BuildInfoResult): Promise<Pick<BuildDefinition, 'sandbox' | 'fakeroot' | 'sections'> | undefined> {
  const fakeroot = {
    label: '--fakeroot',
    description: vscode.l10n.t('as a fake root user'),
    picked: typeof process.getuid === 'function' && process.getuid() !== 0,
  };
  const sandbox = { label: '--sandbox', description: vscode.l10n.t('a folder that can be changed, instead of an image file') };
  const separator = { label: vscode.l10n.t('Only these sections (default: all)'), kind: vscode.QuickPickItemKind.Separator };
  const sections = info.sections.map((section) => ({ label: `%${section}`, section }));
  const items: vscode.QuickPickItem[] = [fakeroot, sandbox, ...(sections.length > 0 ? [separator, ...sections] : [])];
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Build options'), canPickMany: true });
  if (chosen === undefined) return undefined;
  const only = sections.filter((item) => chosen.includes(item)).map(({ section }) => section);
  return {
    ...(chosen.includes(sandbox) ? { sandbox: true } : {}),
    ...(chosen.includes(fakeroot) ? { fakeroot: true } : {}),
    ...(only.length > 0 ? { sections: only } : {}),
  };
}

/** Values for the build arguments that have no default; the others keep theirs. */
async function askForArguments(info: BuildInfoResult): Promise<Record<string, string> | undefined> {
  const values: Record<string, string> = {};
  for (const { name } of info.buildArguments.filter((argument) => argument.default === undefined)) {
    const value = await vscode.window.showInputBox({
      title: vscode.l10n.t('Build argument {0}', name),
      prompt: vscode.l10n.t('The recipe uses {0} and gives no default.', `{{ ${name} }}`),
      ignoreFocusOut: true,
    });
    if (value === undefined) return undefined;
    values[name] = value;
  }
  return values;
}

interface Place {
  readonly recipe: string;
  /** What relative paths are relative to. */
  readonly folder: string;
}

async function askForImage(value: string, { recipe, folder }: Place): Promise<string | undefined> {
  const image = await vscode.window.showInputBox({
    title: vscode.l10n.t('Image to build'),
    prompt: vscode.l10n.t('Path, relative to the workspace folder'),
    value,
    ignoreFocusOut: true,
    validateInput: async (text) => {
      if (text.trim() === '') return vscode.l10n.t('The image needs a name.');
      if (/\.(def|singularity|apptainer)$/i.test(text.trim()))
        return vscode.l10n.t('That is the name of a recipe: it would be overwritten.');
      return (await targetOfBuild(text.trim(), recipe, folder)) === 'forbidden'
        ? vscode.l10n.t('That is the recipe itself or a folder that holds it: it would be deleted.')
        : undefined;
    },
  });
  return image?.trim();
}

async function mayReplace(image: string): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const question = vscode.l10n.t('{0} exists already. Replace it?', image);
  return (await vscode.window.showWarningMessage(question, { modal: true }, replace)) === replace;
}
