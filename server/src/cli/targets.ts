import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { languageOfFile } from '../operations/language';
import type { Target } from '../protocol';
import { t } from '../text/l10n';
import { UsageError } from './terminal';

/** A word of the command line as a target: `scheme://…` is a reference, a `.meta4` or recipe is a document, anything else a local image. */
export function targetOf(word: string): Target {
  if (word === '') throw new UsageError(t('The target is empty.'));
  if (isReference(word)) return { kind: 'reference', reference: word };
  const file = path.resolve(word);
  return languageOfFile(file) === undefined ? { kind: 'path', path: file } : { kind: 'document', uri: pathToFileURL(file).href };
}

/** `docker://…`, and the local schemes that go without slashes (`docker-archive:PATH`). */
export function isReference(word: string): boolean {
  return /^[a-z][a-z0-9-]+:\/\//.test(word) || /^(docker-daemon|docker-archive|oci|oci-archive|docker|oras|library|shub|ipfs):./.test(word);
}
