import { declareUtf8, decodeXml } from '../metalink/xml/decode';
import type { DecodedXml } from '../metalink/xml/decode';
import { t } from '../text/l10n';
import { readWholeFile } from './textFile';

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
  return decodeXml(await readWholeFile(file, () => t('{0} is too large to be a metalink.', file)));
}
