import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { reportBuildProblems } from './buildProblems';
import { buildScript } from './buildScript';
import type { BuildOptions } from './buildScript';
import { defaultImage, targetOfBuild } from './buildTarget';
import type { EngineFinder, FoundEngine } from './engine';
import type { Server } from './languageClient';

export const taskType = 'container-build';
/** Environment variable that holds the script of a build, for its shell alone. */
const scriptVariable = 'CONTAINER_METALINK_BUILD';

/** A build as tasks.json describes it (package.json, `taskDefinitions`). */
export interface BuildDefinition extends vscode.TaskDefinition, BuildOptions {}

export interface BuildTaskOptions {
  readonly engine: FoundEngine;
  readonly folder: vscode.WorkspaceFolder | undefined;
  /** Where logs of builds are kept while they are needed: a folder of this window, which nobody else writes to. */
  readonly logFolder: string;
  /** Build arguments that the terminal asks for. */
  readonly ask?: readonly string[];
  /** An image is there when the task is made: the terminal will ask about it. */
  readonly taken?: boolean;
  /** An image that is there may be replaced: the user was asked. */
  readonly replace?: boolean;
}

/** Registers the task provider, and puts what a failed build printed at the lines of its recipe. */
export function registerTasks(context: vscode.ExtensionContext, finder: EngineFinder, server: Server, log: vscode.LogOutputChannel): void {
  const problems = vscode.languages.createDiagnosticCollection('container-build');
  const logFolder = context.logUri.fsPath;

  async function taskOf(definition: BuildDefinition, engine: FoundEngine, folder: vscode.WorkspaceFolder | undefined) {
    const uri = recipeUri(definition, folder);
    const { buildArguments } = await server.request('buildInfo', { uri: uri.toString() });
    const given = definition.buildArguments ?? {};
    const open = buildArguments.filter((argument) => argument.default === undefined && given[argument.name] === undefined);
    const place = await targetOfBuild(definition.image ?? defaultImage(definition), uri.fsPath, folder?.uri.fsPath ?? os.homedir());
    return buildTask(definition, { engine, folder, logFolder, ask: open.map(({ name }) => name), taken: place === 'taken' });
  }

  context.subscriptions.push(
    problems,
    vscode.tasks.registerTaskProvider(taskType, {
      async provideTasks() {
        const engine = await finder.find();
        if (engine === undefined) return [];
        const recipes = await vscode.workspace.findFiles('**/{*.def,Singularity,Singularity.*}', '**/node_modules/**', 100);
        return Promise.all(
          recipes.map((uri) =>
            taskOf(
              { type: taskType, recipe: vscode.workspace.asRelativePath(uri, false) },
              engine,
              vscode.workspace.getWorkspaceFolder(uri),
            ),
          ),
        );
      },
      async resolveTask({ definition, scope }) {
        const engine = await finder.find();
        const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
        return engine === undefined || !isBuildDefinition(definition) ? undefined : taskOf(definition, engine, folder);
      },
    }),
    vscode.tasks.onDidStartTask(({ execution: { task } }) => {
      if (isBuildDefinition(task.definition)) problems.delete(recipeUri(task.definition, folderOf(task)));
    }),
    vscode.tasks.onDidEndTaskProcess(({ execution: { task }, exitCode }) => {
      const { definition } = task;
      if (!isBuildDefinition(definition)) return;
      const work = reportBuildProblems({
        server,
        problems,
        recipe: recipeUri(definition, folderOf(task)),
        log: logFile(definition, logFolder, folderOf(task)),
        succeeded: exitCode === 0,
      });
      work.catch((error: unknown) => log.error(error instanceof Error ? error.message : String(error)));
    }),
  );
}

/** A task that builds one image. Where one is there already, the terminal asks before the engine starts, unless it may be replaced. */
export function buildTask(
  definition: BuildDefinition,
  { engine, folder, logFolder, ask = [], taken = false, replace = false }: BuildTaskOptions,
): vscode.Task {
  const image = definition.image ?? defaultImage(definition);
  const script = buildScript({
    engine,
    build: { ...definition, image },
    ask,
    replace,
    log: logFile(definition, logFolder, folder),
    texts: {
      replace: vscode.l10n.t('{0} exists already. Replace it? [y/N]', image),
      yes: vscode.l10n.t('yes'),
      exists: vscode.l10n.t('{0} is left as it is; nothing was built.', image),
      recipe: vscode.l10n.t('{0} is the recipe itself or a folder that holds it: nothing is built over it. Name another image.', image),
      question: (name) => vscode.l10n.t('Build argument {0}:', name),
    },
  });
  // A module command exists in login shells only. The script goes by the environment: VS Code shows the arguments of what fails.
  const execution = new vscode.ProcessExecution('bash', [engine.module === undefined ? '-c' : '-lc', `eval "$${scriptVariable}"`], {
    ...(folder === undefined ? {} : { cwd: folder.uri.fsPath }),
    env: { [scriptVariable]: `unset ${scriptVariable}\n${script}` },
  });
  const task = new vscode.Task(
    definition,
    folder ?? vscode.TaskScope.Workspace,
    vscode.l10n.t('build {0}', definition.recipe),
    engine.kind,
    execution,
    [], // reportBuildProblems puts the errors at their lines; the matcher would show them once more
  );
  task.group = vscode.TaskGroup.Build;
  task.presentationOptions = { echo: false, focus: ask.length > 0 || (taken && !replace) };
  task.detail = `${engine.program} build ${image} ${definition.recipe}`;
  return task;
}

function isBuildDefinition(definition: vscode.TaskDefinition): definition is BuildDefinition {
  return definition.type === taskType && typeof (definition as Partial<BuildDefinition>).recipe === 'string';
}

function recipeUri({ recipe }: BuildDefinition, folder: vscode.WorkspaceFolder | undefined): vscode.Uri {
  return vscode.Uri.file(path.resolve(folder?.uri.fsPath ?? os.homedir(), recipe));
}

function folderOf(task: vscode.Task): vscode.WorkspaceFolder | undefined {
  return typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
}

/** One log a recipe. */
function logFile(definition: BuildDefinition, logFolder: string, folder: vscode.WorkspaceFolder | undefined): string {
  const name = recipeUri(definition, folder).fsPath.replace(/[^A-Za-z0-9._-]+/g, '-');
  return path.join(logFolder, `build${name.slice(-120)}.log`);
}
