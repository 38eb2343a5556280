// Names that people know for codes, in English, from the runtime's own tables.

/** The country of a two-letter code in either case, or undefined for a code that means none. */
export function countryName(code: string): string | undefined {
  return nameOf('region', code.toUpperCase(), /^[A-Z]{2}$/);
}

/** The language of a tag such as `pt-BR`, or undefined for one that means none. */
export function languageName(tag: string): string | undefined {
  return nameOf('language', tag, /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);
}

/** The two-letter codes of languages, in the order of the alphabet. */
export function languageCodes(): readonly string[] {
  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
  return (codes ??= letters.flatMap((first) => letters.map((second) => first + second)).filter((code) => languageName(code) !== undefined));
}

let codes: readonly string[] | undefined;

const tables = {
  region: new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' }),
  language: new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' }),
};

function nameOf(type: 'region' | 'language', code: string, shape: RegExp): string | undefined {
  if (!shape.test(code)) return undefined;
  try {
    const name = tables[type].of(code);
    return name === undefined || name.toLowerCase() === code.toLowerCase() ? undefined : name;
  } catch {
    return undefined; // shaped like a tag and none all the same: it has no name
  }
}
