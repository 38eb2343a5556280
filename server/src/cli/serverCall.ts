import { t } from '../text/l10n';
import { UsageError } from './terminal';

/** Whether the words are `lsp` with what editors add: `--stdio`, and their own process to end with (`--clientProcessId=N`). */
export function isServerCall(words: readonly string[]): boolean {
  return words[0] === 'lsp' && words.slice(1).every((word) => word === '--stdio' || /^--clientProcessId=\d+$/.test(word));
}

/** `lsp` with other words than those. */
export function refuseServerCall(): never {
  throw new UsageError(t('lsp takes --stdio only: it speaks over standard input and output.'));
}
