import os from 'node:os';
import path from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration folder of an engine (A `pkg/syfs/syfs.go` configDir; S `pkg/syfs`): `*_CONFIGDIR`, else `~/.apptainer` or
 * `~/.singularity`. Apptainer reads Singularity's variable too.
 */
export function engineFolder(engine: 'apptainer' | 'singularity', environment: Environment): string {
  const named =
    engine === 'apptainer' ? environment.APPTAINER_CONFIGDIR || environment.SINGULARITY_CONFIGDIR : environment.SINGULARITY_CONFIGDIR;
  if (named) return named;
  return path.join(homeFolder(environment), engine === 'apptainer' ? '.apptainer' : '.singularity');
}

export function homeFolder(environment: Environment): string {
  return environment.HOME || os.homedir();
}
