import * as fs from 'node:fs/promises';
import { constants } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

/** The container engine on this machine. */
export interface FoundEngine {
  readonly kind: 'apptainer' | 'singularity';
  /** What is started: a path, or the bare name when an environment module has to be loaded first. */
  readonly program: string;
  /** Name of the environment module that brings it. */
  readonly module?: string;
}

export interface EngineFinder {
  /** The engine, looked for once and again after a change of the settings. Never starts it. */
  find(): Promise<FoundEngine | undefined>;
  readonly onChange: vscode.Event<void>;
}

const names = ['apptainer', 'singularity'] as const;
const moduleNames = ['apptainer', 'singularity', 'singularityce', 'Apptainer', 'Singularity', 'SingularityCE'];

/** Keeps the context key `containerMetalink.engineFound` true to what `find` gives. In an untrusted folder nothing is looked for. */
export function createEngineFinder(context: vscode.ExtensionContext): EngineFinder {
  const changed = new vscode.EventEmitter<void>();
  let search: Promise<FoundEngine | undefined> | undefined;
  const find = () => (search ??= findEngine());
  const publish = async () => {
    const current = find();
    const found = await current;
    if (current !== search) return; // a later search is under way and will tell
    await vscode.commands.executeCommand('setContext', 'containerMetalink.engineFound', found !== undefined);
    changed.fire();
  };
  const again = () => {
    search = undefined;
    void publish();
  };
  context.subscriptions.push(
    changed,
    vscode.workspace.onDidGrantWorkspaceTrust(again),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('containerMetalink.engine')) again();
    }),
  );
  void publish();
  return { find, onChange: changed.event };
}

async function findEngine(): Promise<FoundEngine | undefined> {
  if (!vscode.workspace.isTrusted) return undefined;
  const settings = vscode.workspace.getConfiguration('containerMetalink.engine');
  const configured = settings.get<string>('path', '');
  if (configured !== '') return (await isProgram(configured)) ? { kind: kindOf(configured), program: configured } : undefined;
  const preferred = settings.get<string>('kind', 'apptainer');
  const order = [...names].sort((a, b) => Number(b === preferred) - Number(a === preferred));
  for (const kind of order) {
    const program = await onPath(kind);
    if (program !== undefined) return { kind, program };
  }
  return findModule();
}

/** `singularity` is also what Apptainer calls its link for habit's sake: the name decides, the options used are common to both. */
function kindOf(program: string): FoundEngine['kind'] {
  return path.basename(program).toLowerCase().includes('singularity') ? 'singularity' : 'apptainer';
}

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const program = path.join(folder, name);
    if (await isProgram(program)) return program;
  }
  return undefined;
}

/** On clusters engines come by environment modules: a folder or file of that name below MODULEPATH. */
async function findModule(): Promise<FoundEngine | undefined> {
  for (const folder of (process.env.MODULEPATH ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    for (const module of moduleNames) {
      const kind = kindOf(module);
      for (const file of [module, `${module}.lua`]) if (await exists(path.join(folder, file))) return { kind, program: kind, module };
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await fs.access(file, constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false; // not there, or not to be run by this user
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await fs.access(file);
    return true;
  } catch {
    return false;
  }
}
