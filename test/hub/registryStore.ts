// What the embedded registry holds: repositories with manifests, tags and blobs, made in memory and from the committed images.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Content } from './content';
import { contentOf, digestOf } from './content';
import type { StoredImage, StoredImages } from './images';
import { tar } from './tar';

export const mediaType = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  empty: 'application/vnd.oci.empty.v1+json',
  sifConfig: 'application/vnd.sylabs.sif.config.v1+json',
  sifLayer: 'application/vnd.sylabs.sif.layer.v1.sif',
  /** Before Singularity 3.7, spelled like this. */
  sifLayerLegacy: 'appliciation/vnd.sylabs.sif.layer.tar',
} as const;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly data?: string;
}

/** open: no sign-in at all; public: an anonymous token is needed; private: a token of alice; basic: alice's user and password. */
export type Access = 'open' | 'public' | 'private' | 'basic';

export interface Repository {
  readonly name: string;
  readonly access: Access;
  /** Blobs are answered by a 307 to another host name. */
  readonly redirectsBlobs: boolean;
  readonly manifests: Map<string, { readonly mediaType: string; readonly content: Content }>;
  /** Tag to digest, in the order in which they were pushed. */
  readonly tags: Map<string, string>;
  readonly blobs: Set<string>;
}

export interface RegistryStore {
  readonly repositories: ReadonlyMap<string, Repository>;
  /** Every blob by digest. */
  readonly blobs: ReadonlyMap<string, Content>;
  repository(name: string, options?: { access?: Access; redirectsBlobs?: boolean }): Repository;
  putBlob(repository: Repository, content: Content | string | Uint8Array, type: string): Descriptor;
  putManifest(repository: Repository, manifest: object, type: string, ...tags: string[]): Descriptor;
}

export function createRegistryStore(): RegistryStore {
  const repositories = new Map<string, Repository>();
  const blobs = new Map<string, Content>();
  return {
    repositories,
    blobs,
    repository(name, { access = 'public', redirectsBlobs = false } = {}) {
      const repository = { name, access, redirectsBlobs, manifests: new Map(), tags: new Map(), blobs: new Set<string>() };
      return repositories.get(name) ?? (repositories.set(name, repository), repository);
    },
    putBlob(repository, body, type) {
      const content = typeof body === 'string' || body instanceof Uint8Array ? contentOf(body) : body;
      const digest = `sha256:${digestOf(content)}`;
      blobs.set(digest, content);
      repository.blobs.add(digest);
      return { mediaType: type, digest, size: content.size };
    },
    putManifest(repository, manifest, type, ...tags) {
      const content = contentOf(JSON.stringify({ schemaVersion: 2, mediaType: type, ...manifest }));
      const digest = `sha256:${digestOf(content)}`;
      repository.manifests.set(digest, { mediaType: type, content });
      for (const tag of tags) repository.tags.set(tag, digest);
      return { mediaType: type, digest, size: content.size };
    },
  };
}

/** The repositories of the embedded hub; test/hub/README.md lists them. */
export function fillRegistry(images: StoredImages): RegistryStore {
  const store = createRegistryStore();
  const tool = images.image('tool-1.4.sif');

  for (const name of ['open/base', 'demo/base', 'library/debian', 'private/base', 'basic/base']) {
    const access = name.startsWith('open')
      ? 'open'
      : name.startsWith('private')
        ? 'private'
        : name.startsWith('basic')
          ? 'basic'
          : 'public';
    const base = store.repository(name, { access });
    putIndex(store, base, '1.0', 'oci', '1.0', '12-slim');
    putIndex(store, base, '1.1', 'oci', '1.1', 'latest');
    const single = putImage(store, base, '1.2', 'amd64', 'oci');
    store.putManifest(base, JSON.parse(textOf(base, single)) as object, mediaType.ociManifest, '1.2');
    base.tags.set('2.0-rc.1', single.digest);
  }
  putIndex(store, store.repository('demo/docker'), '1.0', 'docker', '1.0', 'latest');

  const sif = store.repository('demo/tool');
  putSif(store, sif, images.image('tool-1.3.sif'), '1.3');
  putSif(store, sif, tool, '1.4', 'latest');
  const layer = store.putBlob(sif, tool.content, mediaType.sifLayerLegacy);
  const emptyConfig = store.putBlob(sif, '{}', mediaType.sifConfig);
  store.putManifest(sif, { config: emptyConfig, layers: [layer] }, mediaType.ociManifest, '1.4-legacy');
  store.putManifest(sif, { config: emptyConfig, layers: [layer, layer] }, mediaType.ociManifest, 'two-layers');
  const platforms = [tool, images.image('tool-1.4-arm64.sif')].map((image) => ({
    ...putSif(store, sif, image),
    platform: { os: 'linux', architecture: image.architecture },
  }));
  store.putManifest(sif, { manifests: platforms }, mediaType.ociIndex, '1.4-multi');
  for (const [name, access] of [
    ['private/tool', 'private'],
    ['basic/tool', 'basic'],
    ['open/tool', 'open'],
  ] as const)
    putSif(store, store.repository(name, { access }), tool, '1.4', 'latest');
  putSif(store, store.repository('demo/redirected', { redirectsBlobs: true }), tool, '1.4', 'latest');
  // What the library's direct way (v1/oci-redirect) points to: the configuration tells the architecture.
  putLibrarySif(store, store.repository('oci/tools/tool', { access: 'private' }), tool, '1.4', 'latest');

  const many = store.repository('demo/many');
  const one = putSif(store, many, images.image('tool-1.3.sif'));
  for (let major = 0; major < 25; major++) for (let minor = 0; minor < 100; minor++) many.tags.set(`${major}.${minor}.0`, one.digest);

  const referred = store.repository('demo/referred');
  const subject = putIndex(store, referred, '1.0', 'oci', '1.0');
  for (const artifactType of ['application/vnd.dev.cosign.artifact.sig.v1+json', 'application/spdx+json']) {
    const config = { ...store.putBlob(referred, '{}', mediaType.empty), data: 'e30=' };
    const body = store.putBlob(referred, JSON.stringify({ about: subject.digest, artifactType }), artifactType);
    store.putManifest(referred, { artifactType, config, layers: [body], subject }, mediaType.ociManifest);
  }
  return store;
}

