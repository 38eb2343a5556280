import { t } from '../text/l10n';

/** An error of the disk as a message for people; other errors as they are. */
export function writeError(error: unknown, folder: string): unknown {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOSPC':
      return new Error(t('There is no space left in {0}. Clean the cache or move it (APPTAINER_CACHEDIR).', folder), { cause: error });
    case 'EDQUOT':
      return new Error(t('Your quota is used up in {0}. Clean the cache or move it (APPTAINER_CACHEDIR).', folder), { cause: error });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new Error(t('You may not write into {0}.', folder), { cause: error });
    default:
      return error;
  }
}
