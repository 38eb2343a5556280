import path from 'node:path';
import { runProcess } from '../platform/processes';
import type { Engine } from '../protocol';

/** Milliseconds for an answer of `--version`. */
const timeout = 5000;

/**
 * The version of an installed engine: `1.3.4` of `apptainer version 1.3.4`. `program` is the path of the settings, which counts when it is this
 * engine's; empty means the one on PATH. Undefined when there is none or it says something else; never rejects.
 */
export async function engineVersionOf(
  engine: Engine,
  program: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const command = program !== '' && path.basename(program).startsWith(engine) ? program : engine;
  try {
    const { output } = await runProcess({ command, arguments: ['--version'], timeout, environment });
    return /(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
  } catch {
    return undefined; // not installed, or not to be started: then a current version is assumed
  }
}
