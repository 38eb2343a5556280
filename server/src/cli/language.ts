import fs from 'node:fs';
import path from 'node:path';
import { useBundle } from '../text/l10n';

/**
 * Speaks the language of the environment (`LC_ALL`, `LC_MESSAGES`, `LANG`, in this order, as POSIX has it) where there is a translation
 * beside the program; English otherwise. Never throws: without a readable bundle the texts stay English.
 */
export function speakLanguageOf(environment: Readonly<Record<string, string | undefined>>): void {
  const locale = [environment.LC_ALL, environment.LC_MESSAGES, environment.LANG].find((value) => value !== undefined && value !== '');
  const language = /^[a-z]{2,3}/.exec(locale ?? '')?.[0];
  if (language === undefined || language === 'en') return;
  const file = path.join(__dirname, '..', 'l10n', `bundle.l10n.${language}.json`);
  if (!fs.existsSync(file)) return;
  try {
    useBundle(JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>);
  } catch {
    useBundle({}); // a broken bundle is no reason to say nothing
  }
}
