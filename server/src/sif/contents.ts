import { t } from '../text/l10n';
import { dataType, encryptedFileSystems } from './descriptor';
import type { SifDescriptor } from './descriptor';
import { openExt3 } from './ext3/fileSystem';
import { ImageFormatError } from './formatError';
import type { ContainerImage } from './image';
import { readInspectMetadata } from './inspectMetadata';
import { readOciConfig, readOciSif } from './ociContents';
import { readRootFileSystem } from './rootContents';
import type { RootFileSystem } from './rootFileSystem';
import { objectRange, primaryPartition, readObject } from './sifImage';
import type { SifImage } from './sifImage';
import { openSquashfs } from './squashfs/fileSystem';
import type { ImageContents, Metadata, MetadataOrigin, ObjectContents } from './imageContents';
export type { ImageContents } from './imageContents';

const nothing: Metadata = { labels: {}, scripts: {}, apps: [] };
/** Texts in an image that are longer than this are not shown. */
export const maximumText = 4 << 20;

/**
 * Labels, recipe, scripts, apps, architecture of an image: from the inspect metadata object, else from the root file system, else what
 * can be had. Reads a few tens of KB. A damaged part becomes a note; rejects only on I/O and network errors.
 */
export async function readContents(image: ContainerImage, signal?: AbortSignal): Promise<ImageContents> {
  switch (image.format) {
    case 'sif':
      return readSifContents(image.sif, signal);
    case 'oci-sif':
      return readOciSifContents(image.sif, signal);
    case 'squashfs':
    case 'ext3': {
      const notes: string[] = [];
      const range = { source: image.source, start: image.offset, length: image.source.size - image.offset };
      const open = image.format === 'squashfs' ? openSquashfs : openExt3;
      return plain(image.format, await orNote(notes, async () => readRoot(await open(range, signal), notes)), notes);
    }
    case 'sandbox': {
      const notes: string[] = [];
      return plain('sandbox', await orNote(notes, () => readRoot(image.root, notes)), notes);
    }
  }
}

/** What a root file system tells; a note when it tells nothing. */
async function readRoot(root: RootFileSystem, notes: string[]): Promise<Metadata> {
  const found = await readRootFileSystem(root);
  const isEmpty = [found.labels, found.scripts, found.apps].every((part) => Object.keys(part).length === 0) && found.recipe === undefined;
  if (isEmpty) notes.push(t('The root file system has no labels, scripts or recipe where the engines keep them.'));
  return found;
}

function plain(format: ContainerImage['format'], metadata: Metadata | undefined, notes: readonly string[]): ImageContents {
  return { format, origin: metadata ? 'root-file-system' : 'none', encrypted: false, objects: [], notes, ...(metadata ?? nothing) };
}

