import { t } from '../text/l10n';
import type { AppSectionKeyword, SectionKeyword } from './vocabulary';

/** What is told about one word of the language. The texts are functions so that they come out in the user's language. */
export interface WordDocumentation {
  /** One line, for lists. Markdown without line breaks. */
  summary(): string;
  /** More, for hovers. Markdown. */
  details?(): string;
  /** Lines of a recipe. */
  readonly example?: string;
  /** The first release of an engine that knows the word, where older ones do not. */
  readonly since?: { readonly apptainer?: string; readonly singularity?: string };
  /** Where the engines' user guides explain it: a page and its section, below their base addresses. */
  readonly guide: string | { readonly apptainer: string; readonly singularity: string };
}

const definition = (section: string) => `definition_files.html#${section}`;

/** `%section`s, from the engines' build code (facts in pkg/build/types/parser/deffile.go and internal/pkg/build/). */
export const sectionDocumentation: Readonly<Record<SectionKeyword | AppSectionKeyword, WordDocumentation>> = {
  arguments: {
    summary: () => t('Default values of build arguments, which replace `{{ NAME }}` anywhere in the stage.'),
    details: () =>
      t(
        'One `NAME=value` a line, split at the first `=`; quotes and comments behind a value are part of it. A default holds in its own stage only; `--build-arg NAME=value` and `--build-arg-file` win over it.',
      ),
    example: '%arguments\n    VERSION=1.4.2\n\n%post\n    install-tool {{ VERSION }}',
    since: { apptainer: '1.2.0', singularity: '4.0.0' },
    guide: definition('default-variable-values-the-arguments-section'),
  },
  pre: {
    summary: () => t('Script on the host before the base image is fetched.'),
    details: () =>
      t(
        'Runs as `/bin/sh -ex` outside the container, with the rights of the user who builds. Rarely needed. SingularityCE refuses it to users who are not root and do not use `--fakeroot`.',
      ),
    example: '%pre\n    date > build-started',
    guide: definition('sections'),
  },
  setup: {
    summary: () => t('Script on the host after the base image is unpacked, before `%files` and `%post`.'),
    details: () =>
      t(
        'Runs as `/bin/sh -ex` outside the container: it can change the host. The root file system of the container is `$APPTAINER_ROOTFS` (`$SINGULARITY_ROOTFS`). Prefer `%files` for copies. SingularityCE refuses it to users who are not root and do not use `--fakeroot`.',
      ),
    example: '%setup\n    mkdir -p "${APPTAINER_ROOTFS}/data"',
    guide: definition('setup'),
  },
  files: {
    summary: () => t('Copies files into the container before `%post`: `source [destination]` a line.'),
    details: () =>
      t(
        'Without a destination the path stays the same. Shell patterns work in the source; only double quotes protect spaces. `%files from STAGE` copies from an earlier stage instead of the host; with any other words behind `%files`, Apptainer ignores the section.',
      ),
    example: '%files\n    tool.conf /etc/tool.conf\n\n%files from build\n    /usr/local/bin/tool',
    guide: definition('files'),
  },
  post: {
    summary: () => t('Script inside the container that installs and configures software at build time.'),
    details: () =>
      t(
        'Runs as `/bin/sh -ex` with root’s rights in the container and network access: the first failing command stops the build. Another shell: `%post -c /bin/bash`. Variables set here are gone at run time, unless they are written to the file `$APPTAINER_ENVIRONMENT` (`$SINGULARITY_ENVIRONMENT`); labels can be written to `$APPTAINER_LABELS` (`$SINGULARITY_LABELS`).',
      ),
    example: '%post\n    apt-get update\n    apt-get install -y --no-install-recommends curl\n    rm -rf /var/lib/apt/lists/*',
    guide: definition('post'),
  },
  test: {
    summary: () => t('Script that checks the container at the end of the build, and with `apptainer test`.'),
    details: () =>
      t(
        'A non-zero exit status fails the build; `--notest` leaves it out. The first line can be `#!` and an interpreter (Apptainer 1.1.0, SingularityCE 3.11.0).',
      ),
    example: '%test\n    tool --version',
    guide: definition('test'),
  },
  environment: {
    summary: () => t('Shell lines that are sourced whenever the container starts: `export NAME=value`.'),
    details: () => t('Not in effect during `%post`. A program that is started here runs at each start of the container, too.'),
    example: '%environment\n    export LC_ALL=C\n    export PATH=/opt/tool/bin:$PATH',
    guide: definition('environment'),
  },
  startscript: {
    summary: () => t('Script that `apptainer instance start` runs in the background.'),
    details: () => t('The first line can be `#!` and an interpreter, else `/bin/sh` runs it.'),
    example: '%startscript\n    exec nginx -g "daemon off;"',
    guide: definition('startscript'),
  },
  runscript: {
    summary: () => t('Script that `apptainer run` and executing the image run.'),
    details: () =>
      t(
        'Arguments of the command line arrive as `"$@"`; `exec` hands signals and the exit status on. The first line can be `#!` and an interpreter, else `/bin/sh` runs it.',
      ),
    example: '%runscript\n    exec tool "$@"',
    guide: definition('runscript'),
  },
  labels: {
    summary: () => t('Metadata of the image, shown by `apptainer inspect`: `name value` a line.'),
    details: () =>
      t(
        'Split at the first space, and nothing else: tabs, quotes, `=`, backslashes and comments behind a value have no meaning. The last value of a name is kept. Only the labels of the last stage end up in the image.',
      ),
    example: '%labels\n    Author Jane Doe\n    org.opencontainers.image.source https://github.com/org/tool',
    guide: definition('labels'),
  },
  help: {
    summary: () => t('Text that `apptainer run-help` shows.'),
    example: '%help\n    Runs tool on the files given as arguments.',
    guide: definition('help'),
  },
  appinstall: {
    summary: () => t('Installs an app: runs at build time, behind `%post`.'),
    details: () => t('Inside, `$SCIF_APPROOT` is the folder of the app. Runs in the order in which the apps first appear.'),
    example: '%appinstall tool\n    cp /opt/tool "$SCIF_APPROOT/bin"',
    guide: definition('scif-apps'),
  },
  appfiles: {
    summary: () => t('Copies files of the host into the folder of an app.'),
    details: () => t('`source [destination]` a line, the destination below `/scif/apps/NAME`. No patterns, no quotes.'),
    example: '%appfiles tool\n    tool.conf etc/tool.conf',
    guide: definition('scif-apps'),
  },
  appenv: {
    summary: () => t('Environment of an app, sourced with `--app NAME`.'),
    example: '%appenv tool\n    export THREADS=4',
    guide: definition('scif-apps'),
  },
  apprun: {
    summary: () => t('Script that `apptainer run --app NAME` runs.'),
    example: '%apprun tool\n    exec tool "$@"',
    guide: definition('scif-apps'),
  },
  appstart: {
    summary: () => t('Script that `apptainer instance start --app NAME` runs.'),
    example: '%appstart tool\n    exec tool --serve',
    since: { apptainer: '1.2.0', singularity: '4.0.0' },
    guide: definition('scif-apps'),
  },
  apptest: {
    summary: () => t('Script that `apptainer test --app NAME` runs.'),
    example: '%apptest tool\n    tool --version',
    guide: definition('scif-apps'),
  },
  applabels: {
    summary: () => t('Labels of an app, shown by `apptainer inspect --app NAME`.'),
    details: () => t('The same lines as in `%labels`; `SCIF_APP_NAME` is set by the build.'),
    example: '%applabels tool\n    Version 1.4.2',
    guide: definition('scif-apps'),
  },
  apphelp: {
    summary: () => t('Text that `apptainer run-help --app NAME` shows.'),
    example: '%apphelp tool\n    Runs tool.',
    guide: definition('scif-apps'),
  },
};
