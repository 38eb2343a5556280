import type { ParsedReference, RegistryReference } from './reference';
import { digestFlaw } from './referenceDigest';
import { hostFlaw, webPageReference } from './referenceHosts';
import type { Flaw, ReferenceReader } from './referenceReader';
import { reportFlaw } from './referenceReader';
import type { Platform } from './summary';
import { parseDigest } from './digest';
import { t } from '../text/l10n';

/** Names of Docker Hub that all stand for the same registry (containers/image `docker/docker_client.go`, GGCR `pkg/name/registry.go`). */
export const dockerHubHosts: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/**
 * Reads what stands behind `docker://` and `oras://`. Apptainer reads docker references twice, with distribution/reference
 * (`reference.go`, `normalize.go`) and with go-containerregistry (`pkg/name`); this accepts what both accept.
 * `start` is where the reference begins in the reader's text.
 */
export function readRegistryReference(reader: ReferenceReader, scheme: 'docker' | 'oras', start: number): ParsedReference {
  const prefix = headerPrefix(reader);
  // Offsets below are into `full`; `at` maps them to the text, where what came from headers is negative.
  const full = prefix + reader.text.slice(start);
  const at = (offset: number): number => offset - prefix.length + start;
  const pieces = split(full);
  const report = (stretch: Stretch, flaw: Flaw | undefined): void =>
    reportFlaw(reader, at(stretch.start), stretch.end - stretch.start, flaw);

  reader.setParts({
    host: pieces.host && reader.part(at(pieces.host.start), at(pieces.host.end)),
    path: reader.part(at(pieces.path.start), at(pieces.path.end)),
    ...nameParts(reader, full, pieces.path, at),
    tag: pieces.tag && reader.part(at(pieces.tag.start), at(pieces.tag.end)),
    digest: pieces.digest && reader.part(at(pieces.digest.start), at(pieces.digest.end)),
  });

  const textOf = (stretch: Stretch | undefined): string | undefined => stretch && full.slice(stretch.start, stretch.end);
  const whole = { start: 0, end: full.length };
  if (full === '') {
    report(whole, {
      code: 'build/reference-empty',
      message: t('The reference is empty: the engine stops with "invalid reference format".'),
    });
    return reader.finish(scheme, undefined);
  }
  const page = webPageReference(full);
  if (page !== undefined) {
    const message = t('This is the address of a web page, not of a registry. Did you mean `{0}`?', page);
    report(whole, { code: 'build/reference-web-page', message, replacement: page, ...(page.includes('://') && { from: -start }) });
    return reader.finish(scheme, undefined);
  }
  const host = textOf(pieces.host);
  const path = full.slice(pieces.path.start, pieces.path.end);
  const tag = textOf(pieces.tag);
  const digestText = textOf(pieces.digest);
  // Apptainer reads docker references with containers/image too; SingularityCE, and both for oras, with go-containerregistry alone.
  const containersImage = scheme === 'docker' && reader.options.engine !== 'singularity';
  const registry = host === undefined || dockerHubHosts.includes(host) ? 'docker.io' : host;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (pieces.host && host !== undefined) report(pieces.host, hostFlaw(host, { containersImage }));
  const length = containersImage ? `${registry}/${repository}`.length : repository.length;
  report(pieces.path, /^[a-f0-9]{64}$/.test(full) ? imageIdFlaw() : pathFlaw(path, length));
  if (pieces.tag && tag !== undefined) report(pieces.tag, tagFlaw(tag));
  if (pieces.digest && digestText !== undefined) report(pieces.digest, digestFlaw(digestText));
  if (tag !== undefined && digestText !== undefined && containersImage && pieces.tag) {
    reader.problem({
      code: 'build/reference-tag-and-digest',
      severity: 'warning',
      start: at(pieces.tag.start - 1),
      end: at(pieces.tag.end),
      message: t(
        'Apptainer does not take a tag and a digest together for docker images: it stops with "Docker references with both a tag and digest are currently not supported". Leave out the tag; SingularityCE ignores it.',
      ),
      fix: { title: t('Remove the tag'), replacement: '' },
    });
  }

  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  const platform = containersImage ? platformOfPath(full) : undefined;
  const reference: RegistryReference = {
    kind: 'registry',
    scheme,
    registry,
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest && { digest }),
    ...(platform && { platform }),
  };
  return reader.finish(scheme, reference);
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Recipes: `[registry/][namespace/]from` (A/S `internal/pkg/build/sources/conveyorPacker_oci.go`); oras ignores both headers. */
function headerPrefix(reader: ReferenceReader): string {
  const { agent, registry, namespace } = reader.options;
  if (agent === undefined || agent === 'oras') return '';
  return `${registry ? `${registry}/` : ''}${namespace ? `${namespace}/` : ''}`;
}

