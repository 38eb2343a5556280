/** A value as JSON on one line in which every control character is escaped, also those that `JSON.stringify` lets through (DEL to U+009F). */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
