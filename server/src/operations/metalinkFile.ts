import { decodeXml } from '../metalink/xml/decode';
import fs from 'node:fs/promises';
import { t } from '../text/l10n';
import { noSuchFile } from '../text/noSuchFile';

const sizeLimit = 512 * 1024 * 1024;

/** The text of a metalink on disk, in whatever encoding XML allows. Rejects with a message for people. */
export async function readMetalinkFile(file: string): Promise<string> {
  const handle = await fs.open(file, 'r').catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw missing ? new Error(noSuchFile(file), { cause: error }) : error;
  });
  try {
    if ((await handle.stat()).size > sizeLimit) throw new Error(t('{0} is too large to be a metalink.', file));
    return decodeXml(await handle.readFile()).text;
  } finally {
    await handle.close();
  }
}
