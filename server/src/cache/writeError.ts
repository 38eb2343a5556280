import { t } from '../text/l10n';

/** An error of the disk as a message for people; other errors as they are. */
export function writeError(error: unknown, folder: string): unknown {
  const message = messageFor(error instanceof Error && 'code' in error ? error.code : undefined, folder);
  return message === undefined ? error : new Error(message, { cause: error });
}

function messageFor(code: unknown, folder: string): string | undefined {
  switch (code) {
    case 'ENOSPC':
      return t('There is no space left in {0}. Clean the cache or move it (APPTAINER_CACHEDIR).', folder);
    case 'EDQUOT':
      return t('Your quota is used up in {0}. Clean the cache or move it (APPTAINER_CACHEDIR).', folder);
    case 'EFBIG':
      return t('Files of this size are not allowed in {0} (ulimit -f, or the file system).', folder);
    case 'EROFS':
      return t('{0} is on a disk that can only be read.', folder);
    case 'EACCES':
    case 'EPERM':
      return t('You may not write into {0}.', folder);
    case 'ENOTDIR':
    case 'EEXIST':
      return t('{0} cannot be made: a file is in the way.', folder);
    case 'ENOENT':
      return t('{0} is not there any more, or cannot be made.', folder);
    case 'ELOOP':
      return t('{0} is a link that leads to itself.', folder);
    case 'EIO':
    case 'ESTALE':
      return t('The disk with {0} does not answer properly (input/output error).', folder);
    default:
      return undefined;
  }
}
