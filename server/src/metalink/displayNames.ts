// Names that people know for codes, in English, from the runtime's own tables.

/** The country of a two-letter code in either case, or undefined for a code that means none. */
export function countryName(code: string): string | undefined {
  return nameOf('region', code.toUpperCase(), /^[A-Z]{2}$/);
}

/** The language of a tag such as `pt-BR`, or undefined for one that means none. */
export function languageName(tag: string): string | undefined {
  return nameOf('language', tag, /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);
}

function nameOf(type: 'region' | 'language', code: string, shape: RegExp): string | undefined {
  if (!shape.test(code)) return undefined;
  try {
    const name = new Intl.DisplayNames(['en'], { type, fallback: 'none' }).of(code);
    return name === undefined || name.toLowerCase() === code.toLowerCase() ? undefined : name;
  } catch {
    return undefined; // shaped like a tag and none all the same: it has no name
  }
}
