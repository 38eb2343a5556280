import { registeredHashName } from '../image/digest';
import { pieceLengthFor } from '../metalink/pieceLength';
import type { FileEntry } from '../metalink/write';
import { openFile } from '../platform/file';
import { hashSource } from '../verify/hashFile';
import type { ProgressListener } from './progress';

export interface HashingOptions {
  /** Bytes; chosen by the file's size when absent. */
  readonly pieceLength?: number;
  /** A sha-512 beside the sha-256. */
  readonly sha512?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** Size, whole hashes and, for files of more than one piece, piece hashes of a local file, in one pass. */
export async function hashedEntry(
  file: string,
  name: string,
  options: HashingOptions,
): Promise<Pick<FileEntry, 'size' | 'hashes' | 'pieces'>> {
  const source = await openFile(file);
  try {
    const { size } = source;
    const pieceLength = options.pieceLength ?? pieceLengthFor(size);
    const ranges = [{ offset: 0, length: size }];
    const whole = options.sha512 === true ? ['sha256', 'sha512'] : ['sha256'];
    const jobs = [
      ...whole.map((algorithm) => ({ algorithm, ranges })),
      ...(size > pieceLength ? [{ algorithm: 'sha256', ranges, pieceLength }] : []),
    ];
    const digests = await hashSource(source, jobs, {
      signal: options.signal,
      onProgress: (done, total) => options.onProgress({ what: name, done, total }),
    });
    const pieces = size > pieceLength ? digests[whole.length] : undefined;
    return {
      size,
      hashes: whole.map((algorithm, index) => ({ type: registeredHashName(algorithm), value: digests[index]?.[0] ?? '' })),
      ...(pieces && { pieces: [{ type: 'sha-256', length: pieceLength, hashes: pieces }] }),
    };
  } finally {
    await source.close();
  }
}
