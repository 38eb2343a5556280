import path from 'node:path';
import { t } from '../text/l10n';
import type { VerifiedFile } from '../verify/verifiedFile';
import type { CacheLocation } from './find';
import { confirmContent } from './confirmContent';
import { makeCacheFolders } from './folders';
import { contentHash } from './layout';
import type { EntryName } from './names';
import { placeVerified } from './placeVerified';
import { lessUmask } from './umask';

export interface PutOptions {
  /** Replace an entry of the same name that differs: only after the user agreed. */
  readonly overwrite?: boolean;
  /** The verified file is ours to move away; otherwise it is copied. */
  readonly move?: boolean;
  readonly signal?: AbortSignal;
}

export interface PutResult {
  /** `differs`: an entry of this name with other content stands there and was left alone. */
  readonly outcome: 'put' | 'already-there' | 'differs';
  readonly path: string;
}

/**
 * The one writer of single entries in the engines' caches: puts a verified file under the name that the engine will look for, with the
 * engine's modes (folders 0700; entries 0700, converted images 0755 less the umask). Rejects with a message for people when the cache
 * cannot be written, or when the name promises another content. Follows Apptainer `internal/pkg/cache/{cache,entry}.go`.
 */
export async function putIntoCache(
  verified: VerifiedFile,
  cache: CacheLocation,
  entry: EntryName,
  options: PutOptions = {},
): Promise<PutResult> {
  if (!/^[\w:.-]+$/.test(entry.name) || entry.name.startsWith('.') || entry.name.startsWith('tmp_'))
    throw new Error(t('"{0}" is no name of a cache entry.', entry.name));
  const promised = contentHash(entry.kind, entry.name);
  if (promised !== undefined) await confirmContent(verified, promised, options.signal);
  const folder = await makeCacheFolders(cache, [entry.kind]);
  const final = path.join(folder, entry.name);
  const converted = entry.kind === 'oci-tmp' || entry.kind === 'oci-sif';
  const outcome = await placeVerified(verified, final, { ...options, mode: converted ? await lessUmask(0o755) : 0o700 });
  return { outcome, path: final };
}
