import { t } from '../text/l10n';
import type { WordDocumentation } from './documentSections';

const appendix = (name: string) => `appendix.html#${name}-bootstrap-agent`;
const yum = { apptainer: appendix('yum-or-dnf'), singularity: appendix('yum-dnf') };

/** Bootstrap agents by name. */
export const agentDocumentation: Readonly<Record<string, WordDocumentation>> = {
  docker: {
    summary: () => t('An image at Docker Hub or another OCI registry.'),
    details: () => t('`From: [registry/][namespace/]name[:tag|@digest]`; without a registry, Docker Hub is meant.'),
    example: 'Bootstrap: docker\nFrom: ubuntu:24.04',
    guide: appendix('docker'),
  },
  library: {
    summary: () => t('An image of a container library, such as the one of Sylabs.'),
    details: () => t('`From: [entity/[collection/]]name[:tag]`. Apptainer has no library until one is configured, or named by `Library:`.'),
    example: 'Bootstrap: library\nFrom: library/default/alpine:latest',
    guide: appendix('library'),
  },
  oras: {
    summary: () => t('A SIF image kept as an artifact at an OCI registry.'),
    example: 'Bootstrap: oras\nFrom: ghcr.io/org/tool:1.4',
    since: { singularity: '3.3.0' },
    guide: appendix('oras'),
  },
  shub: {
    summary: () => t('An image of Singularity Hub, a read-only archive since 2021.'),
    details: () => t('Only images that were there in April 2021 can be had. Prefer a registry that is alive.'),
    example: 'Bootstrap: shub\nFrom: vsoch/hello-world',
    guide: appendix('shub'),
  },
  localimage: {
    summary: () => t('An image or a sandbox folder on this machine.'),
    details: () => t('`From:` is a path, relative to the folder in which the build is started.'),
    example: 'Bootstrap: localimage\nFrom: base.sif',
    guide: appendix('localimage'),
  },
  'docker-daemon': {
    summary: () => t('An image that the Docker daemon of this machine has.'),
    example: 'Bootstrap: docker-daemon\nFrom: tool:1.4',
    guide: appendix('docker-daemon'),
  },
  'docker-archive': {
    summary: () => t('An archive written by `docker save`.'),
    example: 'Bootstrap: docker-archive\nFrom: tool.tar',
    guide: appendix('docker-archive'),
  },
  oci: {
    summary: () => t('An image in a folder with the OCI layout.'),
    example: 'Bootstrap: oci\nFrom: layout:1.4',
    guide: 'docker_and_oci.html',
  },
  'oci-archive': {
    summary: () => t('A tar archive of an OCI layout.'),
    example: 'Bootstrap: oci-archive\nFrom: tool.tar:1.4',
    guide: 'docker_and_oci.html',
  },
  scratch: {
    summary: () => t('An empty container, to be filled by `%setup` and `%files`.'),
    example: 'Bootstrap: scratch',
    guide: appendix('scratch'),
  },
  yum: {
    summary: () => t('A base of RPM packages, made by the host’s `yum` or `dnf`.'),
    example: 'Bootstrap: yum\nOSVersion: 9\nMirrorURL: https://repo.almalinux.org/almalinux/%{OSVERSION}/BaseOS/x86_64/os/\nInclude: dnf',
    guide: yum,
  },
  dnf: {
    summary: () => t('The same as yum.'),
    example: 'Bootstrap: dnf\nOSVersion: 9\nMirrorURL: https://repo.almalinux.org/almalinux/%{OSVERSION}/BaseOS/x86_64/os/\nInclude: dnf',
    since: { apptainer: '1.4.0', singularity: '4.3.0' },
    guide: yum,
  },
  debootstrap: {
    summary: () => t('A Debian or Ubuntu base, made by the host’s `debootstrap`. Needs root.'),
    example: 'Bootstrap: debootstrap\nOSVersion: noble\nMirrorURL: http://archive.ubuntu.com/ubuntu/',
    guide: 'appendix.html#debootstrap-build-agent',
  },
  arch: {
    summary: () => t('An Arch Linux base, made by the host’s `pacstrap`. Only for amd64.'),
    example: 'Bootstrap: arch',
    guide: appendix('arch'),
  },
  busybox: {
    summary: () => t('A base of nothing but BusyBox.'),
    example: 'Bootstrap: busybox\nMirrorURL: https://www.busybox.net/downloads/binaries/1.35.0-x86_64-linux-musl/busybox',
    guide: appendix('busybox'),
  },
  zypper: {
    summary: () => t('An openSUSE or SUSE Linux Enterprise base, made by the host’s `zypper`.'),
    details: () =>
      t(
        'For SUSE Linux Enterprise, `Product`, `User`, `RegCode` and `OSVersion` are needed, and `ProductPGP` or `MirrorURL`; above version 12 always `MirrorURL`.',
      ),
    example: 'Bootstrap: zypper\nOSVersion: 15.6\nMirrorURL: http://download.opensuse.org/distribution/leap/%{OSVERSION}/repo/oss/',
    guide: appendix('zypper'),
  },
  dockerfile: {
    summary: () => t('Builds a Dockerfile and goes on from its image. Apptainer only.'),
    details: () => t('`From:` is the folder that the Dockerfile sees as its context.'),
    example: 'Bootstrap: dockerfile\nFrom: .\nFilename: Dockerfile',
    since: { apptainer: '1.5.0' },
    guide: appendix('dockerfile'),
  },
  buildkit: {
    summary: () => t('The same as dockerfile: a build by BuildKit. Apptainer only.'),
    example: 'Bootstrap: buildkit\nFrom: .',
    since: { apptainer: '1.5.0' },
    guide: appendix('dockerfile'),
  },
};
