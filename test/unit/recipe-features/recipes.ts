import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import type { RecipeContext } from '../../../server/src/recipe/context';
import { defaultRecipeOptions } from '../../../server/src/recipe/options';
import type { RecipeOptions } from '../../../server/src/recipe/options';
import { parseRecipe } from '../../../server/src/recipe/parse';
import { createSourceText } from '../../../server/src/text/sourceText';
import { corpus } from '../corpus';

export function contextOf(text: string, options: Partial<RecipeOptions> = {}): RecipeContext {
  return { source: createSourceText(text), parsed: parseRecipe(text), options: { ...defaultRecipeOptions, ...options } };
}

/** A recipe with `|` where the cursor is: the text without it, and its offset. */
export function withCursor(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('|');
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}

/** Texts of the recipes of the corpus, when it is there. */
export function corpusRecipes(): string[] {
  const folders = ['recipes/real', 'recipes/engine-tests', 'recipes/probes'].flatMap((name) => corpus(name) ?? []);
  return folders
    .flatMap((folder) => fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)))
    .filter((file) => !/\.(?:tsv|txt|json|md)$/.test(file) && fs.statSync(file).isFile() && fs.statSync(file).size < 50_000)
    .map((file) => fs.readFileSync(file, 'utf8'));
}

const pieces = [
  'Bootstrap: docker\n', 'From: ghcr.io/org/tool:1.4\n', 'bootstrap :x', 'Stage: build\n', '%post\n', '%POST ', '%files from build\n', '%files\n', '%labels\n', '  %post\n', '%appinstall tool\n',
  '%arguments\n', 'V=1\n', '{{ V }}', '{{', '}}', '  a b\n', '"a b" c\n', "'a b' c\n", 'Key value\n', 'Key\tvalue\n', '# comment\n', '\\\n', '\\n\\\n', '\r\n', '\r', '\n', '\n\n\n', ' ', '\t', '\u00a0', '\ufeff', '%', '%%post\n', ':', '=', '"', '%post -c python3 x\n', '%labels x y\n', 'MirrorURL: x/%{OSVERSION}%{A}\n', 'Bootstrap: yum\n', '$APPTAINER_ROOTFS', 'cat <<EOF\n', 'EOF\n', '\ud800', '😀',
]; // prettier-ignore

const sample = corpusRecipes().filter((text) => text.length < 4000);

/** Texts like recipes: pieces of the language, and recipes of the corpus with pieces put in or stretches taken out. */
export const anyRecipe: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, fc.string()), { maxLength: 30 }).map((parts) => parts.join('')),
  ...(sample.length === 0
    ? []
    : [
        fc
          .tuple(fc.constantFrom(...sample), fc.array(fc.tuple(fc.nat(), fc.nat(20), fc.constantFrom('', ...pieces)), { maxLength: 4 }))
          .map(([text, changes]) =>
            changes.reduce((current, [at, removed, added]) => {
              const offset = at % (current.length + 1);
              return current.slice(0, offset) + added + current.slice(offset + removed);
            }, text),
          ),
      ]),
);
