import { parseDigest } from '../image/digest';
import { objectRanges } from '../signature/objectDigests';
import type { SifDescriptor } from '../sif/descriptor';
import { ImageFormatError } from '../sif/formatError';
import type { SifImage } from '../sif/sifImage';
import { t } from '../text/l10n';
import type { WeighedCheck } from './compare';
import { hashFunction } from './hashTypes';
import type { HashJob } from './hashPass';

/** An OCI blob of an OCI-SIF with the digest that its descriptor names, and the work to compare them. */
export interface NamedBlob {
  readonly descriptor: SifDescriptor;
  readonly hex: string;
  readonly job: HashJob;
}

/** The objects that are stored under their own digest. Those whose digest cannot be computed are left out. */
export function namedBlobs(image: SifImage): readonly NamedBlob[] {
  return image.descriptors.flatMap((descriptor) => {
    const digest = descriptor.detail.kind === 'oci' ? parseDigest(descriptor.detail.digest) : undefined;
    const known = digest && hashFunction(digest.algorithm);
    if (!digest || known?.digits !== digest.hex.length) return [];
    try {
      return [{ descriptor, hex: digest.hex.toLowerCase(), job: { algorithm: known.node, ranges: objectRanges(image, [descriptor]) } }];
    } catch (error) {
      if (!(error instanceof ImageFormatError)) throw error;
      return []; // an offset before the file: told by the structure
    }
  });
}

/**
 * Whether the blobs are what their names say. A difference is damage; equality is the image's word about itself, so it lifts no verdict.
 * `digestOf`: the outcome of a blob's job.
 */
export function blobChecks(blobs: readonly NamedBlob[], digestOf: (job: HashJob) => string | undefined): WeighedCheck[] {
  if (blobs.length === 0) return [];
  const bad = blobs.filter(({ hex, job }) => digestOf(job) !== hex);
  const [first] = bad;
  if (!first)
    return [
      { check: { name: 'blobs', status: 'pass', message: t('{0} OCI blobs, each as its digest says', blobs.length) }, weight: 'none' },
    ];
  const { id, typeName } = first.descriptor;
  const message = t(
    '{0} of {1} OCI blobs differ from their digests; the first is object {2} ({3}).',
    bad.length,
    blobs.length,
    id,
    typeName,
  );
  return [{ check: { name: 'blobs', status: 'fail', expected: first.hex, actual: digestOf(first.job) ?? '', message }, weight: 'none' }];
}
