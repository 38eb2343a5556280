import { t } from './l10n';

/** For people: there is no file of this name. Says what is the matter with a name that is no UTF-8. */
export function noSuchFile(file: string): string {
  return withHint(t('There is no file {0}.', file), file);
}

/** The same where the name stands beside. */
export function noSuchFileHere(file: string): string {
  return withHint(t('There is no such file.'), file);
}

/** Node hands over such a name with U+FFFD in the place of its odd bytes: nothing can be opened by it. */
function withHint(text: string, file: string): string {
  return file.includes('\uFFFD')
    ? `${text} ${t('Its name seems to be no UTF-8, and such a file cannot be opened here: rename it, or link to it under another name.')}`
    : text;
}
