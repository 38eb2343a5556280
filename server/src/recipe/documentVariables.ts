import { t } from '../text/l10n';
import type { Engine } from './vocabulary';

/** What the engines put into the environment of a script, by the variable's name without its `APPTAINER_` or `SINGULARITY_` prefix. */
const engineVariables: Readonly<Record<string, () => string>> = {
  ROOTFS: () => t('In `%pre` and `%setup`: the root file system of the container that is being built, as a path of the host.'),
  ENVIRONMENT: () =>
    t(
      'During the build: a file that is sourced whenever the container starts. In `%post`, append `export NAME=value` lines to keep variables.',
    ),
  LABELS: () => t('In `%post`: a file for labels, one `name value` a line, read at the end of the build.'),
  NAME: () => t('At run time: the name of the image file.'),
  CONTAINER: () => t('At run time: the path of the image.'),
  BIND: () => t('At run time: the paths that are bound into the container.'),
  COMMAND: () => t('At run time: the command that started the container: `run`, `exec`, `shell`…'),
  APPNAME: () => t('At run time: the app that was chosen with `--app`.'),
};

/** Variables of SCIF apps. */
const appVariables: Readonly<Record<string, () => string>> = {
  SCIF_APPROOT: () => t('Folder of the app: `/scif/apps/NAME`.'),
  SCIF_APPNAME: () => t('Name of the app.'),
  SCIF_APPDATA: () => t('Folder for the data of the app: `/scif/data/NAME`.'),
  SCIF_APPBASE: () => t('Folder of all apps: `/scif/apps`.'),
  SCIF_DATA: () => t('Folder of the data of all apps: `/scif/data`.'),
  SCIF_APPS: () => t('Folder of all apps: `/scif/apps`.'),
};

/** Variables by the section that sees them (A and S internal/pkg/build/stage.go; the others are set when a container starts). */
const buildVariables: Readonly<Record<string, readonly string[]>> = {
  pre: ['ROOTFS', 'ENVIRONMENT'],
  setup: ['ROOTFS', 'ENVIRONMENT'],
  post: ['ENVIRONMENT', 'LABELS'],
};
const runVariables: readonly string[] = ['NAME', 'CONTAINER', 'BIND', 'COMMAND', 'APPNAME'];

/** A variable that a script can read. */
export interface ScriptVariable {
  readonly name: string;
  /** Apptainer sets it for recipes that were written for Singularity. */
  readonly deprecated: boolean;
}

/** The variables that the engine sets where a section of this name runs, the old names of Apptainer behind its own; apps have theirs. */
export function variablesOf(section: string, engine: Engine): readonly ScriptVariable[] {
  const known = section === 'appinstall' ? 'post' : section;
  const names = Object.hasOwn(buildVariables, known) ? (buildVariables[known] ?? []) : runVariables;
  const prefixed = (prefix: string, deprecated: boolean) => names.map((name) => ({ name: `${prefix}_${name}`, deprecated }));
  return [
    ...(section.startsWith('app') ? Object.keys(appVariables).map((name) => ({ name, deprecated: false })) : []),
    ...(engine === 'apptainer' ? prefixed('APPTAINER', false) : []),
    ...prefixed('SINGULARITY', engine === 'apptainer'),
  ];
}

/** What is known about an environment variable of the engines, as Markdown; undefined for any other. */
export function documentVariable(name: string): string | undefined {
  const app = appVariables[name];
  if (app) return app();
  const [, prefix, rest = ''] = /^(APPTAINER|SINGULARITY)_(\w+)$/.exec(name) ?? [];
  const text = Object.hasOwn(engineVariables, rest) ? engineVariables[rest]?.() : undefined;
  if (prefix === undefined || text === undefined) return undefined;
  const other =
    prefix === 'APPTAINER'
      ? t('SingularityCE calls it {0}.', `\`SINGULARITY_${rest}\``)
      : t('Apptainer sets it, too, and calls it {0}.', `\`APPTAINER_${rest}\``);
  return `${text}\n\n${other}`;
}