async function readSifContents(sif: SifImage, signal?: AbortSignal): Promise<ImageContents> {
  const notes: string[] = [];
  const primary = primaryPartition(sif);
  const fileSystem = primary?.detail.kind === 'partition' ? primary.detail.fileSystem : undefined;
  const encrypted = fileSystem !== undefined && encryptedFileSystems.includes(fileSystem);
  const inspect = await textOf(sif, named(sif, 'inspect-metadata.json'), notes, signal);
  const config = await textOf(sif, named(sif, 'oci-config.json'), notes, signal);
  const deffile = await textOf(
    sif,
    sif.descriptors.find((d) => d.dataType === dataType.deffile),
    notes,
    signal,
  );
  const labelsObject = await textOf(
    sif,
    sif.descriptors.find((d) => d.dataType === dataType.labels),
    notes,
    signal,
  );

  let metadata = inspect === undefined ? undefined : readInspectMetadata(inspect);
  let origin: MetadataOrigin = metadata ? 'inspect-metadata' : 'none';
  if (inspect !== undefined && !metadata) notes.push(t('The object inspect-metadata.json is not what the engines write; it is left out.'));
  if (!metadata && primary && encrypted)
    notes.push(t('The root file system is encrypted ({0}): labels and scripts in it cannot be read.', fileSystem));
  else if (!metadata && primary && (fileSystem === 'Squashfs' || fileSystem === 'Ext3')) {
    metadata = await orNote(notes, async () => {
      const { offset, length } = objectRange(sif, primary);
      const open = fileSystem === 'Squashfs' ? openSquashfs : openExt3;
      return readRoot(await open({ source: sif.source, start: offset, length }, signal), notes);
    });
    if (metadata) origin = 'root-file-system';
  } else if (!metadata && fileSystem !== undefined)
    notes.push(t('The root file system is {0}: labels and scripts in it are not read.', fileSystem));

  const found = metadata ?? nothing;
  const labels = labelsObject === undefined ? found.labels : { ...readInspectMetadata(labelsObject)?.labels, ...found.labels };
  const recipe = found.recipe ?? deffile;
  const ociConfig = config === undefined ? undefined : readOciConfig(config);
  return {
    format: 'sif',
    ...(primary?.detail.kind === 'partition' ? { architecture: primary.detail.architecture } : {}),
    ...created(sif),
    origin,
    labels,
    ...(recipe === undefined ? {} : { recipe }),
    scripts: found.scripts,
    apps: found.apps,
    ...(ociConfig ? { ociConfig } : {}),
    encrypted,
    objects: sif.descriptors.map(objectContents),
    notes,
  };
}

async function readOciSifContents(sif: SifImage, signal?: AbortSignal): Promise<ImageContents> {
  const notes: string[] = [];
  const found = await orNote(notes, () => readOciSif(sif, signal));
  const config = found?.config;
  if (found && found.images > 1) notes.push(t('The OCI-SIF holds {0} images; this is the first.', found.images));
  return {
    format: 'oci-sif',
    ...(config?.architecture === undefined ? {} : { architecture: config.architecture }),
    ...(config?.created === undefined ? created(sif) : { created: config.created }),
    origin: config ? 'oci' : 'none',
    labels: config?.labels ?? {},
    scripts: {},
    apps: [],
    ...(config ? { ociConfig: config } : {}),
    encrypted: false,
    objects: sif.descriptors.map(objectContents),
    notes,
  };
}

function named(sif: SifImage, name: string): SifDescriptor | undefined {
  return sif.descriptors.find((descriptor) => descriptor.dataType === dataType.genericJson && descriptor.name === name);
}

async function textOf(
  sif: SifImage,
  descriptor: SifDescriptor | undefined,
  notes: string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!descriptor) return undefined;
  const bytes = await orNote(notes, () => readObject(sif, descriptor, maximumText, signal));
  return bytes && Buffer.from(bytes).toString('utf8');
}

/** The result, or a note where the image's format is at fault. Other errors (I/O, cancelled) go on. */
async function orNote<T>(notes: string[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ImageFormatError)) throw error;
    notes.push(error.message);
    return undefined;
  }
}

function created(sif: SifImage): { readonly created?: string } {
  const seconds = Number(sif.header.createdAt);
  // Reproducible images carry Go's zero time or the epoch: no date.
  if (seconds <= 0 || seconds > 8.64e12) return {};
  return { created: new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') };
}

function objectContents(descriptor: SifDescriptor): ObjectContents {
  return {
    id: descriptor.id,
    type: descriptor.typeName,
    name: descriptor.name,
    size: Number(descriptor.size),
    detail: detailText(descriptor),
  };
}

function detailText({ detail }: SifDescriptor): string {
  switch (detail.kind) {
    case 'partition':
      return `${detail.fileSystem}, ${detail.partitionType}, ${detail.architecture}`;
    case 'signature':
      return [detail.hashType ?? 'Unknown', detail.fingerprint?.toUpperCase()].filter(Boolean).join(', ');
    case 'crypto-message':
      return `${detail.format}, ${detail.message}`;
    case 'sbom':
      return detail.format;
    case 'oci':
      return detail.digest;
    case 'none':
      return '';
  }
}