/** Puts a SIF as `apptainer push` does (internal/pkg/client/oras): an empty configuration, one layer. */
export function putSif(store: RegistryStore, repository: Repository, image: StoredImage, ...tags: string[]): Descriptor {
  const config = { ...store.putBlob(repository, '{}', mediaType.sifConfig), data: 'e30=' };
  const layer = {
    ...store.putBlob(repository, image.content, mediaType.sifLayer),
    annotations: { 'org.opencontainers.image.title': image.name },
  };
  return store.putManifest(repository, { config, layers: [layer] }, mediaType.ociManifest, ...tags);
}

function putLibrarySif(store: RegistryStore, repository: Repository, image: StoredImage, ...tags: string[]): Descriptor {
  const layer = store.putBlob(repository, image.content, mediaType.sifLayer);
  const about = {
    architecture: image.architecture,
    os: 'linux',
    rootfs: layer.digest,
    signed: image.signer !== undefined,
    encrypted: false,
  };
  const config = store.putBlob(repository, JSON.stringify(about), mediaType.sifConfig);
  return store.putManifest(repository, { config, layers: [layer] }, mediaType.ociManifest, ...tags);
}

type Family = 'oci' | 'docker';

function putIndex(store: RegistryStore, repository: Repository, version: string, family: Family, ...tags: string[]): Descriptor {
  const manifests = [
    { architecture: 'amd64', descriptor: putImage(store, repository, version, 'amd64', family) },
    { architecture: 'arm64', variant: 'v8', descriptor: putImage(store, repository, version, 'arm64', family) },
  ].map(({ descriptor, architecture, variant }) => ({
    ...descriptor,
    platform: { os: 'linux', architecture, ...(variant === undefined ? {} : { variant }) },
  }));
  return store.putManifest(repository, { manifests }, family === 'oci' ? mediaType.ociIndex : mediaType.dockerList, ...tags);
}

/** An image of two layers whose configuration has everything that a hover shows. */
function putImage(store: RegistryStore, repository: Repository, version: string, architecture: string, family: Family): Descriptor {
  const oci = family === 'oci';
  const trees = [
    tar([
      { name: 'etc/', type: 'directory' },
      { name: 'etc/os-release', text: `NAME="Demo Linux"\nVERSION_ID="${version}"\nID=demo\n` },
      { name: 'usr/bin/', type: 'directory' },
      { name: 'bin', type: 'link', target: 'usr/bin' },
    ]),
    tar([{ name: 'usr/bin/tool', text: `#!/bin/sh\necho tool ${version} ${architecture}\n`, mode: 0o755 }]),
  ];
  const layers = trees.map((tree) => store.putBlob(repository, gzipSync(tree), oci ? mediaType.ociLayer : mediaType.dockerLayer));
  const configuration = {
    created: '2025-01-13T00:00:00Z',
    author: 'Jane Doe <jane@example.org>',
    architecture,
    os: 'linux',
    ...(architecture === 'arm64' ? { variant: 'v8' } : {}),
    config: {
      User: '1000',
      Env: ['PATH=/usr/bin:/bin', 'TOOL_HOME=/opt/tool'],
      Entrypoint: ['/usr/bin/tool'],
      Cmd: ['--help'],
      Labels: { 'org.opencontainers.image.source': 'https://example.org/base', 'org.opencontainers.image.version': version },
    },
    rootfs: { type: 'layers', diff_ids: trees.map((tree) => `sha256:${createHash('sha256').update(tree).digest('hex')}`) },
    history: [
      { created: '2025-01-13T00:00:00Z', created_by: 'ADD rootfs.tar /' },
      { created: '2025-01-13T00:00:00Z', created_by: 'COPY tool /usr/bin/tool' },
    ],
  };
  const config = store.putBlob(repository, JSON.stringify(configuration), oci ? mediaType.ociConfig : mediaType.dockerConfig);
  const annotations = oci ? { annotations: { 'org.opencontainers.image.description': `The base image ${version}` } } : {};
  return store.putManifest(repository, { config, layers, ...annotations }, oci ? mediaType.ociManifest : mediaType.dockerManifest);
}

function textOf(repository: Repository, descriptor: Descriptor): string {
  const content = repository.manifests.get(descriptor.digest)?.content;
  return Buffer.from(content?.read(0, content.size) ?? '').toString();
}
