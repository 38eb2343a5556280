import type { ByteSource } from '../image/byteSource';
import { t } from '../text/l10n';
import { dataType } from './descriptor';
import { ext3HeaderLength, isExt3 } from './ext3/recognise';
import { ImageFormatError } from './formatError';
import { unpackBeginning } from './gzip';
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
/** Bytes that tell what a file is: an ext3 may stand behind a line at their end. */
const recognised = searched + ext3HeaderLength;
/** Bytes of a gzip file that are unpacked to see what it holds. */
const searchedPacked = 16 << 10;
/** Bytes that Singularity 2.6.1 searches for a squashfs without that line. */
const searchedForSquashfs = 1024;

/**
 * Recognises a container image by its bytes: SIF, OCI-SIF, squashfs and ext3 with or without launch line. Reads about 36 KB. Throws
 * `ImageFormatError` for anything else and for a SIF that the engines refuse. `source` stays the caller's to close.
 */
export async function openImage(source: ByteSource, signal?: AbortSignal): Promise<ContainerImage> {
  const paged = createPagedSource(source);
  const head = await paged.read(0, searched, signal);
  const found = formatOf(head, head.length < searched ? head : await paged.read(0, recognised, signal));
  switch (found?.format) {
    case 'sif': {
      const sif = await readSif(paged, signal);
      const isOci = sif.descriptors.some((descriptor) => descriptor.dataType === dataType.ociRootIndex);
      return { format: isOci ? 'oci-sif' : 'sif', source: paged, sif };
    }
    case 'squashfs':
    case 'ext3':
      return { format: found.format, source: paged, offset: found.offset };
    case undefined:
      throw new ImageFormatError(await whatElse(paged, signal));
  }
}

/** A sandbox: a folder that holds a root file system. Throws `ImageFormatError` when it does not look like one. */
export async function openSandbox(root: RootFileSystem, name: string): Promise<ContainerImage> {
  const top = await root.list('/');
  if (!top.includes('.singularity.d') && !top.includes('singularity'))
    throw new ImageFormatError(t('{0} is no sandbox: it has no .singularity.d folder.', name));
  return { format: 'sandbox', root, name };
}

/** By the first bytes of a file; `offset`: where the file system begins. */
function formatOf(
  head: Uint8Array,
  more: Uint8Array,
): { readonly format: 'sif' | 'squashfs' | 'ext3'; readonly offset: number } | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, searched));
  if (text.includes('SIF_MAGIC')) return { format: 'sif', offset: 0 };
  const line = text.indexOf(launchLine);
  const offset = line > 0 ? line + launchLine.length + 1 : 0;
  if (isSquashfs(head.subarray(offset))) return { format: 'squashfs', offset };
  if (isExt3(more.subarray(offset, offset + ext3HeaderLength))) return { format: 'ext3', offset };
  const squashfs = text.subarray(0, searchedForSquashfs).indexOf('hsqs');
  return squashfs > 0 ? { format: 'squashfs', offset: squashfs } : undefined;
}

/**
 * What a file is that is no image. Of `.img.gz`, as Singularity 2 and its hub knew them, the beginning is unpacked to tell that it is one:
 * what is inside stands all over it, and no engine opens it packed (apptainer pkg/image/image.go).
 */
async function whatElse(source: ByteSource, signal?: AbortSignal): Promise<string> {
  const unpacked = unpackBeginning(await source.read(0, searchedPacked, signal));
  const packed = unpacked && formatOf(unpacked, unpacked);
  if (packed !== undefined)
    return t(
      '{0} is an image ({1}) packed with gzip. No engine opens it so: unpack it first with gunzip.',
      source.name,
      formatName(packed.format),
    );
  return t('{0} is no container image: neither SIF nor squashfs nor ext3.', source.name);
}

function formatName(format: 'sif' | 'squashfs' | 'ext3'): string {
  return format === 'sif' ? 'SIF' : format;
}
