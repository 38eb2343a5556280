import fs from 'node:fs/promises';
import { t } from '../text/l10n';
import { noSuchFile } from '../text/noSuchFile';
import { decodeText, languageByContent, languageByName } from './language';

const sizeLimit = 512 * 1024 * 1024;

/** Text of a recipe or metalink on disk, decoded as its language asks for. Rejects with a message for people. */
export async function readTextFile(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    const { size } = await fs.stat(file);
    if (size > sizeLimit) throw new Error(t('{0} is too large to be a recipe or a metalink.', file));
    bytes = await fs.readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new Error(noSuchFile(file), { cause: error });
    if (code === 'EACCES') throw new Error(t('You may not read {0}.', file), { cause: error });
    throw error;
  }
  return decodeText(bytes, languageByName(file) ?? languageByContent(bytes) ?? 'recipe').text;
}
