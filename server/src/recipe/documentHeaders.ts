import { t } from '../text/l10n';
import type { WordDocumentation } from './documentSections';

const definition = (section: string) => `definition_files.html#${section}`;
const agent = (name: string) => `appendix.html#${name}-bootstrap-agent`;
const yum = { apptainer: agent('yum-or-dnf'), singularity: agent('yum-dnf') };

/** Header keys by their name in lower case; the numbered key as `otherurl`. */
export const headerDocumentation: Readonly<Record<string, WordDocumentation>> = {
  bootstrap: {
    summary: () => t('Bootstrap agent: how the base of the container is made. Begins a stage.'),
    details: () =>
      t(
        'Stands first in the header, at the start of its line: every line that begins with `Bootstrap:`, wherever it is, begins a new stage. Upper and lower case of the value matter.',
      ),
    example: 'Bootstrap: docker\nFrom: ubuntu:24.04',
    guide: definition('header'),
  },
  from: {
    summary: () => t('The base image: a reference at a hub, or a path, as the bootstrap agent wants it.'),
    details: () => t('A digest (`name@sha256:…`) fixes the image for ever; a tag can move.'),
    example: 'From: ubuntu:24.04',
    guide: definition('header'),
  },
  stage: {
    summary: () => t('Name of the stage, for `%files from NAME` in a later one.'),
    details: () => t('Upper and lower case matter; of two stages with the same name the first is meant.'),
    example: 'Bootstrap: docker\nFrom: golang:1.24\nStage: build',
    since: { singularity: '3.2.0' },
    guide: definition('multi-stage-builds'),
  },
  fingerprints: {
    summary: () => t('Key fingerprints, separated by commas, that must all have signed the base image.'),
    details: () =>
      t(
        'Full fingerprints of 40 hexadecimal digits. The build stops with "image not signed by required entities" when one is missing. Without this header a failed verification is only a warning.',
      ),
    example: 'Fingerprints: 12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84',
    since: { singularity: '3.7.0' },
    guide: definition('sif-image-verification-fingerprints-header'),
  },
  registry: {
    summary: () => t('Registry put before `From`, such as `ghcr.io`.'),
    example: 'Registry: ghcr.io',
    guide: agent('docker'),
  },
  namespace: {
    summary: () => t('Namespace put between `Registry` and `From`.'),
    example: 'Namespace: org',
    guide: agent('docker'),
  },
  library: {
    summary: () => t('URL of the library that `From` is looked up in.'),
    details: () =>
      t('A host in `From` wins over it. Without it, the library of the active remote is asked; Apptainer has none by default.'),
    example: 'Library: https://library.sylabs.io',
    guide: agent('library'),
  },
  mirrorurl: {
    summary: () => t('URL of the distribution’s mirror.'),
    details: () => t('`%{OSVERSION}` is replaced by the value of `OSVersion` (not for busybox).'),
    example: 'MirrorURL: http://archive.ubuntu.com/ubuntu/',
    guide: yum,
  },
  updateurl: { summary: () => t('URL of a second mirror with updates.'), guide: yum },
  osversion: {
    summary: () => t('Version or code name of the distribution; replaces `%{OSVERSION}` in the mirror URLs.'),
    example: 'OSVersion: noble',
    guide: yum,
  },
  include: { summary: () => t('More packages to install into the base, separated by spaces.'), example: 'Include: bash curl', guide: yum },
  setopt: {
    summary: () => t('Options handed to `yum` or `dnf` as `--setopt`.'),
    since: { apptainer: '1.2.0', singularity: '3.11.1' },
    guide: yum,
  },
  product: {
    summary: () => t('SUSE product to install, together with `User` and `RegCode`.'),
    since: { singularity: '3.4.0' },
    guide: agent('zypper'),
  },
  user: { summary: () => t('E-mail address of the SUSE customer account.'), since: { singularity: '3.4.0' }, guide: agent('zypper') },
  regcode: {
    summary: () => t('Registration code of the SUSE product.'),
    details: () => t('The header ends up in the image as labels: a registration code in it is public.'),
    since: { singularity: '3.4.0' },
    guide: agent('zypper'),
  },
  productpgp: {
    summary: () => t('PGP key of the SUSE product; `\\n\\` at the end of a line goes on in the next.'),
    since: { singularity: '3.4.0' },
    guide: agent('zypper'),
  },
  registerurl: {
    summary: () => t('URL of a registration server for SUSE products.'),
    since: { singularity: '3.4.0' },
    guide: agent('zypper'),
  },
  modules: { summary: () => t('SUSE modules to add, separated by commas.'), since: { singularity: '3.4.0' }, guide: agent('zypper') },
  otherurl: {
    summary: () => t('URL of a further repository: `OtherURL1`, `OtherURL2`, … without gaps.'),
    since: { singularity: '3.4.0' },
    guide: agent('zypper'),
  },
  includecmd: {
    summary: () => t('Accepted and ignored by both engines: a remnant of Singularity 2.'),
    guide: definition('header'),
  },
  confurl: {
    summary: () => t('URL of a `pacman.conf` for the arch agent. Apptainer only.'),
    since: { apptainer: '1.1.0' },
    guide: agent('arch'),
  },
  target: {
    summary: () => t('Stage of the Dockerfile to build. Apptainer only.'),
    since: { apptainer: '1.5.0' },
    guide: agent('dockerfile'),
  },
  frontend: {
    summary: () => t('BuildKit frontend; `dockerfile.v0` when it is not given. Apptainer only.'),
    since: { apptainer: '1.5.0' },
    guide: agent('dockerfile'),
  },
  filename: {
    summary: () => t('Name of the Dockerfile in the folder that `From` names; `Dockerfile` when it is not given. Apptainer only.'),
    since: { apptainer: '1.5.0' },
    guide: agent('dockerfile'),
  },
  buildargs: {
    summary: () => t('Build arguments of the Dockerfile: `NAME=value NAME2=value2`. Apptainer only.'),
    since: { apptainer: '1.5.0' },
    guide: agent('dockerfile'),
  },
};
