import fs from 'node:fs';
import path from 'node:path';
import { useTranslation } from '../text/l10n';
import type { Translation } from '../text/l10n';

/**
 * Speaks a language where a translation stands beside the program (`texts.de.json`), English otherwise. `locale` is a tag as editors give it
 * (`de`, `de-AT`) or a POSIX locale (`de_DE.UTF-8`). Never throws: with a file that cannot be read the texts are English.
 */
export function speakLanguage(locale: string | undefined): void {
  useTranslation(translationFor(locale));
}

/** The locale of the environment: `LC_ALL`, `LC_MESSAGES`, `LANG`, in this order, as POSIX has it. */
export function localeOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  return [environment.LC_ALL, environment.LC_MESSAGES, environment.LANG].find((value) => value !== undefined && value !== '');
}

function translationFor(locale: string | undefined): Translation | undefined {
  const language = /^[a-z]{2,3}(?![a-z])/i.exec(locale ?? '')?.[0].toLowerCase();
  if (language === undefined || language === 'en') return undefined;
  const file = path.join(__dirname, `texts.${language}.json`);
  if (!fs.existsSync(file)) return undefined;
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Translation; // written by scripts/translations.mjs
  } catch {
    return undefined; // a broken file is no reason to say nothing
  }
}
