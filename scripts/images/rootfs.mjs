// The root file systems of the embedded hub's images: what an Apptainer build leaves below /, without a distribution's weight.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** The definition file of a version of the sample tool. */
export function recipe(version, architecture) {
  return `Bootstrap: docker
From: debian:12-slim

%arguments
    version=${version}

%labels
    org.opencontainers.image.title tool
    org.opencontainers.image.version ${version}
    org.opencontainers.image.source https://example.org/tool
    org.opencontainers.image.licenses MIT
    Maintainer Jane Doe <jane@example.org>

%environment
    export TOOL_HOME=/opt/tool
    export PATH=/opt/tool/bin:$PATH

%post
    # built for ${architecture}
    echo "tool {{ version }}" > /opt/tool/version

%runscript
    exec /opt/tool/bin/tool "$@"

%test
    /opt/tool/bin/tool --version

%help
    tool ${version}: counts the words of a file.

%apprun index
    exec /opt/tool/bin/tool --index "$@"

%applabels index
    Purpose indexing
`;
}

const runscript = '#!/bin/sh\n\n    exec /opt/tool/bin/tool "$@"\n';
const test = '#!/bin/sh\n\n    /opt/tool/bin/tool --version\n';
const environment =
  '#!/bin/sh\n# Custom environment shell code should follow\n\n    export TOOL_HOME=/opt/tool\n    export PATH=/opt/tool/bin:$PATH\n';
const appRunscript = '#!/bin/sh\n\n    exec /opt/tool/bin/tool --index "$@"\n';

/** Labels of a build, as `apptainer build` merges them: the author's and its own. */
function labels(version, architecture) {
  return {
    Maintainer: 'Jane Doe <jane@example.org>',
    'org.label-schema.build-arch': architecture,
    'org.label-schema.build-date': 'Wednesday_15_January_2025_10:0:0_UTC',
    'org.label-schema.schema-version': '1.0',
    'org.label-schema.usage': '/.singularity.d/runscript.help',
    'org.label-schema.usage.apptainer.version': '1.4.0',
    'org.label-schema.usage.singularity.deffile.bootstrap': 'docker',
    'org.label-schema.usage.singularity.deffile.from': 'debian:12-slim',
    'org.opencontainers.image.licenses': 'MIT',
    'org.opencontainers.image.source': 'https://example.org/tool',
    'org.opencontainers.image.title': 'tool',
    'org.opencontainers.image.version': version,
  };
}

/** The object `inspect-metadata.json` (apptainer internal/pkg/build/metadata.go). */
export function inspectMetadata(version, architecture) {
  return {
    data: {
      attributes: {
        apps: { index: { labels: { Purpose: 'indexing', SCIF_APP_NAME: 'index' }, runscript: appRunscript } },
        environment: { '/.singularity.d/env/90-environment.sh': environment },
        labels: labels(version, architecture),
        runscript,
        test,
        helpfile: `tool ${version}: counts the words of a file.\n`,
        deffile: recipe(version, architecture),
      },
    },
    type: 'container',
  };
}

/** The object `oci-config.json`: the configuration of the Docker base. */
export function ociConfig(architecture) {
  return {
    architecture,
    os: 'linux',
    created: '2025-01-13T00:00:00Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['bash'] },
    rootfs: { type: 'layers', diff_ids: [] },
  };
}

/** Writes the tree below `folder`. `dataBytes`: size of an incompressible file, which gives the image its size. */
export function writeRoot(folder, { version, architecture, dataBytes }) {
  const file = (name, text, mode = 0o644) => {
    const target = path.join(folder, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
    fs.chmodSync(target, mode);
  };
  const link = (name, to) => fs.symlinkSync(to, path.join(folder, name));

  file('etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n');
  file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
  file('bin/sh', '#!/opt/tool/bin/tool\nThis stands in the place of a shell: the image is for reading, not for running.\n', 0o755);
  file('opt/tool/bin/tool', `#!/bin/sh\necho "tool ${version} (${architecture})"\n`, 0o755);
  file('opt/tool/version', `tool ${version}\n`);
  if (dataBytes > 0) file('opt/tool/share/words.bin', pseudoRandom(dataBytes, `tool ${version} ${architecture}`));
  for (const name of ['dev', 'proc', 'sys', 'tmp', 'root', 'home', 'var/tmp']) fs.mkdirSync(path.join(folder, name), { recursive: true });

  file('.singularity.d/labels.json', `${JSON.stringify(labels(version, architecture), null, '\t')}\n`);
  file('.singularity.d/Singularity', recipe(version, architecture));
  file('.singularity.d/runscript', runscript, 0o755);
  file('.singularity.d/runscript.help', `tool ${version}: counts the words of a file.\n`);
  file('.singularity.d/test', test, 0o755);
  file('.singularity.d/startscript', '#!/bin/sh\n', 0o755);
  file('.singularity.d/env/10-docker2singularity.sh', '#!/bin/sh\nexport PATH="/usr/local/bin:/usr/bin:/bin"\n', 0o755);
  file('.singularity.d/env/90-environment.sh', environment, 0o755);
  file('.singularity.d/env/91-environment.sh', '', 0o755);
  for (const action of ['exec', 'run', 'shell', 'start', 'test']) {
    file(`.singularity.d/actions/${action}`, '#!/bin/sh\nexec "$@"\n', 0o755);
    if (action !== 'start') link(`.${action}`, `.singularity.d/actions/${action}`);
  }
  link('.singularity.d/libs', '../opt/tool');
  link('singularity', '.singularity.d/runscript');
  link('environment', '.singularity.d/env/90-environment.sh');
  file('scif/apps/index/scif/labels.json', `${JSON.stringify({ Purpose: 'indexing', SCIF_APP_NAME: 'index' }, null, '\t')}\n`);
  file('scif/apps/index/scif/runscript', appRunscript, 0o755);
}

/** Bytes that no compressor shrinks, the same on every run: a chain of SHA-512. */
function pseudoRandom(length, seed) {
  const bytes = Buffer.alloc(length);
  let block = createHash('sha512').update(seed).digest();
  for (let at = 0; at < length; at += block.length) {
    block.copy(bytes, at);
    block = createHash('sha512').update(block).digest();
  }
  return bytes;
}