function split(full: string): { host?: Stretch; path: Stretch; tag?: Stretch; digest?: Stretch } {
  const atSign = full.indexOf('@');
  const end = atSign === -1 ? full.length : atSign;
  const digest = atSign === -1 ? undefined : { start: atSign + 1, end: full.length };
  const slash = full.indexOf('/');
  const first = full.slice(0, slash === -1 || slash > end ? 0 : slash);
  const isHost = first === 'localhost' || /[.:]/.test(first);
  const pathStart = isHost ? slash + 1 : 0;
  // `name:sha256:…` has its first colon behind the name, whatever follows.
  const lastSlash = full.slice(0, end).lastIndexOf('/');
  const colon = full.indexOf(':', Math.max(lastSlash + 1, pathStart));
  const hasTag = colon !== -1 && colon < end;
  return {
    ...(isHost && { host: { start: 0, end: slash } }),
    path: { start: pathStart, end: hasTag ? colon : end },
    ...(hasTag && { tag: { start: colon + 1, end } }),
    ...(digest && { digest }),
  };
}

function nameParts(reader: ReferenceReader, full: string, path: Stretch, at: (offset: number) => number) {
  const slash = full.slice(path.start, path.end).lastIndexOf('/');
  const nameStart = slash === -1 ? path.start : path.start + slash + 1;
  return {
    name: reader.part(at(nameStart), at(path.end)),
    namespace: slash === -1 ? undefined : reader.part(at(path.start), at(nameStart - 1)),
  };
}

const componentPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
/** GGCR `pkg/name/repository.go` counts the repository, containers/image `docker/reference/reference.go` the registry as well. */
const longestName = 255;

/** containers/image `docker/reference/normalize.go`: only where nothing else stands in the reference. */
function imageIdFlaw(): Flaw {
  const message = t(
    '64 hexadecimal digits alone are an image id, not a repository: the engine stops with "cannot specify 64-byte hexadecimal strings".',
  );
  return { code: 'build/reference-name', message };
}

/** `length`: of the name as the engine counts it. */
function pathFlaw(path: string, length: number): Flaw | undefined {
  if (path === '') {
    return { code: 'build/reference-name', message: t('A repository name is missing: the engine stops with "invalid reference format".') };
  }
  if (/[A-Z]/.test(path)) {
    const message = t(
      'Repository names are lower-case: the engine stops with "invalid reference format: repository name ({0}) must be lowercase".',
      path,
    );
    return { code: 'build/reference-uppercase', message, replacement: path.toLowerCase() };
  }
  const mended = path.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '');
  if (mended !== path) {
    const message = t('There is a slash too many: the engine stops with "invalid reference format".');
    return { code: 'build/reference-slashes', message, replacement: mended };
  }
  if (length > longestName) {
    return {
      code: 'build/reference-name',
      message: t('The name has {0} characters, registry included; the engine takes 255 at most.', length),
    };
  }
  let from = 0;
  for (const component of path.split('/')) {
    const to = from + component.length;
    if (!componentPattern.test(component)) {
      const message = t(
        '`{0}` is not a repository name: lower-case letters and digits, with single `.`, `_`, `__` or dashes between them. The engine stops with "invalid reference format".',
        component,
      );
      return { code: 'build/reference-name', message, from, to };
    }
    from = to + 1;
  }
  return undefined;
}

function tagFlaw(tag: string): Flaw | undefined {
  const code = 'build/reference-tag';
  // The colon before the tag is part of two of the mistakes: it stands at -1.
  if (/^(sha256|sha512):[a-fA-F0-9]{32,}$/.test(tag)) {
    const message = t('A digest stands behind `@`, not behind `:`.');
    return {
      code: 'build/reference-digest',
      message,
      from: -1,
      replacement: `@${tag.toLowerCase()}`,
      title: t('Write `@` before the digest'),
    };
  }
  if (tag === '') {
    const message = t('There is no tag behind the colon: the engine stops with "invalid reference format".');
    return { code, message, from: -1, replacement: '', title: t('Remove the colon') };
  }
  if (tag.includes(',')) {
    const message = t('Only `library://` takes several tags: the engine stops with "invalid reference format".');
    return { code, message, replacement: tag.slice(0, tag.indexOf(',')) };
  }
  if (!/^\w[\w.-]{0,127}$/.test(tag)) {
    const message = t(
      '`{0}` is not a tag: letters, digits, `_`, `.` and `-`, at most 128, not beginning with `.` or `-`. The engine stops with "invalid reference format".',
      tag,
    );
    return { code, message };
  }
  if (/^sha256\.[a-f0-9]{64}$/.test(tag)) {
    const message = t(
      '`{0}` is how a library names the hash of a SIF. A registry takes it for a tag; a digest is written `@sha256:…`.',
      `${tag.slice(0, 13)}…`,
    );
    return { code: 'lint/reference-library-hash', message };
  }
  return undefined;
}

/** Words that Apptainer takes for an architecture in the first component of a path (A `internal/pkg/build/oci/oci.go` archMap). */
const architectures: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  amd64: ['amd64'],
  arm: ['arm'],
  arm64: ['arm64'],
  arm32v5: ['arm', 'v5'],
  arm32v6: ['arm', 'v6'],
  arm32v7: ['arm', 'v7'],
  arm64v8: ['arm64', 'v8'],
  '386': ['386'],
  ppc64le: ['ppc64le'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
  loong64: ['loong64'],
};

function platformOfPath(full: string): Platform | undefined {
  const [first = '', second = ''] = full.split('/');
  const word = first.includes('.') ? second : first;
  const known = Object.hasOwn(architectures, word) ? architectures[word] : undefined;
  if (known === undefined) return undefined;
  const [architecture, variant] = known;
  return { os: 'linux', architecture, ...(variant !== undefined && { variant }) };
}
