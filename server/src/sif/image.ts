import type { ByteSource } from '../image/byteSource';
import { t } from '../text/l10n';
import { dataType } from './descriptor';
import { ext3HeaderLength, isExt3 } from './ext3/recognise';
import { ImageFormatError } from './formatError';
import { createPagedSource } from './pagedSource';
import type { RootFileSystem } from './rootFileSystem';
import { readSif } from './sifImage';
import type { SifImage } from './sifImage';
import { isSquashfs } from './squashfs/superblock';

/** A container image by its format. `offset`: where the file system begins, in bytes. */
export type ContainerImage =
  | { readonly format: 'sif' | 'oci-sif'; readonly source: ByteSource; readonly sif: SifImage }
  | { readonly format: 'squashfs' | 'ext3'; readonly source: ByteSource; readonly offset: number }
  | { readonly format: 'sandbox'; readonly root: RootFileSystem; readonly name: string };

/** The line that older engines put in front of a file system: `#!/usr/bin/env run-singularity`. */
const launchLine = ' run-singularity';
/** Bytes that are searched for the line (apptainer pkg/image/image.go, bufferSize). */
const searched = 2048;
/** Bytes that Singularity 2.6.1 searches for a squashfs without that line. */
const searchedForSquashfs = 1024;

/**
 * Recognises a container image by its bytes: SIF, OCI-SIF, squashfs and ext3 with or without launch line. Reads about 36 KB. Throws
 * `ImageFormatError` for anything else and for a SIF that the engines refuse. `source` stays the caller's to close.
 */
export async function openImage(source: ByteSource, signal?: AbortSignal): Promise<ContainerImage> {
  const paged = createPagedSource(source);
  const head = await paged.read(0, searched, signal);
  if (Buffer.from(head.buffer, head.byteOffset, head.byteLength).includes('SIF_MAGIC')) {
    const sif = await readSif(paged, signal);
    const isOci = sif.descriptors.some((descriptor) => descriptor.dataType === dataType.ociRootIndex);
    return { format: isOci ? 'oci-sif' : 'sif', source: paged, sif };
  }
  const offset = fileSystemOffset(head);
  if (isSquashfs(head.subarray(offset))) return { format: 'squashfs', source: paged, offset };
  if (isExt3(await paged.read(offset, ext3HeaderLength, signal))) return { format: 'ext3', source: paged, offset };
  const squashfs = Buffer.from(head.subarray(0, searchedForSquashfs)).indexOf('hsqs');
  if (squashfs > 0) return { format: 'squashfs', source: paged, offset: squashfs };
  throw new ImageFormatError(t('{0} is no container image: neither SIF nor squashfs nor ext3.', source.name));
}

/** A sandbox: a folder that holds a root file system. Throws `ImageFormatError` when it does not look like one. */
export async function openSandbox(root: RootFileSystem, name: string): Promise<ContainerImage> {
  const top = await root.list('/');
  if (!top.includes('.singularity.d') && !top.includes('singularity'))
    throw new ImageFormatError(t('{0} is no sandbox: it has no .singularity.d folder.', name));
  return { format: 'sandbox', root, name };
}

function fileSystemOffset(head: Uint8Array): number {
  const index = Buffer.from(head).indexOf(launchLine);
  return index > 0 ? index + launchLine.length + 1 : 0;
}
