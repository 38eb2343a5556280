import fs from 'node:fs/promises';
import { fileProblem } from '../platform/file';
import { t } from '../text/l10n';
import { decodeText, languageByContent, languageByName } from './language';

const sizeLimit = 512 * 1024 * 1024;

/** Text of a recipe or metalink on disk, decoded as its language asks for. Rejects with a message for people. */
export async function readTextFile(file: string): Promise<string> {
  const bytes = await readWholeFile(file, () => t('{0} is too large to be a recipe or a metalink.', file));
  return decodeText(bytes, languageByName(file) ?? languageByContent(bytes) ?? 'recipe').text;
}

/** The bytes of a file that people write. Rejects with a message for people; `tooLarge` is that of a file beyond 512 MiB. */
export async function readWholeFile(file: string, tooLarge: () => string): Promise<Uint8Array> {
  const handle = await fs.open(file, 'r').catch((error: unknown) => {
    throw new Error(fileProblem(file, error), { cause: error });
  });
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new Error(t('{0} is a folder, not a file.', file));
    // A pipe is how a shell hands over what a command writes.
    if (!stat.isFile() && !stat.isFIFO()) throw new Error(t('{0} is not a file.', file));
    if (stat.size > sizeLimit) throw new Error(tooLarge());
    return stat.isFile() ? await handle.readFile() : await readPipe(handle, tooLarge);
  } finally {
    await handle.close();
  }
}

async function readPipe(handle: fs.FileHandle, tooLarge: () => string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of handle.createReadStream({ autoClose: false })) {
    const bytes = chunk as Uint8Array; // no encoding is set
    size += bytes.length;
    if (size > sizeLimit) throw new Error(tooLarge());
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
