import path from 'node:path';
import fs from 'node:fs';
import { decodeXml } from '../metalink/xml/decode';
import type { XmlProblem } from '../metalink/xml/tree';
import { decodeRecipe } from '../recipe/decode';
import { looksLikeRecipe } from '../recipe/detect';

export type LanguageName = 'recipe' | 'metalink';

/** The language that a file's name tells: `.def`, `Singularity`, `Singularity.tag`, `Apptainer`, `*.recipe`; `.meta4`, `.metalink`. */
export function languageByName(file: string): LanguageName | undefined {
  const name = path.basename(file);
  if (/\.(meta4|metalink)$/i.test(name)) return 'metalink';
  if (/\.(def|singularity|apptainer)$/i.test(name) || /^(Singularity|Apptainer)(\..+)?$/.test(name) || /^Singularity[-_]/.test(name))
    return 'recipe';
  return undefined;
}

/** The language that a file's first bytes tell: a `metalink` root element, or a recipe's header or sections. */
export function languageByContent(bytes: Uint8Array): LanguageName | undefined {
  const head = bytes.subarray(0, 65_536);
  if (/<(?:[\w.-]+:)?metalink[\s>]/.test(decodeXml(head).text.slice(0, 4096))) return 'metalink';
  return looksLikeRecipe(decodeRecipe(head)) ? 'recipe' : undefined;
}

/** The language of a file on disk by its name, and for names that say nothing, by its content; undefined for images and everything else. */
export function languageOfFile(file: string): LanguageName | undefined {
  const byName = languageByName(file);
  if (byName !== undefined) return byName;
  try {
    if (!fs.statSync(file).isFile()) return undefined;
    const handle = fs.openSync(file, 'r');
    try {
      const head = Buffer.alloc(4096);
      const length = fs.readSync(handle, head, 0, head.length, 0);
      const bytes = head.subarray(0, length);
      return bytes.includes(0) ? undefined : languageByContent(bytes);
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    return undefined; // not there or not readable: whoever opens it says so
  }
}

/** Bytes as the text that the language's reader takes, with what is wrong about the encoding. */
export function decodeText(bytes: Uint8Array, language: LanguageName): { text: string; problems: readonly XmlProblem[] } {
  return language === 'recipe' ? { text: decodeRecipe(bytes), problems: [] } : decodeXml(bytes);
}

/** The language of a document by its name, else by its content. */
export function documentLanguage(uri: string, text: string): LanguageName {
  return languageByName(new URL(uri).pathname) ?? languageByContent(Buffer.from(text.slice(0, 4096))) ?? 'recipe';
}
