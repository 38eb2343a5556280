// Writes the translations of l10n/ in the form that the programs read:
//   dist/l10n/bundle.l10n.de.json   texts of the client, English to German, as VS Code wants them
//   dist/texts.de.json              texts of the server and the command line, by the short name of the English text (text/textKey.ts)
import fs from 'node:fs';
import path from 'node:path';
import { loadTextKey } from './load-sources.mjs';
import { clientTexts, serverTexts } from './texts.mjs';

const source = path.resolve(import.meta.dirname, '../l10n');

/** Throws when two texts have one short name: then one of them must be worded differently. */
export async function writeTranslations(outdir) {
  const textKey = await loadTextKey();
  const ofClient = clientTexts([]);
  const ofServer = [...new Set(serverTexts([]))];
  const texts = new Map();
  for (const text of ofServer) {
    const other = texts.get(textKey(text));
    if (other !== undefined) throw new Error(`${JSON.stringify(text)} and ${JSON.stringify(other)} have one name: word one differently`);
    texts.set(textKey(text), text);
  }
  fs.mkdirSync(path.join(outdir, 'l10n'), { recursive: true });
  for (const name of fs.readdirSync(source)) {
    const language = /^bundle\.l10n\.([a-z-]+)\.json$/.exec(name)?.[1];
    if (language === undefined) continue;
    const translated = JSON.parse(fs.readFileSync(path.join(source, name), 'utf8'));
    const some = (entries) => JSON.stringify(Object.fromEntries(entries.filter(([, text]) => text !== undefined)));
    fs.writeFileSync(path.join(outdir, 'l10n', name), some(ofClient.map((text) => [text, translated[text]])));
    fs.writeFileSync(path.join(outdir, `texts.${language}.json`), some([...texts].sort().map(([key, text]) => [key, translated[text]])));
  }
}
