import { declareUtf8, decodeXml } from '../metalink/xml/decode';
import type { DecodedXml } from '../metalink/xml/decode';
import fs from 'node:fs/promises';
import { t } from '../text/l10n';
import { noSuchFile } from '../text/noSuchFile';

const sizeLimit = 512 * 1024 * 1024;

/** The text of a metalink on disk, in whatever encoding XML allows. Rejects with a message for people. */
export async function readMetalinkFile(file: string): Promise<string> {
  return (await decodedFile(file)).text;
}

/**
 * The text of a metalink that is going to be written back, in UTF-8: its declaration says so. Rejects where bytes cannot be read, for
 * they would be lost.
 */
export async function readMetalinkToEdit(file: string): Promise<string> {
  const { text, problems } = await decodedFile(file);
  const [problem] = problems;
  if (problem !== undefined) throw new Error(t('{0} is left as it is: {1}', file, problem.message));
  return declareUtf8(text);
}

async function decodedFile(file: string): Promise<DecodedXml> {
  const handle = await fs.open(file, 'r').catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw missing ? new Error(noSuchFile(file), { cause: error }) : error;
  });
  try {
    if ((await handle.stat()).size > sizeLimit) throw new Error(t('{0} is too large to be a metalink.', file));
    return decodeXml(await handle.readFile());
  } finally {
    await handle.close();
  }
}
