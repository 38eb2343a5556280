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
    return versionIn(output, engine);
  } catch {
    return undefined; // not installed, or not to be started: then a current version is assumed
  }
}

/**
 * The version in what `--version` printed: `apptainer version 1.3.4`, `singularity-ce version 4.1.0`, `singularity version 3.8.7`. Undefined
 * for the other engine: Apptainer installs itself as `singularity` too, and its names of cache entries are not those of SingularityCE.
 */
export function versionIn(output: string, engine: Engine): string | undefined {
  const [, name, version] = /\b(apptainer|singularity)(?:-\w+)? version v?(\d+\.\d+(?:\.\d+)?)/.exec(output) ?? [];
  return name === engine ? version : undefined;
}
