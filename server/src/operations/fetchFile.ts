import fs from 'node:fs/promises';
import { writeError } from '../cache/writeError';
import { download } from '../download/download';
import type { DownloadResult } from '../download/request';
import type { VerificationReport } from '../image/verdict';
import { makeFolders } from '../platform/smallFiles';
import { verifyImage } from '../verify/verifyImage';
import { copiesByHash } from './cacheLookup';
import type { ProgressListener } from './progress';
import type { Pullable } from './pullable';
import type { World } from './world';

export interface FetchOptions {
  /** Key files of the user, fingerprints that must have signed, and whether signatures of Singularity 3.0–3.5 count: as for `verify`. */
  readonly keys?: readonly string[];
  readonly fingerprints?: readonly string[];
  readonly legacy?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** Decisions on the way, for the log. */
  readonly onDecision?: (line: string) => void;
  /** The path that the file has until it is finished. */
  readonly onPartial?: (path: string) => void;
  readonly overwrite?: boolean;
  /** A name other than the document's. */
  readonly name?: string;
  /** Permission bits of the file; readable for everybody when absent. */
  readonly mode?: number;
}

/** A file that was fetched into a folder, under a temporary name until the caller has put it in place, with the evidence about it. */
export interface FetchedFile {
  readonly path: string;
  readonly report: VerificationReport;
  readonly sha256: string;
  /** The final name held these very bytes already: there is nothing to put in place. */
  readonly alreadyThere: boolean;
  /** Gives up the lock on the name; with `discard` the temporary file goes too. */
  release(discard: boolean): Promise<void>;
}

/** Fetches a file into `directory` and gathers the evidence about it. Rejects with `DownloadError` or when aborted. */
export async function fetchFile(world: World, file: Pullable, directory: string, options: FetchOptions): Promise<FetchedFile> {
  const sha256 = file.hashes.find(({ type }) => type === 'sha-256')?.hex;
  await makeFolders(directory, 0o700).catch((error: unknown) => {
    throw writeError(error, directory);
  });
  const settings = world.settings;
  const result = await download(
    {
      name: options.name ?? file.name,
      directory,
      ...(file.size !== undefined && { size: file.size }),
      hashes: file.hashes,
      ...(file.pieces && { pieces: file.pieces }),
      sources: file.sources,
      ...(sha256 !== undefined && { candidates: () => copiesByHash(world, sha256) }),
      ...(options.mode !== undefined && { mode: options.mode }),
      finish: 'hand-over',
      onCancel: settings['download.onCancel'],
      overwrite: options.overwrite === true,
    },
    await world.downloads(),
    {
      signal: options.signal,
      ...(options.onPartial && { onPartial: options.onPartial }),
      onProgress: ({ bytes, total, rate, mirrors }) =>
        options.onProgress({
          what: file.title,
          done: bytes,
          rate,
          ...(total !== undefined && { total }),
          mirrors: { active: mirrors.active, known: mirrors.total },
        }),
    },
  );
  for (const note of result.notes) options.onDecision?.(note);
  try {
    const report = await verifyFetched(world, file, result, options);
    return {
      path: result.path,
      report,
      sha256: result.digests['sha-256'] ?? '',
      alreadyThere: result.outcome === 'already-there',
      async release(discard) {
        if (discard && result.outcome !== 'already-there') await fs.rm(result.path, { force: true });
        await result.release();
      },
    };
  } catch (error) {
    await result.release();
    throw error;
  }
}

async function verifyFetched(
  world: World,
  file: Pullable,
  result: DownloadResult,
  { keys: files = [], fingerprints = [], legacy, signal, onProgress }: FetchOptions,
): Promise<VerificationReport> {
  const keys = await world.keys({ files });
  return verifyImage(result.path, file.expectations, {
    ...keys,
    requiredFingerprints: [...(file.requiredFingerprints ?? []), ...fingerprints, ...world.settings['verify.requiredFingerprints']],
    ...(legacy === true && { legacy }),
    ...(file.detachedSignatures && { detachedSignatures: file.detachedSignatures }),
    ...(file.unreadSignatures && { unreadSignatures: file.unreadSignatures }),
    ...(file.xmlSigned && { xmlSigned: true }),
    alreadyHashed: { identity: result.identity, digests: result.digests, ...(result.pieces && { pieces: result.pieces }) },
    target: file.title,
    signal,
    onProgress: (done, total) => onProgress({ what: file.title, done, total }),
  });
}
