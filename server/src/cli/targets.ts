import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { languageOfFile } from '../operations/language';
import type { Target } from '../protocol';
import { t } from '../text/l10n';
import { UsageError } from './terminal';

/**
 * A word of the command line as a target: `scheme://…` is a reference, a `.meta4` or recipe is a document, anything else a local image.
 * Throws for people where there is no such file, and the word is a reference without its scheme, as other tools take it.
 */
export function targetOf(word: string): Target {
  if (word === '') throw new UsageError(t('The target is empty.'));
  if (isReference(word)) return { kind: 'reference', reference: word };
  const file = path.resolve(word);
  if (lacksScheme(word) && !existsSync(file))
    throw new Error(t('There is no file {0}. If an image in a registry is meant, write docker://{0}', word));
  return languageOfFile(file) === undefined ? { kind: 'path', path: file } : { kind: 'document', uri: pathToFileURL(file).href };
}

/** `alpine`, `alpine:3.20`, `ghcr.io/org/tool`; no name with a file's extension. */
function lacksScheme(word: string): boolean {
  const isName = /^[a-z0-9][\w.-]*(:\d+)?(\/[a-z0-9][\w.-]*)*(:[\w.-]+)?(@sha256:[0-9a-f]+)?$/.test(word);
  return isName && (/[:@]/.test(word) || !/\.[^./]+$/.test(word));
}

/** `docker://…`, and the local schemes that go without slashes (`docker-archive:PATH`). */
export function isReference(word: string): boolean {
  return /^[a-z][a-z0-9-]+:\/\//.test(word) || /^(docker-daemon|docker-archive|oci|oci-archive|docker|oras|library|shub|ipfs):./.test(word);
}
