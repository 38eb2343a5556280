/**
 * Name of an English text in the files of translations: 28 bits of FNV-1a in base 36. A translation then needs no second copy of the English
 * text, which is in the code already; `scripts/build.mjs` refuses two texts of one name.
 */
export function textKey(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 4).toString(36);
}
