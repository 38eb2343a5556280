import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { findModule, findProgram } from './findProgram';
import type { Surroundings } from './findProgram';

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
/** What sites call the modules, on clusters where engines come that way. */
const moduleNames = {
  apptainer: ['apptainer', 'Apptainer'],
  singularity: ['singularity', 'singularityce', 'singularity-ce', 'Singularity', 'SingularityCE'],
} as const;

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
  const around: Surroundings = {
    path: process.env.PATH ?? '',
    modulePath: process.env.MODULEPATH ?? '',
    folder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? os.homedir(),
  };
  const configured = settings.get<string>('path', '').trim();
  if (configured !== '') {
    const program = await findProgram(configured, around);
    return program === undefined ? undefined : { kind: kindOf(program), program };
  }
  const preferred = settings.get<string>('kind', 'apptainer');
  const order = [...names].sort((a, b) => Number(b === preferred) - Number(a === preferred));
  for (const kind of order) {
    const program = await findProgram(kind, around);
    if (program !== undefined) return { kind, program };
  }
  for (const kind of order) {
    const module = await findModule(moduleNames[kind], around);
    if (module !== undefined) return { kind, program: kind, module };
  }
  return undefined;
}

/** `singularity` is also what Apptainer calls its link for habit's sake: the name decides, the options used are common to both. */
function kindOf(program: string): FoundEngine['kind'] {
  return path.basename(program).toLowerCase().includes('singularity') ? 'singularity' : 'apptainer';
}
