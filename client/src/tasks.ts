import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { reportBuildProblems } from './buildProblems';
import { commandLine } from './commands/runImage';
import type { EngineFinder, FoundEngine } from './engine';
import type { Server } from './languageClient';
import { shellQuote } from './shellQuote';

export const taskType = 'container-build';

/** A build as tasks.json describes it (package.json, `taskDefinitions`). */
export interface BuildDefinition extends vscode.TaskDefinition {
  /** Absolute, or relative to the workspace folder. */
  readonly recipe: string;
  readonly image?: string;
  readonly sandbox?: boolean;
  readonly fakeroot?: boolean;
  readonly buildArguments?: Readonly<Record<string, string>>;
  readonly sections?: readonly string[];
  readonly options?: readonly string[];
}

/** Registers the task provider, and puts what a failed build printed at the lines of its recipe. */
export function registerTasks(context: vscode.ExtensionContext, engine: EngineFinder, server: Server, log: vscode.LogOutputChannel): void {
  const problems = vscode.languages.createDiagnosticCollection('container-build');
  context.subscriptions.push(
    problems,
    vscode.tasks.registerTaskProvider(taskType, {
      async provideTasks() {
        const found = await engine.find();
        if (found === undefined) return [];
        const recipes = await vscode.workspace.findFiles('**/{*.def,Singularity,Singularity.*}', '**/node_modules/**', 100);
        return recipes.map((uri) =>
          buildTask(
            { type: taskType, recipe: vscode.workspace.asRelativePath(uri, false) },
            found,
            vscode.workspace.getWorkspaceFolder(uri),
          ),
        );
      },
      async resolveTask({ definition, scope }) {
        const found = await engine.find();
        const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
        return found === undefined || !isBuildDefinition(definition) ? undefined : buildTask(definition, found, folder);
      },
    }),
    vscode.tasks.onDidStartTask(({ execution }) => {
      if (isBuildDefinition(execution.task.definition)) problems.delete(recipeUri(execution.task));
    }),
    vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      const { task } = execution;
      if (!isBuildDefinition(task.definition)) return;
      const work = reportBuildProblems({
        server,
        problems,
        recipe: recipeUri(task),
        log: logFile(task.definition, folderOf(task)),
        succeeded: exitCode === 0,
      });
      work.catch((error: unknown) => log.error(error instanceof Error ? error.message : String(error)));
    }),
  );
}

/** A task that builds one image. Refuses to overwrite: an image that is there already stops it before the engine starts. */
export function buildTask(
  definition: BuildDefinition,
  engine: FoundEngine,
  folder: vscode.WorkspaceFolder | undefined,
  options: { replace?: boolean } = {},
): vscode.Task {
  const image = definition.image ?? defaultImage(definition);
  const command = commandLine(engine, buildArguments(definition, image, options.replace === true));
  const script = [
    // The engine would overwrite without a question when its own question cannot be answered.
    ...(options.replace === true ? [] : [`if [ -e ${shellQuote(image)} ]; then echo ${shellQuote(existsMessage(image))} >&2; exit 1; fi`]),
    `echo ${shellQuote(`$ ${command}`)}`,
    // Standard error goes to the terminal and, for the lines of the recipe, to a file.
    `${command} 2> >(tee ${shellQuote(logFile(definition, folder))} >&2)`,
    'status=$?',
    'wait $! 2>/dev/null', // until tee has written all
    // VS Code swallows the output of what ends with an error within half a second.
    '[ "$status" -eq 0 ] || sleep 0.7',
    'exit "$status"',
  ].join('\n');
  // A module command exists in login shells only.
  const execution = new vscode.ProcessExecution('bash', [engine.module === undefined ? '-c' : '-lc', script], {
    ...(folder === undefined ? {} : { cwd: folder.uri.fsPath }),
  });
  const task = new vscode.Task(
    definition,
    folder ?? vscode.TaskScope.Workspace,
    vscode.l10n.t('build {0}', definition.recipe),
    engine.kind,
    execution,
    '$container-build',
  );
  task.group = vscode.TaskGroup.Build;
  task.presentationOptions = { echo: false };
  task.detail = `${engine.program} build ${image} ${definition.recipe}`;
  return task;
}

/** `tool.def` is built to `tool.sif`, `Singularity.tool` to `tool.sif`; a sandbox to a folder `tool`. */
export function defaultImage({ recipe, sandbox }: Pick<BuildDefinition, 'recipe' | 'sandbox'>): string {
  const { dir, base, name, ext } = path.parse(recipe);
  const stem = /^(Singularity|Apptainer)$/i.test(name) && ext !== '' ? ext.slice(1) : base === name ? name.toLowerCase() : name;
  return path.join(dir, sandbox === true ? stem : `${stem}.sif`);
}

function buildArguments(definition: BuildDefinition, image: string, force: boolean): string[] {
  return [
    'build',
    ...(force ? ['--force'] : []),
    ...(definition.sandbox === true ? ['--sandbox'] : []),
    ...(definition.fakeroot === true ? ['--fakeroot'] : []),
    ...(definition.sections ?? []).flatMap((section) => ['--section', section]),
    ...Object.entries(definition.buildArguments ?? {}).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(definition.options ?? []),
    image,
    definition.recipe,
  ];
}

function existsMessage(image: string): string {
  return vscode.l10n.t('{0} exists already and is left as it is. Use "Build Container…" to be asked, or name another image.', image);
}

function isBuildDefinition(definition: vscode.TaskDefinition): definition is BuildDefinition {
  return definition.type === taskType && typeof (definition as Partial<BuildDefinition>).recipe === 'string';
}

function recipeUri(task: vscode.Task): vscode.Uri {
  const folder = folderOf(task)?.uri.fsPath ?? '';
  return vscode.Uri.file(path.resolve(folder, (task.definition as BuildDefinition).recipe)); // callers have checked the definition
}

function folderOf(task: vscode.Task): vscode.WorkspaceFolder | undefined {
  return typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
}

/** One log a recipe, of this user, in the folder for temporary files. */
function logFile({ recipe }: BuildDefinition, folder: vscode.WorkspaceFolder | undefined): string {
  const name = path
    .resolve(folder?.uri.fsPath ?? '', recipe)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(-120);
  return path.join(os.tmpdir(), `container-metalink-build-${os.userInfo().uid}${name}.log`);
}

/** Whether something stands where the image would be written. */
export async function imageExists(definition: BuildDefinition, folder: vscode.WorkspaceFolder | undefined): Promise<boolean> {
  try {
    await fs.lstat(path.resolve(folder?.uri.fsPath ?? '', definition.image ?? defaultImage(definition)));
    return true;
  } catch {
    return false; // nothing there, or nothing that can be seen: the task itself looks again
  }
}
